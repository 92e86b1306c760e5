"""Nodes before they become atoms: primes in superscripts, spaces between digits, italic letters, degrees apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, takewhile

from hmer_suite.equiv.reading.operators import OPERATOR_NAMES
from hmer_suite.latex.general_fractions import general_fraction
from hmer_suite.latex.nodes import Command, Fenced, Group, Infix, Math, Node, Row, Scripts, Symbol, Text
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import unparse

QUADS = frozenset((r"\quad", r"\qquad"))
_SPACES = frozenset(token for token, cls in CLASSES.items() if cls == "SPACE") - QUADS


def is_degree_apart(item: Scripts) -> bool:
    r"""Whether a degree sign is raised on nothing, as in ``20\,^\circ``: it belongs to the number before it."""
    sup = item.sup.items if isinstance(item.sup, Group) else (item.sup,)
    signs = tuple(sign.name for sign in sup if isinstance(sign, Symbol))
    apart = item.base in (None, Group()) or (isinstance(item.base, Symbol) and item.base.name in _SPACES)
    return apart and item.sub is None and len(signs) == len(sup) and signs == (r"\circ",)


_THIN = frozenset((r"\,", r"\thinspace"))
_JOINING = frozenset((r"\!", r"\negthinspace", r"\negmedspace", r"\negthickspace", r"\/", r"\relax", r"\null",
                      r"\nobreak", r"\allowbreak", r"\*", r"\-"))  # fmt: skip
"""Dropped signs that leave no space."""
SEPARATING = _SPACES - _JOINING
"""Spaces that keep the digits on both sides apart."""


def parts_numbers(items: Sequence[Node | None], index: int) -> bool:
    """Whether a space after a digit begins another number; a thin one before three digits groups them."""
    digits = 0
    for item in items[index + 1 :]:
        base = item.base if isinstance(item, Scripts) else item
        if not (isinstance(base, Symbol) and base.name.isdecimal()):
            if digits or not (isinstance(base, Symbol) and base.name in SEPARATING):
                break
        else:
            digits += 1
    return digits > 0 and not (
        digits == 3 and isinstance(item := items[index], Symbol) and item.name in _THIN
    )


DEGREES = frozenset((r"\degree", r"\textdegree", "\u00b0"))
"""Signs of a degree that are not raised by the formula."""

_TYPED = {"\u00b7": r"\cdot", r"\cdotp": r"\cdot", "\u2013": "-", "\u2014": "-", "\u2012": "-"}
"""Signs that people type for others: a dot for a product, a dash for a minus."""


def typed_sign(sign: str, items: Sequence[Node | None], index: int) -> str:
    """The sign that is meant where another was typed; a dash between two digits may be one of a range, and stays."""
    meant = _TYPED.get(sign, sign)
    if meant == "-" != sign and all(
        map(_is_digit, (*items[index - 1 : index], *items[index + 1 : index + 2]))
    ):
        return sign
    return meant


def _is_digit(item: Node | None) -> bool:
    base = item.base if isinstance(item, Scripts) else item
    return isinstance(base, Symbol) and base.name.isdecimal()


def is_beside(items: Sequence[Node | None], index: int) -> bool:
    r"""Whether an item is scripts on nothing that belong to what precedes, and no prescript as in ``{}_7C_3``."""
    item = items[index]
    if not isinstance(item, Scripts) or item.base != Group() or item.limits:
        return False
    following = items[index + 1] if index + 1 < len(items) else None
    base = following.base if isinstance(following, Scripts) else following
    if not (isinstance(base, Symbol) and base.name.isalpha() and base.name.isupper()):
        return True
    return index > 0 and _has_empty_script(items[index - 1])


def _has_empty_script(item: Node | None) -> bool:
    r"""Whether an item awaits a script, as in ``S_{}{}_\Delta``."""
    return isinstance(item, Scripts) and Group() in (item.sub, item.sup)


_LENGTHS = frozenset((r"\hspace", r"\hspace*", r"\phantom", r"\hphantom", r"\rule"))
"""Commands that leave white space between their neighbours, or draw a rule there."""


def is_wide(item: Command) -> bool:
    """Whether a command keeps the digits on both sides of it apart; a negative length joins them."""
    return item.name in _LENGTHS and "-" not in unparse(item)[:3]


def punctuation_in(item: Command) -> str | None:
    r"""The mark of punctuation that is all that a text holds, empty for white space; None for any other command."""
    if CLASSES.get(item.name) != "TEXT" or len(item.arguments) != 1:
        return None
    marks = [token for token in unparse(item.arguments[0]) if token not in ("{", "}", "~", r"\ ", " ")]
    if not marks:
        return ""
    return marks[0] if len(marks) == 1 and marks[0] in ",;" else None


COLOURED = frozenset((r"\textcolor", r"\colorbox", r"\fcolorbox", r"\raisebox"))
"""Commands whose last argument alone is drawn, in a colour or raised."""


def coloured(item: Command) -> Sequence[Node] | None:
    """The formula that a command sets in a colour; None for words, which are no letters of the formula around them."""
    content = item.arguments[-1]
    if isinstance(content, Text):
        only = content.items[0] if len(content.items) == 1 else None
        return only.items if isinstance(only, Math) else None
    return content.items if isinstance(content, Group) else (content,)


def degree_over_nothing(item: Command) -> Node | None:
    r"""The sign of degrees that is set over nothing, as in ``30\overset{\circ}{}``; None for all else."""
    if not item.arguments or item.arguments[-1] != Group():
        return None
    if item.name == r"\mathring":
        return Symbol(r"\circ")
    sign = item.arguments[0]
    if item.name not in (r"\overset", r"\stackrel"):
        return None
    return sign if unparse(sign) in (["{", r"\circ", "}"], ["{", "o", "}"]) else None


def with_prescripts(item: Command) -> Sequence[Node] | None:
    r"""A ``\prescript`` as scripts on nothing and what they stand in front of; None for any other command."""
    if item.name != r"\prescript":
        return None
    sup, sub, argument = (part if part != Group() else None for part in item.arguments)
    scripts = (Scripts(Group(), sub, sup),) if sub or sup else ()
    return (*scripts, *(argument.items if isinstance(argument, Group) else ()))


def as_fraction(item: Command) -> Sequence[Node] | None:
    r"""A ``\genfrac`` as the fraction or binomial that it is, in fences; None for any other command."""
    if item.name != r"\genfrac":
        return None
    said = general_fraction(item)
    if said.infix == r"\choose":
        return (Command(r"\binom", (said.above, said.below)),)
    if said.infix is not None:
        return (Infix(said.infix, Row((said.above,)), Row((said.below,))),)
    drawn: Node = Command(r"\frac", (said.above, said.below))
    if not said.has_bar:
        drawn = Infix(r"\atop", Row((said.above,)), Row((said.below,)))
    left, right = map(Symbol, said.fences)
    return (Fenced(left, (Row((drawn,)),), (), right) if said.is_fenced else drawn,)


def is_italic_letter(item: Command) -> bool:
    r"""Whether ``\mathit`` changes nothing, as it holds no word: ``\mathit{on}`` is one name, and no product."""
    if item.name != r"\mathit":
        return False
    content = item.arguments[0]
    letters = content.items if isinstance(content, Group | Row) else (content,)
    return sum(isinstance(letter, Symbol) and letter.name.isalpha() for letter in letters) < 2


def is_operator(item: Command) -> bool:
    r"""Whether ``\mathop`` holds one sign or name, which it sets as the operator that it is: ``\mathop{\lim}_n``."""
    if item.name != r"\mathop":
        return False
    content = item.arguments[0]
    items = content.items if isinstance(content, Group | Row) else (content,)
    spelt = "".join(item.name for item in items if isinstance(item, Symbol))
    return spelt in ("lim", *OPERATOR_NAMES) or (len(items) == 1 and isinstance(items[0], Symbol | Command))


def unspaced(script: Node | None) -> Node | None:
    """A script without the spaces that it begins and ends with; None for one that is empty."""
    items = list(script.items) if isinstance(script, Group) else []
    while items and _is_space(items[-1]):
        items.pop()
    while items and _is_space(items[0]):
        items.pop(0)
    if not isinstance(script, Group):
        return script
    return Group(tuple(items)) if items else None


def _is_space(item: Node) -> bool:
    return isinstance(item, Symbol) and CLASSES.get(item.name) == "SPACE"


def written_primes(sup: Node) -> int:
    """The number of ``\\prime`` that a superscript begins with, perhaps raised once more as in ``f^{'2}``."""
    return sum(takewhile(bool, map(_primes_in, _items(sup))))


def without_primes(sup: Node) -> Node | None:
    """The rest of a superscript after its primes; None if nothing is left."""
    rest = tuple(dropwhile(_primes_in, _items(sup)))
    return Group(rest) if rest else None


def _items(script: Node) -> tuple[Node, ...]:
    return script.items if isinstance(script, Group) else (script,)


def _primes_in(item: Node) -> int:
    """The number of primes that an item consists of."""
    if isinstance(item, Symbol):
        return int(item.name in (r"\prime", "'"))
    if (
        not isinstance(item, Scripts)
        or item.sub is not None
        or item.sup is None
        or item.base not in (None, Group())
    ):
        return 0
    return written_primes(item.sup) if without_primes(item.sup) is None else 0
