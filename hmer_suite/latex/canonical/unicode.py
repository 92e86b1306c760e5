r"""Unicode characters as the commands that TeX draws alike: ``α`` as ``\alpha``, ``²`` as ``^ { 2 }``.

`hmer_suite/latex/unicode.tsv` has them, one a line: the character, a tab, its canonical tokens, in which ``^`` and
``_`` in front make a script of what precedes. ``python -m tools.oracle.unicode_table`` makes it from pylatexenc's
tables, as far as KaTeX draws both alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from itertools import groupby

from hmer_suite.latex.nodes import Command, Group, Infix, Node, Scripts, Symbol
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import parse


def _read() -> dict[str, tuple[str, ...]]:
    text = resources.files("hmer_suite.latex").joinpath("unicode.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines())
    return {sign: tuple(spelling.split(" ")) for sign, spelling in pairs}


UNICODE: dict[str, tuple[str, ...]] = _read()
"""Characters and the canonical tokens that draw the same."""

UNICODE_SCRIPTS: dict[str, Symbol] = {
    sign: Symbol(spelling[1]) for sign, spelling in UNICODE.items() if spelling[0] in "^_"
}
"""Characters that are scripts by themselves, and what they raise or lower."""

OF_A_FONT: frozenset[str] = frozenset(
    sign for sign in UNICODE if unicodedata.decomposition(sign).startswith("<font>")
)
"""Letters and digits in a font of their own, such as ``ℝ``: a font command around them would change their spelling."""


class _Nodes(dict[str, Node]):
    """The node of each character that is not a script; made on first use."""

    def __missing__(self, sign: str) -> Node:
        items = parse(UNICODE[sign]).items
        node = self[sign] = items[0] if len(items) == 1 else Group(items)
        return node


NODES = _Nodes()


def attached(items: Sequence[Node]) -> list[Node]:
    """The items of a row in which raised and lowered characters are scripts of what precedes them.

    Those without a base, or whose base has such a script already, stay as they are.
    """
    done: list[Node] = []
    for side, run in groupby(items, _side):
        marks = tuple(run)
        carried = _carried(done[-1], side, marks) if done else None
        if carried is None:
            done += marks
        else:
            done[-1] = carried
    return done


def _side(item: Node) -> str:
    """``^`` for a raised character, ``_`` for a lowered one, empty for anything else."""
    return UNICODE[item.name][0] if isinstance(item, Symbol) and item.name in UNICODE_SCRIPTS else ""


def _carried(base: Node, side: str, marks: Sequence[Node]) -> Scripts | None:
    """*base* with these characters as a script; None where it cannot have it."""
    if not side or not _may_carry(base):
        return None
    script = Group(tuple([UNICODE_SCRIPTS[mark.name] for mark in marks if isinstance(mark, Symbol)]))
    scripts = base if isinstance(base, Scripts) else Scripts(base, None, None)
    if (scripts.sup if side == "^" else scripts.sub) is not None:
        return None
    return replace(scripts, sup=script) if side == "^" else replace(scripts, sub=script)


def _may_carry(base: Node) -> bool:
    if isinstance(base, Symbol):
        return base.name not in UNICODE_SCRIPTS and CLASSES.get(base.name) not in (
            "SPACE",
            "STYLE",
            "ROWBREAK",
        )
    return not isinstance(base, Infix) and not (
        isinstance(base, Command) and CLASSES[base.name] in ("RAW", "COLOR")
    )
