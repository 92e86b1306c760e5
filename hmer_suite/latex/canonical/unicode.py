r"""Unicode characters as the commands that TeX draws alike: ``α`` as ``\alpha``, ``²`` as ``^ { 2 }``.

`hmer_suite/latex/unicode.tsv` has them, one a line: the character, a tab, its canonical tokens, in which ``^`` and
``_`` in front make a script of what precedes. ``python -m tools.oracle.unicode_table`` makes it from pylatexenc's
tables, as far as KaTeX draws both alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib import resources

from hmer_suite.latex.nodes import Command, Group, Infix, Node, Scripts, Symbol
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import parse

_SCRIPT_MARKS = "^_"


def _read() -> dict[str, tuple[str, ...]]:
    text = resources.files("hmer_suite.latex").joinpath("unicode.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines())
    return {sign: tuple(spelling.split(" ")) for sign, spelling in pairs}


UNICODE: dict[str, tuple[str, ...]] = _read()
"""Characters and the canonical tokens that draw the same."""

RAISED: dict[str, Symbol] = {
    sign: Symbol(spelling[1]) for sign, spelling in UNICODE.items() if spelling[0] == "^"
}
LOWERED: dict[str, Symbol] = {
    sign: Symbol(spelling[1]) for sign, spelling in UNICODE.items() if spelling[0] == "_"
}
"""Characters that are scripts by themselves, and what they raise and lower."""

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
    for item in items:
        carried = _carried(done[-1], item) if done and isinstance(item, Symbol) else None
        if carried is None:
            done.append(item)
        else:
            done[-1] = carried
    return [_grouped(item) for item in done]


class _Growing(Group):
    """A script made of raised or lowered characters, to which the next one is added."""

    __slots__ = ()


def _carried(base: Node, mark: Symbol) -> Scripts | None:
    """*base* with one more raised or lowered character; None where it cannot have it."""
    if not _may_carry(base):
        return None
    scripts = base if isinstance(base, Scripts) else Scripts(base, None, None)
    if mark.name in RAISED:
        sup = _grown(scripts.sup, RAISED[mark.name])
        return sup and Scripts(scripts.base, scripts.sub, sup, scripts.limits)
    if mark.name in LOWERED:
        sub = _grown(scripts.sub, LOWERED[mark.name])
        return sub and Scripts(scripts.base, sub, scripts.sup, scripts.limits)
    return None


def _may_carry(base: Node) -> bool:
    if isinstance(base, Symbol):
        script = base.name in RAISED or base.name in LOWERED
        return not script and CLASSES.get(base.name) not in ("SPACE", "STYLE", "ROWBREAK")
    return not isinstance(base, Infix) and not (isinstance(base, Command) and CLASSES[base.name] == "RAW")


def _grown(script: Node | None, symbol: Symbol) -> _Growing | None:
    if script is None:
        return _Growing((symbol,))
    return _Growing((*script.items, symbol)) if isinstance(script, _Growing) else None


def _grouped(item: Node) -> Node:
    """*item* with plain groups as scripts."""
    if not isinstance(item, Scripts):
        return item
    sub = Group(item.sub.items) if isinstance(item.sub, _Growing) else item.sub
    sup = Group(item.sup.items) if isinstance(item.sup, _Growing) else item.sup
    return Scripts(item.base, sub, sup, item.limits)
