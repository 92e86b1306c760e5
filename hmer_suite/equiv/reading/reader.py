r"""Reading: from the parse tree to a `Term`.

Notation is ambiguous, and a reading that guesses lies. Two kinds of doubt are kept apart:

- *A general and a special reading.* ``f(x+1)`` as the value of a function is more general than as a product: what
  holds for every function holds for ``t -> f t``. Such places are read in the general way and marked (``app`` with
  ``maybe``, ``juxt``, ``ordered``, the letters ``e`` and ``i``, signs in `SPECIAL`);
  `hmer_suite.equiv.reading.interpretations` makes the special readings. Equality must hold in the general one, a difference in
  all.
- *Readings side by side*, of which none contains the other: ``a/bc``, ``\sin x y``, ``2\frac12``, ``\log``. Each
  is a field of `ReadingChoices`; a `TermReader` notes in `used` which of them mattered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.equiv.reading.atoms import BARS, Atom, ambiguous_bars, atoms, spelt_words
from hmer_suite.equiv.reading.factors import Factors
from hmer_suite.equiv.reading.integrals import fold_integrals
from hmer_suite.equiv.reading.numbers import number
from hmer_suite.equiv.reading.operators import (
    AND,
    BREAK,
    COMMA,
    DOTS,
    FACTOR,
    IMPLY,
    INTEGRALS,
    KNOWN,
    LARGE,
    LEVEL,
    OR,
    PRODUCT,
    QUANTIFIERS,
    RATIO,
    RELATION,
    SUM,
    SUMS,
    SYNONYMS,
    UNION,
)
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    Term,
    add,
    const,
    fn,
    inverse,
    mul,
    name,
    negative,
    op,
)
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES
from hmer_suite.latex.tree import Node, unparse


@dataclass(frozen=True, slots=True)
class ReadingChoices:
    r"""How to read what can be read in two ways.

    Attributes:
        slash: ``wide``: ``a/bc`` is a/(bc); ``narrow``: (a/b)c.
        argument: ``wide``: ``\sin x y`` is the sine of xy; ``narrow``: sin(x) y.
        mixed: ``sum``: ``2\frac12`` is two and a half; ``product``: one.
        log: ``e``, ``10``: the base of a ``\log`` without one.
        inverse: ``function``: ``\sin^{-1}x`` is the arcus sinus; ``reciprocal``.
        thousands: ``number``: ``1,000`` is a thousand; ``list``.
        power: ``outside``: ``\sin(x)^2`` is the square of the sine; ``inside``.
    """

    slash: str = "wide"
    argument: str = "wide"
    mixed: str = "product"
    log: str = "e"
    inverse: str = "function"
    thousands: str = "number"
    power: str = "outside"


ALTERNATIVES = {
    "slash": ("wide", "narrow"),
    "argument": ("wide", "narrow"),
    "mixed": ("product", "sum"),
    "log": ("e", "10"),
    "inverse": ("function", "reciprocal"),
    "thousands": ("number", "list"),
    "power": ("outside", "inside"),
}


class TermReader:
    """Reads trees with one set of choices; `used` names those that mattered, `doubts` what no choice covers."""

    def __init__(self, choices: ReadingChoices | None = None):
        self.choices = choices or ReadingChoices()
        self.used: set[str] = set()
        self.doubts: set[str] = set()
        self.chemical = False
        self.saw_elements = False

    def read(self, tree: Node) -> Term:
        """The term of a canonical tree (`hmer_suite.latex.canonical.canoniser.canonical_tree`)."""
        self.chemical = self.saw_elements = False
        term = self.row(tree.children)
        if self.saw_elements:  # then other letters side by side are elements as well
            self.chemical = True
            term = self.row(tree.children)
        return term

    def row(self, items: Sequence[Node | None]) -> Term:
        """The term of the items of a row or group."""
        if len(items) == 1 and items[0] is not None and items[0].kind == "infix":
            return self._infix(items[0])
        return self.statement(_unpunctuated(atoms(items)))

    def group(self, node: Node | None) -> Term:
        """The term of an argument: a group or a single thing."""
        if node is None:
            return EMPTY
        return self.row(node.children if node.kind in ("group", "row") else (node,))

    # --- operators, from loose to tight ------------------------------------------------------------------------

    def statement(self, row: list[Atom]) -> Term:
        """The term of a row of atoms: split at the loosest operators, and so on inwards."""
        if not row:
            return EMPTY
        row = fold_integrals(row)
        if row[0].token in _BIG and not row[0].plain:
            row = [Atom("sym", _BIG[row[0].token], row[0].sub, row[0].sup), *row[1:]]
        levels = [_level(atom) for atom in row]
        if row[0].token in QUANTIFIERS:
            levels = [COMMA if atom.token in _SUCH_THAT else level for atom, level in zip(row, levels, strict=True)]
        loosest = min(levels)
        if ambiguous_bars(row):
            self.doubts.add("bars")
        self.doubts.update(spelt_words(row))
        if loosest == FACTOR:
            return self.product(row)
        if loosest == COMMA and (thousands := self._thousands(row)) is not None:
            return thousands
        return _SPLITTERS[loosest](self, row, levels)

    def _thousands(self, row: list[Atom]) -> Term | None:
        numbers = [atom for index, atom in enumerate(row) if index % 2 == 0]
        commas = row[1::2]
        if len(row) % 2 == 0 or any(atom.kind != "num" for atom in numbers):
            return None
        if any(atom.value != "," for atom in commas) or any(not atom.plain for atom in row):
            return None
        first, *others = (atom.value for atom in numbers)
        if not (len(first) <= 3 and first != "0" and all(len(o.split(".")[0]) == 3 for o in others)):
            return None
        self.used.add("thousands")
        return number(first + "".join(others)) if self.choices.thousands == "number" else None

    def _break(self, row: list[Atom], levels: list[int]) -> Term:
        parts = []
        for sign, part in _split(row, levels, BREAK):
            if sign is not None and sign.kind == "cmd":
                parts.append(self.product([sign]))
            if part:
                parts.append(self.statement(_unpunctuated(part)))
        if len(parts) < 2:
            return parts[0] if parts else EMPTY
        loose = all(sign is None or sign.token in (r"\quad", r"\qquad") for sign, _ in _split(row, levels, BREAK))
        return Term("list", "quad" if loose else None, tuple(parts))

    def _comma(self, row: list[Atom], levels: list[int]) -> Term:
        if _has_decimal_comma(row):
            self.doubts.add("decimal comma")
        parts = tuple(self.statement(part) for _, part in _split(row, levels, COMMA))
        return Term("list", None, parts)

    def _imply(self, row: list[Atom], levels: list[int]) -> Term:
        parts = _split(row, levels, IMPLY)
        return Term(
            "chain",
            tuple(_sign(atom) for atom, _ in parts[1:]),
            tuple(self.statement(_unpunctuated(part)) for _, part in parts),
        )

    def _logic(self, row: list[Atom], levels: list[int]) -> Term:
        level = min(levels)
        parts = _split(row, levels, level)
        operands = tuple(self.statement(part) for _, part in parts)
        signs = {_sign(atom) for atom, _ in parts[1:]}
        if len(signs) == 1 and (sign := signs.pop()) in (r"\wedge", r"\vee") and all(map(_is_proposition, operands)):
            return Term("ac", sign, operands)
        return _left(parts, operands)

    def _relation(self, row: list[Atom], levels: list[int]) -> Term:
        parts = _split(row, levels, RELATION)
        signs, sides, negated = [], [parts[0][1]], False
        for atom, side in parts[1:]:
            sign = _sign(atom)
            if negated:
                sign, negated = _negated(sign), False
                sides[-1] = side
                signs[-1] = sign
            else:
                signs.append(sign)
                sides.append(side)
            negated = sign == r"\not" and not side
        return Term("chain", tuple(signs), tuple(self.statement(side) for side in sides))

    def _union(self, row: list[Atom], levels: list[int]) -> Term:
        parts = _split(row, levels, UNION)
        operands = tuple(self.statement(part) for _, part in parts)
        signs = {_sign(atom) for atom, _ in parts[1:]}
        if signs in ({r"\cup"}, {r"\cap"}):
            return Term("ac", signs.pop(), operands)
        return _left(parts, operands)

    def _ratio(self, row: list[Atom], levels: list[int]) -> Term:
        parts = _split(row, levels, RATIO)
        return op(":", *(self.statement(part) for _, part in parts))

    def _sum(self, row: list[Atom], levels: list[int]) -> Term:
        """Signs between summands; a sign behind a product sign or a function belongs to the operand."""
        levels = [
            FACTOR if level == SUM and index and (levels[index - 1] == PRODUCT or _awaits(row[index - 1])) else level
            for index, level in enumerate(levels)
        ]
        parts = _split(row, levels, SUM)
        if len(parts) == 1:
            return self._product(row, levels)
        self.doubts.update(_sign(sign) for sign, _ in parts if sign is not None and not sign.plain)
        summands: list[tuple[list[str], list[Atom]]] = [([], [])]
        for sign, part in parts:
            summands[-1][0].extend([sign.value] if sign is not None else [])
            if part:
                summands[-1][1].extend(part)
                summands.append(([], []))
        if not summands[-1][0]:
            summands.pop()
        return _sum_of([signs for signs, _ in summands], [self.statement(part) for _, part in summands])

    def _product(self, row: list[Atom], levels: list[int]) -> Term:
        parts = _split(row, _outside_bodies(row, levels), PRODUCT)
        if len(parts) == 1:
            return self.product(row)
        if any(_is_dots(part) for _, part in parts):
            return op("product...", *(self._operand(part) for _, part in parts))
        result = self._operand(parts[0][1])
        for position, (atom, part) in enumerate(parts[1:], 1):
            sign = _sign(atom)
            if sign == "/" and _ends_in_function(parts[position - 1][1]):
                self.doubts.add("slash behind a function")
            if sign in ("/", r"\div") and len(part) > 1 and self._splits(part):
                self.used.add("slash")
                if self.choices.slash == "narrow":
                    first = self._factor_count(part)
                    divisor, rest = self.product(part[:first]), self.product(part[first:])
                    result = mul(mul(result, inverse(divisor)), rest)
                    continue
            if position == 1 and not parts[0][1]:
                result = op(sign, self._operand(part))
                continue
            result = _times(sign, result, self._operand(part))
        return result

    def _operand(self, part: list[Atom]) -> Term:
        return self.statement(part) if part else EMPTY

    def _splits(self, part: list[Atom]) -> bool:
        """Whether a product without signs has several factors, so that a slash before it is ambiguous."""
        return self._factor_count(part) < len(part)

    def _factor_count(self, part: list[Atom]) -> int:
        """How many atoms the first factor takes."""
        return len(part) - len(Factors(self, part).after_first())

    def product(self, row: list[Atom]) -> Term:
        """Factors side by side."""
        return Factors(self, row).read()

    # --- what has its own shape --------------------------------------------------------------------------------

    def _infix(self, node: Node) -> Term:
        before, behind = (self.row(part.children) for part in node.children)
        if node.name == r"\over":
            return mul(before, inverse(behind))
        return fn("binom", before, behind) if node.name == r"\choose" else op(node.name, before, behind)

    def index(self, node: Node | None) -> Term:
        """What a subscript says: a list of signs, in which juxtaposition need not be a product."""
        if node is None:
            return EMPTY
        row = atoms(node.children if node.kind == "group" else (node,))
        if len(row) > 1 and all(_level(atom) == FACTOR and atom.sup is None for atom in row):
            return Term("juxt", None, tuple(self.product([atom]) for atom in row))
        index = self.statement(row)
        if len(row) > 1 and (row[0].token == "+" or _is_computed(index)):
            return op("index", Term("text", " ".join(unparse(node))), index)  # a name, perhaps, and no number
        return index


def _has_decimal_comma(row: Sequence[Atom]) -> bool:
    """Whether a list looks like a formula with decimals: ``r = 0,4 + 0,3 t``."""
    threes = zip(row, row[1:], row[2:], strict=False)
    found = any(a.value == "0" and b.token == "," and c.kind == "num" for a, b, c in threes)
    return found and len(row) > 2 * sum(atom.token == "," for atom in row) + 1


def _is_computed(term: Term) -> bool:
    """Whether a number is to be computed."""
    if any(part.op == "mul" and any(f.op == "num" and f != MINUS_ONE for f in part.args) for part in term.walk()):
        return True
    return term.op in ("add", "mul", "pow") and all(part.op in ("num", "add", "mul", "pow") for part in term.walk())


def _level(atom: Atom) -> int:
    if atom.kind == "sym":
        return RELATION if atom.value in BARS else LEVEL.get(atom.value, FACTOR)
    if atom.kind == "cmd":
        if _relation_of(atom.value) is not None:
            return RELATION
        if is_connective(atom.value):
            return BREAK
    return FACTOR


_BIG = {r"\cap": r"\bigcap", r"\cup": r"\bigcup"}
_SUCH_THAT = frozenset((":", "|", r"\mid", r"\vert"))
_CONNECTIVES = frozenset("where if for when and or with then otherwise else iff such since because so as all".split())


def is_connective(node: Node) -> bool:
    """Whether a text joins statements: ``\\text{ where }``, ``\\text{ if and only if }``."""
    if node.kind != "command" or not (CLASSES.get(node.name) == "TEXT" or node.name == r"\mathrm"):
        return False
    if node.name == r"\mathrm":
        return "".join(unparse(node.children[1])).strip("{}") in _CONNECTIVES - {"as", "so", "for"}
    words = "".join(" " if t in ("~", r"\ ") else t for t in unparse(node.children[1])[1:-1]).split()
    return bool(words) and words[0].lower().strip(",") in _CONNECTIVES


def _relation_of(node: Node) -> str | None:
    """The name of a relation that is a command: ``\\stackrel{def}{=}``, ``\\xrightarrow{f}``."""
    if node.kind != "command":
        return None
    if CLASSES.get(node.name) == "XARROW":
        return " ".join(unparse(node))
    if node.name in (r"\overset", r"\underset", r"\stackrel"):
        base = node.children[2]
        base = base.children[0] if base.kind == "group" and len(base.children) == 1 else base
        if base.kind == "symbol" and SPACING_CLASSES.get(base.name) == "rel":
            return " ".join(unparse(node))
    return None


def _is_dots(part: Sequence[Atom]) -> bool:
    return len(part) == 1 and SYNONYMS.get(part[0].token, part[0].token) in DOTS


def _sign(atom: Atom) -> str:
    """The sign that an atom is; one that carries scripts is a sign of its own."""
    sign = (_relation_of(atom.value) or "") if atom.kind == "cmd" else SYNONYMS.get(atom.value, atom.value)
    scripts = [" ".join(unparse(node)) for node in (atom.sub, atom.sup) if node is not None]
    return " ".join([sign, *scripts, *["'"] * atom.primes])


def _awaits(atom: Atom) -> bool:
    """Whether an operand must follow, so that a sign behind it belongs to the operand: ``\\sin -x``."""
    return (atom.token in KNOWN and atom.sup is None) or atom.token in SUMS or atom.token in (r"\lim", "(", "[")


def _outside_bodies(row: list[Atom], levels: list[int]) -> list[int]:
    """The levels, with no product sign behind a sum or a limit: all that is its body."""
    for index, atom in enumerate(row):
        if atom.token in SUMS or atom.token in LARGE or atom.token in INTEGRALS or atom.token == r"\lim":
            return levels[:index] + [FACTOR] * (len(levels) - index)
    return levels


def _negated(sign: str) -> str:
    return {"=": r"\neq", r"\in": r"\notin", r"\leq": ">", r"\geq": "<", "<": r"\geq", ">": r"\leq"}.get(
        sign, r"\not " + sign
    )


def _split(row: list[Atom], levels: list[int], level: int) -> list[tuple[Atom | None, list[Atom]]]:
    """The parts between the signs of a level, each with the sign in front of it."""
    parts: list[tuple[Atom | None, list[Atom]]] = []
    start, sign = 0, None
    for index, here in enumerate(levels):
        if here == level:
            parts.append((sign, row[start:index]))
            start, sign = index + 1, row[index]
    parts.append((sign, row[start:]))
    return parts


def _left(parts: list[tuple[Atom | None, list[Atom]]], operands: tuple[Term, ...]) -> Term:
    result = operands[0]
    for (atom, _), operand in zip(parts[1:], operands[1:], strict=True):
        result = op(_sign(atom), result, operand)
    return result


def _is_proposition(term: Term) -> bool:
    """Whether a wedge beside it is surely a conjunction: differentials, vectors and forms anticommute."""
    if term.op in ("chain", "ac") or (term.op == "op" and term.data == r"\neg"):
        return True
    letter = term
    while letter.op in ("sub", "op", "app") and letter.args:
        letter = letter.args[0]
    return letter.op == "name" and (letter.data in tuple("pqrst") or (len(letter.data) == 1 and letter.data.isupper()))


_PUNCTUATION = frozenset((".", ",", ";", "。", "，", r"\quad", r"\qquad", r"\\"))


def _unpunctuated(row: list[Atom]) -> list[Atom]:
    """Without a full stop, comma or semicolon at the end: they belong to the sentence around the formula."""
    end = len(row)
    while end > 1 and row[end - 1].plain and row[end - 1].token in _PUNCTUATION:
        end -= 1
    start = 0
    while start < end - 1 and row[start].token in (r"\quad", r"\qquad", r"\\"):
        start += 1
    return row[start:end]


def _sum_of(signs: list[list[str]], terms: list[Term]) -> Term:
    signed = [_signed(before, term) for before, term in zip(signs, terms, strict=True)]
    return op("+...", *signed) if const("dots") in terms else add(*signed)


def _signed(signs: Sequence[str], term: Term) -> Term:
    for sign in reversed(signs):
        if sign == "-":
            term = negative(term)
        elif sign == r"\pm":
            term = mul(const("sign"), term)
        elif sign == r"\mp":
            term = mul(MINUS_ONE, const("sign"), term)
    return term


def _times(sign: str, left: Term, right: Term) -> Term:
    if sign in ("/", r"\div"):
        return mul(left, inverse(right))
    if left == name(r"\nabla"):
        return op(left.data + sign, right)
    if sign == r"\times" and left != right and _is_capital(left) and _is_capital(right):
        return op(sign, left, right)  # of numbers, or of sets
    if sign in (r"\times", r"\cdot") and not (_is_vector(left) and _is_vector(right)):
        return mul(left, right)
    if sign == "*" and left.op == right.op == "num":
        return mul(left, right)
    return op(sign, left, right)


def _is_capital(term: Term) -> bool:
    return term.op == "name" and len(term.data) == 1 and term.data.isupper()


def _ends_in_function(part: Sequence[Atom]) -> bool:
    """Whether a function without brackets takes the end of a part, so that a slash may belong to its argument."""
    places = [index for index, atom in enumerate(part) if atom.token in KNOWN]
    return bool(places) and places[-1] + 1 < len(part) and part[places[-1] + 1].kind != "br"


def _is_vector(term: Term) -> bool:
    if term.op == "op" and term.data in (r"\vec", r"\overrightarrow", r"\nabla"):
        return True
    if term.op in ("sub", "app"):
        return _is_vector(term.args[0])
    if term.op in ("mul", "add", "ordered"):
        return any(map(_is_vector, term.args))
    return term.op == "matrix" or (
        term.op == "name" and term.data.startswith((r"\mathbf", r"\boldsymbol", r"\nabla", r"\bm"))
    )


_SPLITTERS = {
    IMPLY: TermReader._imply,
    BREAK: TermReader._break,
    COMMA: TermReader._comma,
    OR: TermReader._logic,
    AND: TermReader._logic,
    RELATION: TermReader._relation,
    UNION: TermReader._union,
    RATIO: TermReader._ratio,
    SUM: TermReader._sum,
    PRODUCT: TermReader._product,
}
