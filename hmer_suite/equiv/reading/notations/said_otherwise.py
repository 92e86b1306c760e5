r"""What one side says in another way, so that no difference is certain: ``2^n`` and ``2,4,8,\ldots``, ``n`` is even.

Each test takes the two sides in one order; `is_said_otherwise` asks all of them in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from hmer_suite.equiv.reading.letter_kinds import is_whole
from hmer_suite.equiv.reading.operators import FLIPPED
from hmer_suite.equiv.terms import EMPTY, NON_EXPRESSIONS, ONE, Term, const, name


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
    stated = other.op == "chain" or (other.op == "list" and all(part.op == "chain" for part in other.args))
    return is_named and (stated or other == found)


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


def _is_chain_in_parts(whole: Term, parts: Term) -> bool:
    r"""Whether one side is a chain of relations and the other lists them one by one: ``A\subset B\subset C``."""
    if whole.op != "chain" or parts.op != "list" or any(part.op != "chain" for part in parts.args):
        return False
    links = set(zip(whole.relations, whole.args, whole.args[1:], strict=False))
    if len(parts.args) != len(whole.relations):
        return False
    links |= {(FLIPPED[sign], b, a) for sign, a, b in links if sign in FLIPPED}
    return all((part.relations[0], *part.args) in links for part in parts.args)


_FOLLOWING = frozenset((r"\Rightarrow", r"\Leftrightarrow", r"\rightarrow"))


def _is_commutator(bracket: Term, products: Term) -> bool:
    r"""Whether one side has letters in brackets and the other two products of them: ``[A,B]``, ``AB-BA``."""
    brackets = {part for part in bracket.walk() if _may_be_commutator(part)}
    if not brackets or any(part.op in ("tuple", "set") for part in products.walk()):
        return False
    used = Counter(part for part in products.walk() if part.op == "name")
    return any(all(used[letter] > 1 for letter in part.args) for part in brackets)


def _may_be_commutator(term: Term) -> bool:
    in_brackets = term.op == "set" or (term.op == "tuple" and term.data == ("[", "["))
    return in_brackets and len(term.args) == 2 and all(arg.op == "name" for arg in term.args)


def _is_inner_product(bracket: Term, product: Term) -> bool:
    r"""Whether one side gives two letters in brackets the value that the other gives their product: ``(u,v)=0``."""
    if not (bracket.op == product.op == "chain") or not bracket.data == product.data == ("=",):
        return False
    (pair, value), (factors, same) = bracket.args, product.args
    is_product = factors.op == "mul" or (factors.op == "op" and factors.data == r"\cdot")
    return pair.op == "tuple" and is_product and value == same and set(factors.args) == set(pair.args)


def _is_first_numbers(bracket: Term, members: Term) -> bool:
    r"""Whether one side is a letter in square brackets, and the other the numbers up to it: ``\{1,\dots,n\}``."""
    in_brackets = bracket.op == "op" and bracket.data == "[]"
    return in_brackets and members.op == "set" and _DOTS in members.args and members.args[-1:] == bracket.args


def _has_turned_indices(left: Term, right: Term) -> bool:
    r"""Whether the sides differ in the order of two indices that it may not matter for: those of a strain."""
    return any(turned in set(right.walk()) for part in left.walk() if (turned := _turned(part)) is not None)


def _turned(term: Term) -> Term | None:
    """A letter for a tensor that may be symmetric, its two indices in the other order; None for any other term."""
    if term.op != "sub" or term.args[0] not in _PERHAPS_SYMMETRIC or term.args[1].op != "juxt":
        return None
    index = term.args[1].args
    if len(index) != 2 or index[0] == index[1]:
        return None
    return term.with_args((term.args[0], term.args[1].with_args(index[::-1])))


_PERHAPS_SYMMETRIC = frozenset(map(name, (r"\epsilon", r"\varepsilon", r"\Gamma")))


def _is_column(binomial: Term, vector: Term) -> bool:
    r"""Whether one side has numbers one above the other in brackets, and the other the point: ``\binom12``."""
    columns = {part.args for part in binomial.walk() if part.op == "fn" and part.data == "binom"}
    return any(part.op == "tuple" and part.args in columns for part in vector.walk())


def _is_vector_product(wedge: Term, cross: Term) -> bool:
    r"""Whether one side writes a vector product with a wedge: ``\vec u\wedge\vec v``."""
    wedges = [part.args for part in wedge.walk() if part.op in ("op", "ac") and part.data == r"\wedge"]
    products = {frozenset(part.args) for part in cross.walk() if _may_be_cross_product(part)}
    return any(len(args) == 2 and frozenset(args) in products for args in wedges)


def _may_be_cross_product(term: Term) -> bool:
    return (term.op == "op" and term.data == r"\times") or (term.op == "mul" and len(term.args) == 2)


def _is_transform(transform: Term, other: Term) -> bool:
    r"""Whether one side has a transform of square brackets, the other one of braces, or a hat: ``\mathcal F[f]``."""
    return any(map(_is_of_square_bracket, transform.walk())) and any(map(_is_of_braces_or_hat, other.walk()))


def _is_of_square_bracket(term: Term) -> bool:
    return term.op == "app" and term.args[0] in _TRANSFORMS


def _is_of_braces_or_hat(term: Term) -> bool:
    if term.op == "mul":
        return any(a in _TRANSFORMS and b.op == "set" for a, b in pairwise(term.args))
    return term.op == "op" and term.data in (r"\hat", r"\widehat")


_TRANSFORMS = frozenset(
    name(rf"{font}{{{letter}}}") for font in (r"\mathcal", r"\mathscr") for letter in "FL"
)


def _is_asymptotic(equivalence: Term, limit: Term) -> bool:
    r"""Whether one side says with a sign that a quotient, the limit of the other, tends to one: ``f\sim g``."""
    says_so = equivalence.op == "chain" and equivalence.data == (r"\sim",)
    return says_so and limit.op == "chain" and limit.args[0].op == "lim" and limit.args[1] == ONE


def _is_one_sided_limit(limit: Term, value: Term) -> bool:
    """Whether one side is a limit from one side, and the other has a function at that place: ``f(0^+)``."""
    places = {part.args[2] for part in limit.walk() if part.op == "lim" and part.args[2].op == "op"}
    return any(part.op == "app" and not places.isdisjoint(part.args) for part in value.walk())


def _is_derivative_by_comma(comma: Term, other: Term) -> bool:
    r"""Whether one side has an index behind a comma, a derivative, that the other writes otherwise: ``f_{,x}``."""
    indices = {
        part.args[1].args[-1]
        for part in comma.walk()
        if part.op == "sub" and part.args[1].op == "list" and EMPTY in part.args[1].args
    }
    return not indices.isdisjoint(_differentiated_by(other))


def _differentiated_by(term: Term) -> Iterator[Term]:
    r"""What a term differentiates by, or has as the index of a comma: ``\partial_x``, ``f,_x``."""
    for part in term.walk():
        if part.op == "deriv" or (part.op == "sub" and part.args[0] in (*_DIFFERENTIAL_OPERATORS, EMPTY)):
            yield part.args[1]


_TESTS = (
    _is_chain_in_parts,
    _is_commutator,
    _is_inner_product,
    _is_first_numbers,
    _has_turned_indices,
    _is_column,
    _is_vector_product,
    _is_transform,
    _is_asymptotic,
    _is_one_sided_limit,
    _is_derivative_by_comma,
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
