"""Factors side by side: a product, or a list of signs where multiplication is not certain."""

from __future__ import annotations

from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, ONE, Term, const, is_fixed, name, op

BESIDE_WORD = "word"
"""Data of a ``juxt`` outside an index: factors, one of them a word or missing."""


def juxtaposed(factors: list[Term]) -> Term:
    """Factors side by side as one term."""
    if len(factors) == 1:
        return factors[0]
    if not factors:
        return EMPTY
    if any(factor.op == "text" or factor is EMPTY for factor in factors):
        return Term("juxt", BESIDE_WORD, tuple(factors))
    if const("dots") in factors:
        return op("juxt...", *factors)
    if any(
        factor.op == "op" and not factor.args for factor in factors
    ):  # a sign, with which nothing is computed
        return op("juxt.", *factors)
    return in_order(factors) if _order_matters(factors) else Term("mul", None, tuple(factors))


def joined(left: Term, right: Term) -> Term:
    """Two factors with a sign of multiplication between them."""
    factors = [*_factors(left), *_factors(right)]
    return in_order(factors) if _order_matters(factors) else Term("mul", None, (left, right))


def _factors(term: Term) -> tuple[Term, ...]:
    return term.args if term.op in ("mul", "ordered") else (term,)


def in_order(factors: list[Term]) -> Term:
    """A product that need not commute, its numbers taken out."""
    numbers = [factor for factor in factors if is_fixed(factor)]
    ordered = Term("ordered", None, tuple(factor for factor in factors if not is_fixed(factor)))
    return Term("mul", None, (*numbers, ordered)) if numbers else ordered


def _order_matters(factors: list[Term]) -> bool:
    others = [factor for factor in factors if not is_fixed(factor)]
    if len(others) < 2:
        return False
    if sum(map(_is_syllable, others)) > 1 or sum(map(_is_script, others)) > 1:
        return True
    return any(map(_is_operator, others)) or sum(map(_may_not_commute, others)) > 1 or _has_inverse(others)


def _is_syllable(term: Term) -> bool:
    """Whether a letter is one of a script of words, so that side by side they are a word."""
    return term.op == "name" and len(term.label) == 1 and term.label > "\u2e7f"


def _is_script(term: Term) -> bool:
    """Whether a term is a script on nothing, which belongs to the factor beside it."""
    return term.op in ("sub", "pow") and term.args[0] == EMPTY


def _has_inverse(factors: list[Term]) -> bool:
    """Whether a capital with the exponent -1 is beside another capital: inverse matrices, ``PAP^{-1}``."""
    capitals = sum(is_capital(factor.args[0] if factor.op == "pow" else factor) for factor in factors)
    return capitals > 1 and any(_is_inverse(factor) for factor in factors)


def _is_inverse(term: Term) -> bool:
    return term.op == "pow" and term.args[1] == MINUS_ONE and is_capital(term.args[0])


def base_and_exponent(factor: Term) -> tuple[Term, Term]:
    """The base and the exponent of a factor; the factor itself as its base if the exponent is no number."""
    is_power = factor.op == "pow" and factor.args[1].op == "num"
    return (factor.args[0], factor.args[1]) if is_power else (factor, ONE)


LETTERS_OF_MATRICES = frozenset(map(name, (r"\gamma", r"\sigma", "e")))
"""Letters that with several indices are matrices, or the units of an algebra."""


def is_letter(term: Term) -> bool:
    """Whether a term is a letter, perhaps with an index or under a mark, or a matrix with an upper index."""
    if term.op == "pow":
        return term.args[0] in LETTERS_OF_MATRICES
    return term.op in ("name", "sub") or (
        term.op == "op" and len(term.args) == 1 and term.args[0].op == "name"
    )


def is_conjugate(term: Term) -> bool:
    """Whether a product has a letter and, not beside it, its inverse: ``ghg^{-1}``."""
    powers = [base_and_exponent(factor) for factor in term.args if factor.op != "num"]
    if term.op not in ("mul", "ordered") or not all(is_letter(base) for base, _ in powers):
        return False
    apart = (pair for gap in range(2, len(powers)) for pair in zip(powers, powers[gap:], strict=False))
    return any(a == b and {m, n} == {ONE, MINUS_ONE} for (a, m), (b, n) in apart)


_CAPITAL_GREEK = frozenset(r"\Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega".split())


def is_capital(term: Term) -> bool:
    """Whether a term is a capital letter, perhaps with an index."""
    if term.op == "sub":
        return is_capital(term.args[0])
    return term.op == "name" and (
        (len(term.label) == 1 and term.label.isupper()) or term.data in _CAPITAL_GREEK
    )


_ADJOINTS = frozenset((r"^\dagger", r"^\ddagger", r"^\intercal"))
TRANSPOSITIONS = frozenset(
    ("T", r"\top", r"\mathrm{T}", r"\mathsf{T}", r"\mathtt{T}", r"\mathbf{T}", r"\mathit{T}")
)
"""Exponents that transpose a matrix or a column."""


_DIRAC = frozenset(("<||", "||<"))
r"""Signs of a bra ``\langle p|`` and a ket ``|p\rangle``."""


_ORDERING = _ADJOINTS | _DIRAC


def _is_operator(term: Term) -> bool:
    r"""Whether the order matters beside any letter: a matrix, ``\hat H``, ``b^\dagger``, ``u^T``."""
    if term.op == "op" and term.data in (r"\hat", r"\widehat"):
        return term.args[0].op == "name" and term.args[0].label.isupper()
    if term.op == "op":
        return term.data in _ORDERING or (term.data == "^*" and is_capital(term.args[0]))
    if term.op == "pow" and term.args[1].op in ("name", "text") and term.args[1].data in TRANSPOSITIONS:
        return _may_be_matrix(term.args[0])
    return term.op == "matrix" or (term.op in ("sub", "pow") and _is_operator(term.args[0]))


def _may_be_matrix(term: Term) -> bool:
    """Whether a base with the exponent T may be a matrix: letters, but no number such as ``1 + r``."""
    return all(part.op != "num" for part in (term, *(term.args if term.op == "add" else ())))


def _may_not_commute(term: Term) -> bool:
    if term.op == "name":
        return term.label.startswith((r"\mathbf", r"\boldsymbol", r"\bm"))
    if term.op == "op":
        return term.data in _NOT_COMMUTING or _is_cycle(term)
    if term.op in ("sub", "pow", "app"):
        return _may_not_commute(term.args[0])
    if term.op in ("add", "mul", "ordered"):
        return any(map(_may_not_commute, term.args))
    return term.op == "matrix" or _is_cycle(term)


def _is_cycle(term: Term) -> bool:
    """Whether a term is numbers in round brackets, with commas or spaces between them, perhaps a permutation."""
    listed = term.data == "juxt0" if term.op == "op" else term.op == "tuple" and term.data == ("(", "(")
    return listed and all(arg.op == "num" for arg in term.args)


_NOT_COMMUTING = _ADJOINTS | {r"\vec", r"\overrightarrow", r"\hat", r"\widehat", "apply", "^T", r"^\top"}


def is_computed(term: Term) -> bool:
    """Whether a term has a sum, product or power of numbers to compute."""
    if any(
        part.op == "mul" and any(f.op == "num" and f != MINUS_ONE for f in part.args) for part in term.walk()
    ):
        return True
    return term.op in ("add", "mul", "pow") and all(
        part.op in ("num", "add", "mul", "pow") for part in term.walk()
    )
