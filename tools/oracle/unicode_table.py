r"""Write `hmer_suite/latex/unicode.tsv`: Unicode characters and the LaTeX that draws alike.

python -m tools.oracle.unicode_table OUT

Candidates come from pylatexenc's tables, from Unicode's decompositions of letters in a font, raised, lowered or
full-width, and from `hmer_suite.latex.characters` (unicode-math). A candidate is taken where KaTeX draws the two
alike in every one of `CONTEXTS`. Where KaTeX has no glyph for the character there is no drawing to compare with; then
it is taken where both pylatexenc or Unicode and unicode-math know it.

The result ships, so that the canonical spelling, and with it every score, does not depend on the installed version of
pylatexenc.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from pylatexenc import latex2text
from pylatexenc.latexencode import get_builtin_uni2latex_dict
from pylatexenc.latexencode._uni2latexmap_xml import uni2latex as xml_table

from hmer_suite.files import write_whole
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.characters import character, in_font, is_letter
from hmer_suite.latex.constructs import ALPHABETS
from hmer_suite.latex.token_classes import CLASSES, token_class
from hmer_suite.latex.tokens import join, split
from tools.oracle.judges import Drawing, KatexOracle, as_typed

CONTEXTS = (
    "{c}", "a {c} b", "2 {c}", "{c} ^ {{ 2 }} x", "{c} _ {{ 2 }} x", "{c} {c}", "x ^ {{ {c} }}",
    r"\frac {{ {c} }} {{ 2 }} + {{ {c} }}", "( {c} , {c} )", "- {c} =", r"\sqrt {{ {c} a }}", r"{{ \textstyle {c} }} x",
)  # fmt: skip
SCRIPT_CONTEXTS = ("x {c}", "x {c} y", r"\sum {c} a", "( x ) {c}", r"\sin {c} x", r"2 \pi {c}")
OF_UNICODE_MATH = {"\N{MIDLINE HORIZONTAL ELLIPSIS}": r"\cdots"}
"""Characters that unicode-math defines by the command; KaTeX sets a space after the command where a comma follows."""

FULL_WIDTH = range(0xFF01, 0xFF5E)
LEFT_ALONE = frozenset("·√†‡")
r"""Characters that people type for another command than the one that draws alike: ``\cdot``, ``\sqrt``, ``\dagger``."""

PRIMES = {"\N{DOUBLE PRIME}": 2, "\N{TRIPLE PRIME}": 3, "\N{QUADRUPLE PRIME}": 4}
ESCAPED = {sign: f"\\{sign}" for sign in "#$%&_{}"} | {"\\": r"\backslash"}
SCRIPTS = {"<super>": "^", "<sub>": "_"}


def candidates() -> dict[str, list[str]]:
    """Characters and the spellings that some table gives them, as canonical tokens, likelier ones first."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for sign, spelling in _listed():
        after = canonical(spelling)
        if _is_character(sign) and after not in ("", sign) and is_valid(split(after)):
            found[sign][after] = None
    return {sign: list(spellings) for sign, spellings in sorted(found.items())}


def _is_character(sign: str) -> bool:
    """Whether *sign* is one character beyond ASCII that the grammar reads as a symbol."""
    one = len(sign) == 1 and not sign.isascii()
    return one and sign not in LEFT_ALONE and token_class(sign) == "CHAR" and not unicodedata.combining(sign)


def _listed() -> Iterator[tuple[str, str]]:
    """Characters and spellings of every table, whether or not the grammar knows them."""
    for table in (get_builtin_uni2latex_dict(), xml_table):
        for code, spelling in table.items():
            inner = re.fullmatch(r"\\ensuremath\{(.*)\}", spelling)
            yield chr(code), inner[1] if inner else spelling
    specs = latex2text.get_default_latex_context_db()
    for token in CLASSES:
        shown = getattr(specs.get_macro_spec(token[1:]), "simplify_repl", None)
        if token.startswith("\\") and isinstance(shown, str):
            yield shown, token
    yield from ((character(token) or "", token) for token in CLASSES)
    yield from _decomposed()


