r"""The common form of statements: relations between two sides, joined by "and", "or" and "not".

``0 < x < 1``, ``x \in (0, 1)`` and ``x > 0 \text{ and } x < 1`` are all "and" of two relations; a system in ``cases``,
``aligned`` or ``array`` is "and" of its rows; ``x = \pm 2`` is "or" of two equations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hmer_suite.equiv.reading.operators import ORDER_RELATIONS
from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term, const, num, op, rewrite

AND, OR, NOT = r"\wedge", r"\vee", r"\neg"
EQUATIONS = frozenset(("=", r"\neq"))
ALGEBRAIC = EQUATIONS | ORDER_RELATIONS
MEMBERSHIP = {r"\in": True, r"\notin": False}
"""The relations of membership, and whether they assert it."""
SIGN = const("sign")

EMPTY_SETS = frozenset((r"\emptyset", r"\varnothing"))
_CONNECTIVES = {"and": AND, "or": OR}
_OPENING_BRACE = op(r"\{")
_PROPOSITIONS = frozenset("pqrst")
_IMPLICATIONS = frozenset((r"\Rightarrow", r"\Leftarrow", r"\Leftrightarrow"))
_IMPLIED_BY_ARROW = {
    r"\rightarrow": r"\Rightarrow",
    r"\leftarrow": r"\Leftarrow",
    r"\leftrightarrow": r"\Leftrightarrow",
}
"""Arrows between propositions, and the implications that they mean there."""
PLAIN_ARROWS = frozenset((sign,) for sign in _IMPLIED_BY_ARROW)
ARROWS = PLAIN_ARROWS | frozenset((sign,) for sign in _IMPLICATIONS)
"""The data of chains that are single implications."""


def logical_form(term: Term) -> Term | None:
    """*term* as relations and propositions joined by "and", "or" and "not"; None if it is not made of such."""
    match term.op:
        case "chain":
            return _chain_form(term)
        case "list":
            return _connected_form(term.args)
        case "cases" | "matrix" | "op" if is_system(term):
            return _joined(AND, system_rows(term))
        case "ac" if term.data in (AND, OR):
            return _joined(term.label, term.args)
        case "op" if term.data in (AND, OR) and len(term.args) > 1:
            return _joined(term.label, term.args)
        case "op" if term.data == NOT:
            inner = logical_form(term.args[0])
            return None if inner is None else op(NOT, inner)
        case "name" if term.data in _PROPOSITIONS or (len(term.label) == 1 and term.label.isupper()):
            return term
    return None


def is_compound(term: Term) -> bool:
    """Whether a statement joins several, or may be written in another kind: not one plain relation."""
    if term.op == "chain":
        return len(term.args) > 2 or term.relations[0] not in ALGEBRAIC or SIGN in term.walk()
    return term.op != "name"


def is_system(term: Term) -> bool:
    """Whether a term is statements below each other after a brace, all of which hold."""
    rows = system_rows(term)
    return len(rows) > 1 and all(arg.op == "chain" for arg in rows)


def is_open_system(term: Term) -> bool:
    r"""Whether a term is a single column after ``\{``, which has no partner, as ``\left\{`` has none that is drawn."""
    return (
        term.op == "op"
        and term.data == "juxt."
        and len(term.args) == 2
        and term.args[0] == _OPENING_BRACE
        and term.args[1].op == "matrix"
        and term.args[1].grid == ("", 1)
    )


def system_rows(term: Term) -> tuple[Term, ...]:
    """The entries of a single column after a brace; none for any other term."""
    if is_open_system(term):
        return term.args[1].args
    one_column = term.op == "cases" and term.data == 1
    one_column |= term.op == "matrix" and term.grid == ("{", 1)
    one_column |= term.op == "op" and str(term.data).startswith("{|") and len(str(term.data)) <= 3
    return term.args if one_column else ()


def listed_statements(term: Term) -> tuple[Term, ...] | None:
    """The statements of a list, whose order does not matter; None for a list of other things.

    ``x = 1, 2`` states the same as ``x = 1, x = 2``.
    """
    if term.op != "list" or len(term.args) < 2:
        return None
    first, *others = term.args
    if any(arg.op != "chain" or _has_gap(arg) for arg in (first, *(o for o in others if o.op == "chain"))):
        return None
    if all(other.op == "chain" for other in others):
        return term.args
    return _solutions(first, others)


def _solutions(first: Term, others: Sequence[Term]) -> tuple[Term, ...] | None:
    """``x = 1`` and further values of x as equations; None for anything else."""
    solved = first.data == ("=",) and first.args[0].op in ("name", "sub")
    if not solved or not all(map(_is_number, (first.args[1], *others))):
        return None
    return (first, *(Term("chain", ("=",), (first.args[0], value)) for value in others))


def joined_statement(term: Term) -> Term | None:
    """A statement about the solutions of something, the values in a list as alternatives; None for any other term."""
    if term.op == "name":
        return None
    if (parts := listed_statements(term)) is not None:
        return _joined(OR if len({part.args[0] for part in parts}) == 1 else AND, parts)
    return logical_form(term)


def is_collection(term: Term) -> bool:
    """Whether a term may be a set of solutions: a set, an interval, a union of such, or numbers between commas."""
    if term.op == "list":
        return all(map(_is_number, term.args))
    if term.op in ("ac", "op") and term.data in (r"\cup", r"\cap", r"\setminus"):
        return all(map(is_collection, term.args))
    return term.op in ("set", "tuple") or (term.op == "name" and term.data in EMPTY_SETS)


def single_relations(form: Term) -> Iterable[Term]:
    """The relations and propositions in a common form."""
    if form.op == "ac" or (form.op == "op" and form.data == NOT):
        for arg in form.args:
            yield from single_relations(arg)
    else:
        yield form


def _has_gap(chain: Term) -> bool:
    return any(arg.op == "empty" for arg in chain.args)


def _is_number(term: Term) -> bool:
    return all(part.op in ("num", "add", "mul", "pow", "fn") or part == const("pi") for part in term.walk())


def _joined(sign: str, parts: Sequence[Term]) -> Term | None:
    forms = [logical_form(part) for part in parts]
    found = tuple(form for form in forms if form is not None)
    return Term("ac", sign, found) if len(found) == len(forms) else None


def _connected_form(parts: Sequence[Term]) -> Term | None:
    """Statements with the same word between all of them: ``x < 1 \\text{ or } x > 2``."""
    words = {str(part.data).lower().strip(" ,") for part in parts[1::2] if part.op == "text"}
    if len(parts) < 3 or len(parts) % 2 == 0 or len(words) != 1 or any(p.op != "text" for p in parts[1::2]):
        return None
    sign = _CONNECTIVES.get(words.pop())
    first, *others = parts[::2]
    values = _solutions(first, others) if first.op == "chain" else None
    if sign == AND and values:
        return None  # x = 1 and 2: both are solutions, but neither holds with the other
    return None if sign is None else _joined(sign, values or parts[::2])


def _chain_form(term: Term) -> Term | None:
    if len(term.args) == 2 and (implied := _implication_form(term)) is not None:
        return implied
    if (each := _componentwise(term)) is not None:
        return each
    if any(sign not in ALGEBRAIC and sign not in MEMBERSHIP for sign in term.relations) or _has_gap(term):
        return None
    signs = sum(part == SIGN for part in term.walk())
    if signs:
        return _signed_form(term) if signs == 1 else None
    links = []
    for sign, left, right in zip(term.relations, term.args, term.args[1:], strict=False):
        if left.op in NON_EXPRESSIONS or (sign in ALGEBRAIC and right.op in NON_EXPRESSIONS):
            return None
        links.append(Term("chain", (sign,), (left, right)))
    return links[0] if len(links) == 1 else Term("ac", AND, tuple(links))


def _componentwise(term: Term) -> Term | None:
    """``(x, y) = (1, 2)`` as two equations; None for any other chain."""
    if term.data != ("=",) or any(side.op != "tuple" for side in term.args):
        return None
    letters, values = (side.args for side in term.args)
    same_shape = term.args[0].data == term.args[1].data == ("(", "(") and len(letters) == len(values)
    if not same_shape or len(set(letters)) < len(letters):
        return None
    if any(letter.op not in ("name", "sub") for letter in letters) or not all(map(_is_number, values)):
        return None
    equations = (Term("chain", ("=",), pair) for pair in zip(letters, values, strict=True))
    return Term("ac", AND, tuple(equations))


def _signed_form(term: Term) -> Term | None:
    r"""``x = \pm 2`` says x = 2 or x = -2, and ``x \ne \pm 2`` that x is neither."""
    if len(term.relations) > 1 or term.relations[0] not in EQUATIONS:
        return None
    join = OR if term.relations[0] == "=" else AND
    return _joined(join, [with_sign(term, sign) for sign in (1, -1)])


def with_sign(term: Term, sign: int) -> Term:
    r"""*term* with one of the two signs of ``\pm``."""
    return rewrite(term, lambda part: num(sign) if part == SIGN else part)


def _implication_form(term: Term) -> Term | None:
    sign = term.relations[0]
    if not all(map(is_logical, term.args)):
        return None  # a step of a derivation
    sign = _IMPLIED_BY_ARROW.get(sign, sign)
    if sign not in _IMPLICATIONS:
        return None
    first, second = map(logical_form, term.args)
    if first is None or second is None:
        return None
    if sign == r"\Leftarrow":
        first, second = second, first
    forwards = Term("ac", OR, (op(NOT, first), second))
    if sign == r"\Rightarrow":
        return forwards
    return Term("ac", AND, (forwards, Term("ac", OR, (op(NOT, second), first))))


def is_logical(term: Term) -> bool:
    """Whether a term consists of propositions and signs of logic."""
    if term.op == "op" and term.data == NOT:
        return is_logical(term.args[0])
    if term.op == "ac" and term.data in (AND, OR):
        return all(map(is_logical, term.args))
    return term.op == "name" and (
        term.data in _PROPOSITIONS or (len(term.label) == 1 and term.label.isupper())
    )
