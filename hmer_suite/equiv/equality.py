"""Proofs of equality, in the general reading: first by structure, then by normal forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import arb, fmpq

from hmer_suite.equiv.forms import Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.poles import Statement, divisors, is_solved, poles_do_not_matter
from hmer_suite.equiv.reading.letter_kinds import kind_of
from hmer_suite.equiv.reading.operators import FLIPPED, ORDER_RELATIONS, SYMMETRIC
from hmer_suite.equiv.terms import EMPTY, NON_EXPRESSIONS, Term, binds, const, name, replace
from hmer_suite.equiv.unsure_values import unsure_kernels
from hmer_suite.equiv.values import Outside, Point, Singular, Unknown, at_growing_precision

STRUCTURAL, SYMBOLIC = "structural", "symbolic"

_COMMUTING_LISTS = frozenset(("set", "ac"))


def equality(left: Term, right: Term) -> str | None:
    """The kind of proof that the two are equal, `STRUCTURAL` or `SYMBOLIC`, or None."""
    if structure(left) == structure(right):
        return STRUCTURAL
    try:
        return SYMBOLIC if _same(left, right) else None
    except (Intractable, Undefined):
        return None


def structure(term: Term, depth: int = 0) -> tuple[object, ...]:
    """A key that is the same for terms that differ only in order (of summands, elements, sides) or in bound names."""
    op = term.op
    if op in ("add", "mul", "set", "ac"):
        parts = [structure(arg, depth) for arg in _flattened(term)]
        parts.sort(key=repr)
        return (op, term.data, *(dict.fromkeys(parts) if op == "set" else parts))
    if op == "chain":
        return _chain_structure(term, depth)
    if binds(term):
        dummy = name(f"#{depth}{kind_of(term.args[1]) if op == 'lim' else ''}")
        body = replace(term.args[0], term.args[1], dummy)
        return (op, term.data, structure(body, depth + 1), *(structure(arg, depth) for arg in term.args[2:]))
    return (op, term.data, *(structure(arg, depth) for arg in term.args))


def _flattened(term: Term) -> list[Term]:
    if term.op not in ("add", "mul", "ac"):
        return list(term.args)
    parts: list[Term] = []
    for arg in term.args:
        nested = arg.op == term.op and arg.data == term.data
        parts.extend(_flattened(arg) if nested else (arg,))
    return parts


def _chain_structure(term: Term, depth: int) -> tuple[object, ...]:
    sides = [structure(arg, depth) for arg in term.args]
    forwards = ("chain", term.data, *sides)
    other = reversed_chain(term)
    if other is None:
        return forwards
    backwards = ("chain", other.data, *reversed(sides))
    return min(forwards, backwards, key=repr)


def reversed_relations(signs: Sequence[str]) -> tuple[str, ...] | None:
    """The relations of a chain read from its other end, or None if one has no counterpart."""
    turned = []
    for sign in reversed(signs):
        if sign in SYMMETRIC:
            turned.append(sign)
        elif sign in FLIPPED:
            turned.append(FLIPPED[sign])
        else:
            return None
    return tuple(turned)


def reversed_chain(term: Term) -> Term | None:
    """A chain read from its other end; None if a relation has no counterpart, or a side is missing.

    A relation without sides is a sign, and ``=a`` continues a line that ``a=`` does not.
    """
    if EMPTY in term.args:
        return None
    signs = reversed_relations(term.relations)
    return None if signs is None else Term("chain", signs, term.args[::-1])


# --- by normal forms ---------------------------------------------------------------------------------------------


def _same(left: Term, right: Term) -> bool:
    if all(_is_of_sets(side) or side.op in ("name", "sub", "set") for side in (left, right)):
        tables = truth_tables(left, right)
        if tables is not None and tables[0] == tables[1]:
            return True
    if left.op != right.op and (left.op in NON_EXPRESSIONS or right.op in NON_EXPRESSIONS):
        return False
    rule = _RULES.get(left.op, _same_value)
    return rule(left, right)


def _same_value(left: Term, right: Term) -> bool:
    """Whether two expressions have the same values on the same domain."""
    if structure(left) == structure(right):
        return True
    forms = Forms()
    difference = _difference(forms, left, right)
    if difference is None or difference.num.is_zero():
        return difference is not None
    if forms.angle_parts_seen == 1:
        return False
    difference = _difference(Forms(forms.angle_parts_seen), left, right)  # x and x/2 both as angles of x/2
    return difference is not None and difference.num.is_zero()


def _difference(forms: Forms, left: Term, right: Term) -> Ratio | None:
    """left - right on their common domain, or None if the domains are not evidently the same."""
    forms.conditions = set()
    first = forms.form(left)
    domain, forms.conditions = forms.conditions, set()
    second = forms.form(right)
    if domain != forms.conditions or _branches_at_unit(forms):
        return None
    if unsure_kernels(forms, (left,)) != unsure_kernels(forms, (right,)):
        return None
    return forms.with_whole_integrals(forms.on_domain(forms.add(first, forms.negative(second))))


def _branches_at_unit(forms: Forms) -> bool:
    """Whether the rules of real roots were applied to i or j, which may be the imaginary unit."""
    return any(
        key[0] in ("abs", "root", "ln", "exp") and not {name("i"), name("j")}.isdisjoint(term.walk())
        for key, term in zip(forms.kernels, forms.terms, strict=True)
        if key[0] != "exp" or key[1] != str(forms.form(const("e")).num)
    )


def _same_each(left: Term, right: Term) -> bool:
    return (
        left.data == right.data
        and len(left.args) == len(right.args)
        and all(_same(a, b) for a, b in zip(left.args, right.args, strict=True))
    )


def truth_tables(left: Term, right: Term) -> tuple[int, int] | None:
    """Both sides as functions of the letters in them, for set operations and logic; None for anything else."""
    leaves: list[object] = []
    for part in (left, right):
        _collect(part, leaves)
    if len(leaves) > 6 or any(leaf is None for leaf in leaves):
        return None
    rows = 1 << len(leaves)
    masks = {leaf: sum(1 << row for row in range(rows) if row >> i & 1) for i, leaf in enumerate(leaves)}
    return _table(left, masks, rows), _table(right, masks, rows)


def _collect(term: Term, leaves: list[object]) -> None:
    if _is_boolean(term):
        for arg in term.args:
            _collect(arg, leaves)
        return
    plain = all(part.op in ("name", "sub", "num", "pow", "juxt", "op", "set") for part in term.walk())
    key = structure(term) if plain and not _is_complement(term) else None
    if key not in leaves:
        leaves.append(key)


def _is_complement(term: Term) -> bool:
    return term.op == "pow" and term.args[1].op == "name" and term.args[1].data in ("c", "C", r"\complement")


def _is_boolean(term: Term) -> bool:
    return (term.op == "ac" and term.data in _JOINING | _MEETING) or (
        term.op == "op" and term.data in (r"\setminus", r"\neg", *_JOINING, *_MEETING)
    )


def _is_of_sets(term: Term) -> bool:
    """Whether a term is a union, a meet or a difference of sets, without two of these signs side by side."""
    if any(part.op == "op" and part.data in (r"\cup", r"\cap") for part in term.walk()):
        return False
    return term.op in ("ac", "op") and term.data in (r"\cup", r"\cap", r"\setminus") and _is_boolean(term)


_EMPTY_SET = name(r"\emptyset")


def _table(term: Term, masks: Mapping[object, int], rows: int) -> int:
    if not _is_boolean(term):
        return 0 if term == _EMPTY_SET else masks[structure(term)]
    tables = [_table(arg, masks, rows) for arg in term.args]
    whole = (1 << rows) - 1
    if term.data == r"\neg":
        return whole & ~tables[0]
    result = tables[0]
    for table in tables[1:]:
        if term.data in _JOINING:
            result |= table
        else:
            result &= ~table if term.data == r"\setminus" else table
    return result


_JOINING = frozenset((r"\cup", r"\vee"))
_MEETING = frozenset((r"\cap", r"\wedge"))


def _same_matched(left: Term, right: Term) -> bool:
    """Whether each element of one has an equal in the other."""
    if left.op == "ac" and (tables := truth_tables(left, right)) is not None:
        return tables[0] == tables[1]
    if left.data != right.data:
        return False
    ours, theirs = _flattened(left), _flattened(right)
    if left.op == "ac" and len(ours) != len(theirs):
        return False
    return all(any(_same(a, b) for b in theirs) for a in ours) and all(
        any(_same(a, b) for a in ours) for b in theirs
    )


def _same_chain(left: Term, right: Term) -> bool:
    if len(left.args) != len(right.args):
        return False
    ends = [right] if (other := reversed_chain(right)) is None else [right, other]
    return any(left.data == end.data and _same_links(left, end) for end in ends)


def _same_links(left: Term, right: Term) -> bool:
    return all(
        _same_link(sign, (a, b), (c, d))
        for sign, a, b, c, d in zip(
            left.relations, left.args, left.args[1:], right.args, right.args[1:], strict=False
        )
    )


def _same_link(sign: str, left: Sequence[Term], right: Sequence[Term]) -> bool:
    if all(_same(a, b) for a, b in zip(left, right, strict=True)):
        return _same_where_undefined(sign, left, right)
    turnable = sign in SYMMETRIC and EMPTY not in left
    if turnable and all(_same(a, b) for a, b in zip(left, reversed(right), strict=True)):
        return _same_where_undefined(sign, left, right)
    if any(side.op in NON_EXPRESSIONS for side in (*left, *right)):
        return False
    if sign in ("=", r"\neq"):
        return _same_equation(sign, left, right)
    return sign in ORDER_RELATIONS and _same_inequality(sign, left, right)


def _same_where_undefined(sign: str, left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether statements with the same sides also agree where a denominator that cancels on one side is zero."""
    if sign not in ("=", r"\neq", *ORDER_RELATIONS) or (sign == "=" and is_solved(left, right)):
        return True
    if set(divisors(left)) == set(divisors(right)):
        return True
    first, second, forms = _both_differences(left, right)
    if first is None or second is None:
        return False
    return poles_do_not_matter(forms, Statement(sign, left, first), Statement(sign, right, second))


