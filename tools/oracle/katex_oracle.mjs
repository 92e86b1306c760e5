// KaTeX as an independent judge: one process, JSON lines in, JSON lines out, in order.
//
//   node katex_oracle.mjs            {"mode": "verdict", "latex": "x^2"}  -> {"valid": true}
//                                    {"mode": "verdict", "latex": "x^"}   -> {"valid": false, "error": ..., "position": 2}
//                                    {"mode": "drawing", "latex": "x^2"}  -> {"drawing": "...", "rough": false}
//   node katex_oracle.mjs verdict    the same, "verdict" being the mode of lines that name none

import { createInterface } from "node:readline";
import katex from "katex";
import { describeDrawing } from "./drawing.mjs";

// Fresh for every formula: \gdef and \global write into `macros`.
const settings = () => ({
  displayMode: true,
  throwOnError: true,
  strict: "ignore",
  trust: true,
  maxExpand: 10000,
  macros: {},
});

// KaTeX writes on the console: warnings about characters without metrics, and what \\message and \\show say. The
// standard output belongs to the answers.
for (const method of ["log", "warn", "error", "info"]) console[method] = () => {};

/** KaTeX's verdict: it parses and, unless only parsing is asked for, it also draws. */
function verdict(latex, parseOnly = false) {
  try {
    katex.__parse(latex, settings());
    if (!parseOnly) katex.__renderToHTMLTree(latex, settings());
    return { valid: true };
  } catch (error) {
    return failure(error);
  }
}

function drawing(latex) {
  try {
    return describeDrawing(katex.__renderToHTMLTree(latex, settings()));
  } catch (error) {
    return failure(error);
  }
}

/**
 * A ParseError is KaTeX's "no"; a RangeError is its stack giving up on deep nesting; "Expected node" is what its own
 * assertions say of trees that it did not foresee. All else is a bug.
 */
function failure(error) {
  if (error instanceof katex.ParseError) {
    return { valid: false, error: error.rawMessage ?? error.message, position: error.position ?? null };
  }
  if (error instanceof RangeError || error instanceof TypeError || /^(Expected|Unknown|Unsupported|Unrecognized|Got) /.test(error.message)) {
    return { valid: false, error: `${error.name}: ${error.message}`, position: null };
  }
  throw error;
}

const MODES = {
  verdict: (request) => verdict(request.latex),
  parse: (request) => verdict(request.latex, true),
  drawing: (request) => drawing(request.latex),
  version: () => ({ version: katex.version }),
};

async function serve(defaultMode) {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line === "") continue;
    const request = JSON.parse(line);
    const mode = request.mode ?? defaultMode;
    if (!Object.hasOwn(MODES, mode)) throw new Error(`unknown mode ${JSON.stringify(mode)}`);
    process.stdout.write(JSON.stringify(MODES[mode](request)) + "\n");
  }
}

await serve(process.argv[2] ?? "verdict");
