// What each token looked at, shown one token after the other: strokes of ink, or parts of a picture.

const MILLISECONDS = 450;
const SKIPPED = ["{", "}"];    // nothing is written where they are read
const GLOW = [255, 96, 32], MOST_OPAQUE = 0.75;

/** Tints the parts of a picture by their weights, on a canvas that lies over the sheet of the picture. */
export class Shade {
  constructor(canvas, picture) {
    this.canvas = canvas; this.picture = picture; this.shown = null;
    new ResizeObserver(() => this.#draw()).observe(picture);
  }

  /** Show the weights of the cells of `map`, row by row; nothing where there are none. */
  show(map, weights) {
    this.shown = weights ? { map, weights } : null;
    this.canvas.hidden = !this.shown;
    this.#draw();
  }

  #draw() {
    if (!this.shown) return;
    const { canvas, picture } = this, { map: { box: [left, top, right, bottom] } } = this.shown;
    const ratio = window.devicePixelRatio || 1, sheet = canvas.getBoundingClientRect(), place = picture.getBoundingClientRect();
    canvas.width = sheet.width * ratio; canvas.height = sheet.height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio); pen.imageSmoothingEnabled = true;
    pen.drawImage(this.#cells(), place.left - sheet.left + left * place.width, place.top - sheet.top + top * place.height,
      (right - left) * place.width, (bottom - top) * place.height);
  }

  /** The cells as an image, one pixel each. */
  #cells() {
    const { map: { rows, columns }, weights } = this.shown, most = Math.max(...weights, 1e-9);
    const canvas = new OffscreenCanvas(columns, rows), pen = canvas.getContext("2d");
    const bytes = weights.flatMap((weight) => [...GLOW, Math.round(255 * MOST_OPAQUE * Math.sqrt(weight / most))]);
    pen.putImageData(new ImageData(new Uint8ClampedArray(bytes), columns, rows), 0, 0);
    return canvas;
  }
}

/** The replay of a reading's attention, which a button begins and stops. */
export class Replay {
  /** `button` is disabled where there is nothing to replay; `chips()` are the elements of the tokens. */
  constructor(button, ink, shade, chips) {
    this.button = button; this.ink = ink; this.shade = shade; this.chips = chips;
    this.answer = null; this.running = null;
    button.addEventListener("click", () => { if (this.running) this.stop(); else this.#run(); });
  }

  /** Offer the replay of an answer of the API, or of none; another one that runs stops. */
  offer(answer) {
    this.stop();
    this.answer = answer?.attention || answer?.attention_map ? answer : null;
    this.button.disabled = !this.answer;
  }

  stop() {
    this.running = null; this.button.textContent = "Replay attention";
    for (const chip of this.chips()) chip.classList.remove("now");
    this.ink.highlight(null); this.shade.show(null, null);
  }

  async #run() {
    const run = this.running = {}, { answer } = this;
    this.button.textContent = "Stop";
    for (const [place, { token }] of answer.tokens.entries()) {
      if (SKIPPED.includes(token)) continue;
      this.#show(answer, place);
      await new Promise((resolve) => setTimeout(resolve, MILLISECONDS));
      if (this.running !== run) return;
    }
    this.stop();
  }

  #show({ attention, attention_map: map }, place) {
    if (map) this.shade.show(map, map.weights[place]); else this.ink.highlight(attention[place]);
    this.chips().forEach((chip, number) => chip.classList.toggle("now", number === place));
  }
}
