// The page to write on: ink or a picture in, a reading to correct and to take away.

import { ask, latest } from "./api.js";
import { Replay, Shade } from "./attention.js";
import { Ink, inkml } from "./ink.js";

const $ = (id) => document.getElementById(id);
const LOW = 0.9;             // tokens less likely than this are marked
const state = { answer: null, prefix: [], picture: null, recognisers: null, chosen: null, edits: 0 };

const ink = new Ink($("ink"), (strokes) => {
  $("hint").hidden = strokes.length > 0;
  if (!strokes.length) forgetCorrections();
  offerButtons();
  read();
});
const replay = new Replay($("replay"), ink, new Shade($("shade"), $("picture")), () => $("tokens").querySelectorAll("button"));

function offerButtons() {
  $("undo").disabled = Boolean(state.picture) || !ink.past.length; $("redo").disabled = Boolean(state.picture) || !ink.future.length;
  $("clear").disabled = !state.picture && !ink.strokes.length;
}

// ---------------------------------------------------------------- reading

const request = latest(async (signal) => {
  const how = { recogniser: $("recogniser").value || null, prefix: state.prefix.join(" "), attention: true };
  if (state.picture) return ask("/v1/image", { src: state.picture, ...how }, signal);
  if (!ink.strokes.length) return null;
  return ask("/v1/strokes", { strokes: { strokes: ink.axes }, ...how }, signal);
});

/** Read what is on the sheet; whether it could be read, or nothing if a later request has taken over. */
async function read() {
  const began = performance.now(), { prefix, edits } = state;
  say("Reading…");
  try {
    const answer = await request();
    if (answer === undefined) return undefined;
    state.answer = answer && { ...answer, prefix };
    // LaTeX that was edited or chosen after the request is not overwritten.
    const edited = answer && state.edits !== edits;
    show(state.answer, edited);
    say(!answer ? "" : edited ? "Read; your LaTeX stays" : "Read");
    $("state").title = answer ? `in ${Math.round(performance.now() - began)} ms` : "";
    return true;
  } catch (error) {
    // What could not be read must not be asked for with every stroke to come.
    state.prefix = state.answer?.prefix ?? [];
    say(error.message, "bad");
    return false;
  }
}

function say(text, kind = "faint") { $("state").textContent = text; $("state").className = `${kind} end`; }

function show(answer, edited = false) {
  const latex = answer?.latex_styled ?? "";
  if (!edited) {
    $("latex").value = latex;
    showDrawing(answer?.mathml);
    $("verdict").textContent = answer && !latex ? "Nothing was found to read." : "";
  }
  $("confidence").textContent = answer?.confidence == null ? "" : `${percent(answer.confidence)} sure`;
  $("kept").hidden = !state.prefix.length;
  showTokens(answer?.tokens ?? []);
  replay.offer(answer);
  showOthers(answer?.nbest.slice(edited ? 0 : 1) ?? []);
}

/** Replace the items of a list; the focus stays at its place. */
function fill(list, items) {
  const at = [...list.children].findIndex((item) => item.contains(document.activeElement));
  list.replaceChildren(...items);
  if (at >= 0) items[Math.min(at, items.length - 1)]?.querySelector("button").focus();
}

const percent = (share) => `${Math.round(100 * share)} %`;

/** Put MathML of the server, and nothing but MathML, into an element. */
function setMath(element, mathml) {
  element.replaceChildren();
  if (!mathml) return;
  const parsed = new DOMParser().parseFromString(mathml, "application/xml").documentElement;
  if (parsed.localName === "math") element.append(document.importNode(parsed, true));
}

function showDrawing(mathml) { setMath($("drawn"), mathml); }

function showTokens(tokens) {
  $("chips-hint").hidden = !tokens.length;
  fill($("tokens"), tokens.map(({ token, confidence }, place) => {
    const chip = document.createElement("button");
    chip.textContent = token; chip.type = "button";
    if (confidence != null) chip.title = `${percent(confidence)} sure`;
    if (place < state.prefix.length) { chip.className = "kept"; chip.title = "corrected: stays"; }
    else if (confidence != null && confidence < LOW) { chip.className = "low"; chip.setAttribute("aria-label", `${token}, unsure`); }
    chip.addEventListener("click", () => beginCorrection(place));
    const item = document.createElement("li"); item.append(chip);
    return item;
  }));
}

