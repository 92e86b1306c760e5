"""Reading frames: what connectionist temporal classification (CTC) makes of a row of distributions.

Any recogniser whose frames are each a token or the blank may use it:

    from hmer_suite.train.ctc import read_frames

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
import torch.nn.functional as F
from torch import Tensor

from hmer_suite.data.vocab import SPECIAL, Vocabulary
from hmer_suite.latex.grammar import Configuration, DeadEnd
from hmer_suite.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.repairs import prior
from hmer_suite.train.constraint import Constraint, constraint
from hmer_suite.train.decode import check

BLANK = 0
"""The choice of a frame that is no token."""

SHIFT = len(SPECIAL) - 1
"""Numbers of tokens in the suite less those of choices: the special tokens make place for the blank."""

NEGLIGIBLE = -7.0
"""Tokens less probable than e to this are not tried in a frame, except where a formula has to be ended."""

GREEDY_WIDTH = 8
"""Prefixes that greedy reading follows where the grammar refuses the best path: frames remember nothing, so a look
aside costs little."""


def choices(tokens: Tensor) -> Tensor:
    """Token numbers of a batch as choices of frames; special tokens become the blank."""
    return (tokens - SHIFT).clamp(min=BLANK)


def frames_needed(tokens: Sequence[object]) -> int:
    """Frames that a label needs at least: its tokens, and a blank in each double."""
    return len(tokens) + sum(a == b for a, b in pairwise(tokens))


def out_of_reach(labels: Tensor, counts: Tensor, lengths: Tensor) -> Tensor:
    """True (N,) for `labels` (N, L) of `counts` (N,) choices that `lengths` (N,) frames are too few for."""
    doubles = (labels[:, 1:] == labels[:, :-1]) & (labels[:, 1:] != BLANK)
    return counts + doubles.sum(1) > lengths


def losses(logprobs: Tensor, lengths: Tensor, labels: Tensor, counts: Tensor) -> Tensor:
    """Negative log-likelihoods (N,) of `labels` (N, L), the first `counts` (N,) choices of each.

    `logprobs` (N, T, S), the first `lengths` (N,) frames of each. Labels `out_of_reach` have no alignment; their loss
    is nought, and so are its gradients.
    """
    return F.ctc_loss(
        logprobs.transpose(0, 1), labels, lengths, counts, BLANK, reduction="none", zero_infinity=True
    )


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
        self.context: prior.Context | None = None
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

    def _context(self, prefix: _Prefix) -> prior.Context:
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
        self._max_length, self._grammar = how.max_length, how.grammar
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
        self._model = prior.shipped()
        self._symbols = vocabulary.symbols
        self._categories = [prior.category(symbol) for symbol in vocabulary.symbols]
        size = len(vocabulary.symbols)
        self._even = [log(size / self._categories.count(name)) for name in self._categories]
        self._end = log(size)

    def start(self) -> prior.Context:
        """The context before the first token."""
        return self._model.start

    def gain(self, context: prior.Context, token: int) -> float:
        """What a token adds in a context."""
        logprob = self._model.scores(context.place)[self._categories[token - 1]]
        return self._weight * (logprob + self._even[token - 1])

    def after(self, context: prior.Context, token: int) -> prior.Context:
        """The context behind a token."""
        return context[self._symbols[token - 1]][1]

    def end(self, context: prior.Context) -> float:
        """What it adds to end here."""
        return self._weight * (self._model.scores(context.place)[prior.END] + self._end)


_first = itemgetter(0)


def _add(first: float, second: float) -> float:
    """Logarithm of the sum of two numbers given by theirs."""
    if first < second:
        first, second = second, first
    return first if second == -inf else first + log1p(exp(second - first))


def occupancy(frames: Tensor, label: Sequence[int]) -> Tensor:
    """How probably each token of a label holds each frame: (L, T), over all alignments that say the label.

    `frames` (T, S) are log-probabilities, `label` choices. Forward and backward sums in logarithms (Graves et al.
    2006, section 4.1). Raises `ValueError` for a label that has no alignment.
    """
    states = [BLANK]
    for token in label:
        states += [token, BLANK]
    emitted = frames.detach().double().cpu()[:, states]
    skips = torch.tensor([
        i >= 2 and state != BLANK and state != states[i - 2] for i, state in enumerate(states)
    ])  # fmt: skip
    forward = _sums(emitted, skips)
    # Backwards the same way leads from the last state; a jump over a blank ends where the forward one began.
    backward = _sums(emitted.flip(0, 1), skips.roll(-2).flip(0)).flip(0, 1)
    together = forward + backward - emitted
    total = together.logsumexp(1, keepdim=True)
    if not bool(total.isfinite().all()):
        raise ValueError(f"{len(label)} tokens have no alignment with {len(frames)} frames")
    return (together - total).exp()[:, 1::2].T.float()


def _sums(emitted: Tensor, skips: Tensor) -> Tensor:
    """Log-probabilities (T, 2L + 1) of all ways into each state at each frame, from the first two states on."""
    sums = torch.full_like(emitted, -inf)
    sums[0, :2] = emitted[0, :2]
    for t in range(1, len(emitted)):
        before = sums[t - 1]
        one = F.pad(before[:-1], (1, 0), value=-inf)
        two = F.pad(before[:-2], (2, 0), value=-inf).masked_fill(~skips, -inf) if len(skips) > 2 else one
        ways = torch.stack([before, one, two]) if len(skips) > 2 else torch.stack([before, one])
        sums[t] = ways.logsumexp(0) + emitted[t]
    return sums
