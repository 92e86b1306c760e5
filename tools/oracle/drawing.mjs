// A description of KaTeX's drawing as text: equal text means the same ink at the same places.
//
// KaTeX makes a tree of spans that its stylesheet lays out. This module computes that layout for the few shapes
// that KaTeX emits: everything runs from left to right on one baseline, except inside a "vlist",
// whose children carry their own vertical shift and share the width of the widest. KaTeX's fonts have neither
// kerning nor ligatures, so the widths of glyphs simply add up.
//
// Soundness first: a class, style or attribute that is not known here makes the whole drawing "rough", that is
// described by its HTML, which is equal only for equal trees. Lengths are in em of the formula's own font size,
// x to the right, y downwards from the baseline.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import katex from "katex";
import {
  DISPLAY_SIZES,
  FONT_RULES,
  FONT_CLASSES,
  ALIGN,
  ALIGN_FACTOR,
  SPACE,
  LINE_CLASSES,
  NEUTRAL,
  SIZE_CLASS,
  STYLES,
  NO_WIDTH,
} from "./stylesheet.mjs";

const { SymbolNode, SvgNode, LineNode, Anchor } = katex.__domTree;

class Unknown extends Error {}

// ---------------------------------------------------------------- glyph widths

const METRICS = await loadMetrics();

/** KaTeX's own table font -> character code -> [depth, height, italic, skew, width]; not among its exports. */
async function loadMetrics() {
  const source = readFileSync(new URL("./node_modules/katex/src/fontMetricsData.js", import.meta.url), "utf8");
  return (await import(`data:text/javascript,${encodeURIComponent(source)}`)).default;
}

const fontName = ({ family, weight, slant }) => `${family}-${weight + slant || "Regular"}`;

/**
 * Advance of one character. Where KaTeX has no metrics the browser takes another font, whose widths are unknown:
 * an invented width near 1 em, different for every character, keeps different drawings different.
 */
function advance(character, font) {
  const known = METRICS[font]?.[character.codePointAt(0)]?.[4];
  foreign ||= known === undefined;
  return known ?? inventedWidth(character + font);
}

/** Whether the drawing being described has a character of another font than KaTeX's. */
let foreign = false;

function inventedWidth(key) {
  let hash = 2166136261;
  for (const unit of key) hash = Math.imul(hash ^ unit.codePointAt(0), 16777619) >>> 0;
  return 1 + hash / 2 ** 32 / 10;
}

// ---------------------------------------------------------------- boxes

/** A box: its advance width and its marks; `fill` says that it takes the width of its container. */
const box = (width = 0, marks = [], fill = false) => ({ width, marks, fill });

const moved = (marks, dx, dy) => marks.map((mark) => ({ ...mark, x: mark.x + dx, y: mark.y + dy }));

const em = (value) => {
  if (value === undefined || value === null) return 0;
  if (!/^-?[\d.]+(?:e-?\d+)?em$/.test(value)) throw new Unknown(`length ${value}`);
  return parseFloat(value);
};

const ink = (context, what, x, y, extra = {}) => {
  const look = context.look + (context.color ? ` color:${context.color}` : "");
  return context.color === "transparent" ? [] : [{ x, y, size: context.size, what: what + look, ...extra }];
};

/** Box of any node. `room` is the width to fill in em of the formula, undefined while it is being measured. */
function layout(node, inherited, room) {
  if (node instanceof SymbolNode) return layoutSymbol(node, inherited);
  if (node instanceof Anchor) inherited = { ...inherited, look: `${inherited.look} link` };
  if (!node.children || !node.classes) throw new Unknown(node.constructor.name);
  const context = enter(node, inherited);
  const content = layoutContent(node, context, room);
  return place(node, context, content);
}

/** Inherited properties inside this node. */
function enter(node, inherited) {
  const classes = node.classes.filter((name) => name);
  checkKnown(node, classes);
  const context = { ...inherited, parent: classes };
  if (classes.some((name) => FONT_CLASSES.has(name))) {
    for (const [name, font] of FONT_RULES) if (classes.includes(name)) Object.assign(context, font);
  }
  Object.assign(context, delimiterFont(classes, inherited));
  for (const name of classes) if (name in ALIGN) context.align = ALIGN[name];
  context.size *= sizeRatio(classes);
  if (node.style.color !== undefined) context.color = node.style.color;
  if (node.style.textShadow !== undefined) context.look += ` shadow:${node.style.textShadow}`;
  return context;
}

