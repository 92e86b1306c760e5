r"""Sequences and sums whose notation may leave something out: ``1,3,\ldots``, ``\sum_ix_i``, ``a_{n+1}=2a_n``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.equality import equality, structure
from hmer_suite.equiv.terms import EMPTY, Term, add, const, name, num, replace, rewrite

_DOTS = const("dots")
_COUNTERS = tuple(map(name, "nkmi"))


def are_dotted_alike(left: Term, right: Term) -> bool:
    """Whether both have dots and the same first and last members, of which one shows more."""
    ours, theirs = _members(left), _members(right)
    if _kind(left) != _kind(right):
        return False
    if _DOTS not in ours or _DOTS not in theirs:
        return False
    (first, last), (third, fourth) = _around_dots(ours), _around_dots(theirs)
    shown = min(len(first), len(third))
    return shown > 0 and _are_same(first[:shown], third[:shown]) and _are_same(last, fourth)


def _kind(term: Term) -> str:
    """The kind of a collection; a product is one, however its dots are joined to its factors."""
    return "product..." if term.op == "mul" else term.label if term.op == "op" else term.op


def _members(term: Term) -> Sequence[Term]:
    """The members of a list, set, sum or product with dots."""
    if term.op == "mul" and term.args[-1].op == "op" and _DOTS in term.args[-1].args:
        return (*term.args[:-1], *term.args[-1].args)
    return term.args if term.op in ("list", "set", "tuple", "op") else ()


def _around_dots(members: Sequence[Term]) -> tuple[Sequence[Term], Sequence[Term]]:
    place = members.index(_DOTS)
    return members[:place], members[place + 1 :]


def _are_same(ours: Sequence[Term], theirs: Sequence[Term]) -> bool:
    return len(ours) == len(theirs) and all(
        equality(a, b) is not None for a, b in zip(ours, theirs, strict=True)
    )


def is_range(listed: Term, chain: Term) -> bool:
    r"""Whether one lists the values of a counter, and the other bounds them: ``k=1,\ldots,m``, ``1\le k\le m``."""
    if listed.op != "list" or listed.args[-2:-1] != (_DOTS,) or chain.data != (r"\leq", r"\leq"):
        return False
    low, letter, high = chain.args
    return listed.args[0] == Term("chain", ("=",), (letter, low)) and listed.args[-1] == high


def is_family(family: Term, dotted: Term) -> bool:
    r"""Whether one is a set by a member and the range of its index, and the other with dots: ``\{t_k\}_{k=1}^m``."""
    core = _without_range(family)
    if (
        core == family
        or dotted.op not in ("set", "tuple", "list")
        or _DOTS not in dotted.args
        or core.op != "sub"
    ):
        return False
    return all(arg == _DOTS or (arg.op == "sub" and arg.args[0] == core.args[0]) for arg in dotted.args)


def are_sequences(left: Term, right: Term) -> bool:
    r"""Whether both are the same sequence, in other brackets or with its range: ``\{t_n\}_{n=1}^\infty``."""
    ours, theirs = _without_range(left), _without_range(right)
    if (ours, theirs) == (left, right) or not ours.op == theirs.op == "sub":
        return False
    counters = ours.args[1], theirs.args[1]
    same = counters[0] == counters[1] or all(counter.op == "name" for counter in counters)
    return ours.args[0] == theirs.args[0] and same


def _without_range(term: Term) -> Term:
    """A term without the range of its index, or the braces around it."""
    if term.op == "pow" and term.args[0].op == "sub" and term.args[0].args[1].op == "chain":
        return _without_range(term.args[0])
    if term.op == "op" and term.data == r"^\infty":
        return _without_range(term.args[0])
    if term.op == "sub" and term.args[1].op == "chain":
        return _without_range(term.args[0])
    braces = term.op == "set" or (term.op == "op" and term.data == "<|<")
    return term.args[0] if braces and len(term.args) == 1 else term


def are_sums_of_one_body(left: Term, right: Term) -> bool:
    r"""Whether both sum the same, of which one leaves out its range or its letter: ``\sum_kt_k``, ``\sum t_k``."""
    ours, theirs = _summed(left), _summed(right)
    if ours is None or theirs is None or ours[2:] == theirs[2:]:
        return False
    body, letter, *bounds = theirs
    if (EMPTY, EMPTY) not in (ours[2:], tuple(bounds)):
        return False
    if letter != EMPTY and ours[1] != EMPTY:
        body = replace(body, letter, ours[1])
    return structure(ours[0]) == structure(body)


def _summed(term: Term) -> tuple[Term, ...] | None:
    if term.op in ("sum", "prod"):
        return term.args
    if term.op == "op" and term.data in (r"\sum", r"\prod") and len(term.args) == 3:
        return (term.args[0], EMPTY, *term.args[1:])
    return None


def are_shifted(left: Term, right: Term) -> bool:
    """Whether both are one recurrence, with another index for its last member."""
    if not left.op == right.op == "chain" or left.data != ("=",) or right.data != ("=",):
        return False
    for counter in _COUNTERS:
        ours, theirs = _last_index(left, counter), _last_index(right, counter)
        if ours is None or theirs is None:
            continue
        return ours != theirs and equality(_shifted(left, counter, ours - theirs), right) is not None
    return False


def _last_index(term: Term, counter: Term) -> int | None:
    """The largest number added to a counter in the indices of a term; None if it is in none."""
    found = {_offset(part.args[1], counter) for part in term.walk() if part.op == "sub"} - {None}
    return max((offset for offset in found if offset is not None), default=None)


def _offset(index: Term, counter: Term) -> int | None:
    if index == counter:
        return 0
    if index.op == "add" and len(index.args) == 2 and index.args[0] == counter and index.args[1].op == "num":
        return int(index.args[1].value)
    return None


def _shifted(term: Term, counter: Term, back: int) -> Term:
    """A term with a counter that is smaller by a number."""

    def change(part: Term) -> Term:
        if part.op != "sub" or (offset := _offset(part.args[1], counter)) is None:
            return part
        index = moving if offset == back else add(moving, num(offset - back))
        return part.with_args((part.args[0], index))

    moving = name("#moving")
    return replace(replace(rewrite(term, change), counter, add(counter, num(-back))), moving, counter)
