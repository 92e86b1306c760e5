r"""Two notations of one thing in a pair: bars and ``\det``, ``\angle A`` and ``\angle BAC``, ``\bar z`` beside ``|z|``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.interpreting.events import is_order
from hmer_suite.equiv.reading.notations.algebra_notations import ALGEBRA_NOTATIONS
from hmer_suite.equiv.reading.notations.algebra_signs import ALGEBRA_SIGNS
from hmer_suite.equiv.reading.notations.angle_signs import ANGLE_SIGNS, named_angle
from hmer_suite.equiv.reading.notations.coordinates import COORDINATES
from hmer_suite.equiv.reading.notations.index_signs import INDEX_SIGNS
from hmer_suite.equiv.reading.notations.line_signs import LINE_SIGNS
from hmer_suite.equiv.reading.notations.marks import MARKS, Change
from hmer_suite.equiv.reading.notations.matrix_signs import MATRIX_SIGNS
from hmer_suite.equiv.reading.notations.number_notations import NUMBER_NOTATIONS
from hmer_suite.equiv.reading.notations.physics_notations import PHYSICS_NOTATIONS
from hmer_suite.equiv.reading.notations.probability_notations import PROBABILITY_NOTATIONS
from hmer_suite.equiv.reading.notations.relation_notations import RELATION_NOTATIONS
from hmer_suite.equiv.reading.notations.rival_notations import RIVAL_NOTATIONS
from hmer_suite.equiv.reading.notations.rows_of_cases import last_rows, row_numbers
from hmer_suite.equiv.reading.notations.second_signs import SECOND_SIGNS
from hmer_suite.equiv.reading.notations.set_algebra import complements_of_sets
from hmer_suite.equiv.reading.notations.unit_notations import UNIT_NOTATIONS
from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, ONE, Grid, Term, add, fn, name, op, rewrite


def written_alike(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with notations that may mean the same written alike."""
    parts = [*left.walk(), *right.walk()]
    changes = [change for find in _NOTATIONS if (change := find(parts)) is not None]
    for change in changes:
        left, right = rewrite(left, change), rewrite(right, change)
    if _has_inner_product(left) != _has_inner_product(right):
        return rewrite(left, _not_computed), rewrite(right, _not_computed)
    return left, right


def _spelt_sums(parts: list[Term]) -> Change | None:
    r"""A ``\Sigma`` or ``\Pi`` as nothing that is computed, if the pair has a sum or product, whose sign it may be."""
    operators = {part.op for part in parts} | {part.data for part in parts if part.op == "op"}
    letters = {letter for letter, signs in _SPELT_SUMS.items() if not operators.isdisjoint(signs)}
    if not letters:
        return None

    def change(term: Term) -> Term:
        sign = term in letters or (term.op in ("sub", "pow") and term.args[0].data == "inner")
        return op("inner", *term.args) if sign else term

    return change


_SPELT_SUMS = {name(r"\Sigma"): ("sum", r"\sum"), name(r"\Pi"): ("prod", r"\prod")}
"""Letters that may be large operators, and the ops and signs of these."""


def _has_inner_product(term: Term) -> bool:
    return any(map(is_inner_product, term.walk()))


def is_inner_product(term: Term) -> bool:
    """Whether a term is two expressions in angle brackets, not both numbers."""
    return (
        term.op == "op"
        and term.data == "<|<"
        and len(term.args) == 2
        and any(arg.op != "num" for arg in term.args)
    )


def _not_computed(term: Term) -> Term:
    """An inner product as a number that is not known, as it may be spelt as a product."""
    return op("inner", *term.args) if is_inner_product(term) else term


_DET = name(r"\det")


def _determinants(parts: list[Term]) -> Change | None:
    """Bars around matrices as determinants, if the pair has a determinant in words."""
    if not any(part.op == "app" and part.args[0] == _DET for part in parts):
        return None

    def change(term: Term) -> Term:
        bars = term.op == "fn" and term.data == "abs" and any(map(_may_be_matrix, term.args[0].walk()))
        return Term("app", "sure", (_DET, *term.args)) if bars else term

    return change


def _may_be_matrix(term: Term) -> bool:
    return is_capital(term) or (term.op == "name" and term.label.startswith((r"\mathbf", r"\boldsymbol")))


