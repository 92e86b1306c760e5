"""Reading frames: what connectionist temporal classification (CTC) makes of a row of distributions.

Any recogniser whose frames are each a token or the blank may use it:

    from hmer_suite.decoding.ctc import read_frames

    def decode(self, batch, how):
        logprobs, lengths = ...                # (N, T, S), (N,)
        return read_frames(logprobs, lengths, self.vocabulary, how)

Shapes: N batch, T frames, S choices of a frame: the blank is number 0, symbol i of the vocabulary number i + 1; so no
token of the vocabulary can stand for silence. L tokens of a label.

A row of choices, one a frame, is an alignment; what it says is what is left when runs of one choice are made one and
blanks are taken out. A label's probability sums those of all its alignments (A. Graves et al., ICML 2006). Two equal
tokens in a row need a blank between them: a label needs as many frames as it has tokens and doubles.

Greedy reading takes what the most probable alignment says. The prefix beam search (A. Hannun et al., "First-pass large
vocabulary continuous speech recognition using bi-directional recurrent DNNs", 2014, algorithm 1) sums alignments that
say the same as it goes, in logarithms; it follows the `beam` best prefixes, each with the alignments that end in a
blank and those that do not apart. All hypotheses are given their exact log-probability at the end.

With `how.constrained` a prefix grows only by tokens that the grammar takes, and only as long as the frames that are
left suffice to end the formula, a blank before each token; what the best path says is kept where it is valid. With
`how.lm_weight` the search prefers prefixes that formulas begin with.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, inf, log, log1p
from operator import itemgetter

import torch
from torch import Tensor

from hmer_suite.decoding.constraint import Constraint, constraint
from hmer_suite.decoding.stepwise import check
from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import Configuration, DeadEnd
from hmer_suite.nn.ctc import BLANK, NEGLIGIBLE, SHIFT, losses, out_of_reach
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.vocabulary import Vocabulary

GREEDY_WIDTH = 8
"""Prefixes that greedy reading follows where the grammar refuses the best path: frames remember nothing, so a look
aside costs little."""


def read_frames(
    logprobs: Tensor, lengths: Tensor, vocabulary: Vocabulary, how: Decoding
) -> list[tuple[Hypothesis, ...]]:
    """For each row of frames its `how.nbest` best readings, the best first; at least one, at most `how.beam`.

    `logprobs` (N, T, S), of which the first `lengths` (N,) frames count.

    Raises:
        UsageError: *how* asks for no beam, no hypothesis or a negative length, or for a grammar in which nothing can
            be written with the vocabulary.
    """
    check(how)
    logprobs, lengths = logprobs.detach().float().cpu(), lengths.cpu()
    search = _Search(vocabulary, how)
    rows = [frames[:count].numpy() for frames, count in zip(logprobs, lengths.tolist(), strict=True)]
    found = [search.read(frames) for frames in rows]
    exact = _exact(logprobs, lengths, found)
    ranked = []
    for readings, values in zip(found, exact, strict=True):
        order = sorted(readings, key=lambda reading: (-values[reading] - readings[reading], reading))
        hypotheses = [
            Hypothesis(
                tuple(vocabulary.symbols[number - 1] for number in reading),
                min(values[reading], 0.0),
                values[reading] + readings[reading],
            )
            for reading in order
        ]
        ranked.append(tuple(hypotheses[: min(how.nbest, how.beam)]))
    return ranked


def likelihoods(
    logprobs: Tensor, lengths: Tensor, texts: Sequence[Sequence[Sequence[int]]]
) -> list[list[Likelihood]]:
    """Log-likelihoods of each row's texts (token numbers without begin and end), summed over all alignments.

    `logprobs` (N, T, S), of which the first `lengths` (N,) frames count. Texts that a row has too few frames for have
    the log-probability `IMPOSSIBLE`.
    """
    logprobs, lengths = logprobs.detach().float().cpu(), lengths.cpu()
    asked = [[tuple(number - SHIFT for number in text) for text in found] for found in texts]
    exact = _exact(logprobs, lengths, [dict.fromkeys(found, 0.0) for found in asked])
    return [
        [Likelihood(min(values[text], 0.0)) for text in found]
        for found, values in zip(asked, exact, strict=True)
    ]


def best_path(frames) -> tuple[int, ...]:
    """What the most probable alignment of frames (T, S) says."""
    path = [BLANK, *frames.argmax(1).tolist()] if len(frames) else []
    return tuple(after for before, after in pairwise(path) if after != BLANK and after != before)


Readings = dict[tuple[int, ...], float]
"""Readings of one image, choices of the tokens, with what the language model adds to their log-probability."""

IMPOSSIBLE = -10_000.0
"""Log-probability of a reading that no alignment gives, as an ending that the frames had no room for."""


def _exact(logprobs: Tensor, lengths: Tensor, found: list[Readings]) -> list[dict[tuple[int, ...], float]]:
    """Log-probabilities of all readings, over all alignments."""
    if not logprobs.shape[1]:
        return [{reading: 0.0 if not reading else IMPOSSIBLE for reading in readings} for readings in found]
    rows = [(row, reading) for row, readings in enumerate(found) for reading in readings]
    labels = torch.zeros(
        len(rows), max((len(reading) for _, reading in rows), default=0) or 1, dtype=torch.long
    )
    for label, (_, reading) in zip(labels, rows, strict=True):
        label[: len(reading)] = torch.tensor(reading, dtype=torch.long)
    index = torch.tensor([row for row, _ in rows], dtype=torch.long)
    counts = torch.tensor([len(reading) for _, reading in rows], dtype=torch.long)
    values = -losses(logprobs[index], lengths[index], labels, counts)
    values[out_of_reach(labels, counts, lengths[index])] = IMPOSSIBLE
    exact: list[dict[tuple[int, ...], float]] = [{} for _ in found]
    for (row, reading), value in zip(rows, values.clamp(min=IMPOSSIBLE).tolist(), strict=True):
        exact[row][reading] = value
    return exact


class _Prefix:
    """A beginning of a reading: a node of the tree of all that were tried, with its log-probabilities so far.

    `ended` and `open` are those of its alignments that end in a blank and in its last token. `state` is what the
    grammar and `context` what the language model know of it; `bonus` is what the latter adds. `need` counts tokens
    without which it is no formula.
    """

    __slots__ = (
        "bonus",
        "children",
        "context",
        "ended",
        "length",
        "need",
        "open",
        "parent",
        "state",
        "token",
    )

    def __init__(self, parent: _Prefix | None, token: int):
        self.parent, self.token = parent, token
        self.length = 0 if parent is None else parent.length + 1
        self.children: dict[int, _Prefix] = {}
        self.ended, self.open = -inf, -inf
        self.state: Configuration | DeadEnd | None = None
        self.context: token_model.Context | None = None
        self.bonus, self.need = 0.0, 0

    @property
    def reading(self) -> tuple[int, ...]:
        """Its tokens."""
        tokens, prefix = [], self
        while prefix.parent is not None:
            tokens.append(prefix.token)
            prefix = prefix.parent
        return tuple(reversed(tokens))


class _Search:
    """Reads rows of frames one by one; what it learns of grammar and language serves all of them."""

    def __init__(self, vocabulary: Vocabulary, how: Decoding):
        self.vocabulary, self.how = vocabulary, how
        self.grammar = _Grammar(vocabulary, how) if how.constrained else None
        self.language = Language(vocabulary, how.lm_weight) if how.lm_weight else None

    def read(self, frames) -> Readings:
        """The best readings of frames (T, S), as many as there are of `how.beam` at most."""
        how = self.how
        if how.beam > 1 or self.language:
            return self._search(frames, how.beam)
        reading = best_path(frames)[: how.max_length]
        if self.grammar is None or self.grammar.accepts(reading):
            return {reading: 0.0}
        return self._search(frames, GREEDY_WIDTH)

    def _search(self, frames, width: int) -> Readings:
        root = self._root()
        alive = [(root, 0.0, -inf)]
        for number, frame in enumerate(frames):
            left = len(frames) - number - 1
            alive = self._best(self._grown(alive, frame, left), width, left)
        return self._ended(alive, self.how.beam)

    def _root(self) -> _Prefix:
        root = _Prefix(None, BLANK)
        if self.grammar:
            root.state = self.grammar.start()
            root.need = self.grammar.need(root.state)
        if self.language:
            root.context = self.language.start()
        return root

    def _grown(
        self, alive: list[tuple[_Prefix, float, float]], frame, left: int
    ) -> dict[_Prefix, tuple[float, float]]:
        """Every prefix that those alive may be behind one more frame, with its two log-probabilities."""
        values = frame.tolist()
        likely = (1 + (frame[1:] > NEGLIGIBLE).nonzero()[0]).tolist()
        blank = values[BLANK]
        # A prefix may have been reached by growing before its own turn to stay comes, so what is there is added to.
        grown: dict[_Prefix, tuple[float, float]] = {}
        for prefix, ended, open_ in alive:
            total, last = _add(ended, open_), prefix.token
            stay = open_ + values[last] if last else -inf
            before = grown.get(prefix)
            grown[prefix] = (total + blank, stay if before is None else _add(before[1], stay))
            for token in self._tried(prefix, likely, left):
                # The same token again is a new one only behind a blank.
                value = values[token] + (ended if token == last else total)
                if value == -inf:
                    continue
                longer = prefix.children.get(token) or self._longer(prefix, token)
                before = grown.get(longer)
                grown[longer] = (-inf, value) if before is None else (before[0], _add(before[1], value))
        return grown

    def _tried(self, prefix: _Prefix, likely: list[int], left: int) -> Sequence[int]:
        """Tokens that may follow *prefix*: the likely ones, and when frames run out what ends the formula."""
        remaining = self.how.max_length - prefix.length
        if not self.grammar:
            return likely if remaining else ()
        hurry = prefix.need and 2 * prefix.need > left - 1
        if not likely and not hurry:
            return ()
        needs = self.grammar.needs(prefix.state)
        tried = [token for token in likely if needs[token] <= remaining]
        if hurry:
            tried += [token for token in self.grammar.shortest(prefix.state) if token not in likely]
        return tried

    def _longer(self, prefix: _Prefix, token: int) -> _Prefix:
        """*prefix* and one more token, which it has not had yet."""
        longer = prefix.children[token] = _Prefix(prefix, token)
        if self.grammar:
            longer.state = self.grammar.advance(prefix.state, token)
            longer.need = self.grammar.need(longer.state)
        if self.language:
            longer.bonus = prefix.bonus + self.language.gain(self._context(prefix), token)
        return longer

    def _context(self, prefix: _Prefix) -> token_model.Context:
        """What the language model knows of a prefix; asked late, as most prefixes never grow."""
        if prefix.context is None:
            prefix.context = self.language.after(self._context(prefix.parent), prefix.token)
        return prefix.context

    def _best(
        self, grown: dict[_Prefix, tuple[float, float]], width: int, left: int
    ) -> list[tuple[_Prefix, float, float]]:
        """The best prefixes that can still be ended in the frames left, or of all if none can."""
        rows = [
            (_add(ended, open_) + prefix.bonus, prefix, ended, open_)
            for prefix, (ended, open_) in grown.items()
            if 2 * prefix.need <= left
        ] or [
            (_add(ended, open_) + prefix.bonus, prefix, ended, open_)
            for prefix, (ended, open_) in grown.items()
        ]
        if len(rows) > width:
            rows.sort(key=_first, reverse=True)
        return [row[1:] for row in rows[:width]]

    def _ended(self, alive: list[tuple[_Prefix, float, float]], width: int) -> Readings:
        """The readings, the ends of formulas that have none put behind them."""
        scored: list[tuple[float, tuple[int, ...], float]] = []
        for prefix, ended, open_ in alive:
            reading, bonus = prefix.reading, prefix.bonus
            if prefix.need:
                reading += self.grammar.ending(prefix.state)
            elif self.language:
                bonus += self.language.end(self._context(prefix))
            lost = IMPOSSIBLE * prefix.need
            scored.append((-_add(ended, open_) - bonus - lost, reading, bonus))
        scored.sort()
        return {reading: bonus for _, reading, bonus in reversed(scored[:width])}


class _Grammar:
    """What the grammar says of prefixes, in numbers of choices."""

    def __init__(self, vocabulary: Vocabulary, how: Decoding):
        self._constraint: Constraint = constraint(vocabulary, how.grammar, how.max_length)
        self._symbols = vocabulary.symbols
        self._max_length = how.max_length
        self._needs: dict[Configuration, list[int]] = {}

    def start(self) -> Configuration:
        root = self._constraint.start()
        if root not in self._needs:
            self._needs = {}  # the grammar let its old states go
        return root

    def advance(self, state: Configuration, token: int) -> Configuration | DeadEnd:
        return self._constraint.advance(state, token + SHIFT)

    def needs(self, state: Configuration | DeadEnd) -> list[int]:
        """For each choice, how many tokens must remain for it to be allowed; number 0 stands for the end."""
        known = self._needs.get(state)
        if known is None:
            known = self._needs[state] = self._constraint.needs(state)[SHIFT:].tolist()
        return known

    def need(self, state: Configuration | DeadEnd) -> int:
        """Tokens without which a formula cannot end here."""
        return min(self.needs(state))

    def shortest(self, state: Configuration | DeadEnd) -> list[int]:
        """Tokens that lead to an end by the shortest way."""
        needs = self.needs(state)
        least = min(needs)
        return [token for token, need in enumerate(needs) if need == least and token != BLANK]

    def ending(self, state: Configuration | DeadEnd) -> tuple[int, ...]:
        """The shortest end of a formula."""
        tokens: list[int] = []
        while self.need(state):
            tokens.append(self.shortest(state)[0])
            state = self.advance(state, tokens[-1])
        return tuple(tokens)

    def accepts(self, reading: tuple[int, ...]) -> bool:
        """Whether a reading is a formula that may be written so."""
        state: Configuration | DeadEnd = self.start()
        for token in reading:
            if self.needs(state)[token] > self._max_length:
                return False
            state = self.advance(state, token)
        return not self.need(state)


class Language:
    """How likely formulas go on so: the prior of repairs, which knows categories of tokens, shared among their tokens.

    `weight` times the natural logarithm of how much more likely a token is here than by drawing from the vocabulary:
    so a usual token costs nothing, and the search is not drawn to short readings.
    """

    def __init__(self, vocabulary: Vocabulary, weight: float):
        self._weight = weight
        self._model = token_model.shipped()
        self._symbols = vocabulary.symbols
        self._categories = [token_model.category(symbol) for symbol in vocabulary.symbols]
        size = len(vocabulary.symbols)
        self._even = [log(size / self._categories.count(name)) for name in self._categories]
        self._end = log(size)

    def start(self) -> token_model.Context:
        """The context before the first token."""
        return self._model.start

    def gain(self, context: token_model.Context, token: int) -> float:
        """What a token adds in a context."""
        logprob = self._model.scores(context.place)[self._categories[token - 1]]
        return self._weight * (logprob + self._even[token - 1])

    def after(self, context: token_model.Context, token: int) -> token_model.Context:
        """The context behind a token."""
        return context[self._symbols[token - 1]][1]

    def end(self, context: token_model.Context) -> float:
        """What it adds to end here."""
        return self._weight * (self._model.scores(context.place)[token_model.END] + self._end)


_first = itemgetter(0)


def _add(first: float, second: float) -> float:
    """Logarithm of the sum of two numbers given by theirs."""
    if first < second:
        first, second = second, first
    return first if second == -inf else first + log1p(exp(second - first))
