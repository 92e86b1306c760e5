// Formulas set by KaTeX: reads [formula, ...] from stdin, writes [html or {error}, ...] to stdout, one for each, and as
// the last element the address of KaTeX's style sheet.
"use strict";
const {createRequire} = require("module");
const {pathToFileURL} = require("url");
const found = createRequire(process.cwd() + "/");
const katex = found("katex");
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const drawn = formulas.map(formula => {
  try {
    return katex.renderToString(formula, {displayMode: true, output: "html", strict: "ignore"});
  } catch (error) {
    return {error: String(error.message || error)};
  }
});
const style = pathToFileURL(found.resolve("katex/dist/katex.min.css")).href;
process.stdout.write(JSON.stringify([...drawn, style]));
