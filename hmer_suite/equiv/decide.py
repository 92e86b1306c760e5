r"""The decision: do two formulas mean the same?

docs/semantics.md defines EQUAL and DIFFERENT. In short: letters are real numbers, unknown functions are arbitrary;
two expressions are equal if they have the same domain, except for isolated points, and the same values on it. The
steps, cheapest first: the same text; the same canonical spelling; then, for every reading of ambiguous notation, the
same structure or normal form, or a point at which the sides differ; last, sympy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product, starmap
from time import perf_counter

from hmer_suite.equiv.difference import difference
from hmer_suite.equiv.difference.renaming import are_parameters_renamed, are_renamed
from hmer_suite.equiv.equality import STRUCTURAL, SYMBOLIC, equality, structure
from hmer_suite.equiv.poles import divisors
from hmer_suite.equiv.reading.choices import ALTERNATIVES, ReadingChoices
from hmer_suite.equiv.reading.factors.kept_brackets import without_kept
from hmer_suite.equiv.reading.interpreting.angles import with_named_angles, zeros_for_degrees_differ
from hmer_suite.equiv.reading.interpreting.bound_letters import with_bound_letters
from hmer_suite.equiv.reading.interpreting.cycles import are_cycles_in_unlike_order
from hmer_suite.equiv.reading.interpreting.factorial_powers import with_factorial_powers
from hmer_suite.equiv.reading.interpreting.infinities import infinities_differ
from hmer_suite.equiv.reading.interpreting.interpretations import general_reading, special_readings
from hmer_suite.equiv.reading.interpreting.plus_minus import has_independent_signs
from hmer_suite.equiv.reading.interpreting.quantifiers import with_quantifiers_in_front
from hmer_suite.equiv.reading.letter_kinds import kind_of
from hmer_suite.equiv.reading.notations.boolean_algebra import may_agree_in_logic
from hmer_suite.equiv.reading.notations.matrices import with_unit_matrices
from hmer_suite.equiv.reading.notations.said_otherwise import is_said_otherwise
from hmer_suite.equiv.reading.notations.segments import multiplied_proportions, raised_segments
from hmer_suite.equiv.reading.notations.unlike_signs import may_be_two_notations
from hmer_suite.equiv.reading.notations.written_out import may_be_written_out
from hmer_suite.equiv.reading.operators import QUANTIFIERS, SYMMETRIC
from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.reading.respelling.decimal_commas import decimal_comma_for_semicolon
from hmer_suite.equiv.reading.respelling.numbering import without_numbering
from hmer_suite.equiv.reading.respelling.other_readings import (
    OTHER_READINGS,
    OTHER_READINGS_OF_ONE_SIDE,
    are_words_in_letters,
    foreign_signs,
)
from hmer_suite.equiv.reading.respelling.product_points import same_but_for_points
from hmer_suite.equiv.reading.respelling.respelt import with_usual_spellings
from hmer_suite.equiv.reading.respelling.spelt_functions import with_functions_spelt_alike
from hmer_suite.equiv.reading.respelling.stray_signs import same_but_for_unmatched_brackets
from hmer_suite.equiv.solutions import same_solutions
from hmer_suite.equiv.sympy_proof import proved_equal
from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term, name, replace
from hmer_suite.equiv.verdict import AMBIGUOUS, DIFFERENT, EQUAL, UNDECIDED, UNPROVEN, Verdict
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse
from hmer_suite.repairs.near_repairs import near_repairs
from hmer_suite.repairs.repair import repair

MAX_READINGS = 16
"""Pairs with more combinations of readings are UNDECIDED."""
DEPTH = "depth"
"""Reason: nested too deeply to be read."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """The result for one reading: how the pair is equal, or where it differs, or that it is ambiguous."""

    equal: str | None = None
    witness: Mapping[str, str] | None = None
    ambiguous: bool = False


def decide(a: str, b: str) -> Verdict:
    """EQUAL, DIFFERENT or UNDECIDED for two formulas, LaTeX or tokens.

    Hostile input may take unlimited time and memory; `hmer_suite.equiv.sandbox.judge` limits both.
    """
    start = perf_counter()
    verdict = _decided(a, b)
    return Verdict(verdict.verdict, verdict.how, verdict.witness, verdict.reason, perf_counter() - start)


def _decided(a: str, b: str) -> Verdict:
    left, right = sorted((split(a), split(b)))  # so that the verdict does not depend on the order of the pair
    if left == right:
        return Verdict(EQUAL, "identical")
    try:
        return _parsed(left, right)
    except RecursionError:
        return Verdict(UNDECIDED, "unsupported", reason=DEPTH)


def _parsed(left: list[str], right: list[str]) -> Verdict:
    try:
        trees = [canonical_tree(parse(tokens)) for tokens in (left, right)]
    except LatexSyntaxError:
        return _unparsed(left, right)
    if unparse(trees[0]) == unparse(trees[1]):
        return Verdict(EQUAL, "canonical")
    return _by_meaning(*trees)


def _unparsed(left: list[str], right: list[str]) -> Verdict:
    """The verdict where the grammar refuses a side: DIFFERENT if it is so however that side is repaired, never EQUAL.

    Where both are refused, one of them is the reference, and what it was meant to be is a guess.
    """
    undecided = Verdict(UNDECIDED, "unparsed", reason="unparsed")
    if any(token[0] == "\\" and token not in CLASSES for token in (*left, *right)):
        return undecided  # a command that is not known here is no slip to be repaired
    if _without_braces(left) == _without_braces(right):
        return undecided  # one brace moved is two edits, and the likeliest slip of all
    refused = [tokens for tokens in (left, right) if not is_valid(tokens)]
    if len(refused) == 2:
        return undecided
    near = near_repairs(refused[0])
    if not near.exhaustive:
        return undecided
    fixed = tuple(split(repair(join(refused[0])).output))
    pairs = [
        [canonical_tree(parse(output if tokens is refused[0] else tokens)) for tokens in (left, right)]
        for output in dict.fromkeys((fixed, *near.outputs))
    ]
    if any(unparse(first) == unparse(second) for first, second in pairs):
        return undecided
    witness = None
    for pair in pairs:
        verdict = _by_meaning(*pair)
        if verdict.verdict != DIFFERENT:
            return undecided
        witness = witness or verdict.witness
    return Verdict(DIFFERENT, "unparsed", witness)


def _without_braces(tokens: list[str]) -> list[str]:
    return [token for token in tokens if token not in ("{", "}")]


def _by_meaning(left: Node, right: Node) -> Verdict:
    left, right = with_usual_spellings(left), with_usual_spellings(right)
    left, right = with_functions_spelt_alike(left, right)
    verdict = _by_readings(left, right)
    bare = without_numbering(left), without_numbering(right)
    if bare != (left, right) and _by_readings(*bare).verdict != verdict.verdict:
        return Verdict(UNDECIDED, "unsupported", reason=AMBIGUOUS)
    if verdict.verdict == EQUAL and (
        infinities_differ(left, right)
        or zeros_for_degrees_differ(left, right)
        or decimal_comma_for_semicolon(left, right)
        or are_cycles_in_unlike_order(left, right)
        or (verdict.how == SYMBOLIC and any(map(has_independent_signs, (left, right))))
    ):
        return Verdict(UNDECIDED, "unsupported", reason=AMBIGUOUS)
    if verdict.verdict != DIFFERENT:
        return verdict
    if (
        foreign_signs(left) != foreign_signs(right)
        or are_words_in_letters(left, right)
        or same_but_for_points(left, right)
        or same_but_for_unmatched_brackets(left, right)
        or any(_may_agree(left, right, change) for change in OTHER_READINGS)
        or any(_may_agree_on_one_side(left, right, change) for change in OTHER_READINGS_OF_ONE_SIDE)
    ):
        return Verdict(UNDECIDED, "unsupported", reason=AMBIGUOUS)
    return verdict


def _may_agree(left: Node, right: Node, change: Callable[[Node], Node]) -> bool:
    """Whether sides that are different are not surely so once they are changed to another reading."""
    pair = change(left), change(right)
    return pair != (left, right) and _by_readings(*pair).verdict != DIFFERENT


def _may_agree_on_one_side(left: Node, right: Node, change: Callable[[Node], Node]) -> bool:
    """Whether the change to another reading is one of a single side, and makes sides that are not surely different."""
    pair = change(left), change(right)
    return (pair[0] == left) != (pair[1] == right) and _by_readings(*pair).verdict != DIFFERENT


def _by_readings(left: Node, right: Node) -> Verdict:
    """The verdict on which all readings of the notation agree."""
    findings: list[_Finding] = []
    for pair in _readings(left, right):
        if pair is None:
            return Verdict(UNDECIDED, "unsupported", reason=AMBIGUOUS)
        findings.append(_finding(*pair))
        if _undecided(findings):
            break
    return _verdict(findings)


def _readings(left: Node, right: Node) -> Iterator[tuple[Term, Term, tuple[set[str], set[str]]] | None]:
    """The pair in every reading that can matter, with the doubts of each side; None ends too many readings."""
    used: dict[str, None] = {}
    seen: set[ReadingChoices] = set()
    waiting = [ReadingChoices()]
    while waiting:
        choices = waiting.pop(0)
        if choices in seen:
            continue
        seen.add(choices)
        readers = TermReader(choices), TermReader(choices)
        yield readers[0].read(left), readers[1].read(right), (readers[0].doubts, readers[1].doubts)
        used.update(dict.fromkeys(sorted(readers[0].used | readers[1].used)))
        if 2 ** len(used) > MAX_READINGS:
            yield None
            return
        options = product(*(ALTERNATIVES[name] for name in used))
        waiting.extend(ReadingChoices(**dict(zip(used, option, strict=True))) for option in options)


def _finding(left: Term, right: Term, doubts: tuple[set[str], set[str]]) -> _Finding:
    left, right = (with_bound_letters(with_quantifiers_in_front(side)) for side in (left, right))
    left, right = with_named_angles(_renamed_quantified(left), _renamed_quantified(right))
    special = without_kept(left), without_kept(right)
    specials = (special, *with_factorial_powers(left, right))
    left, right = general_reading(left, right)
    if any(doubts):
        same = doubts[0] == doubts[1] and structure(left) == structure(right)
        if _has_quantifiers(left) != _has_quantifiers(right):
            return _Finding(witness={})
        return _Finding(STRUCTURAL if same else None, ambiguous=not same)
    if (how := equality(left, right)) is not None:
        return _Finding(equal=how)
    if same_solutions(left, right):
        return _Finding(equal=SYMBOLIC)
    if may_agree_in_logic(left, right) or _are_segments_alike(*special):
        return _Finding(ambiguous=True)
    if (found := _compared(specials, (left, right))) is not None:
        return found
    if are_renamed(*(with_unit_matrices(left, right) or (left, right))):
        return _Finding(witness={})
    return _Finding(equal=SYMBOLIC if _proved(left, right) else None)


def _are_segments_alike(left: Term, right: Term) -> bool:
    """Whether the sides are equal if two capitals side by side are the lengths of segments."""
    pairs = (raised_segments(left, right), multiplied_proportions(left, right))
    return any(pair is not None and equality(*pair) is not None for pair in pairs)


def _compared(specials: Sequence[tuple[Term, Term]], general: tuple[Term, Term]) -> _Finding | None:
    """What the special readings say: ambiguous, if the pair is equal in one; a witness, if they differ in all."""
    first = specials[0]
    shown: Mapping[str, str] = {}
    for ours, theirs in chain.from_iterable(starmap(special_readings, specials)):
        witness = difference(ours, theirs)
        if equality(ours, theirs) is not None:
            return _Finding(ambiguous=True)
        if witness is None:
            return None
        shown = shown or _shown(witness, *first)
    if (
        are_parameters_renamed(*general)
        or may_be_written_out(*first)
        or is_said_otherwise(*first)
        or may_be_two_notations(ours, theirs)
    ):
        return _Finding(ambiguous=True)
    return _Finding(witness=shown)


def _shown(witness: Mapping[str, str], left: Term, right: Term) -> Mapping[str, str]:
    """The part of a witness that a reader can substitute: no letters of words or units, no sets, no internal names."""
    letters = {part.label for side in (left, right) for part in side.walk() if part.op == "name"}
    return {
        letter: value
        for letter, value in witness.items()
        if letter
        and letter[0] != "#"
        and not letter.startswith(r"\mathbb")
        and (letter in letters or len(letter) > 1)
    }


def _has_quantifiers(term: Term) -> bool:
    return any(part.op == "op" and part.data in QUANTIFIERS for part in term.walk())


def _proved(left: Term, right: Term) -> bool:
    """Whether sympy proves the pair equal; statements side by side."""
    if left.op == right.op == "chain" and left.data == right.data:
        if set(divisors(left.args)) != set(divisors(right.args)):
            return False  # a statement does not hold where it divides by zero
        stated = not any(side.op in NON_EXPRESSIONS for side in right.args)
        turned = stated and len(right.args) == 2 and right.relations[0] in SYMMETRIC
        return any(
            all(
                equality(a, b) is not None or proved_equal(a, b)
                for a, b in zip(left.args, sides, strict=True)
            )
            for sides in ((right.args, right.args[::-1]) if turned else (right.args,))
        )
    return proved_equal(left, right)


def _renamed_quantified(term: Term) -> Term:
    """The term with its quantified letters, which are bound in the whole formula, named by their order."""
    if term.op != "list":  # nothing follows in which the letter could be bound
        return term
    letters: dict[Term, str] = {}
    declared = {
        letter
        for part in term.walk()
        if part.op == "chain" and part.relations[0] == r"\in"
        for letter in part.args[0].walk()
    }
    for part in term.walk():
        if part.op == "op" and part.data in QUANTIFIERS and len(part.args) == 1:
            letter = part.args[0]
            letter = letter.args[0] if letter.op == "chain" else letter
            if letter.op == "name" and letter not in letters:
                letters[letter] = kind_of(letter, letter in declared)
    for index, (letter, kind) in enumerate(letters.items()):
        term = replace(term, letter, name(f"\u2200{index}{kind}"))
    return term


def _undecided(findings: list[_Finding]) -> bool:
    """Whether the pair is undecided, whatever the other readings say."""
    last = findings[-1]
    return (last.equal is None and last.witness is None) or bool(findings[0].equal) != bool(last.equal)


def _verdict(findings: list[_Finding]) -> Verdict:
    if all(finding.equal for finding in findings):
        how = SYMBOLIC if any(finding.equal == SYMBOLIC for finding in findings) else STRUCTURAL
        return Verdict(EQUAL, how)
    if all(finding.witness is not None for finding in findings):
        witness = findings[0].witness
        return Verdict(DIFFERENT, "numeric" if witness else "structural", witness or None)
    mixed = len(findings) > 1 and any(f.equal or f.witness is not None for f in findings)
    mixed = mixed or any(finding.ambiguous for finding in findings)
    return Verdict(UNDECIDED, "unsupported", reason=AMBIGUOUS if mixed else UNPROVEN)
