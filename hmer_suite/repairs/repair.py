"""Repair of one formula: usual slips, rules for redundant symbols, the cheapest edits, and the edits as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import CLASS_OF, grammar
from hmer_suite.latex.token_classes import CLASSES, FORBIDDEN, UNKNOWN
from hmer_suite.latex.tokens import MAY_TAKE_STAR, join, split, tokens
from hmer_suite.repairs import double_scripts
from hmer_suite.repairs.cheapest import DELETE, INSERT, Search, environments
from hmer_suite.repairs.double_scripts import merged
from hmer_suite.repairs.names import nearest
from hmer_suite.repairs.one_pass import repair_in_one_pass
from hmer_suite.repairs.ranking import RepairRanker, Step
from hmer_suite.repairs.reasons import why
from hmer_suite.repairs.rules import DEFAULT_RULES, RULES, Rule, apply_rules
from hmer_suite.repairs.slips import mended

if TYPE_CHECKING:
    from rapidfuzz.distance import Editop

MAX_ROUNDS = 4
"""Rounds of rules and search; a second one is needed only where an edit lets a rule fire again."""

EXACT_UP_TO = 16
"""Edits up to which the cheapest repair is searched for; what is more broken keeps the first draft."""

MAX_ALIGNED = 20_000
"""Tokens up to which the edits listed are proved to be as few as possible for the output."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: *op* is insert, delete or replace; *at* counts characters of the user's own string.

    *token* is the token inserted, deleted, or written in place of the one at *at*.
    """

    op: str
    token: str
    at: int
    why: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A repaired formula. *cost* is the number of edits, the token edit distance from input to output.

    (For inputs longer than `MAX_ALIGNED` tokens it is an upper bound: the edits as they were made.)
    """

    input: str
    output: str
    cost: float
    edits: tuple[Edit, ...]

    def to_json(self) -> dict:
        """The object that ``hmer-suite fix --json`` prints, without its line number."""
        return asdict(self) | {"edits": [asdict(edit) for edit in self.edits]}


def repair(
    text: str,
    *,
    aggressive: bool = False,
    rules: Iterable[Rule] | None = None,
    permit_unknown: bool = False,
    model: token_model.Model | None = None,
) -> Repair:
    """Edit *text* so that the grammar accepts it; text that it accepts comes back byte for byte.

    Args:
        text: a formula, as spaced tokens or as LaTeX is typed.
        aggressive: apply the rules for redundant symbols to valid text as well.
        rules: rules to apply before the search, instead of the default ones.
        permit_unknown: keep commands that no table lists, as symbols.
        model: token model that chooses among repairs of equal cost, instead of the shipped one.
    """
    words = split(text)
    if _accepts(words, permit_unknown) and not aggressive:
        return Repair(text, text, 0.0, ())
    if rules is None:
        rules = RULES if aggressive else DEFAULT_RULES
    mending = mended(words, permit_unknown)
    single = merged(list(mending.tokens))
    steps, output = _repaired(single.tokens, tuple(rules), permit_unknown, model)
    apart = _stars_apart(output)
    if apart == words:
        return Repair(text, text, 0.0, ())
    reasons = dict.fromkeys(single.positions, double_scripts.WHY) if list(mending.tokens) == words else {}
    reasons |= mending.reasons
    if single.tokens != tuple(words) or apart != output:
        steps = None
    edits = _edits(text, words, _fewest(steps, words, apart, reasons))
    return Repair(text, join(apart), float(len(edits)), edits)


def _stars_apart(words: Sequence[str]) -> list[str]:
    r"""*words* with braces around a star that would become part of the command before it (``\operatorname *``)."""
    apart: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        apart += ["{", word, "}"] if word == "*" and before in MAY_TAKE_STAR else [word]
    return apart


def _accepts(words: Sequence[str], permit_unknown: bool) -> bool:
    configuration = grammar().start
    for cls in classes_of(words, permit_unknown):
        configuration = configuration[cls]
    return configuration.accepts


def classes_of(words: Sequence[str], permit_unknown: bool) -> list[str]:
    """Token classes of *words*; with *permit_unknown*, unknown commands are symbols."""
    classes = [CLASS_OF[word] for word in words]
    if permit_unknown:
        pairs = zip(classes, words, strict=True)
        return ["SYMBOL" if cls == UNKNOWN and word not in FORBIDDEN else cls for cls, word in pairs]
    return classes


ReasonedStep = tuple[Step, str]
"""An edit and the reason for it."""


def _repaired(
    words: Sequence[str],
    rules: tuple[Rule, ...],
    permit_unknown: bool,
    model: token_model.Model | None,
) -> tuple[list[ReasonedStep] | None, list[str]]:
    """Edits at positions in *words*, each with its reason, and the output; None for edits of several rounds."""
    cleaned = apply_rules(words, rules)
    current = list(cleaned.tokens)
    steps: list[ReasonedStep] | None = [
        (Step(DELETE, removal.token, removal.at), removal.why) for removal in cleaned.removed
    ]
    places = [*cleaned.positions, len(words)]
    for round_ in range(MAX_ROUNDS):
        if not _accepts(current, permit_unknown):
            found = search_steps(current, permit_unknown=permit_unknown, model=model)
            reasons = [why(step, current) for step in found]
            current = apply_steps(found, current)
            if steps is not None:
                moved = [Step(step.operation, step.token, places[step.position]) for step in found]
                steps += zip(moved, reasons, strict=True)
        again = apply_rules(current, rules) if round_ + 1 < MAX_ROUNDS else None
        if again is None or not again.removed:
            return steps, current
        current, steps = list(again.tokens), None
    return steps, current


