r"""The one table of LaTeX knowledge beside the grammar: brackets, fences, limits, fonts, synonyms, structures.

Token classes, which the grammar is written over, are in `hmer_suite.latex.token_classes`. Sources: the TeXbook, the
LaTeX Companion (Mittelbach and Goossens, 2nd ed., ch. 8), amsldoc 2.1; `make oracle` checks them against KaTeX.
"""

from __future__ import annotations

from hmer_suite.latex.token_classes import CLASSES


def _of_class(*classes: str) -> frozenset[str]:
    return frozenset(token for token, cls in CLASSES.items() if cls in classes)


# --- brackets and fences ----------------------------------------------------------------------------------------

BRACKETS: dict[str, str] = dict(
    pair.split("=")
    for pair in r"""
    (=) [=] \{=\} \lbrace=\rbrace \lbrack=\rbrack \lparen=\rparen \langle=\rangle \lfloor=\rfloor \lceil=\rceil
    \lvert=\rvert \lVert=\rVert \lgroup=\rgroup \lmoustache=\rmoustache \ulcorner=\urcorner \llcorner=\lrcorner
    \llbracket=\rrbracket
    """.split()
)
"""Opening brackets and what closes them."""

OPENING_OF: dict[str, str] = {closing: opening for opening, closing in BRACKETS.items()}
"""Closing brackets and what opens them."""

BARS: dict[str, str] = {"|": "|", r"\vert": "|", r"\|": r"\|", r"\Vert": r"\|"}
"""Delimiters that open and close alike, and the spelling they share."""

NO_DELIMITER = "."
r"""The delimiter that draws nothing, as in ``\right .``."""

ENVIRONMENT_FENCES: dict[str, tuple[str, str]] = {
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": (r"\{", r"\}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": (r"\|", r"\|"),
    "cases": (r"\{", NO_DELIMITER),
    "dcases": (r"\{", NO_DELIMITER),
    "rcases": (NO_DELIMITER, r"\}"),
    "drcases": (NO_DELIMITER, r"\}"),
}
"""Delimiters around environments, by name without the star; ask `environment_fences`."""


def environment_fences(name: str) -> tuple[str, str] | None:
    """Left and right delimiter that an environment draws around its cells; None for the others."""
    return ENVIRONMENT_FENCES.get(name.rstrip("*"))


INFIX_FENCES: dict[str, tuple[str, str]] = {
    r"\choose": ("(", ")"),
    r"\brace": (r"\{", r"\}"),
    r"\brack": ("[", "]"),
}
r"""Delimiters that infix commands draw around their two parts; ``\over`` and ``\atop`` draw none."""

BINOMIALS = frozenset(r"\binom \dbinom \tbinom".split())
r"""Commands of class FRAC that draw no bar but parentheses."""


# --- environments -----------------------------------------------------------------------------------------------

ALIGNED_ENVIRONMENTS = frozenset(
    "aligned align align* flalign flalign* split alignat alignat* alignedat".split()
)
"""Environments whose columns are paired around a relation: right, left, right, left ..."""

DISPLAY_ENVIRONMENTS = ALIGNED_ENVIRONMENTS | frozenset(
    "gathered gather gather* equation equation* multline multline* eqnarray eqnarray* dcases drcases darray "
    "displaymath".split()
)
"""Environments whose cells are set in display style."""

SCRIPT_ENVIRONMENTS = frozenset(("smallmatrix", "subarray"))
"""Environments whose cells are set in script style."""


# --- operators and limits ---------------------------------------------------------------------------------------

BIG_OPERATORS = _of_class("LARGEOP") - {r"\smallint", r"\intop"}
"""Operators that are larger in display style and take limits there."""

INTEGRALS = frozenset(r"\int \iint \iiint \iiiint \oint \oiint \oiiint \idotsint".split())
r"""Integral signs, whose scripts are set beside them unless ``\limits`` says otherwise."""

LIMIT_FUNCTIONS = frozenset(
    r"""\det \gcd \inf \injlim \lim \liminf \limsup \max \min \Pr \projlim \sup \varinjlim \varliminf \varlimsup
    \varprojlim \argmax \argmin""".split()
)
"""Named functions that take limits in display style."""

DISPLAY_LIMITS = (
    BIG_OPERATORS
    | LIMIT_FUNCTIONS
    | frozenset(r"\operatorname* \operatornamewithlimits \mathop \intop \sideset".split())
)
"""Everything whose scripts are set above and below it in display style."""

BRACES_ABOVE = frozenset(r"\overbrace \overbracket".split())
BRACES_BELOW = frozenset(r"\underbrace \underbracket".split())
"""Braces over and under formulas; scripts are set at their tips in every style."""


# --- accents ----------------------------------------------------------------------------------------------------

MARKS_ABOVE = frozenset(
    r"""\hat \widehat \check \widecheck \tilde \widetilde \acute \grave \dot \ddot \dddot \ddddot \breve \bar \vec
    \mathring \overline \overrightarrow \overleftarrow \overleftrightarrow \Overrightarrow \overgroup
    \overlinesegment \overleftharpoon \overrightharpoon \widearc \overarc \wideparen \overparen""".split()
)
MARKS_BELOW = frozenset(
    r"""\underline \underbar \underrightarrow \underleftarrow \underleftrightarrow \undergroup \underlinesegment
    \utilde \underparen \d \b""".split()
)
"""Commands of class ACCENT that set a mark over and under their argument; the others of that class set none."""


