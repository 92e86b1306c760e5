// The page of training runs, renewed while they go on.

import { ask } from "./api.js";

const $ = (id) => document.getElementById(id);
const EVERY = 5000;  // milliseconds
const SVG = "http://www.w3.org/2000/svg", WIDTH = 480, HEIGHT = 220, LEFT = 44, BOTTOM = 22;
let chosen = decodeURIComponent(location.hash.slice(1));

async function renew() {
  try {
    const runs = await ask("/v1/runs");
    $("state").textContent = runs.length ? "" : "No runs yet. Start the server with --runs FOLDER, and train into that folder.";
    showRuns(runs);
    if (!runs.some(({ name }) => name === chosen)) chosen = runs[0]?.name ?? "";
    if (chosen) showRun(await ask(`/v1/runs/${encodeURIComponent(chosen)}`));
  } catch (error) { $("state").textContent = error.message; }
}

function showRuns(runs) {
  const head = row("th", ["Run", "Steps", "Minutes", "Best ExpRate", "Last change"]);
  $("runs").replaceChildren(head, ...runs.map((run) => {
    const link = Object.assign(document.createElement("a"), { href: `#${encodeURIComponent(run.name)}`, textContent: run.name });
    link.addEventListener("click", () => { chosen = run.name; renew(); });
    const best = run.best == null ? "" : `${run.best.toFixed(2)} %`;
    return row("td", [link, run.steps.toLocaleString(), (run.seconds / 60).toFixed(1), best, new Date(1000 * run.updated).toLocaleString()]);
  }));
}

function row(kind, cells) {
  const line = document.createElement("tr");
  line.append(...cells.map((cell) => { const element = document.createElement(kind); element.append(cell); return element; }));
  return line;
}

function showRun({ name, points }) {
  const along = (key) => points.filter((point) => point[key] != null).map((point) => [point.step, point[key]]);
  $("chosen").hidden = false; $("name").textContent = name;
  curve($("loss"), "Loss", along("loss"), along("validation_loss"));
  curve($("rate"), "Expression rate", along("exprate"), [], true);
  curve($("wer"), "Token error rate", along("wer"), [], true);
  curve($("lr"), "Learning rate", along("lr"));
}

/** Draw a curve and, dashed, a second one, and say its last values. */
function curve(svg, title, points, second = [], dots = false) {
  const all = [...points, ...second], last = (list) => (list.length ? list.at(-1)[1].toPrecision(3) : "none");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`); svg.replaceChildren();
  svg.setAttribute("aria-label", `${title} against steps, last ${last(points)}${second.length ? `, in validation ${last(second)}` : ""}`);
  if (!all.length) { add(svg, "text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle" }, "no values yet"); return; }
  const most = Math.max(...all.map(([x]) => x), 1), high = Math.max(...all.map(([, y]) => y), 1e-9) * 1.05;
  const across = (x) => LEFT + (WIDTH - LEFT - 8) * x / most, up = (y) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 8) * y / high;
  for (const share of [0, 0.5, 1]) {
    add(svg, "line", { class: "axis", x1: LEFT, x2: WIDTH - 8, y1: up(high * share), y2: up(high * share) });
    add(svg, "text", { x: LEFT - 4, y: up(high * share) + 4, "text-anchor": "end" }, share ? (high * share).toPrecision(3) : "0");
    add(svg, "text", { x: across(most * share), y: HEIGHT - 6, "text-anchor": share ? "end" : "start" }, Math.round(most * share).toLocaleString());
  }
  const path = (list) => list.map(([x, y], place) => `${place ? "L" : "M"}${across(x).toFixed(1)} ${up(y).toFixed(1)}`).join("");
  add(svg, "path", { class: "line", d: path(points) });
  if (second.length) add(svg, "path", { class: "line second", d: path(second) });
  if (dots) for (const [x, y] of points) add(svg, "circle", { class: "dots", cx: across(x), cy: up(y), r: 3 });
}

function add(svg, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  if (text !== undefined) element.textContent = text;
  svg.append(element);
}

renew();
setInterval(renew, EVERY);