def _hats(parts: list[Term]) -> Change | None:
    r"""Hats over a capital as the angle at it, if the pair has the sign of such an angle: ``\hat L``."""
    signed = [part for part in parts if named_angle(part)]
    if not signed:
        return None

    def change(term: Term) -> Term:
        if term.op != "op" or term.data != r"\hat" or not is_capital(term.args[0]):
            return term
        at_vertex = [part for part in signed if _vertex(part) == term.args[0].data]
        return (at_vertex or [term])[0]

    return change


def _vertex(angle: Term) -> str:
    spelt = named_angle(angle)
    return spelt[len(spelt) // 2]


def _conjugates(parts: list[Term]) -> Change | None:
    """Bars as conjugates, of which nothing is computed, if the pair has absolute values or parts of complex numbers."""
    barred = {part.args[0] for part in parts if _is_barred(part)}
    if not barred or not any(map(_measures_complex, parts)):
        return None
    return lambda term: op("conjugate", *term.args) if _is_barred(term) else term


def _is_barred(term: Term) -> bool:
    return term.op == "op" and term.data == r"\bar" and term.args[0].op == "name"


def _measures_complex(term: Term) -> bool:
    if term.op == "fn":
        return term.data == "abs"
    return term.op == "app" and term.args[0].data in (r"\operatorname{Re}", r"\operatorname{Im}")


def _columns(parts: list[Term]) -> Change | None:
    """Binomial coefficients as columns of two numbers, which are drawn alike, if the pair has such a column."""
    if not any(part.op == "matrix" and part.width == 1 and len(part.args) == 2 for part in parts):
        return None

    def change(term: Term) -> Term:
        binomial = term.op == "fn" and term.data == "binom"
        return Term("matrix", Grid("((", 1), term.args) if binomial else term

    return change


def _texts(parts: list[Term]) -> Change | None:
    """Words without case, brackets and punctuation, if two texts of the pair differ in these alone."""
    texts = {part.label for part in parts if part.op == "text"}
    if len({bare_words(text) for text in texts}) == len(texts):
        return None
    return lambda term: Term("text", bare_words(term.label)) if term.op == "text" else term


def bare_words(words: str) -> str:
    """Words in small letters, without brackets and punctuation; a single letter as it is."""
    kept = " ".join("".join(sign if sign.isalnum() else " " for sign in words).split())
    return kept.lower() if len(kept) > 1 else kept


def _rounded(parts: list[Term]) -> Change | None:
    """Square brackets as the whole part of a number, if the pair has such a part."""
    if not any(part.op == "fn" and part.data == "floor" for part in parts):
        return None
    return lambda term: fn("floor", *term.args) if term.op == "op" and term.data == "[]" else term


def _cardinalities(parts: list[Term]) -> Change | None:
    """Bars around a set as the number of its elements, if the pair has that number with another sign."""
    if not any(_counts_elements(part) for part in parts):
        return None

    def change(term: Term) -> Term:
        bars = term.op == "fn" and term.data == "abs" and any(map(is_capital, term.args[0].walk()))
        return op("card", term.args[-1]) if bars or _counts_elements(term) else term

    return change


def _counts_elements(term: Term) -> bool:
    if term.op == "app" and len(term.args) == 2:
        return term.args[0].data in ("n", r"\operatorname{card}") and any(
            map(is_capital, term.args[1].walk())
        )
    return False


def _empty_sets(parts: list[Term]) -> Change | None:
    r"""A phi as the empty set, if the pair has the empty set: many write ``\phi`` for it."""
    if _EMPTY_SET not in parts:
        return None
    return lambda term: _EMPTY_SET if term.op == "name" and term.data in _LIKE_THE_EMPTY_SET else term


_EMPTY_SET = name(r"\emptyset")
_LIKE_THE_EMPTY_SET = frozenset((r"\phi", r"\varphi", r"\Phi", r"\O"))


def _whole_numbers(parts: list[Term]) -> Change | None:
    r"""The natural and the positive whole numbers written alike, if the pair has two of their signs."""
    found = {part for part in parts if _is_positive(part)}
    found |= {part for part in parts if part == _NATURALS}
    if len(found) < 2:
        return None
    return lambda term: _NATURALS if _is_positive(term) else term


_NATURALS, _INTEGERS = name(r"\mathbb{N}"), name(r"\mathbb{Z}")


def _is_positive(term: Term) -> bool:
    """Whether a term is the natural or the whole numbers with a mark: without zero, with zero, above zero."""
    if term.op not in ("op", "sub", "pow") or not term.args or term.args[0] not in (_NATURALS, _INTEGERS):
        return False
    if term.op == "op":
        return term.label.startswith("^")
    return term.args[1].op in ("empty", "chain", "num", "op")


def _angled(parts: list[Term]) -> Change | None:
    """Angle brackets as those of a pair, if the pair has a tuple."""
    if not any(part.op == "op" and part.data == "<|<" and len(part.args) > 1 for part in parts):
        return None
    if not any(part.op == "tuple" for part in parts):
        return None

    def change(term: Term) -> Term:
        angled = term.op == "op" and term.data == "<|<" and len(term.args) > 1
        return Term("tuple", ("(", "("), term.args) if angled else term

    return change


def _one_sided_limits(parts: list[Term]) -> Change | None:
    r"""``x\downarrow a`` as ``x\to a^+``, if the pair has both arrows."""
    arrows = {part.data for part in parts if part.op == "chain" and len(part.args) == 2}
    if (r"\rightarrow",) not in arrows or arrows.isdisjoint(_SIDES):
        return None

    def change(term: Term) -> Term:
        if term.op != "chain" or (mark := _SIDES.get(term.data)) is None or EMPTY in term.args:
            return term
        return Term("chain", (r"\rightarrow",), (term.args[0], op(mark, term.args[1])))

    return change


_SIDES: dict[object, str] = {
    (r"\downarrow",): "^+", (r"\uparrow",): "^-", (r"\searrow",): "^+", (r"\nearrow",): "^-",
}  # fmt: skip
"""Relations of limits from one side, and the mark of that side."""


def _unit_matrices(parts: list[Term]) -> Change | None:
    """The letters of a unit matrix as one, if the pair has the inverse of a matrix."""
    if not any(
        part.op == "pow" and part.args[1] == MINUS_ONE and _may_be_matrix(part.args[0]) for part in parts
    ):
        return None
    return lambda term: ONE if term in _UNIT_MATRICES else term


_UNIT_MATRICES = frozenset(map(name, ("I", "E", r"\mathbf{I}", r"\mathbf{E}", r"\mathrm{I}")))


def _orders(parts: list[Term]) -> Change | None:
    """Sums of orders of growth as nothing that is computed: the smaller ones do not count."""
    if sum(is_order(part) for part in parts if part.op == "app") < 3:
        return None

    def change(term: Term) -> Term:
        orders = [arg for arg in term.args if arg.op == "app" and is_order(arg)] if term.op == "add" else []
        if len(orders) < 2:
            return term
        return add(*(arg for arg in term.args if arg not in orders), op("orders", *orders))

    return change


def _probabilities(parts: list[Term]) -> Change | None:
    r"""``\Pr`` as the letter of the other probabilities, if the pair has two signs of them."""
    heads = {part.args[0] for part in parts if part.op == "app" and part.args[0].op == "name"}
    words, letters = heads & _PROBABILITY_WORDS, heads & _PROBABILITY_LETTERS
    if not words or not letters:
        return None
    return lambda term: name("P") if term in _PROBABILITY_WORDS | _PROBABILITY_LETTERS else term


_PROBABILITY_WORDS = frozenset(map(name, (r"\Pr", r"\operatorname{Pr}", r"\mathrm{Pr}")))
_PROBABILITY_LETTERS = frozenset(map(name, ("P", r"\mathbb{P}", r"\mathrm{P}", r"\mathbf{P}")))


_NOTATIONS = (
    *ANGLE_SIGNS,
    *LINE_SIGNS,
    *COORDINATES,
    *MATRIX_SIGNS,
    *INDEX_SIGNS,
    *ALGEBRA_SIGNS,
    *PROBABILITY_NOTATIONS,
    complements_of_sets,
    row_numbers,
    last_rows,
    *SECOND_SIGNS,
    *RIVAL_NOTATIONS,
    *ALGEBRA_NOTATIONS,
    *PHYSICS_NOTATIONS,
    *RELATION_NOTATIONS,
    *NUMBER_NOTATIONS,
    *UNIT_NOTATIONS,
    *MARKS,
    _probabilities,
    _spelt_sums,
    _orders,
    _columns,
    _determinants,
    _hats,
    _conjugates,
    _texts,
    _rounded,
    _cardinalities,
    _empty_sets,
    _whole_numbers,
    _angled,
    _one_sided_limits,
    _unit_matrices,
)
