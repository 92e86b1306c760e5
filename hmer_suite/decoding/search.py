"""Greedy and beam search for recognisers that write one token after the other, free or constrained by a grammar.

The network may be one of torch (`hmer_suite.decoding.stepwise`) or an exported one (`hmer_suite.predict.onnx_reader`):
the search sees it as `Steps`, and needs no torch itself.

The search space: all token sequences of at most `how.max_length` tokens, each with its end. The log-probability
of a hypothesis sums those of its tokens and of its end, also if it ends because of the length; its
score is logprob / length**a with the end counted in the length, so that the empty formula has one too.

The beam: at each step the best continuations of an image share its places; a hypothesis that ends keeps its place
(Sutskever et al. 2014, section 3.2), and the search of an image stops when no place is left or when the best score that
any live hypothesis could still reach (nothing lost on the way to its most favourable length) is no better than the
worst of the `nbest` that ended. That rule changes no result. A beam of 1 is greedy search. Ties are broken by the
numbers of the tokens, so that results depend neither on chance nor on the other samples of a batch. A hypothesis that
repeats itself (`loops`) is ended as soon as possible.

With `how.constrained` every hypothesis is a valid formula, whatever the model says (`hmer_suite.decoding.constraint`).
Greedy search returns the same with and without it if the free result is valid. If the end is the most likely token and
the grammar does not allow it yet, the hypothesis is closed in as few tokens as possible: a model that is driven past
its end repeats itself. The constrained search space consists of the sequences that keep to this.

With `how.prefix` the first tokens are given: the search goes on from there, and log-probabilities include them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hmer_suite.decoding.constraint import Constraint, constraint
from hmer_suite.decoding.prefix import prefix_numbers
from hmer_suite.errors import PluginError, UsageError
from hmer_suite.latex.automaton import DEAD, Configuration, DeadEnd
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.vocabulary import BEGIN, END, PAD, Vocabulary

FLOOR = -10_000.0
"""Smallest log-probability, which also replaces NaN, so that sums stay finite."""


class Steps(Protocol):
    """A network that has encoded a batch and writes tokens: rows of memory and state, at first one for each sample.

    `name` is that of the recogniser, for messages.
    """

    name: str
    vocabulary: Vocabulary

    def __len__(self) -> int:
        """Number of rows."""

    def step(self, tokens: Sequence[int]) -> np.ndarray:
        """Log-probabilities (R, V) of the next token after `tokens`, one for each row; the state moves on."""

    def keep_memory(self, rows: Sequence[int]) -> None:
        """Replace what stays the same by these of its rows; they may repeat."""

    def keep_state(self, rows: Sequence[int]) -> None:
        """Replace what changes from token to token by these of its rows; they may repeat."""


def search_steps(steps: Steps, how: Decoding) -> list[tuple[Hypothesis, ...]]:
    """The `how.nbest` best hypotheses of each sample, the best first; at least one, at most `how.beam`.

    Raises:
        UsageError: `how` asks for no beam, no hypothesis or a negative length, for a grammar in which nothing
            can be written with the model's vocabulary, or for a prefix that the model or the grammar does not have.
        PluginError: the model's log-probabilities do not have the shape (N, V).
    """
    check(how)
    if how.lm_weight:
        raise UsageError(
            "lm_weight: this recogniser has a language model of its own; the setting is for CTC recognisers"
        )
    return _Search(steps, how).run() if len(steps) else []


def score(logprob: float, tokens: int, length_penalty: float) -> float:
    """Score of a hypothesis: its log-probability over a power of the length, the end counted."""
    return logprob / (tokens + 1) ** length_penalty


LOOP_REPEATS, LOOP_TOKENS, LOOP_PERIOD = 8, 48, 24
"""Fewest repetitions and tokens of a loop, and the longest part that repeats."""


def loops(tokens: Sequence[object]) -> bool:
    """Whether a sequence ends in many repetitions of one short part."""
    for period in range(1, min(LOOP_PERIOD, len(tokens) // LOOP_REPEATS) + 1):
        length = max(LOOP_REPEATS * period, LOOP_TOKENS)
        if length <= len(tokens) and tokens[-length:-period] == tokens[period - length :]:
            return True
    return False


def likelihoods_of_steps(steps: Steps, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
    """Log-likelihoods of each sample's texts by teacher forcing.

    All texts of all samples are processed in parallel, the longest first. Log-probabilities below `FLOOR` count as it.
    """
    flat = [(row, tuple(text)) for row, found in enumerate(texts) for text in found]
    order = sorted(range(len(flat)), key=lambda place: -len(flat[place][1]))
    values: list[list[float]] = [[] for _ in flat]
    _keep(steps, [flat[place][0] for place in order])
    active, step = order, 0
    while active:
        current = [flat[place][1] for place in active]
        logprobs = _logprobs(steps, [text[step - 1] if step else BEGIN for text in current])
        wanted = [text[step] if step < len(text) else END for text in current]
        for place, value in zip(active, logprobs[np.arange(len(wanted)), wanted].tolist(), strict=True):
            values[place].append(value)
        step += 1
        active = [place for place in active if len(flat[place][1]) >= step]
        if len(active) < len(current):
            _keep(steps, range(len(active)))
    likelihoods = iter(Likelihood(sum(found), tuple(found)) for found in values)
    return [[next(likelihoods) for _ in found] for found in texts]


def _keep(steps: Steps, rows: Sequence[int]) -> None:
    steps.keep_memory(rows)
    steps.keep_state(rows)


def _logprobs(steps: Steps, tokens: list[int]) -> np.ndarray:
    """Log-probabilities (R, V) after `tokens`, one per row, between `FLOOR` and 0."""
    found = steps.step(tokens)
    wanted = (len(tokens), len(steps.vocabulary))
    if found.shape != wanted:
        raise PluginError(f"step of {steps.name} returned {found.shape}, not {wanted}")
    return np.clip(np.nan_to_num(found, nan=FLOOR, neginf=FLOOR), FLOOR, 0.0)


def check(how: Decoding) -> None:
    """Raise `UsageError` if `how` asks for no beam, no hypothesis or a negative length."""
    for name, least in (("beam", 1), ("nbest", 1), ("max_length", 0)):
        value = getattr(how, name)
        if value < least:
            raise UsageError(f"{name} must be at least {least}, not {value}")


@dataclass(slots=True)
class _Live:
    """A hypothesis that has not ended: its tokens, and the row of the model's state after them."""

    tokens: tuple[int, ...]
    logprob: float
    row: int
    state: Configuration | DeadEnd
    """State of the grammar; `DEAD` without one."""
    room: int
    """Tokens that may still be written."""


