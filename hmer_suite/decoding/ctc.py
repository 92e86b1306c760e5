"""Search for connectionist temporal classification (CTC): readings of a sequence of frames.

For any recogniser whose frames are each a token or the blank:

    from hmer_suite.decoding.ctc import read_frames

    def decode(self, batch, how):
        logprobs, lengths = ...                # (N, T, S), (N,)
        return read_frames(logprobs, lengths, self.vocabulary, how)

Shapes: N batch, T frames, S classes of a frame: the blank is number 0, symbol i of the vocabulary number i + 1, so that
no token of the vocabulary can be mistaken for the blank. L tokens of a label.

A sequence of classes, one per frame, is an alignment; its label is what remains when runs of one class are merged and
blanks are removed. A label's probability sums those of all its alignments (A. Graves et al., ICML 2006). Two equal
tokens in a row need a blank between them: a label needs as many frames as it has tokens and such pairs.

Greedy search takes the label of the most probable alignment. The prefix beam search (A. Hannun et al., "First-pass
large vocabulary continuous speech recognition using bi-directional recurrent DNNs", 2014, algorithm 1) sums alignments
of one label, in logarithms; it follows the `beam` best prefixes, separately for alignments that end in a blank and
those that do not. All hypotheses get their exact log-probability in the end.

With `how.constrained` a prefix is extended only by tokens that the grammar allows, and only as long as the remaining
frames suffice to end the formula, with a blank before each token; the label of the best path is kept if it is valid.
With `how.lm_weight` the search prefers likely beginnings of formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, inf, log1p
from operator import itemgetter

import numpy as np
import torch
from torch import Tensor

from hmer_suite.decoding.frame_grammar import FrameGrammar
from hmer_suite.decoding.language import Language
from hmer_suite.decoding.search import check
from hmer_suite.errors import UsageError
from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import DEAD, Configuration, DeadEnd
from hmer_suite.nn.ctc import BLANK, NEGLIGIBLE, SHIFT, losses, out_of_reach
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.vocabulary import Vocabulary

GREEDY_WIDTH = 8
"""Beam of greedy search if the best path is not valid; frames do not depend on each other, so that it costs little."""


def read_frames(
    logprobs: Tensor, lengths: Tensor, vocabulary: Vocabulary, how: Decoding
) -> list[tuple[Hypothesis, ...]]:
    """The `how.nbest` best readings of each row of frames, the best first; at least one, at most `how.beam`.

    `logprobs` (N, T, S), of which the first `lengths` (N,) frames count.

    Raises:
        UsageError: *how* asks for no beam, no hypothesis or a negative length, or for a grammar in which nothing can
            be written with the vocabulary; or gives a prefix, which frame-wise search cannot hold to.
    """
    check(how)
    if how.prefix:
        raise UsageError(f"prefix: a CTC recogniser cannot read on from given tokens: {' '.join(how.prefix)}")
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

    `logprobs` (N, T, S), of which the first `lengths` (N,) frames count. Texts that need more frames than a row has
    get the log-probability `IMPOSSIBLE`.
    """
    logprobs, lengths = logprobs.detach().float().cpu(), lengths.cpu()
    asked = [[tuple(number - SHIFT for number in text) for text in found] for found in texts]
    exact = _exact(logprobs, lengths, [dict.fromkeys(found, 0.0) for found in asked])
    return [
        [Likelihood(min(values[text], 0.0)) for text in found]
        for found, values in zip(asked, exact, strict=True)
    ]


def best_path(frames: np.ndarray) -> tuple[int, ...]:
    """The label of the most probable alignment of frames (T, S)."""
    path = [BLANK, *frames.argmax(1).tolist()] if len(frames) else []
    return tuple(after for before, after in pairwise(path) if after != BLANK and after != before)


Readings = dict[tuple[int, ...], float]
"""Readings of one image, as classes of frames, with the language model's addition to their log-probability."""

IMPOSSIBLE = -10_000.0
"""Log-probability of a reading without alignment, as when an ending needed more frames than there were."""


def _exact(logprobs: Tensor, lengths: Tensor, found: list[Readings]) -> list[dict[tuple[int, ...], float]]:
    """Log-probabilities of all readings, summed over all alignments."""
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
    """A prefix of readings: a node in the tree of all prefixes that were tried.

    `state` is the grammar's state after it and `context` that of the language model; `bonus` is the latter's addition
    to its log-probability. `need` is the fewest tokens that it still needs to be a formula.
    """

    __slots__ = (
        "bonus",
        "children",
        "context",
        "length",
        "need",
        "parent",
        "state",
        "token",
    )

    def __init__(self, parent: _Prefix | None, token: int):
        self.parent, self.token = parent, token
        self.length: int = 0 if parent is None else parent.length + 1
        self.children: dict[int, _Prefix] = {}
        self.state: Configuration | DeadEnd = DEAD
        self.context: token_model.Context | None = None
        self.bonus, self.need = 0.0, 0

    @property
    def reading(self) -> tuple[int, ...]:
        """Its tokens."""
        tokens: list[int] = []
        prefix = self
        while prefix.parent is not None:
            tokens.append(prefix.token)
            prefix = prefix.parent
        return tuple(reversed(tokens))


