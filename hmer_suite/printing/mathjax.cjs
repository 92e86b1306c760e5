// Formulas set by MathJax: reads [formula, ...] from stdin, writes [svg or {error}, ...] to stdout.
// The first argument is the package of a font, or empty for MathJax's own.
"use strict";
const {createRequire} = require("module");
const found = createRequire(process.cwd() + "/");
const font = process.argv[2];

async function main() {
  const MathJax = found("mathjax");
  const packages = {"[-]": ["noundefined", "noerrors"]};
  await MathJax.init({
    loader: {load: ["input/tex", "output/svg"]},
    tex: {packages, formatError: (_, error) => { throw error; }},
    output: font ? {font, fontPath: "@mathjax/%%FONT%%-font"} : {},
    svg: {fontCache: "none"},
    startup: {typeset: false},
  });
  const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const drawn = [];
  for (const formula of formulas) {
    try {
      const node = await MathJax.tex2svgPromise(formula, {display: true});
      const svg = MathJax.startup.adaptor.innerHTML(node);
      drawn.push(svg.includes("merror") ? {error: "not set"} : svg);
    } catch (error) {
      drawn.push({error: String(error.message || error)});
    }
  }
  process.stdout.write(JSON.stringify(drawn), () => process.exit(0));
}
main().catch(error => { console.error(String(error)); process.exit(1); });