class _Reading:
    """Search of one image: live hypotheses and those that ended."""

    def __init__(self, row: int, how: Decoding, state: Configuration | DeadEnd):
        self.how = how
        self.live = [_Live((), 0.0, row, state, how.max_length)]
        self.ended: list[tuple[float, tuple[int, ...], float]] = []  # score negated, tokens, logprob

    @property
    def places(self) -> int:
        """Places for live hypotheses."""
        return self.how.beam - len(self.ended) if self.live else 0

    def end(self, hypothesis: _Live, logprob: float) -> None:
        """Keep `hypothesis`, which ends here; `logprob` includes its end."""
        ranked = score(logprob, len(hypothesis.tokens), self.how.length_penalty)
        self.ended.append((-ranked, hypothesis.tokens, logprob))

    def settle(self) -> None:
        """Stop if no live hypothesis can still become one of the `nbest`."""
        wanted = min(self.how.nbest, self.how.beam)
        if self.live and len(self.ended) >= wanted:
            self.ended.sort()
            worst, tokens, _ = self.ended[wanted - 1]
            if all(
                (-self._reach(hypothesis), hypothesis.tokens) > (worst, tokens) for hypothesis in self.live
            ):
                self.live = []

    def _reach(self, hypothesis: _Live) -> float:
        """Upper bound of the score of `hypothesis`: no further loss, and the most favourable length."""
        lengths = (len(hypothesis.tokens), self.how.max_length)
        return max(score(hypothesis.logprob, length, self.how.length_penalty) for length in lengths)

    def best(self, vocabulary: Vocabulary) -> tuple[Hypothesis, ...]:
        """The `nbest` best hypotheses that ended."""
        kept = sorted(self.ended)[: self.how.nbest]
        return tuple(
            Hypothesis(vocabulary.decode(tokens), logprob, -ranked) for ranked, tokens, logprob in kept
        )