Scored = tuple[_Prefix, float, float]
"""A prefix, and the log-probabilities of its alignments that end in a blank and in its last token."""


class _Search:
    """Reads rows of frames one by one; states of grammar and language are cached for all of them."""

    def __init__(self, vocabulary: Vocabulary, how: Decoding):
        self.vocabulary, self.how = vocabulary, how
        self.grammar = FrameGrammar(vocabulary, how) if how.constrained else None
        self.language = Language(vocabulary, how.lm_weight) if how.lm_weight else None

    def read(self, frames: np.ndarray) -> Readings:
        """The best readings of frames (T, S), at most `how.beam`."""
        how = self.how
        if how.beam > 1 or self.language:
            return self._search(frames, how.beam)
        reading = best_path(frames)[: how.max_length]
        if self.grammar is None or self.grammar.accepts(reading):
            return {reading: 0.0}
        return self._search(frames, GREEDY_WIDTH)

    def _search(self, frames: np.ndarray, width: int) -> Readings:
        root = self._root()
        alive = [(root, 0.0, -inf)]
        for number, frame in enumerate(frames):
            left = len(frames) - number - 1
            alive = self._best(self._extended(alive, frame, left), width, left)
        return self._ended(alive, self.how.beam)

    def _root(self) -> _Prefix:
        root = _Prefix(None, BLANK)
        if self.grammar:
            root.state = self.grammar.start()
            root.need = self.grammar.need(root.state)
        if self.language:
            root.context = self.language.start()
        return root

    def _extended(
        self, alive: list[Scored], frame: np.ndarray, left: int
    ) -> dict[_Prefix, tuple[float, float]]:
        """All prefixes that those alive may become with one more frame, with their two log-probabilities."""
        values = frame.tolist()
        likely = (1 + (frame[1:] > NEGLIGIBLE).nonzero()[0]).tolist()
        blank = values[BLANK]
        # A prefix may have been reached by extension before its own turn comes: log-probabilities are added.
        extended: dict[_Prefix, tuple[float, float]] = {}
        for prefix, ended, open_ in alive:
            total, last = _add(ended, open_), prefix.token
            stay = open_ + values[last] if last else -inf
            before = extended.get(prefix)
            extended[prefix] = (total + blank, stay if before is None else _add(before[1], stay))
            for token in self._tried(prefix, likely, left):
                # The same token again is a new one only after a blank.
                value = values[token] + (ended if token == last else total)
                if value == -inf:
                    continue
                longer = prefix.children.get(token) or self._longer(prefix, token)
                before = extended.get(longer)
                extended[longer] = (-inf, value) if before is None else (before[0], _add(before[1], value))
        return extended

    def _tried(self, prefix: _Prefix, likely: list[int], left: int) -> Sequence[int]:
        """Tokens that may follow `prefix`: the likely ones, and if few frames are left those that end the formula."""
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
        """A new child of `prefix`."""
        longer = prefix.children[token] = _Prefix(prefix, token)
        if self.grammar:
            longer.state = self.grammar.advance(prefix.state, token)
            longer.need = self.grammar.need(longer.state)
        if self.language:
            longer.bonus = prefix.bonus + self.language.gain(self._context(self.language, prefix), token)
        return longer

    def _context(self, language: Language, prefix: _Prefix) -> token_model.Context:
        """The language model's context after a prefix; computed on demand, as most prefixes are never extended."""
        if prefix.context is None:
            assert prefix.parent is not None  # the root has a context from the start
            prefix.context = language.after(self._context(language, prefix.parent), prefix.token)
        return prefix.context

    def _best(self, extended: dict[_Prefix, tuple[float, float]], width: int, left: int) -> list[Scored]:
        """The best prefixes that can still be ended in the frames that are left, or the best of all if none can."""
        rows = [
            (_add(ended, open_) + prefix.bonus, prefix, ended, open_)
            for prefix, (ended, open_) in extended.items()
            if 2 * prefix.need <= left
        ] or [
            (_add(ended, open_) + prefix.bonus, prefix, ended, open_)
            for prefix, (ended, open_) in extended.items()
        ]
        if len(rows) > width:
            rows.sort(key=_first, reverse=True)
        return [(prefix, ended, open_) for _, prefix, ended, open_ in rows[:width]]

    def _ended(self, alive: list[Scored], width: int) -> Readings:
        """The readings; unfinished formulas are completed by a shortest ending."""
        scored: list[tuple[float, tuple[int, ...], float]] = []
        for prefix, ended, open_ in alive:
            reading, bonus = prefix.reading, prefix.bonus
            if self.grammar and prefix.need:
                reading += self.grammar.ending(prefix.state)
            elif self.language:
                bonus += self.language.end(self._context(self.language, prefix))
            lost = IMPOSSIBLE * prefix.need
            scored.append((-_add(ended, open_) - bonus - lost, reading, bonus))
        scored.sort()
        return {reading: bonus for _, reading, bonus in reversed(scored[:width])}


_first = itemgetter(0)


def _add(first: float, second: float) -> float:
    """Logarithm of the sum of two numbers, from their logarithms."""
    if first < second:
        first, second = second, first
    return first if second == -inf else first + log1p(exp(second - first))
