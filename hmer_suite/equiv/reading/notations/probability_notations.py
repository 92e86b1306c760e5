r"""Rival notations of probability and sets in a pair: ``P_B(A)``, ``\#A``, ``\complement A``, ``C(5,2)``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.arguments import PARAMETER
from hmer_suite.equiv.reading.factors.factor_row import CHOICES
from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.interpreting.events import is_complement
from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.terms import TWO, Term, fn, mul, name, op, power

_CONDITION = (r"\mid",)


def _conditions(parts: list[Term]) -> Change | None:
    """``P_B(A)`` as ``P(A|B)``, if the pair has both."""
    if not any(map(_is_indexed_probability, parts)) or not any(map(_is_conditional, parts)):
        return None

    def change(term: Term) -> Term:
        if not _is_indexed_probability(term):
            return term
        letter, condition = term.args[0].args
        return Term("app", "sure", (letter, Term("chain", _CONDITION, (term.args[1], condition))))

    return change


_PROBABILITIES = frozenset(map(name, ("P", "p", r"\mathbb{P}", r"\mathrm{P}")))


def _is_indexed_probability(term: Term) -> bool:
    if term.op != "app" or len(term.args) != 2 or term.args[0].op != "sub":
        return False
    return term.args[0].args[0] in _PROBABILITIES


def _is_conditional(term: Term) -> bool:
    return term.op == "app" and any(arg.op == "chain" and arg.data == _CONDITION for arg in term.args[1:])


def _parameters(parts: list[Term]) -> Change | None:
    r"""Parameters of a density after a bar, a semicolon or in an index alike: ``p(x;\theta)``, ``p_\theta(x)``."""
    heads = {part.args[0] for part in parts if (part.op == "app" and len(part.args) > 2) or _has_list(part)}
    indexed = any(_is_indexed_probability(part) and part.args[0].args[0] in heads for part in parts)
    if not indexed and not (any(map(_has_list, parts)) and any(map(_is_conditional, parts))):
        return None

    def change(term: Term) -> Term:
        if term.op != "app":
            return term
        head, *args = term.args
        if _is_indexed_probability(term):
            return Term("app", "sure", (head.args[0], *args, head.args[1]))
        spread = [
            inner
            for arg in map(_unmarked, args)
            for inner in (arg.args if _joins_parameters(arg) else (arg,))
        ]
        return Term("app", "sure", (head, *spread)) if spread != args else term

    return change


def _has_list(term: Term) -> bool:
    return term.op == "app" and any(_unmarked(arg).op == "list" for arg in term.args[1:])


def _unmarked(term: Term) -> Term:
    """A parameter without its mark."""
    return term.args[0] if term.op == "op" and term.data == PARAMETER else term


def _joins_parameters(term: Term) -> bool:
    return term.op == "list" or (term.op == "chain" and term.data == _CONDITION)


def _counts(parts: list[Term]) -> Change | None:
    r"""``\#A`` as ``|A|``, if the pair has that."""
    if not any(part.op == "fn" and part.data == "abs" for part in parts):
        return None
    return lambda term: (
        fn("abs", *term.args[1:])
        if term.op == "op" and term.data == "juxt." and term.args[0] == _COUNT and len(term.args) == 2
        else term
    )


_COUNT = op(r"\#")


def _complements(parts: list[Term]) -> Change | None:
    r"""``\complement A``, ``\complement_UA`` and ``C_UA`` as complements, if the pair has complements of two kinds."""
    signs = {part for part in parts if part.op == "mul" and _sign_of_complement(part.args[0])}
    others = any(map(is_complement, parts))
    kinds = {_sign_of_complement(part.args[0]) for part in signs}
    if not (others and signs) and len(kinds) < 2:
        return None

    def change(term: Term) -> Term:
        if is_complement(term):
            return op("complement", term.args[0])
        return op("complement", mul(*term.args[1:])) if term in signs else term

    return change


def _sign_of_complement(term: Term) -> str:
    letter = term.args[0] if term.op == "sub" else term
    if letter == name(r"\complement"):
        return letter.label
    return "C" if term.op == "sub" and letter == name("C") and is_capital(term.args[1]) else ""