def search_steps(
    words: Sequence[str], *, permit_unknown: bool = False, model: token_model.Model | None = None
) -> list[Step]:
    """The best of the cheapest edits that make the grammar accept *words*, in order of position."""
    classes = classes_of(words, permit_unknown)
    possible, spellings = replacements(words, classes)
    ranker = RepairRanker(words, spellings, model or token_model.shipped())
    draft = repair_in_one_pass(classes, possible, 2 if len(words) < 1_000 else 1)
    if len(draft) <= EXACT_UP_TO:
        lattice = Search(classes, possible, budget=1_500 + 3 * len(words)).run()
        if lattice is not None:
            return ranker.choose(lattice)
    return [ranker.spell(*edit) for edit in draft]


def replacements(
    words: Sequence[str], classes: Sequence[str]
) -> tuple[dict[int, tuple[str, ...]], dict[tuple[int, str], str]]:
    """Classes that may replace a token at cost 1, by position, and how to spell them."""
    found: dict[int, tuple[str, ...]] = {}
    spellings: dict[tuple[int, str], str] = {}
    begun = [CLASSES.get(nearest(word), UNKNOWN) for word in words if _is_unknown_beginning(word)]
    closing = tuple(f"END_{name}" for name in environments([*classes, *begun]))
    for position in positions_in_text(classes):
        token = _ESCAPED.get(classes[position])
        if token:
            found[position] = ("CHAR",)
            spellings[position, "CHAR"] = token
    for position, cls in enumerate(classes):
        if cls.startswith("END_") or (cls == UNKNOWN and words[position].startswith("\\end{")):
            found[position] = closing
        elif cls == UNKNOWN:
            token = nearest(words[position])
            found[position] = (CLASSES.get(token, "CHAR"),)
            if token:
                spellings[position, CLASSES[token]] = token
    return found, spellings


def _is_unknown_beginning(token: str) -> bool:
    return token.startswith("\\begin{") and CLASS_OF[token] == UNKNOWN


_ESCAPED = {"SUB": "\\_", "AMP": "\\&"}
"""What is written for marks of mathematics that stand in text."""


def positions_in_text(classes: Sequence[str]) -> list[int]:
    r"""Positions of the tokens between the braces of ``\text`` and the like, but for mathematics between dollars."""
    found: list[int] = []
    outside: list[tuple[bool, bool]] = []
    in_text = in_dollars = False
    for position, cls in enumerate(classes):
        if cls == "LBRACE":
            outside.append((in_text, in_dollars))
            if position > 0 and classes[position - 1] == "TEXT":
                in_text, in_dollars = True, False
        elif cls == "RBRACE":
            in_text, in_dollars = outside.pop() if outside else (False, False)
        elif cls == "DOLLAR":
            # Outside of text it opens nothing: there a dollar is a mistake.
            in_text, in_dollars = in_dollars, in_text
        elif in_text:
            found.append(position)
    return found


def apply_steps(steps: Sequence[Step], words: Sequence[str]) -> list[str]:
    """*words* after *steps*, which are in order of position."""
    output: list[str] = []
    done = 0
    for step in steps:
        output += words[done : step.position]
        done = step.position
        if step.operation != INSERT:
            done += 1
        if step.operation != DELETE:
            output.append(step.token)
    return output + list(words[done:])


def _fewest(
    steps: list[ReasonedStep] | None, words: list[str], output: list[str], known: Mapping[int, str]
) -> list[ReasonedStep]:
    """*steps* if no fewer edits lead from *words* to *output*, else such edits, with reasons where known."""
    if steps is not None:
        steps = sorted(steps, key=lambda pair: pair[0].position)
        if len(words) > MAX_ALIGNED:
            return steps
    from rapidfuzz.distance import Levenshtein

    if steps is not None and len(steps) == Levenshtein.distance(words, output):
        return steps
    reasons = dict(known) | {step.position: reason for step, reason in steps or ()}
    return [_aligned(op, words, output, reasons) for op in Levenshtein.editops(words, output)]


def _aligned(op: Editop, words: list[str], output: list[str], reasons: dict[int, str]) -> ReasonedStep:
    token = words[op.src_pos] if op.tag == DELETE else output[op.dest_pos]
    step = Step(op.tag, token, op.src_pos)
    return step, reasons.get(op.src_pos) or why(step, words)


def _edits(text: str, words: Sequence[str], steps: list[ReasonedStep]) -> tuple[Edit, ...]:
    starts = [token.start for token in tokens(text)] + [len(text)]
    return tuple(Edit(step.operation, step.token, starts[step.position], reason) for step, reason in steps)