class _Rows:
    """Memory and state of the model; row i belongs to image `owners[i]`.

    Unused rows stay until they have cost as much as moving the others would: each step processes every row, and a copy
    of a row costs about as much as its step (ski rental: at most twice the cost of perfect foresight).
    """

    def __init__(self, steps: Steps):
        self.steps = steps
        self.owners = list(range(len(steps)))
        self.wasted = 0

    def step(self, tokens: list[int]) -> np.ndarray:
        """Log-probabilities (R, V) after `tokens`, one per row, between `FLOOR` and 0."""
        return _logprobs(self.steps, tokens)

    def arrange(self, readings: list[_Reading]) -> None:
        """Assign each live hypothesis a row with the state that it continues; drop rows if it pays."""
        wanted = [reading.places for reading in readings]
        given = [0] * len(readings)
        for owner in self.owners:
            given[owner] += 1
        self.wasted += sum(max(have - want, 0) for have, want in zip(given, wanted, strict=True))
        cramped = any(len(reading.live) > have for reading, have in zip(readings, given, strict=True))
        unmoved = list(range(len(self.owners)))
        moving = cramped or self.wasted >= sum(wanted)
        sources = self._assign(readings, self._lay_out(wanted) if moving else unmoved.copy())
        if sources != unmoved:
            self.steps.keep_state(sources)

    def _lay_out(self, wanted: list[int]) -> list[int]:
        """Keep `wanted` rows of memory for each image; returns for each new row an old one of the same image."""
        first = {owner: row for row, owner in reversed(list(enumerate(self.owners)))}
        self.owners = [owner for owner, count in enumerate(wanted) for _ in range(count)]
        self.wasted = 0
        sources = [first[owner] for owner in self.owners]
        self.steps.keep_memory(sources)
        return sources

    def _assign(self, readings: list[_Reading], sources: list[int]) -> list[int]:
        """Assign rows to the live hypotheses; returns `sources` with the rows that they come from."""
        living = [iter(reading.live) for reading in readings]
        for row, owner in enumerate(self.owners):
            hypothesis = next(living[owner], None)
            if hypothesis is not None:
                sources[row], hypothesis.row = hypothesis.row, row
        return sources