# --- fonts ------------------------------------------------------------------------------------------------------

FONT_SYNONYMS: dict[str, str] = {
    r"\Bbb": r"\mathbb",
    r"\bold": r"\mathbf",
    r"\frak": r"\mathfrak",
    r"\bm": r"\boldsymbol",
}
"""Font commands that set what another one sets."""

FONT_SWITCHES: dict[str, str] = {
    r"\bf": r"\mathbf",
    r"\bfseries": r"\mathbf",
    r"\boldmath": r"\boldsymbol",
    r"\unboldmath": r"\mathnormal",
    r"\cal": r"\mathcal",
    r"\sf": r"\mathsf",
    r"\tt": r"\mathtt",
    r"\rm": r"\mathrm",
    r"\sc": r"\mathrm",
    r"\it": r"\mathit",
    r"\itshape": r"\mathit",
    r"\em": r"\mathit",
    r"\sl": r"\mathit",
    r"\mit": r"\mathnormal",
}
"""Font switches, which reach to the end of their group, and the command that sets one argument in that font."""

TEXT_FONTS: dict[str, str] = {
    r"\text": r"\mathrm",
    r"\textrm": r"\mathrm",
    r"\textup": r"\mathrm",
    r"\textnormal": r"\mathrm",
    r"\textit": r"\mathit",
    r"\textbf": r"\mathbf",
    r"\textsf": r"\mathsf",
    r"\texttt": r"\mathtt",
}
"""Text commands that choose a font, and the font command of mathematics that sets the same letters."""

_ALPHABETS: dict[str, str] = {
    r"\mathbf": "BOLD",
    r"\boldsymbol": "BOLD ITALIC",
    r"\pmb": "BOLD ITALIC",
    r"\mathsf": "SANS-SERIF",
    r"\mathtt": "MONOSPACE",
    r"\mathcal": "SCRIPT",
    r"\mathscr": "SCRIPT",
    r"\mathbb": "DOUBLE-STRUCK",
    r"\mathds": "DOUBLE-STRUCK",
    r"\mathfrak": "FRAKTUR",
    r"\mathrm": "UPRIGHT",
    r"\mathit": "",
    r"\mathnormal": "",
}

ALPHABETS: dict[str, str] = _ALPHABETS | {
    command: _ALPHABETS[plain] for command, plain in (FONT_SYNONYMS | FONT_SWITCHES).items()
}
"""Font commands and switches, and the Unicode name of their alphabet; empty: italic letters, upright digits."""


# --- synonyms ---------------------------------------------------------------------------------------------------

SYNONYMS: dict[str, str] = dict(
    pair.split("=", 1)
    for pair in r"""
    \le=\leq \ge=\geq \ne=\neq \lt=< \gt=> \to=\rightarrow \gets=\leftarrow \owns=\ni \land=\wedge \lor=\vee
    \lnot=\neg \lbrace=\{ \rbrace=\} \lbrack=[ \rbrack=] \lparen=( \rparen=) \vert=| \Vert=\| \ast=*
    \mathellipsis=\ldots \dotsc=\ldots \dotso=\ldots \dotsb=\cdots \dotsm=\cdots
    \leadsto=\rightsquigarrow \restriction=\upharpoonright  \Doteq=\doteqdot \Box=\square
    \thinspace=\, \medspace=\: \>=\: \thickspace=\; \negthinspace=\! \nobreakspace=~ \enskip=\enspace
    \cr=\\ \newline=\\ \tabularnewline=\\
    """.split()
)
"""Symbols that draw the same as another one, and that other one."""

NEGATIONS: dict[str, str] = {
    "=": r"\neq",
    r"\in": r"\notin",
    r"\ni": r"\notni",
    r"\exists": r"\nexists",
}
r"""Symbols and what ``\not`` in front makes of them."""


# --- structures -------------------------------------------------------------------------------------------------

STRUCTURES: dict[str, frozenset[str]] = {
    "fraction": frozenset(r"\frac \dfrac \tfrac \cfrac \genfrac \over \above".split()),
    "root": frozenset((r"\sqrt", r"\root")),
    "binomial": BINOMIALS | INFIX_FENCES.keys() | {r"\atop"},
    "big operator": BIG_OPERATORS | INTEGRALS | LIMIT_FUNCTIONS | {r"\smallint", r"\intop"},
    "accent": MARKS_ABOVE | MARKS_BELOW | BRACES_ABOVE | BRACES_BELOW,
    "stacked": _of_class("STACK", "XARROW") | {r"\substack"},
    "text": _of_class("TEXT"),
}
"""Structures by name, and the tokens of which each shows one. What leaves no token of its own (scripts) has none."""

ENVIRONMENT = "environment"
"""Name of the structure that any environment is."""

STRUCTURE_OF: dict[str, str] = {token: name for name, tokens in STRUCTURES.items() for token in tokens}
"""Tokens and the structure that they show."""
