"""Labels of the nodes of symbol layout trees: symbols, fonts, and the signs of commands."""

from __future__ import annotations

from hmer_suite.latex.constructs import (
    ALPHABETS,
    BINOMIALS,
    FONT_SWITCHES,
    FONT_SYNONYMS,
    INFIX_FENCES,
    SYNONYMS,
    TEXT_FONTS,
)
from hmer_suite.latex.token_classes import CLASSES

LABELS = SYNONYMS | dict(
    pair.split("=", 1)
    for pair in r"""
        '=\prime \dots=\ldots \dotsi=\cdots \leqslant=\leq \geqslant=\geq \nleqslant=\nleq \ngeqslant=\ngeq
        \lvert=| \rvert=| \lVert=\| \rVert=\| \parallel=\| \slash=/ \colon=: \backslash=\setminus
        \smallsetminus=\setminus \hslash=\hbar \bigtriangleup=\triangle \mathsterling=\pounds \amalg=\coprod
        \lhd=\triangleleft \vartriangleleft=\triangleleft \unlhd=\trianglelefteq \varpropto=\propto
        \rhd=\triangleright \vartriangleright=\triangleright \unrhd=\trianglerighteq \models=\vDash
        \preccurlyeq=\preceq \succcurlyeq=\succeq \smallsmile=\smile \smallfrown=\frown \Join=\bowtie
        \varsubsetneq=\subsetneq \longleftarrow=\leftarrow \longrightarrow=\rightarrow \longmapsto=\mapsto
        \longleftrightarrow=\leftrightarrow \Longleftarrow=\Leftarrow \Longrightarrow=\Rightarrow
        \Longleftrightarrow=\Leftrightarrow \iff=\Leftrightarrow \bmod=\mod
        \widehat=\hat \widetilde=\tilde \overrightarrow=\vec \wideparen=\overparen
    """.split()
)
"""Labels of commands that draw the same as another one, or that MathML writes with the same character."""

_UPRIGHT = frozenset((r"\mathrm", r"\mathit", r"\mathnormal"))
"""Fonts in which a letter is the same symbol as in none."""


def _font_label(command: str) -> str:
    """Prefix of the labels of letters that a font command sets; empty for upright and italic ones."""
    font = {r"\pmb": r"\boldsymbol", r"\mathds": r"\mathbb"}.get(command) or FONT_SYNONYMS.get(
        command, command
    )
    return "" if font in _UPRIGHT else font


SWITCHES = {switch: _font_label(command) for switch, command in FONT_SWITCHES.items()}
"""Font switches and the font in which they leave the rest of the group."""


FONTS = {command: _font_label(command) for command in ALPHABETS if CLASSES[command] == "FONT"} | {
    command: _font_label(font) for command, font in TEXT_FONTS.items()
}
"""Fonts that make another symbol of a letter: its label begins with them. Upright and italic do not."""


STACKS: dict[str, tuple[str | None, str, str | None]] = {
    **{name: (left, "\\atop", right) for name, (left, right) in INFIX_FENCES.items()},
    **dict.fromkeys(BINOMIALS, ("(", "\\atop", ")")),
    "\\atop": (None, "\\atop", None),
}
"""Fences and label that commands which set two rows on top of each other bring; fractions have a bar instead."""