class _Search:
    """Search of one batch."""

    def __init__(self, steps: Steps, how: Decoding):
        self.how = how
        self.vocabulary = steps.vocabulary
        self.constraint = (
            constraint(steps.vocabulary, how.grammar, how.max_length) if how.constrained else None
        )
        self.prefix = prefix_numbers(steps.vocabulary, how, self.constraint)
        self.rows = _Rows(steps)
        states = [self.constraint.start() if self.constraint else DEAD for _ in range(len(steps))]
        self.readings = [_Reading(row, how, state) for row, state in enumerate(states)]

    def run(self) -> list[tuple[Hypothesis, ...]]:
        """Read every image to its end."""
        for _ in range(self.how.max_length + 1):
            self._extend()
            if not any(reading.live for reading in self.readings):
                break
            self.rows.arrange(self.readings)
        return [reading.best(self.vocabulary) for reading in self.readings]

    def _extend(self) -> None:
        """Append one more token, or the end, to every live hypothesis."""
        live = [hypothesis for reading in self.readings for hypothesis in reading.live]
        tokens = [END] * len(self.rows.owners)
        for hypothesis in live:
            tokens[hypothesis.row] = hypothesis.tokens[-1] if hypothesis.tokens else BEGIN
        found = self.rows.step(tokens)
        if len(live) < len(tokens):
            found = found[[hypothesis.row for hypothesis in live]]
        live_after_prefix = [hypothesis for hypothesis in live if len(hypothesis.tokens) >= len(self.prefix)]
        self._leave_loops(live_after_prefix)
        if self.constraint and live_after_prefix:
            self._close(self.constraint, live, found)
        best = iter(self._best(np.where(self._allowed(live), found, -np.inf)))
        for reading in self.readings:
            self._continue(reading, [(hypothesis, next(best)) for hypothesis in reading.live])

    def _leave_loops(self, live: list[_Live]) -> None:
        """Leave hypotheses that repeat themselves no more room than their end takes."""
        for hypothesis in live:
            if len(hypothesis.tokens) >= LOOP_TOKENS and loops(hypothesis.tokens):
                needed = int(self.constraint.needs(hypothesis.state).min()) if self.constraint else 0
                hypothesis.room = min(hypothesis.room, needed)

    def _close(self, constraint: Constraint, live: list[_Live], found: np.ndarray) -> None:
        """Leave hypotheses that would end if the grammar allowed it no more room than their end takes."""
        for hypothesis, token in zip(live, found.argmax(1).tolist(), strict=True):
            if token == END and not hypothesis.state.accepts:
                hypothesis.room = min(hypothesis.room, int(constraint.needs(hypothesis.state).min()))

    def _allowed(self, live: list[_Live]) -> np.ndarray:
        """True (R, V) for tokens that may follow; without room, the end alone."""
        written = len(live[0].tokens)  # all live hypotheses are equally long
        if written < len(self.prefix):
            allowed = np.zeros((len(live), len(self.vocabulary)), bool)
            allowed[:, self.prefix[written]] = True
            return allowed
        if self.constraint:
            return self.constraint.masks([(hypothesis.state, hypothesis.room) for hypothesis in live])
        allowed = np.array([hypothesis.room > 0 for hypothesis in live])[:, None]
        allowed = allowed.repeat(len(self.vocabulary), axis=1)
        allowed[:, [PAD, BEGIN]] = False
        allowed[:, END] = True
        return allowed

    def _best(self, found: np.ndarray) -> list[list[tuple[float, int]]]:
        """The most likely tokens of each row, as many as the beam is wide; of equal ones the first."""
        if self.how.beam == 1:
            tokens = found.argmax(1)[:, None]
        else:
            tokens = (-found).argsort(axis=1, kind="stable")[:, : self.how.beam]
        values = np.take_along_axis(found, tokens, axis=1)
        return [list(zip(*row, strict=True)) for row in zip(values.tolist(), tokens.tolist(), strict=True)]

    def _continue(self, reading: _Reading, found: list[tuple[_Live, list[tuple[float, int]]]]) -> None:
        """Share the places of one image among the best continuations of its hypotheses."""
        ways = [
            (-hypothesis.logprob - value, hypothesis.tokens, token, hypothesis)
            for hypothesis, best in found
            for value, token in best
            if value > -np.inf
        ]
        ways.sort(key=lambda way: way[:3])
        kept = ways[: reading.places]
        reading.live = []
        for cost, tokens, token, hypothesis in kept:
            if token == END:
                reading.end(hypothesis, -cost)
            else:
                state = self.constraint.advance(hypothesis.state, token) if self.constraint else DEAD
                reading.live.append(
                    _Live((*tokens, token), -cost, hypothesis.row, state, hypothesis.room - 1)
                )
        reading.settle()