function checkKnown(node, classes) {
  for (const name of classes) {
    const known =
      NEUTRAL.has(name) || FONT_CLASSES.has(name) || SIZE_CLASS.test(name) ||
      name in ALIGN || name in SPACE || name in LINE_CLASSES;
    if (!known) throw new Unknown(`class ${name}`);
  }
  for (const name of Object.keys(node.style)) if (!STYLES.has(name)) throw new Unknown(`style ${name}`);
  if (node.attributes && "style" in node.attributes) throw new Unknown("attribute style");
}

function delimiterFont(classes, inherited) {
  if (classes.includes("delimsizing")) {
    const size = classes.find((name) => /^size[1-4]$/.test(name));
    return size ? { family: `S${size.slice(1)}` } : {};
  }
  if (inherited.parent.includes("delim-size1")) return { family: "Size1" };
  if (inherited.parent.includes("delim-size4")) return { family: "Size4" };
  return {};
}

function sizeRatio(classes) {
  if (!classes.includes("katex-sizing") && !classes.includes("fontsize-ensurer")) return 1;
  const numbers = (pattern) => classes.flatMap((name) => name.match(pattern)?.slice(1) ?? []).map(Number);
  const [from, to] = [numbers(/^reset-size(\d+)$/), numbers(/^size(\d+)$/)];
  if (from.length !== 1 || to.length !== 1) throw new Unknown(`sizes ${classes}`);
  return DISPLAY_SIZES[to[0] - 1] / DISPLAY_SIZES[from[0] - 1];
}

function layoutSymbol(node, inherited) {
  const context = enter({ ...node, children: [] }, inherited);
  const font = fontName(context);
  let width = 0;
  const marks = [];
  for (const character of node.text) {
    // Spaces and invisible characters move what follows and leave no ink.
    if (!/[\s\u00a0\u200b\u2061]/u.test(character)) marks.push(...ink(context, `${font} ${character}`, width, 0));
    width += advance(character, font) * context.size;
  }
  return place(node, context, box(width + Math.max(0, node.italic) * context.size, marks));
}

function layoutContent(node, context, room) {
  const has = (name) => node.classes.includes(name);
  if (has("vlist-t")) return layoutVlist(node, context);
  if (has("katex-rule")) return layoutRule(node, context);
  if (has("vertical-separator")) return layoutSeparator(node, context);
  if (has("katex-stretchy")) return layoutStretchy(node, context, room);
  const line = node.classes.find((name) => name in LINE_CLASSES);
  if (line) return layoutLine(node, context, room, LINE_CLASSES[line]);
  if (node.children.some((child) => child instanceof SvgNode)) return layoutSvg(node, context, room);
  if (has("nulldelimiter")) return box(0.12 * context.size);
  if (has("arraycolsep")) return box(em(node.style.width) * context.size);
  if (has("eqn-num")) return box(inventedWidth("eqn-num") * context.size, ink(context, "equation number", 0, 0));
  if (has("llap") || has("rlap") || has("clap")) return layoutLap(node, context);
  return layoutRow(node.children, context, room);
}

/** Children side by side. */
function layoutRow(children, context, room) {
  let width = 0;
  let fill = false;
  const marks = [];
  for (const child of children) {
    const inner = layout(child, context, room);
    marks.push(...moved(inner.marks, width, 0));
    width += inner.width;
    fill ||= inner.fill;
  }
  // What fills the width of its container is alone in its line; else its place is not known here.
  if (fill && children.filter((child) => !child.classes.includes("pstrut")).length > 1) throw new Unknown("fill in row");
  return box(width, marks, fill);
}

