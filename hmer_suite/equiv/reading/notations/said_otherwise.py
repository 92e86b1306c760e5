r"""What one side says in another way, so that no difference is certain: ``2^n`` and ``2,4,8,\ldots``, ``n`` is even.

Each test takes the two sides in one order; `is_said_otherwise` asks all of them in both.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.letter_kinds import is_whole
from hmer_suite.equiv.terms import EMPTY, NON_EXPRESSIONS, Term, const, name


def is_said_otherwise(left: Term, right: Term) -> bool:
    """Whether one side may say in words, by members, or as a whole what the other says otherwise."""
    return any(test(*pair) for test in _TESTS for pair in ((left, right), (right, left)))


def _is_general_term(expression: Term, members: Term) -> bool:
    r"""Whether one side lists numbers with an ellipsis, and the other is the general one: ``2^n``."""
    listed = members.op == "list" and _DOTS in members.args
    letters = {part for part in expression.walk() if part.op == "name"}
    return listed and expression.op not in NON_EXPRESSIONS and len(letters) == 1 and is_whole(*letters)


_DOTS = const("dots")


def _is_point_of_plane(point: Term, number: Term) -> bool:
    """Whether one side is two coordinates and the other a complex number."""
    imaginary = not _IMAGINARY.isdisjoint(number.walk())
    return point.op == "tuple" and len(point.args) == 2 and number.op == "add" and imaginary


_IMAGINARY = frozenset((const("i"), name("i"), name("j")))


def _is_family(family: Term, other: Term) -> bool:
    r"""Whether one side has multiples of an angle by a letter of its own, perhaps by any whole number: ``x=k\pi``."""
    multiples = {
        factor
        for part in family.walk()
        if part.op == "mul" and not _ANGLES.isdisjoint(part.walk())
        for factor in part.args
        if is_whole(factor)
    }
    return family.op in ("chain", "list") and not multiples <= set(other.walk())


_ANGLES = frozenset((const("pi"), const("deg")))


def _is_set_of_solutions(solutions: Term, other: Term) -> bool:
    """Whether one side names a set by a letter for solutions, and the other is that set or a statement without it."""
    if solutions.op != "chain" or solutions.data != ("=",):
        return False
    letter, found = solutions.args
    is_named = letter in _SOLUTIONS and letter not in other.walk() and found.op in ("set", "tuple", "op")
    return is_named and (other.op == "chain" or other == found)


_SOLUTIONS = frozenset(
    name(letter if font == "" else rf"{font}{{{letter}}}")
    for letter in "LS"
    for font in ("", r"\mathbb", r"\mathcal", r"\mathrm")
)
"""Letters for the set of the solutions of an equation."""


def _is_tolerance(tolerance: Term, interval: Term) -> bool:
    r"""Whether one side is two numbers by their middle, perhaps all between them, and the other an interval."""
    return const("sign") in tolerance.walk() and tolerance.op == "add" and interval.op == "tuple"


def _lacks_first_side(shorter: Term, longer: Term) -> bool:
    """Whether one side is the end of the other, which begins with a letter: ``>5`` and ``x>5``."""
    if not (shorter.op == longer.op == "chain") or shorter.args[0] != EMPTY:
        return False
    rest = (longer.relations, longer.args[1:])
    return longer.args[0].op == "name" and rest == (shorter.relations, shorter.args[1:])


def _says_in_words(words: Term, other: Term) -> bool:
    r"""Whether one side says with a word what the other may say in signs: ``n\text{ is even}`` and ``2\mid n``."""
    texts = [part.label.lower().split() for part in words.walk() if part.op == "text"]
    predicates = _PREDICATES.intersection(word.strip(".,") for text in texts for word in text)
    return bool(predicates) and not any(part.op == "text" for part in other.walk())


_PREDICATES = frozenset(
    "even odd prime coprime composite divisible divides disjoint parallel perpendicular orthogonal independent similar "
    "congruent increasing decreasing monotonic continuous convergent converges diverges divergent bounded injective "
    "surjective bijective linear symmetric positive negative nonnegative real rational irrational integer empty finite "
    "infinite constant undefined singular invertible impossible equal".split()
)
"""Words that say of something what signs say, too."""


def _is_gradient(gradient: Term, derivatives: Term) -> bool:
    r"""Whether one side has a gradient and the other derivatives in its place: ``\nabla f``, ``D_vf``, ``f_x``."""
    has_derivatives = any(
        part.op == "deriv" or (part.op == "sub" and part.args[0] in _DIFFERENTIAL_OPERATORS)
        for part in derivatives.walk()
    )
    return _NABLA in gradient.walk() and _NABLA not in derivatives.walk() and has_derivatives


_NABLA = name(r"\nabla")
_DIFFERENTIAL_OPERATORS = frozenset(map(name, ("D", r"\partial")))


def _is_written_with_dots(members: Term, total: Term) -> bool:
    r"""Whether one side writes with dots what the other has as a sum or product: ``a_1a_2\cdots a_n``."""
    dotted = any(part.op == "op" and part.data in ("juxt...", "+...") for part in members.walk())
    return dotted and any(part.op in ("sum", "prod") for part in total.walk())


def _is_reaction(arrow: Term, equals: Term) -> bool:
    r"""Whether one side has an arrow under the conditions over the other's equals sign: ``A\xrightarrow{\Delta}B``."""
    if not (arrow.op == equals.op == "chain"):
        return False
    pairs = list(zip(arrow.relations, equals.relations, strict=False))
    conditions = [
        ours.removesuffix(r"{ \rightarrow }") == theirs.removesuffix("{ = }") for ours, theirs in pairs
    ]
    return len(arrow.args) == len(equals.args) and arrow.relations != equals.relations and all(conditions)


def _is_derivation(arrows: Term, lines: Term) -> bool:
    r"""Whether one side has arrows between the statements that the other lists: ``2x=4\Rightarrow x=2``."""
    follows = arrows.op == "chain" and set(arrows.relations) <= _FOLLOWING
    return follows and lines.op == "list" and lines.args == arrows.args


_FOLLOWING = frozenset((r"\Rightarrow", r"\Leftrightarrow", r"\rightarrow"))

_TESTS = (
    _is_derivation,
    _is_reaction,
    _is_gradient,
    _is_written_with_dots,
    _is_general_term,
    _is_point_of_plane,
    _is_family,
    _is_set_of_solutions,
    _is_tolerance,
    _lacks_first_side,
    _says_in_words,
)
