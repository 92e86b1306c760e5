"""From the rows of the parse tree to atoms: spaces gone, digits joined to numbers, brackets matched.

TeX knows no brackets: in ``( a + b ) ^ 2`` the exponent belongs to the parenthesis alone. Here it belongs to what
the parentheses hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from hmer_suite.equiv.reading.atoms.atom_types import BARS, DELIMITERS, Atom, Bracket
from hmer_suite.equiv.reading.atoms.fonts import spread
from hmer_suite.equiv.reading.atoms.node_shapes import (
    COLOURED,
    DEGREES,
    QUADS,
    SEPARATING,
    as_fraction,
    coloured,
    degree_over_nothing,
    is_beside,
    is_degree_apart,
    is_italic_letter,
    is_operator,
    is_wide,
    parts_numbers,
    punctuation_in,
    typed_sign,
    with_prescripts,
    without_primes,
    written_primes,
)
from hmer_suite.equiv.reading.atoms.pairs import paired, split_braket
from hmer_suite.equiv.reading.atoms.pieces import composed, joined_digits
from hmer_suite.equiv.reading.atoms.shapes import is_digits, is_letter
from hmer_suite.equiv.reading.atoms.stacked import with_bounds
from hmer_suite.equiv.reading.atoms.staggered import after_gap, is_of_letters, scripts_of
from hmer_suite.equiv.reading.operators import KNOWN
from hmer_suite.latex.constructs import FONT_SWITCHES
from hmer_suite.latex.nodes import (
    Command,
    Environment,
    Fenced,
    Group,
    Infix,
    Line,
    Math,
    Node,
    Primes,
    Row,
    Scripts,
    Sized,
    Symbol,
    Text,
)
from hmer_suite.latex.token_classes import CLASSES

_ROW_BREAK = r"\\"
_DROPPED = frozenset(token for token, cls in CLASSES.items() if cls in ("SPACE", "STYLE")) - QUADS
_DROPPED_COMMANDS = frozenset((r"\hspace", r"\vspace", r"\hspace*", r"\vspace*", r"\label", r"\tag", r"\tag*",
                               r"\color", r"\rule", r"\phantom", r"\hphantom", r"\vphantom"))  # fmt: skip
_TRANSPARENT_PRIMITIVES = frozenset((r"\mathord", r"\mathbin", r"\mathrel", r"\mathopen", r"\mathclose",
                                     r"\mathpunct", r"\mathinner", r"\smash", r"\vcenter", r"\mathnormal",
                                     r"\ensuremath"))  # fmt: skip

_WITHOUT_SCRIPTS = frozenset((",", "{,}", ";", ":", "、", "，", "；", "：", r"\colon", r"\vcentcolon"))
"""Signs between operands, whose scripts belong to nothing."""


def atoms(items: Sequence[Node | None]) -> list[Atom]:
    """The atoms of a row, brackets matched."""
    flat: list[Atom] = []
    _flatten(items, flat)
    return paired(joined_digits(composed(flat)))


def _flatten(items: Sequence[Node | None], out: list[Atom]) -> None:
    for index, item in enumerate(items):
        if item is None:
            continue
        match item:
            case Symbol() if item.name == r"\prime":
                _prime(item, out)
            case Symbol() if item.name in SEPARATING:
                after_word = bool(out) and isinstance(out[-1].value, Command) and index + 1 < len(items)
                if after_word or (out and out[-1].token.isdecimal() and parts_numbers(items, index)):
                    out.append(Atom("space", None))
            case Symbol() if item.name in FONT_SWITCHES:
                rest = [following for following in items[index + 1 :] if following is not None]
                _flatten(_switched(item.name, rest), out)
                return
            case Symbol() if item.name in DEGREES and out and out[-1].token.isdecimal() and out[-1].plain:
                out[-1] = Atom("sym", out[-1].token, None, Group((Symbol(r"\circ"),)))
            case Symbol():
                if item.name not in _DROPPED:
                    out.append(Atom("sym", typed_sign(item.name, items, index)))
            case Scripts() if is_degree_apart(item) and out and out[-1].token.isdecimal() and out[-1].plain:
                out[-1] = Atom("sym", out[-1].token, None, item.sup)
            case Scripts() if is_beside(items, index) and out and _may_carry(out[-1], item):
                out[-1] = _carrying(out[-1], item)
            case Scripts():
                _scripted(item, out)
            case Group() | Row():
                _group(item, out)
            case Sized():
                out.append(Atom("sym", item.delimiter.name))
            case Fenced():
                out.extend(_fenced(item))
            case Command() if (
                item.name in _TRANSPARENT_PRIMITIVES or is_italic_letter(item) or is_operator(item)
            ):
                _flatten(item.arguments[:1], out)
            case Command() if item.name in _DROPPED_COMMANDS:
                if out and out[-1].token.isdecimal() and is_wide(item):
                    out.append(Atom("space", None))
            case Command() if item.name in COLOURED and (drawn := coloured(item)) is not None:
                _flatten(drawn, out)
            case Command() if (mark := punctuation_in(item)) is not None:
                if mark:
                    out.append(Atom("sym", mark))
                elif out and out[-1].token.isdecimal():
                    out.append(Atom("space", None))
            case Command() if (sign := degree_over_nothing(item)) is not None:
                _flatten([Scripts(Group(), None, sign)], out)
            case Command() if (content := _respelt(item)) is not None:
                _flatten(content, out)
            case Primes():
                out.append(Atom("none", None, primes=item.count))
            case Command() | Text() | Math() | Infix() | Environment() | Line():
                out.append(Atom("cmd", item))
            case _:
                assert_never(item)


def _respelt(item: Command) -> Sequence[Node] | None:
    """A command as other nodes that say the same; None for one that is read by itself."""
    for other_spelling in (with_bounds, as_fraction, with_prescripts, spread):
        if (content := other_spelling(item)) is not None:
            return content
    return None


def _switched(switch: str, rest: Sequence[Node]) -> list[Node]:
    """What follows a font switch, in its font up to the next one."""
    ends = (
        place for place, item in enumerate(rest) if isinstance(item, Symbol) and item.name in FONT_SWITCHES
    )
    end = next(ends, len(rest))
    in_font: list[Node] = [Command(FONT_SWITCHES[switch], (Group(tuple(rest[:end])),))] if end else []
    return [*in_font, *rest[end:]]


def _prime(item: Symbol, out: list[Atom]) -> None:
    """A prime that was not raised."""
    if out and _takes_prime(out[-1]):
        last = out[-1]
        out[-1] = Atom(last.kind, last.value, last.sub, None, last.primes + 1)
    else:
        out.append(Atom("sym", item.name))


def _takes_prime(atom: Atom) -> bool:
    """Whether a prime that was not raised belongs to the atom before it."""
    sign = atom.token.isalpha() or atom.token.isdecimal() or (atom.kind == "sym" and atom.primes > 0)
    return atom.sup is None and (atom.kind == "cmd" or sign)


def _may_carry(atom: Atom, beside: Scripts) -> bool:
    """Whether scripts on an empty group after the atom are its own: an exponent may stand after an index, too."""
    if atom.kind != "cmd" and not (is_letter(atom) or atom.token.isdecimal() or atom.token in KNOWN):
        return False
    exponent = beside.sub is None and beside.sup is not None and is_digits(beside.sup)
    primes = beside.sub is None and beside.sup is not None and _are_primes(beside.sup)
    return atom.plain or ((exponent or primes) and atom.sup is None) or _is_staggered(atom, beside)


def _is_staggered(atom: Atom, beside: Scripts) -> bool:
    """Whether an upper index of letters follows a lower one, or the reverse."""
    if atom.sup is None and beside.sub is None:
        return is_of_letters(atom.sub) and is_of_letters(beside.sup)
    return atom.sub is beside.sup is None and is_of_letters(atom.sup) and is_of_letters(beside.sub)


def _are_primes(sup: Node) -> bool:
    return isinstance(sup, Primes) or (written_primes(sup) > 0 and without_primes(sup) is None)


def _carrying(atom: Atom, beside: Scripts) -> Atom:
    """The atom with the scripts on an empty group after it."""
    carrier: list[Atom] = []
    _scripted(beside, carrier)
    (scripts,) = carrier
    if _is_staggered(atom, beside):
        sub, sup = (script and after_gap(script) for script in (scripts.sub, scripts.sup))
        return Atom(atom.kind, atom.value, atom.sub or sub, atom.sup or sup, atom.primes)
    sub = atom.sub if scripts.sub is None else scripts.sub
    return Atom(atom.kind, atom.value, sub, scripts.sup, atom.primes + scripts.primes)


def _group(item: Group | Row, out: list[Atom]) -> None:
    only = item.items[0] if len(item.items) == 1 else None
    if isinstance(only, Symbol) and only.name in ",.":
        out.append(Atom("sym", "{,}" if only.name == "," else "."))
    else:
        _flatten(item.items, out)


def _scripted(item: Scripts, out: list[Atom]) -> None:
    sub, sup = scripts_of(item)
    primes = 0
    if isinstance(sup, Primes):
        primes, sup = sup.count, sup.raised
    elif sup is not None and (count := written_primes(sup)):
        primes, sup = count, without_primes(sup)
    before = len(out)
    _flatten((item.base,), out)
    if len(out) - before == 1 and out[-1].token in _WITHOUT_SCRIPTS:
        out.append(Atom("none", None, sub, sup, primes))
    elif len(out) - before == 1 and out[-1].plain:
        last = out[-1]
        out[-1] = Atom(last.kind, last.value, sub, sup, primes)
    elif len(out) == before:
        out.append(Atom("none", None, sub, sup, primes))
    elif (out[-1].plain and isinstance(item.base, Command)) or (
        primes == 0 and None in (sub, out[-1].sub) and all(map(_is_lone_sign, out[before:]))
    ):
        last = out[-1]  # drawn as if the last letter alone had the scripts
        out[-1] = Atom(last.kind, last.value, last.sub if sub is None else sub, sup, primes)
    else:  # a group with several things in it: its scripts belong to all of them
        inner = out[before:]
        del out[before:]
        out.append(Atom("br", Bracket("", "", (paired(joined_digits(composed(inner))),)), sub, sup, primes))


def _is_lone_sign(atom: Atom) -> bool:
    """Whether an atom is a letter or a digit without a font or an accent."""
    if atom.kind != "sym" or atom.sup is not None or atom.primes:
        return False
    return is_letter(atom) or (atom.token.isdecimal() and atom.plain)


def _fenced(item: Fenced) -> list[Atom]:
    flat: list[Atom] = []
    for part in item.inside:
        if isinstance(part, Row):
            _flatten(part.items, flat)
        else:
            flat.append(Atom("sym", r"\mid" if part.name in BARS else part.name))
    inner = joined_digits(composed(flat))
    left, right = item.left.name, item.right.name
    opening = "(" if left == "]" else DELIMITERS.get(left, left)
    closing = "(" if right == "[" else DELIMITERS.get(right, right)
    if opening == closing == "<" and (braket := split_braket(inner, Atom("sym", right))) is not None:
        return braket
    return [Atom("br", Bracket(opening, closing, (paired(inner),)))]
