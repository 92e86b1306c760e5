r"""Reading: from the parse tree to a `Term`.

Notation is ambiguous, and a reader that guesses is sometimes wrong. Two kinds of doubt are kept apart:

- *A general and a special reading.* ``f(x+1)`` as the value of a function is more general than as a product: whatever
  holds for every function holds for ``t -> f t``. Such notation is read in the general way and marked (``app`` with
  ``maybe``, ``juxt``, ``ordered``, the letters ``e`` and ``i``, some signs); `hmer_suite.equiv.reading.interpreting`
  derives the special readings. Equality must hold in the general one, a difference in all.
- *Readings side by side*, neither of which contains the other: ``a/bc``, ``\sin x y``, ``2\frac12``, ``\log``. Each
  is a field of `ReadingChoices`; a `TermReader` records in `used` which of them mattered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hmer_suite.equiv.reading.atoms.atom_types import BARS, Atom
from hmer_suite.equiv.reading.atoms.atoms import atoms
from hmer_suite.equiv.reading.atoms.levels import (
    decimal_comma,
    ends_in_function,
    is_dots,
    is_doubtful_sign,
    is_sign_of_operand,
    level_of,
    outside_bodies,
    sign_of,
    split_at,
    unpunctuated,
    without_full_stop,
    without_wide_spaces,
)
from hmer_suite.equiv.reading.atoms.pairs import ambiguous_bars
from hmer_suite.equiv.reading.atoms.pieces import spelt_words
from hmer_suite.equiv.reading.atoms.shapes import has_number_of_programs
from hmer_suite.equiv.reading.choices import ReadingChoices
from hmer_suite.equiv.reading.factors.commands import outside_operands, slash_derivative
from hmer_suite.equiv.reading.factors.continued_lines import continued
from hmer_suite.equiv.reading.factors.factors import Factors
from hmer_suite.equiv.reading.factors.functions import one_sided, with_side_behind
from hmer_suite.equiv.reading.factors.indices import index_term
from hmer_suite.equiv.reading.factors.integrals import fold_integrals
from hmer_suite.equiv.reading.factors.kept_brackets import (
    as_formula,
    as_side,
    grouping,
    subtracted,
    with_residue_symbols,
)
from hmer_suite.equiv.reading.factors.numbers import with_thousands
from hmer_suite.equiv.reading.factors.words import are_words_after, words_before
from hmer_suite.equiv.reading.operators import (
    AND,
    BREAK,
    COMMA,
    FACTOR,
    IMPLY,
    OR,
    PRODUCT,
    QUANTIFIERS,
    RATIO,
    RELATION,
    SUM,
    UNION,
)
from hmer_suite.equiv.reading.statements.arrows import with_loose_arrows
from hmer_suite.equiv.reading.statements.bodies import sum_as_body
from hmer_suite.equiv.reading.statements.conditions import conditions, is_doubtful_condition, with_condition
from hmer_suite.equiv.reading.statements.congruences import with_modulus_apart, with_modulus_behind
from hmer_suite.equiv.reading.statements.enumerations import joining_words, values_of
from hmer_suite.equiv.reading.statements.labels import LABELLED, has_label
from hmer_suite.equiv.reading.statements.operations import (
    are_about_numbers,
    is_proposition,
    joined_statements,
    left_associated,
    negation_of,
    signs_alone,
    sum_of,
    times,
)
from hmer_suite.equiv.reading.statements.ratios import ratio
from hmer_suite.equiv.reading.statements.remainders import remainder_of_sum
from hmer_suite.equiv.reading.statements.shared_relations import with_shared_relations
from hmer_suite.equiv.terms import EMPTY, Term, fn, inverse, mul, op
from hmer_suite.latex.tree import Node

_BIG = {rf"\{sign}": rf"\big{sign}" for sign in "cap cup oplus otimes odot vee wedge sqcup uplus".split()}
_TYPED = frozenset((("=", ">"), ("<", "="), (">", "="), ("<", ">"), (":", "=")))
"""Two relations side by side that are one sign in ASCII, perhaps an arrow."""
_SUCH_THAT = frozenset((":", "|", r"\mid", r"\vert"))


class TermReader:
    """Reads trees with one set of choices.

    Attributes:
        used: the choices that mattered.
        doubts: ambiguous notation that no choice covers.
        chemical: whether letters side by side are elements.
        saw_elements: whether a chemical formula was read.
    """

    def __init__(self, choices: ReadingChoices | None = None):
        self.choices = choices or ReadingChoices()
        self.used: set[str] = set()
        self.doubts: set[str] = set()
        self.chemical = False
        self.saw_elements = False

    def read(self, tree: Node) -> Term:
        """The term of a canonical tree (`hmer_suite.latex.canonical.canoniser.canonical_tree`)."""
        self.chemical = self.saw_elements = False
        items = without_full_stop(tree.children)
        if len(items) < len(tree.children):
            self.doubts.add("full stop in front")
        term = as_formula(atoms(items), self.row(items))
        if self.saw_elements:  # then other letters side by side are elements as well
            self.chemical = True
            term = self.row(items)
        is_column = term.op == "matrix" and term.grid == ("", 1)
        return (
            Term("list", None, term.args)
            if is_column and all(arg.op == "chain" for arg in term.args)
            else term
        )

    def row(self, items: Sequence[Node | None]) -> Term:
        """The term of the items of a row or group."""
        if len(items) == 1 and items[0] is not None and items[0].kind == "infix":
            return self._infix(items[0])
        return self.statement(unpunctuated(atoms(items)))

    def group(self, node: Node | None) -> Term:
        """The term of an argument: a group or a single item."""
        if node is None:
            return EMPTY
        return self.row(node.children if node.kind in ("group", "row") else (node,))

    # --- operators, from loose to tight ------------------------------------------------------------------------

    def statement(self, row: list[Atom]) -> Term:
        """The term of a row of atoms: split at the loosest operators, and so on inwards."""
        if not row:
            return EMPTY
        row = fold_integrals(without_wide_spaces(row))
        if row[0].token in _BIG and not row[0].plain:
            row = [row[0].as_sign(_BIG[row[0].token]), *row[1:]]
        levels = [level_of(atom) for atom in row]
        if row[0].token in QUANTIFIERS:
            levels = [
                COMMA if atom.token in _SUCH_THAT else level for atom, level in zip(row, levels, strict=True)
            ]
        levels = with_loose_arrows(row, levels)
        loosest = min(levels)
        if ambiguous_bars(row):
            self.doubts.add("bars")
        if has_number_of_programs(row):
            self.doubts.add("number")
        self.doubts.update(spelt_words(row))
        if loosest >= RELATION and (divided := with_condition(row, loosest)) is not None:
            return Term("list", None, (self.statement(divided[0]), *conditions(self.statement(divided[1]))))
        if SUM >= loosest >= RELATION and is_doubtful_condition(row):
            self.doubts.add("condition")
        if loosest == FACTOR:
            return self.product(row)
        if loosest == COMMA and (merged := self._with_thousands(row)) is not row:
            return self.statement(merged)
        return _SPLITTERS[loosest](self, row, levels)

    def _with_thousands(self, row: list[Atom]) -> list[Atom]:
        """The row with ``1,000,000`` as one number, if that is the reading."""
        merged = with_thousands(row)
        if merged is None:
            return row
        self.used.add("thousands")
        return merged if self.choices.thousands == "number" else row

    def _break(self, row: list[Atom], levels: list[int]) -> Term:
        parts, signs = split_at(row, levels, BREAK)
        if (values := self._enumerated(parts, signs)) is not None:
            return values
        terms = [self.statement(unpunctuated(parts[0]))] if parts[0] else []
        for sign, part in zip(signs, parts[1:], strict=True):
            if sign.kind == "cmd":
                terms.append(self.product([sign]))
            if part:
                terms.extend(conditions(self.statement(unpunctuated(part))))
        if all(sign.token == r"\\" for sign in signs):
            terms = list(continued(terms))
        if len(terms) < 2:
            return terms[0] if terms else signs_alone(signs)
        if len(terms) == 2 and (congruence := with_modulus_apart(*terms)) is not None:
            return congruence
        loose = all(sign.token in (r"\quad", r"\qquad") for sign in signs)
        loose = loose and all(term.op != "chain" for term in terms)
        return Term("list", "quad" if loose else None, tuple(terms))

    def _enumerated(self, parts: list[list[Atom]], signs: list[Atom]) -> Term | None:
        """Values that words join to a list; None for statements and for other words."""
        if not (words := joining_words(parts, signs)):
            return None
        values = values_of(self._statements(map(unpunctuated, parts)))
        if values and "or" in words:
            self.doubts.add("or")
            return None
        return Term("list", None, values) if values else None

    def _comma(self, row: list[Atom], levels: list[int]) -> Term:
        self.doubts.update(decimal_comma(row))
        parts, _ = split_at(row, levels, COMMA)
        return Term("list", None, with_shared_relations(self._sides(parts)))

    def _imply(self, row: list[Atom], levels: list[int]) -> Term:
        parts, signs = split_at(row, levels, IMPLY)
        return Term("chain", tuple(map(sign_of, signs)), self._statements(map(unpunctuated, parts)))

    def _logic(self, row: list[Atom], levels: list[int]) -> Term:
        parts, signs = split_at(row, levels, min(levels))
        operands = self._statements(parts)
        bare = [operand for operand in operands if operand.op != "chain"]
        if 0 < len(bare) < len(operands):
            if RELATION in levels and not all(map(is_proposition, bare)):
                return self._relation(row, levels)  # a product of forms or a meet, which binds more tightly
            if any(operand.data == ("=",) for operand in operands):
                self.doubts.add("a side, or a proposition")  # A=B\wedge C
        kinds = {sign_of(sign) for sign in signs}
        if (
            len(kinds) == 1
            and (kind := kinds.pop()) in (r"\wedge", r"\vee")
            and all(map(is_proposition, operands))
        ):
            return Term("ac", kind, operands)
        return left_associated(signs, operands)

    def _relation(self, row: list[Atom], levels: list[int]) -> Term:
        if levels[:2] == [FACTOR, FACTOR] and (words := words_before(row)):
            return Term("list", "quad", (self.product(row[:words]), self.statement(row[words:])))
        if levels[-2:] == [FACTOR, FACTOR] and are_words_after(row):
            return Term("list", "quad", (self.statement(row[:-1]), self.product(row[-1:])))
        if has_label(row, levels):
            return Term("list", LABELLED, (self.product(row[:1]), self.statement(row[2:])))
        if (joined := self._joined_by_union(row, levels)) is not None:
            return joined
        parts, atoms_ = split_at(row, levels, RELATION)
        if any(atom.token in BARS and atom.sub is not None for atom in atoms_):
            self.doubts.add("bars")  # one with an index ends something, which begins anywhere before it
        if any(
            not side and (a.token, b.token) in _TYPED
            for a, b, side in zip(atoms_, atoms_[1:], parts[1:], strict=False)
        ):
            self.doubts.add("typed sign")
        if not parts[0] and atoms_[0].token == "<" and parts[1] and parts[1][0].token.isupper():
            self.doubts.add("typed angle")
        signs: list[str] = []
        sides, negated = [parts[0]], False
        for atom, side in zip(atoms_, parts[1:], strict=True):
            sign = sign_of(atom)
            if sign == r"\mid" and signs[-1:] == [r"\mid"] and not sides[-1]:
                sides[-1], signs[-1] = side, r"\parallel"
            elif negated:
                sign, negated = negation_of(sign), False
                sides[-1] = side
                signs[-1] = sign
            else:
                signs.append(sign)
                sides.append(side)
            negated = sign == r"\not" and not side
        if signs[-1] == r"\rightarrow":
            sides[-1] = with_side_behind(sides[-1])
        terms = with_residue_symbols(sides, signs, self._sides(sides))
        if signs[-1] == r"\rightarrow":
            terms = (*terms[:-1], one_sided(terms[-1]))
        return Term("chain", tuple(signs), with_modulus_behind(self, signs, terms))

    def _joined_by_union(self, row: list[Atom], levels: list[int]) -> Term | None:
        r"""Statements with a union between them, ``x<1\cup x>2``; None for a chain with a union among its sides."""
        parts, signs = split_at(row, levels, UNION)
        if not signs or any(RELATION not in map(level_of, part) for part in parts):
            return None
        joined = joined_statements(signs, self._statements(parts))
        if joined is None or are_about_numbers(joined):
            return joined
        self.used.add("union")
        return joined if self.choices.union == "statements" else None

    def _union(self, row: list[Atom], levels: list[int]) -> Term:
        parts, signs = split_at(row, levels, UNION)
        operands = self._statements(parts)
        kinds = {sign_of(sign) for sign in signs}
        if kinds in ({r"\cup"}, {r"\cap"}):
            return Term("ac", kinds.pop(), operands)
        return left_associated(signs, operands)

    def _sum(self, row: list[Atom], levels: list[int]) -> Term:
        """Summands with their signs; a sign after a product sign or a function belongs to the operand."""
        if any(level == SUM and is_doubtful_sign(row, index) for index, level in enumerate(levels)):
            self.doubts.add("sign after a function")
        levels = [
            FACTOR
            if level == SUM and index and (levels[index - 1] == PRODUCT or is_sign_of_operand(row, index))
            else level
            for index, level in enumerate(levels)
        ]
        if (remainder := remainder_of_sum(self, row, levels)) is not None:
            return remainder
        parts, signs = split_at(row, levels, SUM)
        if len(parts) == 1:
            return self._product(row, levels)
        if (term := sum_as_body(self, row, levels)) is not None:
            return term
        self.doubts.update(sign_of(sign) for sign in signs if not sign.plain)
        signs_before: list[list[str]] = []
        summands: list[list[Atom]] = []
        pending: list[str] = []
        for index, part in enumerate(parts):
            if index:
                pending.append(signs[index - 1].token)
            if part:
                signs_before.append(pending)
                summands.append(subtracted(part) if pending == ["-"] else part)
                pending = []
        if pending:  # a sign at the end
            signs_before.append(pending)
            summands.append([])
        return sum_of(signs_before, [self.statement(part) for part in summands])

    def _product(self, row: list[Atom], levels: list[int]) -> Term:
        parts, signs = split_at(row, outside_operands(self, row, outside_bodies(row, levels)), PRODUCT)
        if len(parts) == 1:
            return self.product(row)
        parts = list(map(grouping, parts))
        if [sign.token for sign in signs] == ["/"] and signs[0].plain:
            derivative = slash_derivative(Factors(self, parts[1]), *parts)
            if derivative is not None:
                return derivative
        if any(map(is_dots, parts)):
            return op("product...", *self._statements(parts))
        result = self.statement(parts[0])
        for index, (atom, part) in enumerate(zip(signs, parts[1:], strict=True)):
            sign = sign_of(atom)
            if sign == "/" and ends_in_function(parts[index]):
                self.doubts.add("slash after a function")
            if sign in ("/", r"\div") and len(part) > 1 and self._is_divisible(part):
                self.used.add("slash")
                if self.choices.slash == "narrow":
                    first = self._factor_length(part)
                    divisor, rest = self.product(part[:first]), self.product(part[first:])
                    result = mul(mul(result, inverse(divisor)), rest)
                    continue
            if index == 0 and not parts[0]:
                result = op(sign, self.statement(part))
                continue
            result = times(sign, result, self.statement(part))
        return result

    def _sides(self, parts: Iterable[list[Atom]]) -> tuple[Term, ...]:
        return tuple(as_side(part, self.statement(part)) for part in parts)

    def _statements(self, parts: Iterable[list[Atom]]) -> tuple[Term, ...]:
        return tuple(map(self.statement, parts))

    def _is_divisible(self, part: list[Atom]) -> bool:
        """Whether a product without signs has several factors, so that a slash before it is ambiguous."""
        return self._factor_length(part) < len(part)

    def _factor_length(self, part: list[Atom]) -> int:
        """The number of atoms of the first factor."""
        return len(part) - len(Factors(self, part).after_first())

    def product(self, row: list[Atom]) -> Term:
        """Factors side by side."""
        return Factors(self, row).read()

    # --- infix commands and indices ----------------------------------------------------------------------------

    def _infix(self, node: Node) -> Term:
        before, after = map(self.group, node.children)
        if node.name == r"\over":
            return mul(before, inverse(after))
        return fn("binom", before, after) if node.name == r"\choose" else op(node.name, before, after)

    def index(self, node: Node | None) -> Term:
        """The term of a subscript."""
        return index_term(self, node)


_SPLITTERS: dict[int, Callable[[TermReader, list[Atom], list[int]], Term]] = {
    IMPLY: TermReader._imply,
    BREAK: TermReader._break,
    COMMA: TermReader._comma,
    OR: TermReader._logic,
    AND: TermReader._logic,
    RELATION: TermReader._relation,
    UNION: TermReader._union,
    RATIO: ratio,
    SUM: TermReader._sum,
    PRODUCT: TermReader._product,
}
