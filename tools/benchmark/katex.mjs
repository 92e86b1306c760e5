// KaTeX as a contender of tools/benchmark/run.py: `node katex.mjs FILE`, speaking as contenders.py does.
//
// Parse only: KaTeX expands macros and builds its parse tree, the least it can do to judge a formula; nothing is
// drawn. KaTeX is looked for in tools/oracle (`npm install` there), then in NODE_PATH.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const start = performance.now();
const katex = createRequire(new URL("../oracle/package.json", import.meta.url))("katex");
const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");
const megabytes = () => process.memoryUsage().rss / 1e6;

for (const method of ["log", "warn", "error", "info"]) console[method] = () => {};
const formulas = JSON.parse(readFileSync(process.argv[2], "utf8"));

function accepted(latex) {
  try {
    // Settings anew for each formula: \gdef writes into `macros`.
    katex.__parse(latex, { displayMode: true, throwOnError: true, strict: "ignore", trust: true, macros: {} });
    return 1;
  } catch (error) {
    if (error instanceof katex.ParseError) return 0;
    throw error;
  }
}

say({ version: katex.version, seconds: (performance.now() - start) / 1000, megabytes: megabytes() });
for await (const _ of createInterface({ input: process.stdin })) {
  const begun = performance.now();
  const found = formulas.reduce((count, latex) => count + accepted(latex), 0);
  say({ seconds: (performance.now() - begun) / 1000, found, items: formulas.length, megabytes: megabytes() });
}