def _same_equation(sign: str, left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether the differences of the sides are constant multiples of each other, and so vanish together."""
    first, second, forms = _both_differences(left, right)
    if first is None or second is None or not _has_letters(forms, first) or not _has_letters(forms, second):
        return False
    if not _about_the_same(forms, left, right):
        return False
    if not poles_do_not_matter(forms, Statement(sign, left, first), Statement(sign, right, second)):
        return False
    if _is_degenerate(forms, left, first) and not _proportional(forms, left, right):
        return False  # 3x = 5x and 3x = 7x both mean x = 0
    quotient = forms.multiply(
        Ratio(first.num, forms.one.den), forms.inverse(Ratio(second.num, forms.one.den))
    )
    return not _has_letters(forms, quotient) and _constant_sign(forms, quotient) is not None


def _proportional(forms: Forms, left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether the sides of one equation, perhaps exchanged, are the same multiple of those of the other."""
    a, b, c, d = map(forms.form, (*left, *right))
    return any(
        forms.add(forms.multiply(a, y), forms.negative(forms.multiply(b, x))).num.is_zero()
        for x, y in ((c, d), (d, c))
    )


def _is_degenerate(forms: Forms, sides: Sequence[Term], gap: Ratio) -> bool:
    """Whether a statement says that one product is zero, or compares two multiples of the same: ``3x = 5x``."""
    first, second = map(forms.form, sides)
    if _is_product(forms, gap):
        return True
    if first.num.is_zero() or second.num.is_zero():
        return False
    return not _has_letters(forms, forms.multiply(first, forms.inverse(second)))


def _is_product(forms: Forms, ratio: Ratio) -> bool:
    r"""Whether a numerator is one product of letters, times a constant that may be a sum: ``(\pi - 2) x``."""
    fixed = [is_constant(term) for term in forms.terms]
    products = {
        tuple(0 if fixed[i] else n for i, n in enumerate(exponents[: len(fixed)]))
        for exponents in ratio.num.to_dict()
    }
    return len(products) == 1


def _about_the_same(forms: Forms, left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether one has all letters of the other; not so m + n = m and k + n = k, which both mean n = 0."""
    ours, theirs = _mentioned(forms, left), _mentioned(forms, right)
    return ours <= theirs or theirs <= ours


def _mentioned(forms: Forms, sides: Sequence[Term]) -> frozenset[Term]:
    """The letters on the two sides that do not cancel within a side."""
    kernels = {index for side in sides for index in forms.occurring(forms.form(side))}
    return frozenset(part for index in kernels for part in forms.terms[index].walk() if part.op == "name")


def _same_inequality(sign: str, left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether the differences of the sides are positive multiples of each other."""
    first, second, forms = _both_differences(left, right)
    if first is None or second is None or not _has_letters(forms, first) or second.num.is_zero():
        return False
    if not _about_the_same(forms, left, right):
        return False
    if not poles_do_not_matter(forms, Statement(sign, left, first), Statement(sign, right, second)):
        return False
    if _is_degenerate(forms, left, first) and not _proportional(forms, left, right):
        return False
    quotient = forms.multiply(first, forms.inverse(second))
    return not _has_letters(forms, quotient) and _constant_sign(forms, quotient) == 1


def _both_differences(
    left: Sequence[Term], right: Sequence[Term]
) -> tuple[Ratio | None, Ratio | None, Forms]:
    forms = Forms()
    results: list[Ratio] = []
    domains = []
    for sides in (left, right):
        forms.conditions = set()
        first, second = map(forms.form, sides)
        results.append(forms.add(first, forms.negative(second)))
        domains.append(forms.conditions)
    if domains[0] != domains[1] or _branches_at_unit(forms):
        return None, None, forms
    if unsure_kernels(forms, left) != unsure_kernels(forms, right):
        return None, None, forms
    return forms.on_domain(results[0]), forms.on_domain(results[1]), forms


def _has_letters(forms: Forms, ratio: Ratio) -> bool:
    """Whether a form depends on more than fixed numbers."""
    return any(not is_constant(forms.terms[index]) for index in forms.occurring(ratio))


def is_constant(term: Term) -> bool:
    """Whether a term consists of numbers, pi, e, the degree and known functions."""
    return all(
        part.op in ("num", "add", "mul", "pow", "fn")
        or (part.op == "const" and part.data in ("pi", "e", "deg"))
        for part in term.walk()
    )


def _constant_sign(forms: Forms, ratio: Ratio) -> int | None:
    """1 or -1 for a constant that is certainly positive or negative, else None."""
    term = forms.term(ratio)

    def compute() -> int | None:
        try:
            value = Point(0).value(term)
        except (Unknown, Outside, Singular):
            return None
        if not isinstance(value, fmpq | arb):
            return None
        return 1 if value > 0 else -1 if value < 0 else None

    return at_growing_precision(compute)


_RULES: dict[str, Callable[[Term, Term], bool]] = {
    "chain": _same_chain,
    "list": _same_each,
    "tuple": _same_each,
    "matrix": _same_each,
    "cases": _same_each,
    "set": _same_matched,
    "ac": _same_matched,
    "text": lambda left, right: left == right,
    "empty": lambda left, right: left == right,
}
