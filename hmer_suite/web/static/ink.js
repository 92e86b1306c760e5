// The sheet: strokes by mouse, pen or finger, undo and redo, and erasing by scratching.

const SCRATCH_TURNS = 5;      // reversals of direction in a stroke that scratches out
const SCRATCH_COVERED = 0.5;  // share of a stroke's points that lie under the scratch

export class Ink {
  /** Draws on `canvas`, and calls `changed(strokes)` when strokes come or go. */
  constructor(canvas, changed) {
    this.canvas = canvas; this.changed = changed;
    this.strokes = []; this.current = null; this.past = []; this.future = []; this.weights = null;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.#end(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** Strokes as the API takes them. */
  get axes() {
    return {
      x: this.strokes.map((stroke) => stroke.map(([x]) => x)), y: this.strokes.map((stroke) => stroke.map(([, y]) => y)),
    };
  }

  undo() { if (this.past.length) { this.future.push(this.strokes); this.#show(this.past.pop()); } }
  redo() { if (this.future.length) { this.past.push(this.strokes); this.#show(this.future.pop()); } }
  clear() { if (this.strokes.length) this.#replace([]); }

  /** Colour the strokes by weights from 0 to 1, or as usual where there are none. */
  highlight(weights) { this.weights = weights; this.draw(); }

  #replace(strokes) { this.past.push(this.strokes); this.future = []; this.#show(strokes); }
  #show(strokes) { this.strokes = strokes; this.weights = null; this.draw(); this.changed(strokes); }

  #begin(event) {
    if (event.button > 0 || this.current) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId; this.current = [this.#place(event)]; this.weights = null;
    event.preventDefault();
  }

  #move(event) {
    if (!this.current || event.pointerId !== this.pointer) return;
    const seen = event.getCoalescedEvents?.() ?? [];
    for (const one of seen.length ? seen : [event]) this.current.push(this.#place(one));
    this.draw();
  }

  #end(event) {
    if (!this.current || event.pointerId !== this.pointer) return;
    const stroke = this.current; this.current = null;
    const kept = isScratch(stroke) ? this.strokes.filter((one) => !covered(one, stroke)) : this.strokes;
    this.#replace(kept.length < this.strokes.length ? kept : [...this.strokes, stroke]);
  }

  /** Shrinks ink that was written on a wider sheet, as before a phone was turned; pen and ink share the scale. */
  get #scale() {
    const box = this.canvas.getBoundingClientRect(), points = this.strokes.flat();
    const right = Math.max(...points.map(([x]) => x), 1) + 8, bottom = Math.max(...points.map(([, y]) => y), 1) + 8;
    return Math.min(1, box.width / right, box.height / bottom) || 1;
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect(), rounded = (value) => Math.round(value / this.#scale * 10) / 10;
    return [rounded(event.clientX - box.left), rounded(event.clientY - box.top)];
  }

  draw() {
    const { canvas } = this, ratio = window.devicePixelRatio || 1, box = canvas.getBoundingClientRect();
    canvas.width = box.width * ratio; canvas.height = box.height * ratio;
    const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
    pen.scale(ratio * this.#scale, ratio * this.#scale); pen.lineWidth = 2.5; pen.lineCap = pen.lineJoin = "round";
    const accent = style.getPropertyValue("--accent-colour") || "#d1242f";
    [...this.strokes, ...(this.current ? [this.current] : [])].forEach((stroke, number) => {
      const weight = this.weights?.[number];
      pen.strokeStyle = weight > 0.15 ? accent : style.color;
      pen.globalAlpha = weight === undefined ? 1 : 0.25 + 0.75 * Math.min(1, weight * 2);
      pen.beginPath();
      stroke.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
      pen.stroke();
    });
  }
}

/** Whether a stroke goes to and fro often enough to mean "away with this". */
export function isScratch(stroke) {
  const xs = stroke.map(([x]) => x), ys = stroke.map(([, y]) => y);
  const wide = Math.max(...xs) - Math.min(...xs), high = Math.max(...ys) - Math.min(...ys);
  const along = wide >= high ? xs : ys, least = 0.25 * Math.max(wide, high);
  let turns = 0, extreme = along[0], direction = 0;
  for (const value of along) {
    if (direction >= 0 && value > extreme || direction <= 0 && value < extreme) {
      if (!direction && Math.abs(value - extreme) > least) direction = Math.sign(value - extreme);
      if (direction) extreme = value;
    } else if (direction && Math.abs(value - extreme) > least) {
      direction = -direction; extreme = value; turns += 1;
    }
  }
  return turns >= SCRATCH_TURNS && Math.max(wide, high) > 15;
}

/** Whether most of a stroke lies within the box of another. */
export function covered(stroke, scratch) {
  const xs = scratch.map(([x]) => x), ys = scratch.map(([, y]) => y), margin = 4;
  const within = ([x, y]) => x >= Math.min(...xs) - margin && x <= Math.max(...xs) + margin
    && y >= Math.min(...ys) - margin && y <= Math.max(...ys) + margin;
  return stroke.filter(within).length >= SCRATCH_COVERED * stroke.length;
}

/** The strokes as an InkML file, with the formula as their truth. */
export function inkml(strokes, latex) {
  const text = new XMLSerializer(), file = document.implementation.createDocument("http://www.w3.org/2003/InkML", "ink");
  const add = (name, content, attributes = {}) => {
    const element = file.createElementNS("http://www.w3.org/2003/InkML", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.textContent = content; file.documentElement.append(element, "\n");
    return element;
  };
  const format = add("traceFormat", "");
  for (const name of ["X", "Y"]) {
    const channel = file.createElementNS("http://www.w3.org/2003/InkML", "channel");
    channel.setAttribute("name", name); channel.setAttribute("type", "decimal"); format.append(channel);
  }
  if (latex) add("annotation", `$${latex}$`, { type: "truth" });
  strokes.forEach((stroke, number) => add("trace", stroke.map((point) => point.join(" ")).join(", "), { id: String(number) }));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text.serializeToString(file)}\n`;
}