function showOthers(others) {
  fill($("nbest"), others.map((other) => {
    const item = document.createElement("li"), button = document.createElement("button"), drawing = document.createElement("span");
    button.append(drawing);
    const rate = document.createElement("span"); rate.className = "rate";
    rate.textContent = other.confidence == null ? "" : percent(other.confidence);
    button.append(rate); item.append(button);
    if (other.mathml) setMath(drawing, other.mathml); else drawing.textContent = other.latex_styled || "(nothing)";
    button.addEventListener("click", () => choose(other));
    return item;
  }));
}

/** Make another reading the one that is shown, corrected and taken away; the one before it stays on offer. */
function choose(other) {
  const { answer } = state;
  const tokens = other.latex_styled.split(" ").filter(Boolean).map((token) => ({ token, confidence: null }));
  const nbest = [other, ...answer.nbest.filter((one) => one !== other)];
  state.answer = { ...answer, ...other, tokens, nbest, attention: null, attention_map: null };
  state.edits += 1;
  endCorrection();
  show(state.answer);
  $("latex").focus();
}

// ---------------------------------------------------------------- correcting

// The reading may change while a correction is typed; it is of the tokens that were shown when it began.
let correction = { place: 0, before: [] };

function beginCorrection(place) {
  const tokens = state.answer.tokens.map(({ token }) => token), before = tokens.slice(0, place);
  correction = { place, before };
  $("wrong").textContent = tokens[place];
  const others = new Set(state.answer.nbest.map(({ latex_styled }) => latex_styled.split(" "))
    .filter((other) => before.every((token, number) => other[number] === token))
    .map((other) => other[place]).filter((token) => token && token !== tokens[place]));
  $("others").replaceChildren(...[...others].map((token) => Object.assign(document.createElement("option"), { value: token })));
  $("right").value = [...others][0] ?? tokens[place];
  $("correct").hidden = false; $("right").focus(); $("right").select();
}

$("correct").addEventListener("submit", async (event) => {
  event.preventDefault();
  const sent = correction;
  state.prefix = [...sent.before, ...$("right").value.trim().split(/\s+/).filter(Boolean)];
  if (await read() !== false && correction === sent) leaveCorrection();
});

/** Close the correction, and go back to its token if the focus was in it. */
function leaveCorrection() {
  const within = $("correct").contains(document.activeElement);
  endCorrection();
  if (within) $("tokens").querySelectorAll("button")[correction.place]?.focus();
}
function endCorrection() { $("correct").hidden = true; }
/** Nothing that was corrected is on the sheet any longer. */
function forgetCorrections() { state.prefix = []; endCorrection(); }

$("cancel").addEventListener("click", leaveCorrection);
$("correct").addEventListener("keydown", (event) => { if (event.key === "Escape") leaveCorrection(); });
$("forget").addEventListener("click", () => { forgetCorrections(); read(); });

const checked = latest(async (signal, latex) => ask("/v1/validate", { latex }, signal));

async function check() {
  const latex = $("latex").value;
  if (!latex.trim()) { showDrawing(null); $("verdict").textContent = ""; return; }
  try {
    const verdict = await checked(latex);
    if (!verdict) return;
    if (verdict.valid) showDrawing(verdict.mathml);
    $("verdict").className = verdict.valid ? "good" : "bad";
    $("verdict").textContent = verdict.valid ? "Valid LaTeX" : verdict.problems.map(({ message }) => message).join("; ");
  } catch (error) { $("verdict").className = "bad"; $("verdict").textContent = error.message; }
}
$("latex").addEventListener("input", () => { state.edits += 1; check(); });

// ---------------------------------------------------------------- pictures

