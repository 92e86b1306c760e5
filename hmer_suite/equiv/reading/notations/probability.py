r"""Probability: ``P_B(A)``, ``p_\theta(x)``, ``C(5,2)``, ``X\sim\chi^2(n)``, ``\mathbb EX``, ``\chi_A``, ``\Pr``."""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.arguments import PARAMETER
from hmer_suite.equiv.reading.factors.factor_row import CHOICES
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import ONE, TWO, Term, fn, inverse, mul, name, num, op, power

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


def _expectations(parts: list[Term]) -> Change | None:
    r"""A letter in front of another as its expectation, if the pair has an expectation in brackets: ``\mathbb EX``."""
    if not any(part.op == "app" and part.args[0] in _EXPECTATIONS for part in parts):
        return None

    def change(term: Term) -> Term:
        is_pair = term.op == "mul" and len(term.args) == 2
        if (is_pair or term.op == "app") and term.args[0] in _EXPECTATIONS:
            return Term("app", "sure", (name("E"), *term.args[1:]))
        return term

    return change


_EXPECTATIONS = frozenset(map(name, ("E", r"\mathbb{E}", r"\mathbf{E}", r"\mathrm{E}", r"\operatorname{E}")))


def _indicators(parts: list[Term]) -> Change | None:
    r"""Indicator functions by one sign, if the pair has two of their signs: ``\chi_A``, ``\mathbf 1_A``, ``I_A``."""
    signs = {part.args[0] for part in parts if _is_indicator(part)}
    if len(signs) < 2 or signs.isdisjoint(_ONES):
        return None
    return lambda term: term.with_args((_INDICATOR, term.args[1])) if _is_indicator(term) else term


def _is_indicator(term: Term) -> bool:
    return term.op == "sub" and term.args[0] in _INDICATORS and term.args[1].op != "num"


_INDICATOR = name(r"\mathbb{1}")
_ONES = frozenset((_INDICATOR, op("digits", num(1))))
_INDICATORS = _ONES | set(map(name, (r"\chi", "I", r"\mathbb{I}", r"\mathbf{I}", r"\mathrm{I}")))


def _indicators_of_conditions(parts: list[Term]) -> Change | None:
    r"""``\mathbb 1\{x\in A\}`` as ``\mathbb 1_{x\in A}``."""

    def change(term: Term) -> Term:
        if term.op != "mul" or len(term.args) != 2 or term.args[0] != _INDICATOR or term.args[1].op != "set":
            return term
        conditions = term.args[1].args
        index = conditions[0] if len(conditions) == 1 else Term("list", None, conditions)
        return Term("sub", None, (_INDICATOR, index))

    return change if _INDICATOR in parts else None


def _iverson_brackets(parts: list[Term]) -> Change | None:
    """Indicators of conditions as the conditions, if the pair has one by itself, perhaps in square brackets."""
    indexed = [part.args[1] for part in parts if _is_indicator(part) and part.args[1].op == "chain"]
    bare = {condition for condition in indexed if parts.count(condition) > indexed.count(condition)}
    return (
        (lambda term: term.args[1] if _is_indicator(term) and term.args[1] in bare else term)
        if bare
        else None
    )


def _probabilities(parts: list[Term]) -> Change | None:
    r"""``\Pr`` as the letter of the other probabilities, if the pair has two signs of them."""
    heads = {part.args[0] for part in parts if part.op == "app" and part.args[0].op == "name"}
    words, letters = heads & _PROBABILITY_WORDS, heads & _PROBABILITY_LETTERS
    if not words or not letters:
        return None
    return lambda term: name("P") if term in _PROBABILITY_WORDS | _PROBABILITY_LETTERS else term


_PROBABILITY_WORDS = frozenset(map(name, (r"\Pr", r"\operatorname{Pr}", r"\mathrm{Pr}")))
_PROBABILITY_LETTERS = frozenset(map(name, ("P", r"\mathbb{P}", r"\mathrm{P}", r"\mathbf{P}")))


def _means(parts: list[Term]) -> Change | None:
    r"""``E(X)`` as ``\mu``, and ``\frac1n\sum x_i`` as ``\bar x``, if the pair has these and does not define them."""
    expected = {part for part in parts if part.op == "app" and part.args[0] in _EXPECTATIONS}
    stated = {side for part in parts if part.op == "chain" for side in part.args}
    is_mean = len(expected) == 1 and _MEAN in parts and not expected <= stated
    barred = {
        part.args[0] for part in parts if part.op == "op" and part.data == r"\bar" and part not in stated
    }
    if not is_mean and not barred:
        return None

    def change(term: Term) -> Term:
        if is_mean and term in expected:
            return _MEAN
        sample = _averaged(term)
        return op(r"\bar", sample) if sample is not None and sample in barred else term

    return change


_MEAN = name(r"\mu")


def _averaged(term: Term) -> Term | None:
    """The letter of a sample whose mean a term is; None for any other term."""
    sums = [arg for arg in term.args if arg.op == "sum"] if term.op == "mul" and len(term.args) == 2 else []
    if len(sums) != 1:
        return None
    member, index, _, count = sums[0].args
    is_member = member.op == "sub" and member.args[1] == index and member.args[0].op == "name"
    by_count = {inverse(count), mul(ONE, inverse(count))} & set(term.args)
    return member.args[0] if is_member and by_count else None


CHANGES = (
    _means,
    _conditions,
    _parameters,
    _choices,
    _laws,
    _variances,
    _continuous,
    _expectations,
    _indicators,
    _indicators_of_conditions,
    _iverson_brackets,
    _probabilities,
)
"""What is looked for in the parts of a pair, in this order."""
