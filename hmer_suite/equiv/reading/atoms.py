r"""From the rows of the parse tree to atoms: spaces gone, digits joined to numbers, brackets matched.

TeX knows no brackets: in ``( a + b ) ^ 2`` the exponent belongs to the parenthesis alone. Here it belongs to what
the parentheses hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from hmer_suite.equiv.reading.node_shapes import (
    QUADS,
    SEPARATING,
    is_degree_apart,
    is_italic_letter,
    parts_numbers,
    without_primes,
    written_primes,
)
from hmer_suite.equiv.reading.operators import LEVEL
from hmer_suite.latex import constructs
from hmer_suite.latex.constructs import BRACKETS
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

OPENING = {
    "(": "(", "[": "[", r"\{": "{", r"\lbrace": "{", r"\lbrack": "[", r"\lparen": "(", r"\langle": "<",
    r"\lfloor": "floor", r"\lceil": "ceil", r"\lvert": "|", r"\lVert": "||", r"\llbracket": "[[",
}  # fmt: skip
"""Opening brackets that mean something, and the shape that they share with the closing one."""
CLOSING = {BRACKETS[opening]: shape for opening, shape in OPENING.items()}
BARS = {bar: "|" if plain == "|" else "||" for bar, plain in constructs.BARS.items()}
_DELIMITER = OPENING | CLOSING | BARS
_DELIMITER |= {".": "", r"\mid": "|", r"\backslash": "\\", "/": "/", "<": "<", ">": "<"}

_ROW_BREAK = r"\\"
_DROPPED = frozenset(token for token, cls in CLASSES.items() if cls in ("SPACE", "STYLE")) - QUADS
_DROPPED_COMMANDS = frozenset((r"\hspace", r"\vspace", r"\hspace*", r"\vspace*", r"\label", r"\tag", r"\tag*",
                               r"\color", r"\rule", r"\phantom", r"\hphantom", r"\vphantom"))  # fmt: skip
_TRANSPARENT_PRIMITIVES = frozenset((r"\mathord", r"\mathbin", r"\mathrel", r"\mathopen", r"\mathclose",
                                     r"\mathpunct", r"\mathinner", r"\smash", r"\vcenter", r"\mathnormal",
                                     r"\ensuremath"))  # fmt: skip


class Atom:
    """One thing in a row, with its scripts.

    `kind` is ``sym`` (`value`: the token), ``num`` (`value`: its digits, perhaps with a point), ``br`` (`value`: a
    `Bracket`), ``cmd`` (`value`: a `Node`), ``none`` (scripts on nothing), or ``space``
    (between two numbers). `token` is the token of a symbol, and
    empty for the others. `sub` and `sup` are nodes or None; `primes` counts the primes.
    """

    __slots__ = ("kind", "primes", "sub", "sup", "token", "value")

    def __init__(
        self, kind: str, value: object, sub: Node | None = None, sup: Node | None = None, primes: int = 0
    ):
        self.kind = kind
        self.value = value
        self.token = value if kind == "sym" and isinstance(value, str) else ""
        self.sub = sub
        self.sup = sup
        self.primes = primes

    @property
    def plain(self) -> bool:
        """Whether it carries no scripts."""
        return self.sub is None and self.sup is None and not self.primes

    def bare(self) -> Atom:
        """The same without its scripts."""
        return self if self.plain else Atom(self.kind, self.value)


class Bracket:
    """The rows between two delimiters; `parts` are split at ``\\middle``."""

    __slots__ = ("close", "open", "parts")

    def __init__(self, opening: str, closing: str, parts: tuple[list[Atom], ...]):
        self.open = opening
        self.close = closing
        self.parts = parts


def atoms(items: Sequence[Node | None]) -> list[Atom]:
    """The atoms of a row, brackets matched."""
    flat: list[Atom] = []
    _flatten(items, flat)
    return _bars(_matched(_numbers(_composed(flat))))


def _flatten(items: Sequence[Node | None], out: list[Atom]) -> None:
    for index, item in enumerate(items):
        if item is None:
            continue
        match item:
            case Symbol() if item.name == r"\prime":
                _prime(item, out)
            case Symbol() if item.name in SEPARATING:
                if out and out[-1].token.isdecimal() and parts_numbers(items, index):
                    out.append(Atom("space", None))
            case Symbol():
                if item.name not in _DROPPED:
                    out.append(Atom("sym", item.name))
            case Scripts() if is_degree_apart(item) and out and out[-1].token.isdecimal() and out[-1].plain:
                out[-1] = Atom("sym", out[-1].token, None, item.sup)
            case Scripts():
                _scripted(item, out)
            case Group() | Row():
                _group(item, out)
            case Sized():
                out.append(Atom("sym", item.delimiter.name))
            case Fenced():
                out.append(_fenced(item))
            case Command() if item.name in _TRANSPARENT_PRIMITIVES or is_italic_letter(item):
                _flatten(item.arguments[:1], out)
            case Command() if item.name in _DROPPED_COMMANDS:
                pass
            case Primes():
                out.append(Atom("none", None, primes=item.count))
            case Command() | Text() | Math() | Infix() | Environment() | Line():
                out.append(Atom("cmd", item))
            case _:
                assert_never(item)


def _prime(item: Symbol, out: list[Atom]) -> None:
    """A prime that was not raised."""
    if out and _takes_prime(out[-1]):
        last = out[-1]
        out[-1] = Atom(last.kind, last.value, last.sub, None, last.primes + 1)
    else:
        out.append(Atom("sym", item.name))


def _takes_prime(atom: Atom) -> bool:
    """Whether a prime that was not raised belongs to the atom before it."""
    letter = atom.token.isalpha() or (atom.kind == "sym" and atom.primes > 0)
    return atom.sup is None and (atom.kind == "cmd" or letter)


def _group(item: Group | Row, out: list[Atom]) -> None:
    only = item.items[0] if len(item.items) == 1 else None
    if isinstance(only, Symbol) and only.name in ",.":
        out.append(Atom("sym", "{,}" if only.name == "," else "."))
    else:
        _flatten(item.items, out)


def _scripted(item: Scripts, out: list[Atom]) -> None:
    sub, sup = (None if script == Group() else script for script in (item.sub, item.sup))
    primes = 0
    if isinstance(sup, Primes):
        primes, sup = sup.count, sup.raised
    elif sup is not None and (count := written_primes(sup)):
        primes, sup = count, without_primes(sup)
    before = len(out)
    _flatten((item.base,), out)
    if len(out) - before == 1 and out[-1].plain:
        last = out[-1]
        out[-1] = Atom(last.kind, last.value, sub, sup, primes)
    elif len(out) == before:
        out.append(Atom("none", None, sub, sup, primes))
    elif primes == 0 and all(atom.plain and _is_letter_token(atom.token) for atom in out[before:]):
        out[-1] = Atom("sym", out[-1].token, sub, sup)  # drawn as if the last letter alone had the scripts
    else:  # a group with several things in it: its scripts belong to all of them
        inner = out[before:]
        del out[before:]
        out.append(
            Atom("br", Bracket("", "", (_bars(_matched(_numbers(_composed(inner)))),)), sub, sup, primes)
        )


def _is_letter_token(token: str) -> bool:
    return len(token) == 1 and token.isalpha()


def _fenced(item: Fenced) -> Atom:
    inner: list[Atom] = []
    for part in item.inside:
        if isinstance(part, Row):
            inner.extend(atoms(part.items))
        else:
            inner.append(Atom("sym", r"\mid" if part.name in BARS else part.name))
    left, right = item.left.name, item.right.name
    opening = "(" if left == "]" else _DELIMITER.get(left, left)
    closing = "(" if right == "[" else _DELIMITER.get(right, right)
    return Atom("br", Bracket(opening, closing, (inner,)))


_ALWAYS = tuple("arcsin arccos arctan sinh cosh tanh sin cos tan log lim exp max min".split())
"""Functions that adjacent letters always spell: nobody multiplies c by o by s."""
_WITH_ARGUMENT = ("inf", "sup", "det", "arg", "gcd", "cot", "sec", "csc", "ln")
"""Functions of which the letters are a product as plausibly, unless a bracket or a limit follows."""
_LIMITED = frozenset(("lim", "max", "min", "inf", "sup"))
_DOUBLED = {
    ":=": r"\coloneqq",
    "<=": r"\leq",
    ">=": r"\geq",
    "->": r"\rightarrow",
    ">>": r"\gg",
    "<<": r"\ll",
}


def _composed(flat: list[Atom]) -> list[Atom]:
    """Signs written in pieces: ``: =``, ``> >``; functions spelt in letters, ``s i n (x)``, ``l i m_{x \\to 0}``."""
    out: list[Atom] = []
    index = 0
    while index < len(flat):
        atom = flat[index]
        following = flat[index + 1] if index + 1 < len(flat) else None
        if following is not None and atom.plain and atom.token + following.token in _DOUBLED:
            out.append(Atom("sym", _DOUBLED[atom.token + following.token], following.sub, following.sup))
            index += 2
        elif [dot.token for dot in flat[index : index + 3] if dot.plain] == [r"\cdot"] * 3:
            out.append(Atom("sym", r"\cdots"))
            index += 3
        elif (spelt := _spelt_function(flat, index)) is not None:
            command, index = spelt
            out.append(Atom("sym", command, flat[index - 1].sub, flat[index - 1].sup))
        else:
            out.append(atom)
            index += 1
    return out


def _spelt_function(flat: list[Atom], index: int) -> tuple[str, int] | None:
    """The function that letters from *index* on spell, and where it ends."""
    for word in (*_ALWAYS, *_WITH_ARGUMENT):
        letters = flat[index : index + len(word)]
        if "".join(atom.token for atom in letters) != word or not all(atom.plain for atom in letters[:-1]):
            continue
        end = index + len(word)
        if letters[-1].primes or (word in _WITH_ARGUMENT and not _takes_argument(word, flat, end)):
            return None
        return rf"\{word}", end
    return None


def _takes_argument(word: str, flat: list[Atom], end: int) -> bool:
    following = flat[end] if end < len(flat) else None
    opened = following is not None and (following.token in ("(", "[", r"\{") or following.kind == "br")
    return opened or (word in _LIMITED and flat[end - 1].sub is not None)


def spelt_words(row: Sequence[Atom]) -> set[str]:
    """Functions that letters side by side may spell, where it is not certain that they do: ``s i n x``."""
    letters = "".join(
        atom.token if len(atom.token) == 1 and atom.sub is None and not atom.primes else " " for atom in row
    )
    return {word for word in _WITH_ARGUMENT if word in letters} if len(letters) > 1 else set()


def _numbers(flat: list[Atom]) -> list[Atom]:
    """Adjacent digits are one number: ``1 2 . 5``, ``1 { , } 0 0 0``."""
    out: list[Atom] = []
    index, n = 0, len(flat)
    while index < n:
        atom = flat[index]
        if atom.kind == "space":
            index += 1
            continue
        if not (atom.token.isdecimal() or (atom.token and _point_before_digit(flat, index))):
            out.append(atom)
            index += 1
            continue
        digits = ""
        while index < n and flat[index].kind == "sym" and _continues(flat, index, digits):
            digits += flat[index].token
            index += 1
            if not flat[index - 1].plain:
                break
        last = flat[index - 1]
        out.append(Atom("num", digits, last.sub, last.sup, last.primes))
    return out


def _point_before_digit(flat: list[Atom], index: int) -> bool:
    following = flat[index + 1] if index + 1 < len(flat) else None
    if following is None or flat[index].token != "." or not flat[index].plain:
        return False
    return following.token.isdecimal() or (
        isinstance(following.value, Command)
        and following.value.name in (r"\dot", r"\overline", r"\bar")
        and index > 0
        and flat[index - 1].token.isdecimal()
    )


def _continues(flat: list[Atom], index: int, digits: str) -> bool:
    token = flat[index].token
    if token.isdecimal():
        return True
    if token == ".":
        return "." not in digits and _point_before_digit(flat, index)
    return token == "{,}" and index + 1 < len(flat) and flat[index + 1].token.isdecimal()


def _matched(flat: list[Atom]) -> list[Atom]:
    """Round, square, curly ... brackets made into atoms; ``[`` may be closed by ``)``, as intervals are."""
    opened: list[Atom] = []
    rows: list[list[Atom]] = [[]]  # the row outside all open brackets, then that in each of them
    for atom in flat:
        token = atom.token
        if token in OPENING and atom.plain:
            opened.append(atom)
            rows.append([])
        elif token in CLOSING and opened and _fits(opened[-1].token, token):
            bracket = Bracket(OPENING[opened.pop().token], CLOSING[token], (_bars(rows.pop()),))
            rows[-1].append(Atom("br", bracket, atom.sub, atom.sup, atom.primes))
        else:
            rows[-1].append(atom)
    while opened:  # never closed: an ordinary sign
        inner = rows.pop()
        rows[-1].extend((opened.pop(), *inner))
    return _turned_intervals(rows[0])


def _turned_intervals(row: list[Atom]) -> list[Atom]:
    """``]a, b[``: brackets that look outwards leave the end out, as round ones do (ISO 80000-2, 2-7.10)."""
    lone = [index for index, atom in enumerate(row) if atom.token in ("[", "]")]
    if len(lone) != 2:
        return row
    first, last = lone
    inner = row[first + 1 : last]
    if sum(atom.token == "," for atom in inner) != 1 or not row[first].plain:
        return row
    shapes = ("[" if row[first].token == "[" else "("), ("[" if row[last].token == "]" else "(")
    closing = row[last]
    interval = Atom("br", Bracket(*shapes, (_bars(inner),)), closing.sub, closing.sup, closing.primes)
    return [*row[:first], interval, *row[last + 1 :]]


def _fits(opening: str, closing: str) -> bool:
    shapes = {OPENING[opening], CLOSING[closing]}
    return len(shapes) == 1 or shapes == {"(", "["} or shapes == {"|", "<"}


_BEFORE_OPERAND = LEVEL.keys() | {token for token, cls in CLASSES.items() if cls in ("NAMEDOP", "LARGEOP")}


def _bars(flat: list[Atom]) -> list[Atom]:
    """Bars matched: one opens where an operand is due, and closes where one has just ended."""
    places = [i for i, atom in enumerate(flat) if atom.token in BARS]
    if not places:
        return flat
    out: list[Atom] = []
    waiting: list[tuple[int, Atom]] = []  # opening bars: where in out, and which
    for index, atom in enumerate(flat):
        if atom.token not in BARS:
            out.append(atom)
            continue
        shape = BARS[atom.token]
        opened = bool(waiting) and BARS[waiting[-1][1].token] == shape
        due = not out or (opened and waiting[-1][0] == len(out) - 1) or out[-1].token in _BEFORE_OPERAND
        if opened and not due:
            start, _ = waiting.pop()
            inner = out[start + 1 :]
            del out[start:]
            out.append(Atom("br", Bracket(shape, shape, (inner,)), atom.sub, atom.sup, atom.primes))
        else:
            if atom.plain and (due or any(BARS[flat[i].token] == shape for i in places if i > index)):
                waiting.append((len(out), atom))
            out.append(atom)
    return out


def ambiguous_bars(flat: Sequence[Atom]) -> bool:
    """Whether the bars of a row can be paired in another way: ``|x|y|z|``."""
    inside, operand = False, False
    for atom in flat:
        if isinstance(atom.value, Bracket) and atom.value.open in ("|", "||"):
            if inside and operand:
                return True
            inside, operand = True, False
        elif atom.token in LEVEL:
            inside = operand = False
        else:
            operand = True
    return False
