// KaTeX's stylesheet as tables, as far as layout depends on it. Lengths are in em.

export const DISPLAY_SIZES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.44, 1.728, 2.074, 2.488]; // size1 ... size11

// In the order of the stylesheet: of two rules that both match, the later one wins.
export const FONT_RULES = Object.entries({
  textbf: { weight: "Bold" },
  textit: { slant: "Italic" },
  textrm: { family: "Main" },
  textsf: { family: "SansSerif" },
  texttt: { family: "Typewriter" },
  mathnormal: { family: "Math", slant: "Italic" },
  mathit: { family: "Main", slant: "Italic" },
  mathrm: { slant: "" },
  mathbf: { family: "Main", weight: "Bold" },
  boldsymbol: { family: "Math", weight: "Bold", slant: "Italic" },
  amsrm: { family: "AMS" },
  mathbb: { family: "AMS" },
  textbb: { family: "AMS" },
  mathcal: { family: "Caligraphic" },
  mathfrak: { family: "Fraktur" },
  textfrak: { family: "Fraktur" },
  mathboldfrak: { family: "Fraktur", weight: "Bold" },
  textboldfrak: { family: "Fraktur", weight: "Bold" },
  mathtt: { family: "Typewriter" },
  mathscr: { family: "Script" },
  textscr: { family: "Script" },
  mathsf: { family: "SansSerif" },
  mathboldsf: { family: "SansSerif", weight: "Bold" },
  textboldsf: { family: "SansSerif", weight: "Bold" },
  mathsfit: { family: "SansSerif", slant: "Italic" },
  mathitsf: { family: "SansSerif", slant: "Italic" },
  textitsf: { family: "SansSerif", slant: "Italic" },
  mainrm: { family: "Main", slant: "" },
  "small-op": { family: "Size1" },
  "large-op": { family: "Size2" },
});
export const FONT_CLASSES = new Set(FONT_RULES.map(([name]) => name));

export const ALIGN = {
  msupsub: "left",
  "svg-align": "left",
  mfrac: "center",
  "op-limits": "center",
  "katex-accent": "center",
  "x-arrow": "center",
  mover: "center",
  munder: "center",
  "col-align-l": "left",
  "col-align-c": "center",
  "col-align-r": "right",
};
export const ALIGN_FACTOR = { left: 0, center: 0.5, right: 1 };

// [margin left, padding left, padding right, margin right] in em of the element itself.
export const SPACE = {
  "katex-root": [0.2777777778, 0, 0, -0.5555555556],
  "x-arrow-pad": [0, 0.5, 0.5, 0],
  boxpad: [0, 0.3, 0.3, 0],
  "cancel-pad": [0, 0.2, 0.2, 0],
  "cancel-lap": [-0.2, 0, 0, -0.2],
  anglpad: [0, 0.03889, 0.03889, 0],
};

export const LINE_CLASSES = {
  "frac-line": "solid",
  "overline-line": "solid",
  "underline-line": "solid",
  "katex-hline": "solid",
  "katex-hdashline": "dashed",
};

// Classes that matter to KaTeX's own spacing but not to the stylesheet, or that are handled below.
export const NEUTRAL = new Set(
  `mord mop mbin mrel mopen mclose mpunct minner mspace mtight text mtable sqrt accentunder enclosing katex-base
  delimcenter delimsizing delimsizinginner mult op-symbol allowbreak nobreak katex-newline katex-smash katex-strut
  katex-inner katex-fix katex-thinbox katex-vbox vlist-t vlist-t2 nulldelimiter accent-body accent-full katex-overlay
  katex-overline katex-underline katex-rule vertical-separator arraycolsep hide-tail katex-stretchy katex-sout fbox
  fcolorbox colorbox angl llap rlap clap delim-size1 delim-size4 katex-sizing fontsize-ensurer cjk_fallback
  textup textmd hangul_fallback brahmic_fallback georgian_fallback cyrillic_fallback armenian_fallback eqn-num katex-tag`.split(/\s+/),
);
export const SIZE_CLASS = /^(?:reset-)?size\d+$/;

export const STYLES = new Set(
  `color position top left bottom height width minWidth marginLeft marginRight paddingLeft verticalAlign margin
  borderBottomWidth borderRightWidth borderTopWidth borderRightStyle borderStyle borderWidth borderColor
  backgroundColor textShadow`.split(/\s+/),
);

export const NO_WIDTH = new Set(["katex-thinbox", "katex-vbox", "llap", "rlap", "clap", "katex-strut", "katex-fix"]);