async function takePicture(file) {
  if (!file?.type.startsWith("image/")) { say("That is not a picture.", "bad"); return; }
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    state.picture = reader.result; forgetCorrections();
    $("picture").src = reader.result; $("picture").hidden = false; $("ink").hidden = true; $("hint").hidden = true;
    if (!state.chosen) $("recogniser").value = state.recognisers.image;
    offerButtons();
    read();
  });
  reader.readAsDataURL(file);
}

function dropPicture() {
  state.picture = null; $("picture").hidden = true; $("ink").hidden = false;
  offerButtons();
  if (!state.chosen && state.recognisers) $("recogniser").value = state.recognisers.strokes;
}

$("file").addEventListener("change", () => takePicture($("file").files[0]));
document.addEventListener("paste", (event) => { if (event.clipboardData.files.length) takePicture(event.clipboardData.files[0]); });
for (const name of ["dragover", "dragleave", "drop"]) {
  $("sheet").addEventListener(name, (event) => {
    event.preventDefault();
    $("sheet").classList.toggle("over", name === "dragover");
    if (name === "drop") takePicture(event.dataTransfer.files[0]);
  });
}

// ---------------------------------------------------------------- buttons and keys

$("undo").addEventListener("click", () => ink.undo());
$("redo").addEventListener("click", () => ink.redo());
$("clear").addEventListener("click", () => {
  forgetCorrections();
  if (state.picture) { dropPicture(); $("file").value = ""; $("hint").hidden = ink.strokes.length > 0; read(); } else ink.clear();
});
$("recogniser").addEventListener("change", () => { state.chosen = $("recogniser").value; read(); });
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("textarea, input")) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) ink.undo(); else if (key === "y" || key === "z") ink.redo(); else return;
  event.preventDefault();
});

// ---------------------------------------------------------------- taking away

const copied = {
  latex: () => $("latex").value, dollars: () => `$${$("latex").value}$`,
  mathml: async () => (await ask("/v1/validate", { latex: $("latex").value })).mathml ?? "",
};
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(await copied[button.dataset.copy]()); say("Copied."); } catch (error) { say(error.message, "bad"); }
  });
}

const svg = () => ask("/v1/draw", { latex: $("latex").value });
const saved = {
  svg: async () => new Blob([await svg()], { type: "image/svg+xml" }),
  png: async () => rastered(await svg()),
  inkml: async () => new Blob([inkml(ink.strokes, $("latex").value)], { type: "application/inkml+xml" }),
};
for (const button of document.querySelectorAll("[data-save]")) {
  button.addEventListener("click", async () => {
    try { download(await saved[button.dataset.save](), `formula.${button.dataset.save}`); } catch (error) { say(error.message, "bad"); }
  });
}

function download(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content); link.download = name; link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function rastered(text, scale = 4) {
  const image = new Image();
  image.src = `data:image/svg+xml;base64,${btoa(unescape(encodeURIComponent(text)))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * scale; canvas.height = image.height * scale;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

// ---------------------------------------------------------------- start

async function start() {
  try {
    state.recognisers = await ask("/v1/recognisers");
    $("recogniser").replaceChildren(...state.recognisers.recognisers.map(({ name }) => new Option(name, name)));
    $("recogniser").value = state.recognisers.strokes;
    if (state.recognisers.mathlive) await offerEditor();
  } catch (error) { say(error.message, "bad"); }
}

/** A visual editor in step with the LaTeX, where it is installed. */
async function offerEditor() {
  const { MathfieldElement } = await import("/static/vendor/mathlive/mathlive.min.mjs");
  MathfieldElement.fontsDirectory = "/static/vendor/mathlive/fonts"; MathfieldElement.soundsDirectory = null;
  const field = new MathfieldElement();
  field.setAttribute("aria-label", "Formula editor");
  $("editor").append(field);
  field.addEventListener("input", () => { $("latex").value = field.getValue("latex-expanded"); state.edits += 1; check(); });
  const follow = () => { if (document.activeElement !== field) field.setValue($("latex").value, { silenceNotifications: true }); };
  $("latex").addEventListener("input", follow);
  new MutationObserver(follow).observe($("drawn"), { childList: true });
}

start();
