r"""Second signs of one notion in a pair: ``\neg p`` and ``\bar p``, ``\hbar`` and ``h``, an integral without dx.

They are written alike before a difference is looked for, so that it does not rest on the sign.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.reading.operators import INTEGRALS
from hmer_suite.equiv.terms import Term, const, fn, inverse, mul, name, num, op

_NEGATING = frozenset((r"\bar", "'", r"\tilde"))


def _negations(parts: list[Term]) -> Change | None:
    r"""Bars and primes as negations, if the pair has a ``\neg``."""
    if not any(part.op == "op" and part.data == r"\neg" for part in parts):
        return None
    return lambda term: op(r"\neg", *term.args) if term.op == "op" and term.data in _NEGATING else term


def _de_morgan(parts: list[Term]) -> Change | None:
    r"""A negated product as a sum of negations, if the pair has one, and the reverse: ``\overline{AB}`` in logic."""
    barred = {
        part.op for part in parts if part.op in ("add", "mul") and all(map(_is_barred_letter, part.args))
    }
    if not barred:
        return None

    def change(term: Term) -> Term:
        dual = _DUALS.get(term.args[0].op, "") if _is_barred(term) else ""
        return (
            Term(dual, None, tuple(op(r"\bar", arg) for arg in term.args[0].args)) if dual in barred else term
        )

    return change


def _is_barred_letter(term: Term) -> bool:
    return _is_barred(term) and term.args[0].op in ("name", "sub")


_DUALS = {"add": "mul", "mul": "add", "juxt": "add"}


def _triangles(parts: list[Term]) -> Change | None:
    r"""A ``\Delta`` as the sign of a triangle, if the pair has that: ``S_{\Delta ABC}``."""
    if _TRIANGLE not in parts:
        return None

    def change(term: Term) -> Term:
        if term.op == "juxt" and term.args[0] == _TRIANGLE:
            return term.with_args((_TRIANGLE, *sorted(term.args[1:], key=repr)))
        return _TRIANGLE if term == _DELTA else term

    return change


_TRIANGLE, _DELTA = name(r"\triangle"), name(r"\Delta")


def _circles(parts: list[Term]) -> Change | None:
    r"""Signs of a circle as ``\odot``, if the pair has two of them: ``\bigodot O``."""
    if len({sign for part in parts if (sign := _sign_of_circle(part))}) < 2:
        return None
    return lambda term: op(r"\odot", term.args[-1]) if _sign_of_circle(term) else term


def _sign_of_circle(term: Term) -> str:
    if term.op == "op" and len(term.args) == 1 and term.data in (r"\odot", r"\circledcirc"):
        return term.label
    return r"\bigodot" if term.op == "app" and term.args[0] == name(r"\bigodot") else ""


def _stars(parts: list[Term]) -> Change | None:
    r"""``x^\star`` as ``x^*``, if the pair has both."""
    if not {part.data for part in parts if part.op == "op"} >= {r"^\star", "^*"}:
        return None
    return lambda term: op("^*", *term.args) if term.op == "op" and term.data == r"^\star" else term


def _sequences(parts: list[Term]) -> Change | None:
    """Values of a function as terms of a sequence, if the pair has both for one letter: ``a_n`` and ``a(n)``."""
    indexed = {part.args[0] for part in parts if part.op == "sub"}
    both = {part.args[0] for part in parts if part.op == "app" and len(part.args) == 2} & indexed
    if not both:
        return None

    def change(term: Term) -> Term:
        is_value = term.op == "app" and len(term.args) == 2 and term.args[0] in both
        return Term("sub", None, term.args) if is_value else term

    return change


def _is_barred(term: Term) -> bool:
    return term.op == "op" and term.data == r"\bar" and bool(term.args)


def _exclusive_disjunctions(parts: list[Term]) -> Change | None:
    r"""``\veebar`` as ``\oplus``, if the pair has both."""
    signs = {part.data for part in parts if part.op == "op"}
    if not signs >= {r"\veebar", r"\oplus"}:
        return None
    return lambda term: op(r"\oplus", *term.args) if term.op == "op" and term.data == r"\veebar" else term


def _planck(parts: list[Term]) -> Change | None:
    r"""``\hbar`` as h/2π, if the pair has both letters."""
    if not {_HBAR, _H} <= set(parts):
        return None
    return lambda term: mul(_H, inverse(mul(num(2), const("pi")))) if term == _HBAR else term


_HBAR, _H = name(r"\hbar"), name("h")


def _bare_limits(parts: list[Term]) -> Change | None:
    r"""Limits without their place, if the pair has one that does not show it: ``\lim a_n``."""
    if not any(part.op == "lim" for part in parts) or not any(map(_is_bare_limit, parts)):
        return None
    return lambda term: op(r"\lim", term.args[0]) if term.op == "lim" or _is_bare_limit(term) else term


def _is_bare_limit(term: Term) -> bool:
    return term.op == "op" and term.data == r"\lim" and len(term.args) > 1


def _written_out(parts: list[Term]) -> Change | None:
    r"""A sum with dots and one with its sign as nothing that is computed, if the pair has one of each."""
    dotted = {part for part in parts if part.op == "op" and part.data in _WRITTEN_OUT}
    signed = {part for part in parts if part.op in ("sum", "prod")}
    if len(dotted) != 1 or len(signed) != 1:
        return None
    return lambda term: op("total") if term in dotted | signed else term


_WRITTEN_OUT = frozenset(("+...", "product..."))


def _disjoint_unions(parts: list[Term]) -> Change | None:
    r"""Disjoint unions as unions, if the pair has two of these signs: ``\sqcup``, ``\uplus`` and ``\cup``."""
    signs = {str(part.data) for part in parts if part.op in ("op", "ac")} & _UNIONS
    if len(signs) < 2:
        return None
    return lambda term: Term("ac", r"\cup", term.args) if term.op == "op" and term.data in _UNIONS else term


_UNIONS = frozenset((r"\cup", r"\sqcup", r"\uplus"))


def _sequences_in_braces(parts: list[Term]) -> Change | None:
    r"""Braces with an index: brackets around a sequence, with several elements sorted: ``\{a_n\}_{n\in\mathbb N}``."""
    ranged = {part.args[0] for part in parts if part.op == "sub" and part.args[0].op == "set"}
    if not ranged:
        return None

    def change(term: Term) -> Term:
        if term not in ranged:
            return term
        return term.args[0] if len(term.args) == 1 else term.with_args(tuple(sorted(term.args, key=repr)))

    return change


def _partial_derivatives(parts: list[Term]) -> Change | None:
    """``f'_x`` as ``f_x``, if the pair has both."""
    indexed = {part for part in parts if part.op == "sub" and part.args[1] in _VARIABLES}
    primed = {part for part in parts if part.op == "op" and part.data == "'" and part.args[0] in indexed}
    if not primed:
        return None
    return lambda term: term.args[0] if term in primed else term