def _decomposed() -> Iterator[tuple[str, str]]:
    """Letters and signs that Unicode makes of others by a font, by full width or by writing them closer."""
    yield from ((sign, join([r"\prime"] * number)) for sign, number in PRIMES.items())
    for code in (*range(0x2100, 0x2150), *range(0x1D400, 0x1D800), *FULL_WIDTH):
        kind, _, base = unicodedata.decomposition(chr(code)).partition(" ")
        if kind in ("<font>", "<wide>"):
            for spelling in _spellings(chr(int(base, 16))):
                yield chr(code), spelling
                fonts = (font for font in ALPHABETS if font.startswith(("\\math", "\\boldsymbol")))
                yield from ((chr(code), f"{font}{{{spelling}}}") for font in fonts if kind == "<font>")


def _spellings(sign: str) -> list[str]:
    """LaTeX for one character that Unicode makes others of."""
    if sign.isascii():
        return [ESCAPED.get(sign, sign)]
    if sign == "\N{MINUS SIGN}":
        return ["-"]
    return [token for token in CLASSES if token.startswith("\\") and character(token) == sign]


def raised_and_lowered() -> dict[str, str]:
    """Characters that are another one as a script, and ``^`` or ``_`` with that other one."""
    found = {}
    for code in range(0xA0, 0x3000):
        kind, _, base = unicodedata.decomposition(chr(code)).partition(" ")
        if kind in SCRIPTS and " " not in base:
            for spelling in _spellings(chr(int(base, 16)))[:1]:
                found[chr(code)] = f"{SCRIPTS[kind]} {spelling}"
    return found


def known_to_unicode_math(sign: str, spelling: str) -> bool:
    """Whether `hmer_suite.latex.characters` draws *spelling* as *sign*, which KaTeX has no glyph for."""
    tokens = split(spelling)
    inner = [token for token in tokens if token not in "{}"]
    shown = character(inner[-1]) or ""
    if ord(sign) in FULL_WIDTH or sign in PRIMES:
        return unicodedata.decomposition(sign).count(" ") == len(tokens)
    if len(inner) == 1:
        slanted = shown.islower() or shown.isascii() or inner[0].startswith("\\var")
        italic = in_font(shown, "ITALIC") if is_letter(shown) and slanted else None
        return sign in (shown, italic)
    return len(inner) == 2 and inner[0] in ALPHABETS and in_font(shown, ALPHABETS[inner[0]]) == sign


def confirmed(listed: dict[str, list[str]]) -> dict[str, str]:
    """The first spelling of each character that KaTeX, or unicode-math in its place, confirms."""
    pairs = [(sign, spelling) for sign, spellings in listed.items() for spelling in spellings]
    scripts = raised_and_lowered()
    drawn = _drawn_pairs([*pairs, *scripts.items()])
    found = dict(OF_UNICODE_MATH)
    for (sign, spelling), drawings in zip([*pairs, *scripts.items()], drawn, strict=True):
        undrawn = all(ours.marks is None or ours.foreign for ours, _ in drawings)
        alike = all(ours.marks == theirs.marks is not None for ours, theirs in drawings)
        if alike or (undrawn and sign not in scripts and known_to_unicode_math(sign, spelling)):
            found.setdefault(sign, spelling)
    return found


def _drawn_pairs(pairs: Sequence[tuple[str, str]]) -> Iterator[list[tuple[Drawing, Drawing]]]:
    """KaTeX's drawings of both sides in every context, pair by pair."""
    contexts = [SCRIPT_CONTEXTS if spelling[0] in "^_" else CONTEXTS for _, spelling in pairs]
    with KatexOracle() as katex:
        sides = [
            iter(
                katex.drawings(
                    as_typed(context.format(c=pair[side]))
                    for pair, wanted in zip(pairs, contexts, strict=True)
                    for context in wanted
                )
            )
            for side in (0, 1)
        ]
    for wanted in contexts:
        yield [(next(sides[0]), next(sides[1])) for _ in wanted]


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m tools.oracle.unicode_table OUT", file=sys.stderr)
        return 2
    found = confirmed(candidates())
    lines = [f"{sign}\t{join(split(spelling))}\n" for sign, spelling in sorted(found.items())]
    write_whole(Path(arguments[0]), "".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