def _differences(parts: list[Term]) -> Change | None:
    r"""``A\setminus B`` as ``A\cap\bar B``, if the pair has complements."""
    if not any(map(is_complement, parts)):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == r"\setminus" and len(term.args) == 2:
            return Term("ac", r"\cap", (term.args[0], op("complement", term.args[1])))
        if is_complement(term):
            return op("complement", term.args[0])
        return term

    return change if any(part.op == "op" and part.data == r"\setminus" for part in parts) else None


def _choices(parts: list[Term]) -> Change | None:
    """``C(n,k)`` and ``nCk`` as binomial coefficients, if the pair has one."""
    if not any(part.op == "fn" and part.data == "binom" for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "app" and term.args[0] in _OF_CHOICES and len(term.args) == 3:
            return fn("binom", *term.args[1:])
        if term.op == "mul" and len(term.args) == 3 and term.args[1] in _OF_CHOICES:
            return fn("binom", term.args[0], term.args[2])
        return term

    return change


_OF_CHOICES = frozenset(name(letter) for letter in CHOICES if "C" in letter)


def _laws(parts: list[Term]) -> Change | None:
    r"""Degrees of freedom in an index as those in brackets: ``X\sim\chi^2_n`` and ``X\sim\chi^2(n)``."""
    if not any(part.op == "chain" and r"\sim" in part.relations for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "pow" and term.args[0].op == "mul" and term.args[0].args[0] in _LAWS:
            letter, *degrees = term.args[0].args
            return mul(power(letter, term.args[1]), *degrees)
        is_law = term.op in ("sub", "app") and len(term.args) == 2 and term.args[0] in _LAWS
        return mul(*term.args) if is_law else term

    return change


_LAWS = frozenset(map(name, (r"\chi", "t")))


def _variances(parts: list[Term]) -> Change | None:
    r"""A normal law by its variance as one by its deviation, if the pair has both: ``N(\mu,\sigma^2)``."""
    laws = [part for part in parts if part.op == "app" and part.args[0] in _NORMAL and len(part.args) == 3]
    squared = {
        part.args[2].args[0] for part in laws if part.args[2].op == "pow" and part.args[2].args[1] == TWO
    }
    if squared.isdisjoint(part.args[2] for part in laws):
        return None
    return lambda term: (
        term.with_args((*term.args[:2], power(term.args[2], TWO)))
        if term.op == "app" and term.args[0] in _NORMAL and term.args[-1] in squared
        else term
    )


_NORMAL = frozenset(map(name, ("N", r"\mathcal{N}", r"\mathrm{N}")))


def _power_sets(parts: list[Term]) -> Change | None:
    r"""``2^A`` as ``\mathcal P(A)``, if the pair has that."""
    heads = {part.args[0] for part in parts if part.op == "app" and part.args[0] in _POWER_SETS}
    if len(heads) != 1:
        return None
    (head,) = heads
    return lambda term: (
        Term("app", "maybe", (head, term.args[1]))
        if term.op == "pow" and term.args[0] == TWO and is_capital(term.args[1])
        else term
    )


_POWER_SETS = frozenset(map(name, (r"\mathcal{P}", r"\mathscr{P}", r"\mathfrak{P}")))


def _continuous(parts: list[Term]) -> Change | None:
    r"""Strict inequalities of events as others, if the pair has both: a number may have no probability."""
    relations = {
        relation
        for part in parts
        if part.op == "app" and part.args[0] in _PROBABILITIES
        for arg in part.args[1:]
        if arg.op == "chain"
        for relation in arg.relations
    }
    if not (relations & _STRICT.keys() and relations & set(_STRICT.values())):
        return None

    def change(term: Term) -> Term:
        if term.op != "app" or term.args[0] not in _PROBABILITIES:
            return term
        args = [
            Term("chain", tuple(_STRICT.get(relation, relation) for relation in arg.relations), arg.args)
            if arg.op == "chain"
            else arg
            for arg in term.args
        ]
        return term.with_args(tuple(args))

    return change


_STRICT = {"<": r"\leq", ">": r"\geq"}

PROBABILITY_NOTATIONS = (
    _conditions,
    _parameters,
    _counts,
    _complements,
    _differences,
    _choices,
    _laws,
    _variances,
    _power_sets,
    _continuous,
)
"""The changes that write rival notations alike, each for the parts of both sides."""
