r"""Notations of one side that the other may write out: ``[x,p]``, ``\langle A\rangle``, extents of operators.

Between such sides with the same letters no difference is certain: ``[x,p]=i\hbar`` and ``xp-px=i\hbar``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hmer_suite.equiv.equality import equality, structure
from hmer_suite.equiv.reading.factors.functions import FUNCTION_NAMES
from hmer_suite.equiv.reading.notations.algebra import has_commutator
from hmer_suite.equiv.terms import (
    BINDERS,
    EMPTY,
    MINUS_ONE,
    ONE,
    TWO,
    Term,
    add,
    const,
    name,
    rewrite,
)


def may_be_written_out(left: Term, right: Term) -> bool:
    """Whether a difference may rest on a notation of one side, the extent of an operator, or names of constants."""
    if _letters(left) == _letters(right) and _has_rivals(left, right):
        return True
    return (
        _has_other_angles(left, right)
        or _has_word_apart(left, right)
        or _reaches_further(left, right)
        or _has_other_constants(left, right)
    )


def _letters(term: Term) -> set[str]:
    """The letters of a term without those that an operator binds, and names of operators."""
    bound = {
        part.args[1]
        for part in term.walk()
        if part.op == "deriv"
        or (part.op in BINDERS and part.args[2:] != (EMPTY, EMPTY) and part.args[0] != ONE)
    }
    bound |= {letter for part in term.walk() if _is_second_derivative(part) for letter in part.args[1].walk()}
    return {
        part.label
        for part in term.walk()
        if part.op == "name"
        and part not in bound | _OPERATORS
        and not part.label.isdecimal()
        and not part.label.startswith(r"\operatorname")
    }


_OPERATORS = frozenset(map(name, ("d", "e", "i", "j", "E", "O", r"\Theta")))


# --- brackets of quantum mechanics --------------------------------------------------------------------------------


def _has_other_angles(left: Term, right: Term) -> bool:
    r"""Whether brackets such as ``\langle A\rangle`` and ``|n\rangle`` are others on one side, or typed as ``|n>``."""
    ours, theirs = _angled(left), _angled(right)
    if ours == theirs:
        return False
    letters, others = _letters(left), _letters(right)
    return letters == others if not (ours and theirs) else letters <= others or others <= letters


def _angled(term: Term) -> Counter[tuple[object, ...]]:
    """The shapes of the brackets that are those of states and means, in signs or typed, and not of pairs."""
    signs = [part for part in term.walk() if part.op == "op" and part.data in _ANGLED]
    return Counter(
        (part.data, *(arg.op for arg in part.args))
        for part in signs
        if part.data != "<|<" or len(part.args) == 1
    )


_ANGLED = frozenset(("<||", "||<", "<|<"))


# --- functions that a word names ----------------------------------------------------------------------------------


def _has_word_apart(left: Term, right: Term) -> bool:
    """Whether one side alone has functions with names that are not known here, of the letters of the other."""
    if not _letters(left) == _letters(right) != set():
        return False
    ours, theirs = _words(left), _words(right)
    named = bool(ours) != bool(theirs)
    return named or bool(ours - FUNCTION_NAMES) != bool(theirs - FUNCTION_NAMES)


def _words(term: Term) -> set[str]:
    """The names of functions without known values."""
    heads = {part.args[0].data for part in term.walk() if part.op == "app"}
    words = {str(head)[14:-1] for head in heads if str(head).startswith(r"\operatorname{")}
    return {word for word in words if len(word) > 1} - (FUNCTION_NAMES - _COMPUTED)


_COMPUTED = frozenset(("sinc", "erf"))
"""Functions of numbers that have a name here, and no values."""


# --- pairs of notations -------------------------------------------------------------------------------------------


def _has_rivals(left: Term, right: Term) -> bool:
    """Whether one side has a notation, and the other one of which its value may be written."""
    return any(
        _has(one, notation) and not _has(other, notation) and _has(other, rival)
        for one, other in ((left, right), (right, left))
        for notation, rival in _RIVALS
    )


def _has(term: Term, test: Callable[[Term], bool]) -> bool:
    return any(map(test, term.walk()))


def _is_sum(term: Term) -> bool:
    return term.op == "add"


def _is_absolute(term: Term) -> bool:
    return term.op == "fn" and term.data == "abs"


def _is_times_conjugate(term: Term) -> bool:
    """Whether a product has a letter and its conjugate."""
    if term.op not in ("mul", "ordered"):
        return False
    return any(arg.op == "op" and arg.data in _CONJUGATES and arg.args[0] in term.args for arg in term.args)


_CONJUGATES = frozenset(("^*", r"\bar", r"^\dagger"))


def _is_integral_of_derivative(term: Term) -> bool:
    if term.op != "int" or EMPTY in term.args[2:]:
        return False
    return term.args[0] == ONE or _has(term.args[0], _is_derivative)


def _is_derivative(term: Term) -> bool:
    return term.op == "deriv" or (term.op == "op" and str(term.data)[:1] == "'")


def _is_difference_of_values(term: Term) -> bool:
    return term.op == "add" and sum(_has(arg, lambda part: part.op == "app") for arg in term.args) > 1


def _is_differential_of_bracket(term: Term) -> bool:
    return term.op == "mul" and term.args[0] == name("d") and len(term.args) == 2


def _is_differential(term: Term) -> bool:
    return term.op == "op" and term.data == "d"


def _is_order(term: Term) -> bool:
    return term.op == "app" and term.args[0] in (name("O"), name(r"\Theta"))


def _compares_growth(term: Term) -> bool:
    return term.op == "chain" and not _OF_GROWTH.isdisjoint(term.relations)


_OF_GROWTH = frozenset((r"\ll", r"\gg", r"\asymp", r"\lesssim", r"\gtrsim", r"\prec", r"\preceq"))


def _is_parallel(term: Term) -> bool:
    return term.op == "chain" and r"\parallel" in term.relations


def _is_quotient(term: Term) -> bool:
    return term.op == "pow" and term.args[1] == MINUS_ONE


def _is_laplacian(term: Term) -> bool:
    return term.op == "op" and term.data in (r"\Delta", r"\nabla\cdot") and len(term.args) == 1


def _is_second_derivative(term: Term) -> bool:
    if term.op == "deriv":
        return term.args[2] == TWO
    return term.op == "sub" and term.args[1].op == "juxt" and len(set(term.args[1].args)) == 1


_RIVALS = (
    (has_commutator, _is_sum),
    (_is_absolute, _is_times_conjugate),
    (_is_integral_of_derivative, _is_difference_of_values),
    (_is_differential_of_bracket, _is_differential),
    (_is_order, _compares_growth),
    (_is_parallel, _is_quotient),
    (_is_laplacian, _is_second_derivative),
)
"""Notations, each with what shows that the other side may write it out."""


# --- the extent of operators --------------------------------------------------------------------------------------


def _reaches_further(left: Term, right: Term) -> bool:
    r"""Whether the sides are the same once an operator reaches over all summands after it: ``\sum_k2k-1``."""
    wide = rewrite(left, _wide), rewrite(right, _wide)
    return wide != (left, right) and equality(*wide) is not None


def _wide(term: Term) -> Term:
    if term.op != "add":
        return term
    for place, summand in enumerate(term.args[:-1]):
        if summand.op in _OPEN or (summand.op == "app" and summand.args[0].data in _EXTREMA):
            body = 1 if summand.op == "app" else 0
        elif summand.op == "app" and summand.args[0].op == "sub" and summand.args[0].args[0].data in _EXTREMA:
            body = 1
        else:
            continue
        args = list(summand.args)
        args[body] = add(args[body], *term.args[place + 1 :])
        return add(*term.args[:place], summand.with_args(tuple(args)))
    return term


_OPEN = BINDERS - {"int"} | {"deriv"}
"""Operators without a sign at their end."""
_EXTREMA = frozenset((r"\argmax", r"\argmin", r"\max", r"\min", r"\sup", r"\inf"))


# --- constants of integration -------------------------------------------------------------------------------------


def _has_other_constants(left: Term, right: Term) -> bool:
    r"""Whether the sides differ in the names of constants of integration alone: ``y=Ce^x`` and ``y=Ae^x``."""
    ours, theirs = _constants(left), _constants(right)
    if len(ours) != len(theirs) or ours == theirs or not _has(left, _is_transcendental):
        return False
    return structure(_numbered(left, ours)) == structure(_numbered(right, theirs))


def _numbered(term: Term, constants: list[Term]) -> Term:
    """A term with its constants named by their order."""
    names = {constant: name(f"#constant{place}") for place, constant in enumerate(constants)}
    return rewrite(term, lambda part: names.get(part, part))


def _constants(term: Term) -> list[Term]:
    """Factors and summands that may be constants of integration, in the order of their places."""
    if term.op in ("name", "sub"):
        letter = term.args[0] if term.op == "sub" and term.args[1].op == "num" else term
        return [term] if letter in _LETTERS_OF_CONSTANTS else []
    args = term.args if term.op in ("add", "mul", "chain") else ()
    return list(dict.fromkeys(constant for arg in args for constant in _constants(arg)))


_LETTERS_OF_CONSTANTS = frozenset(map(name, "ABCKc"))


def _is_transcendental(term: Term) -> bool:
    if term.op == "pow":
        return term.args[0] in (name("e"), const("e"))
    return term.op == "fn" and term.data in ("ln", "sin", "cos", "sinh", "cosh")
