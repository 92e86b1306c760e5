r"""Boolean algebra in sums, products and bars, which may be conjugates, too: ``K+\overline KL`` and ``K+L``."""

from __future__ import annotations

from hmer_suite.equiv.equality import structure, truth_tables
from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.terms import ONE, ZERO, Term, mul, name, op, rewrite

_EMPTY = name(r"\emptyset")
_FALSE_AND_TRUE = {ZERO: _EMPTY, ONE: op(r"\neg", _EMPTY)}


def may_agree_in_logic(left: Term, right: Term) -> bool:
    """Whether two formulas of capitals with bars are the same in Boolean algebra, or with every bar a conjugate."""
    sides = (left.args, right.args) if left.op == right.op == "chain" else ((left,), (right,))
    if (left.data != right.data and left.op == "chain") or len(sides[0]) != len(sides[1]):
        return False
    parts = [part for side in (left, right) for part in side.walk()]
    if not any(_is_bar(part) or part.data == r"\oplus" for part in parts):
        return False
    return all(map(_are_same, *sides))


def _are_same(left: Term, right: Term) -> bool:
    if structure(_distributed(left)) == structure(_distributed(right)):
        return True
    logic = _in_logic(left), _in_logic(right)
    if logic[0] is None or logic[1] is None:
        return False
    tables = truth_tables(logic[0], logic[1])
    return tables is not None and tables[0] == tables[1]


def _is_bar(term: Term) -> bool:
    return term.op == "op" and term.data == r"\bar"


def _distributed(term: Term) -> Term:
    """A term with a bar over every factor in place of one over a product."""

    def change(part: Term) -> Term:
        if not _is_bar(part) or part.args[0].op not in ("juxt", "mul"):
            return part
        return mul(*(op(r"\bar", factor) for factor in part.args[0].args))

    return rewrite(term, change)


def _in_logic(term: Term) -> Term | None:
    """A term as one of logic; None if it has more than capitals, 0, 1, sums, products and bars."""
    if term in _FALSE_AND_TRUE:
        return _FALSE_AND_TRUE[term]
    if is_capital(term):
        return term
    args = [arg for part in term.args if (arg := _in_logic(part)) is not None]
    if not args or len(args) < len(term.args):
        return None
    if term.op in ("add", "mul", "juxt"):
        return Term("ac", r"\vee" if term.op == "add" else r"\wedge", tuple(args))
    if _is_bar(term):
        return op(r"\neg", args[0])
    return _exclusive(*args) if term.data == r"\oplus" and len(args) == 2 else None


def _exclusive(first: Term, second: Term) -> Term:
    one, other = ((a, op(r"\neg", b)) for a, b in ((first, second), (second, first)))
    return Term("ac", r"\vee", (Term("ac", r"\wedge", one), Term("ac", r"\wedge", other)))
