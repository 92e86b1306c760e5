// The page that scores a prediction file.

import { ask } from "./api.js";

const $ = (id) => document.getElementById(id);
const RATES = [["exprate", "ExpRate"], ["le1", "≤ 1"], ["le2", "≤ 2"], ["wer", "WER"], ["cer", "CER"], ["valid", "valid"]];
const BINARY = /\.(zip|gz|parquet|xlsx)$/i;
let page = "";

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("state").className = "faint"; $("state").textContent = "Scoring…";
  try {
    const references = $("references").files[0];
    const answer = await ask("/v1/score", {
      predictions: await content($("predictions").files[0]), references: references ? await content(references) : null,
      semantics: $("semantics").checked, report: true,
    });
    show(answer);
    $("state").textContent = "";
  } catch (error) { $("state").className = "bad"; $("state").textContent = error.message; }
});

// ---------------------------------------------------------------- files that are dropped

const REFERENCES = /(^|[^a-z])(ref|reference|gt|truth|label|caption)/i;

for (const name of ["dragover", "dragleave", "drop"]) {
  $("form").addEventListener(name, (event) => {
    event.preventDefault();
    $("form").classList.toggle("over", name === "dragover");
    if (name === "drop") take([...event.dataTransfer.files], event.target.closest("label")?.querySelector("input[type=file]"));
  });
}

/** Put files into their fields: one into the field it is dropped on or that is empty, two by their names. */
function take(files, field) {
  const put = (input, file) => { const list = new DataTransfer(); list.items.add(file); input.files = list.files; };
  if (files.length === 1) put(field ?? ($("predictions").files.length ? $("references") : $("predictions")), files[0]);
  if (files.length > 1) {
    const [first, second] = REFERENCES.test(files[0].name) ? [files[1], files[0]] : files;
    put($("predictions"), first); put($("references"), second);
  }
  $("state").className = files.length > 2 ? "bad" : "faint";
  $("state").textContent = files.length > 2 ? "More than two files were dropped; the first two are taken." : "";
}

async function content(file) {
  const suffix = file.name.match(/((\.[A-Za-z0-9]{1,8}){1,2})$/)?.[1] ?? ".txt";
  const kept = suffix.split(".").length > 2 && !/\.gz$/i.test(suffix) ? `.${suffix.split(".").at(-1)}` : suffix;
  if (!BINARY.test(file.name)) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (!bytes.includes(0)) return { content: new TextDecoder().decode(bytes), suffix: kept };
  }
  return { content: await base64(file), suffix: kept, encoding: "base64" };
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

function show({ scores, report }) {
  const rows = ["raw", "canonical", "repaired"].filter((name) => scores[name]);
  const table = document.createDocumentFragment();
  table.append(row("th", ["", ...RATES.map(([, name]) => name)]));
  for (const name of rows) table.append(row("td", [name, ...RATES.map(([key]) => scores[name][key]?.toFixed(2) ?? "")]));
  $("rates").replaceChildren(table);
  $("signature").textContent = scores.signature ?? "No references: validity only.";
  page = report ?? "";
  $("report").hidden = $("save").hidden = !page;
  $("report").srcdoc = page;
  $("result").hidden = false;
}

function row(kind, texts) {
  const line = document.createElement("tr");
  line.append(...texts.map((text) => Object.assign(document.createElement(kind), { textContent: text })));
  return line;
}

$("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([page], { type: "text/html" })); link.download = "report.html"; link.click();
});