/** Margins, padding, relative shifts and classes of fixed width around the content. */
function place(node, context, content) {
  const { style, classes } = node;
  const sum = [0, 0, 0, 0];
  for (const name of classes) (SPACE[name] ?? []).forEach((length, side) => (sum[side] += length));
  const before = sum[0] + sum[1] + em(style.marginLeft) + em(style.paddingLeft);
  const after = sum[2] + sum[3] + em(style.marginRight);
  const relative = style.position === "relative" || ["delimcenter", "accent-body", "katex-rule", "op-symbol"]
    .some((name) => classes.includes(name));
  if (!relative && (style.top || style.left || style.bottom)) throw new Unknown("shift without position");
  const dx = before + (relative ? em(style.left) : 0);
  const dy = relative ? em(style.top) - em(style.bottom) : 0;
  let width = content.width + (before + after) * context.size;
  if (classes.some((name) => NO_WIDTH.has(name))) width = 0;
  if (classes.includes("accent-body") && !classes.includes("accent-full")) width = 0;
  return box(width, moved(content.marks, dx * context.size, dy * context.size), content.fill);
}

// ---------------------------------------------------------------- vertical lists

/** Children stacked in a column as wide as the widest of them, each aligned as the context says. */
function layoutVlist(node, context) {
  const [firstRow] = node.children;
  const [list] = firstRow.children;
  const items = list.children.map((wrap) => measureItem(wrap, context));
  const width = Math.max(0, ...items.map((item) => item.before + item.box.width + item.after));
  return box(width, items.flatMap((item) => marksOfItem(item, width)));
}

function measureItem(wrap, inherited) {
  const { width, ...style } = wrap.style;
  const context = enter({ ...wrap, style }, inherited);
  const [pstrut, ...content] = wrap.children;
  const item = {
    context,
    content,
    y: (em(style.top) + em(pstrut.style.height)) * context.size,
    before: em(style.marginLeft) * context.size,
    after: em(style.marginRight) * context.size,
    box: layoutRow(flat(content), context, undefined),
  };
  // KaTeX writes "calc(100% - margin)" along with that same left margin, which is the default of a block.
  if (width !== undefined && width !== `calc(100% - ${style.marginLeft})`) throw new Unknown(`width ${width}`);
  return item;
}

/** Fragments are not nodes of the page: they are replaced by their children. */
const flat = (nodes) =>
  nodes.flatMap((node) => (node.children && !node.attributes && !(node instanceof SvgNode) ? flat(node.children) : [node]));

function marksOfItem(item, width) {
  const room = width - item.before - item.after;
  const content = item.box.fill ? layoutRow(flat(item.content), item.context, room) : item.box;
  const slack = Math.max(0, room - content.width);
  return moved(content.marks, item.before + slack * ALIGN_FACTOR[item.context.align], item.y);
}

// ---------------------------------------------------------------- rules, lines and pictures

function layoutRule(node, context) {
  const [width, height] = [node.style.borderRightWidth, node.style.borderTopWidth].map((l) => em(l) * context.size);
  const visible = width > 0 && height > 0;
  return box(width, visible ? ink(context, "rule", 0, 0, { width, height }) : []);
}

function layoutSeparator(node, context) {
  const [width, height] = [node.style.borderRightWidth, node.style.height].map((l) => em(l) * context.size);
  const y = -em(node.style.verticalAlign) * context.size;
  const what = `${node.style.borderRightStyle} separator`;
  // Its margins take its width away again. The margin style is always "0 -width/2".
  return box(0, ink(context, what, -width / 2, y, { width, height }));
}

function layoutLine(node, context, room, pattern) {
  const height = em(node.style.borderBottomWidth) * context.size;
  return box(room ?? 0, ink(context, `${pattern} line`, 0, 0, { width: room ?? 0, height }), true);
}

/** Arrows, braces and frames that are as wide as their container. */
function layoutStretchy(node, context, room) {
  const width = Math.max(room ?? 0, em(node.style.minWidth) * context.size);
  const height = em(node.style.height) * context.size;
  const parts = node.children.map((child) => `${child.classes.join(".")} ${pictureOf(child)}`);
  const frame = node.classes.filter((name) => ["katex-sout", "fbox", "fcolorbox", "colorbox", "angl"].includes(name));
  const border = ["borderStyle", "borderWidth", "borderColor", "borderTopWidth", "borderRightWidth", "backgroundColor"]
    .filter((name) => node.style[name] !== undefined)
    .map((name) => `${name}:${node.style[name]}`);
  const margin = node.classes.includes("angl") ? 0.03889 * context.size : 0;
  const what = ["stretchy", ...frame, ...border, ...parts].join(" ");
  return box(width + margin, ink(context, what, 0, 0, { width, height }), true);
}

