"""Small recognisers whose every log-probability is known, and slow, obvious searches to hold the fast one against."""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor, nn

from hmer_suite.decoding.search import score
from hmer_suite.decoding.stepwise import StepwiseRecogniser
from hmer_suite.nn.batch import Batch
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.vocabulary import BEGIN, END, PAD, SPECIAL, Vocabulary

PLACES = 1009
"""Rows of the table of distributions; a prefix falls on one of them."""


class TableModel(StepwiseRecogniser):
    """Draws the distribution behind each prefix from a table: by image and prefix, with no arithmetic to round.

    `favours` maps tokens to what is added to their scores everywhere. The image's number is its first pixel.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        seed: int = 0,
        spread: float = 2.0,
        favours: dict[str, float] | None = None,
    ):
        super().__init__(vocabulary)
        generator = torch.Generator().manual_seed(seed)
        scores = spread * torch.randn(PLACES, len(vocabulary), generator=generator)
        for token, favour in (favours or {}).items():
            scores[:, END if token == "<end>" else vocabulary.encode(token)[0]] += favour
        self.register_buffer("table", torch.log_softmax(scores, dim=1))
        self.weight = nn.Parameter(torch.zeros(()))
        self.sizes: list[int] = []
        self.begun = 0

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        return self.weight.expand(len(batch))

    def start(self, batch: Batch):
        self.sizes = []
        self.begun += 1
        image = batch.images[:, 0, 0, 0].long()
        return {"image": image, "wide": image[:, None, None].expand(-1, 2, 3)}, {
            "place": image * 37,
            "of": image,
        }

    def step(self, memory, state, tokens):
        """Also checks what the search promises: rows of memory, state and tokens belong together."""
        self.sizes.append(len(tokens))
        assert torch.equal(memory["image"], state["of"])
        assert torch.equal(memory["wide"][:, 1, 2], state["of"])
        place = (state["place"] * 53 + tokens * 101 + 7) % PLACES
        return self.table[place], {"place": place, "of": state["of"]}

    def behind(self, image: int, prefix: tuple[int, ...]) -> list[float]:
        """Log-probabilities behind a prefix, computed without the search."""
        place = image * 37
        for token in (BEGIN, *prefix):
            place = (place * 53 + token * 101 + 7) % PLACES
        return self.table[place].tolist()

    def logprob(self, image: int, tokens: tuple[int, ...]) -> float:
        """Log-probability of a whole sequence with its end."""
        total = 0.0
        for i, token in enumerate((*tokens, END)):
            total += self.behind(image, tokens[:i])[token]
        return total


def images(*numbers: int) -> Batch:
    """A batch whose images are told apart by their numbers."""
    n = len(numbers)
    pixels = torch.tensor(numbers, dtype=torch.float32)[:, None, None, None].expand(n, 1, 4, 4)
    empty = torch.full((n, 1), END)
    sizes = torch.full((n, 2), 4)
    return Batch(tuple(map(str, numbers)), pixels, sizes, empty, torch.ones(n, dtype=torch.long))


def every_sequence(vocabulary: Vocabulary, max_length: int) -> list[tuple[int, ...]]:
    """All sequences of at most that many tokens."""
    numbers = range(len(SPECIAL), len(vocabulary))
    return [s for length in range(max_length + 1) for s in itertools.product(numbers, repeat=length)]


def closed_in_time(model: TableModel, image: int, sequences: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Those of all valid sequences that are as short as can be behind each prefix that the model would end at."""
    among = set(sequences)
    shortest: dict[tuple[int, ...], int] = {}
    for tokens in sequences:
        for cut in range(len(tokens) + 1):
            shortest[tokens[:cut]] = min(len(tokens), shortest.get(tokens[:cut], len(tokens)))
    ending = {
        prefix
        for prefix in shortest
        if prefix not in among and (scores := model.behind(image, prefix)).index(max(scores)) == END
    }
    return [
        tokens
        for tokens in sequences
        if all(len(tokens) == shortest[tokens[:cut]] for cut in range(len(tokens)) if tokens[:cut] in ending)
    ]


def exact(model: TableModel, image: int, sequences: list[tuple[int, ...]], how: Decoding) -> list[tuple]:
    """The n best of the sequences as (tokens, log-probability), by computing them all."""
    ranked = []
    for tokens in sequences:
        logprob = model.logprob(image, tokens)
        ranked.append((-score(logprob, len(tokens), how.length_penalty), tokens, logprob))
    return [(model.vocabulary.decode(tokens), logprob) for _, tokens, logprob in sorted(ranked)[: how.nbest]]


def plain_beam(model: TableModel, image: int, how: Decoding, allowed) -> list[tuple]:
    """Beam search of one image, as the words of `hmer_suite.decoding.search` have it, without any early stop.

    `allowed(prefix, remaining)` gives the tokens that may follow.
    """
    live: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    ended = []
    for remaining in range(how.max_length, -1, -1):
        ways = []
        for logprob, prefix in live:
            scores = model.behind(image, prefix)
            ways += [(logprob + scores[token], (*prefix, token)) for token in allowed(prefix, remaining)]
        ways.sort(key=lambda way: (-way[0], way[1]))
        live = []
        for logprob, tokens in ways[: how.beam - len(ended)]:
            if tokens[-1] == END:
                ranked = -score(logprob, len(tokens) - 1, how.length_penalty)
                ended.append((ranked, tokens[:-1], logprob))
            else:
                live.append((logprob, tokens))
    return [(model.vocabulary.decode(tokens), logprob) for _, tokens, logprob in sorted(ended)[: how.nbest]]


def free(vocabulary: Vocabulary):
    """What may follow a prefix in a free search."""

    def allowed(prefix: tuple[int, ...], remaining: int) -> list[int]:
        return [t for t in range(len(vocabulary)) if t not in (PAD, BEGIN)] if remaining else [END]

    return allowed


def same(found, wanted) -> bool:
    """Whether hypotheses are those of a slow search, in the same order."""
    return [h.tokens for h in found] == [tokens for tokens, _ in wanted] and all(
        math.isclose(h.logprob, logprob, rel_tol=1e-9, abs_tol=1e-9)
        for h, (_, logprob) in zip(found, wanted, strict=True)
    )