_VARIABLES = frozenset(map(name, "xyzt"))


def _open_integrals(parts: list[Term]) -> Change | None:
    r"""Integrals as nothing that is computed, if the pair has one with and one without a differential."""
    if not any(part.op == "int" for part in parts) or not any(map(_is_open, parts)):
        return None
    return lambda term: op("integral", *term.args[-2:]) if term.op == "int" or _is_open(term) else term


def _is_open(term: Term) -> bool:
    return term.op == "op" and term.data in INTEGRALS


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


def _common_divisors(parts: list[Term]) -> Change | None:
    """Pairs that are equal to a number as their greatest common divisor, or least common multiple."""
    if not any(_states_divisor(part) for part in parts):
        return None

    def change(term: Term) -> Term:
        if not _states_divisor(term):
            return term
        return term.with_args(
            tuple(
                fn("lcm" if arg.data == ("[", "[") else "gcd", *sorted(arg.args, key=repr))
                if arg.op == "tuple"
                else arg
                for arg in term.args
            )
        )

    return change


def _states_divisor(term: Term) -> bool:
    if term.op != "chain" or term.data != ("=",) or len(term.args) != 2:
        return False
    pair, other = sorted(term.args, key=lambda arg: arg.op != "tuple")
    if (
        pair.op != "tuple"
        or len(pair.args) != 2
        or not (other == name("d") or (other.op == "num" and other.value > 0))
    ):
        return False
    return all(arg.op in ("num", "name", "sub", "add", "mul", "pow") for arg in pair.args)


def _common_multiples(parts: list[Term]) -> Change | None:
    """Pairs of numbers in brackets as common multiples or divisors, if the pair has one of these in words."""
    words = {part.data for part in parts if part.op == "fn"} & {"lcm", "gcd"}
    if not words:
        return None

    def change(term: Term) -> Term:
        word = _DIVISORS.get(str(term.data), "") if term.op == "tuple" and len(term.args) == 2 else ""
        return fn(word, *term.args) if word in words else term

    return change


_DIVISORS = {str(("[", "[")): "lcm", str(("(", "(")): "gcd"}

SECOND_SIGNS = (
    _negations,
    _de_morgan,
    _triangles,
    _circles,
    _stars,
    _sequences,
    _exclusive_disjunctions,
    _planck,
    _open_integrals,
    _bare_limits,
    _written_out,
    _disjoint_unions,
    _sequences_in_braces,
    _partial_derivatives,
    _expectations,
    _common_divisors,
    _common_multiples,
)
"""The changes that write second signs alike, each for the parts of both sides."""