/** A span around one SVG. Its bottom edge is on the baseline. */
function layoutSvg(node, context, room) {
  const height = em(node.style.height) * context.size;
  const fills = node.style.width === undefined;
  const least = em(node.style.minWidth) * context.size;
  const width = fills ? Math.max(room ?? 0, least) : em(node.style.width) * context.size;
  const what = `svg ${node.classes.includes("hide-tail") ? "cut " : ""}${pictureOf(node)}`;
  const marks = ink(context, what, 0, 0, { width, height });
  // A wide accent's picture is out of the flow: it is as wide as the container and asks for no room itself.
  const asked = fills && room === undefined ? least : width;
  return box(asked, marks, fills);
}

function pictureOf(span) {
  return span.children.map((svg) => {
    const { height, ...attributes } = svg.attributes;
    const shapes = svg.children.map((shape) =>
      shape instanceof LineNode ? JSON.stringify(shape.attributes) : `${shape.pathName}:${digest(shape.alternate ?? "")}`,
    );
    return [...Object.entries(attributes).map((pair) => pair.join("=")), height ?? "", ...shapes].join(" ");
  }).join(" ");
}

/** Outlines are long and have line breaks; sixteen hexadecimal digits of a hash tell them apart as well. */
const digest = (outline) => createHash("sha256").update(outline).digest("hex").slice(0, 16);

function layoutLap(node, context) {
  const inner = layoutRow(node.children.filter((child) => child.classes.includes("katex-inner")), context, undefined);
  const factor = { rlap: 0, clap: -0.5, llap: -1 }[node.classes.find((name) => ["llap", "rlap", "clap"].includes(name))];
  return box(0, moved(inner.marks, factor * inner.width, 0));
}

// ---------------------------------------------------------------- the whole formula

const ROOT = {
  size: 1, family: "Main", weight: "", slant: "", color: "", look: "", align: "center", parent: [],
};

/**
 * Description of the tree that katex.__renderToHTMLTree returns in display mode: for every line of the formula one
 * line of text with its extents ("line", left, width, height, depth), then its marks from left to right. `foreign`
 * says that a character is drawn in a font of the browser, where KaTeX has no glyph to compare with.
 */
export function describeDrawing(tree) {
  foreign = false;
  try {
    return { drawing: describeLines(tree).join("\n"), rough: false, foreign };
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    return { drawing: `rough ${tree.toMarkup()}`, rough: true, foreign, why: error.message };
  }
}

function describeLines(tree) {
  const [wrap] = tree.children;
  const [html] = wrap.children;
  const lines = [[]];
  for (const part of html.children) {
    if (part.classes.includes("katex-newline")) {
      if (part.style.marginTop) throw new Unknown("space between lines");
      lines.push([]);
    } else if (part.classes.includes("katex-tag")) lines.push([part]);
    else lines.at(-1).push(part);
  }
  return lines.flatMap(describeLine);
}

function describeLine(parts) {
  const { width, marks } = layoutRow(parts, ROOT, undefined);
  const left = marks.length ? Math.min(...marks.map((mark) => mark.x)) : 0;
  const extent = (name) => Math.max(0, ...parts.map((part) => part[name]));
  const head = ["line", ...[left, width, extent("height"), extent("depth")].map(rounded)].join(" ");
  const texts = moved(marks, -left, 0)
    .map((mark) => [...[mark.x, mark.y, mark.size, mark.width ?? 0, mark.height ?? 0].map(rounded), mark.what])
    .sort(byPlace)
    .map((fields) => fields.join(" "));
  return [head, ...texts];
}

/** Ten-thousandths of an em. The odd offset keeps sums of rounded lengths off the edge between two integers. */
const rounded = (length) => Math.round(length * 10000 + 0.01367182);

function byPlace(a, b) {
  for (let i = 0; i < 5; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return a[5] < b[5] ? -1 : Number(a[5] > b[5]);
}
