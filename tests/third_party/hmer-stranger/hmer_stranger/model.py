"""A network of a few lines: what a column of the image holds is averaged, and a recurrent cell writes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hmer_stranger import Options
from hmer_suite.decoding.stepwise import Memory, State, StepwiseRecogniser
from hmer_suite.nn.batch import Batch
from hmer_suite.specs.vocabulary import BEGIN, PAD, Vocabulary


class Network(StepwiseRecogniser):
    """Convolution, sum over the image, gated recurrent cell."""

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        size = options.features
        self.convolution = nn.Conv2d(1, size, 5, stride=2, padding=2, bias=False)
        self.first = nn.Linear(size, size)
        self.embedding = nn.Embedding(len(vocabulary), size)
        self.cell = nn.GRUCell(2 * size, size)
        self.output = nn.Linear(size, len(vocabulary))

    def start(self, batch: Batch) -> tuple[Memory, State]:
        mask = batch.mask[:, :, ::2, ::2]
        ink = (self.convolution(batch.images).relu() * mask).sum(dim=(2, 3)).log1p()
        return {"ink": ink}, {"hidden": self.first(ink).tanh()}

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        hidden = self.cell(torch.cat([self.embedding(tokens), memory["ink"]], dim=1), state["hidden"])
        return self.output(hidden).log_softmax(dim=1), {"hidden": hidden}

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        memory, state = self.start(batch)
        losses = torch.zeros(len(batch), device=batch.images.device)
        before = F.pad(batch.tokens, (1, -1), value=BEGIN)
        for tokens, wanted in zip(before.unbind(1), batch.tokens.unbind(1), strict=True):
            logprobs, state = self.step(memory, state, tokens)
            loss = F.nll_loss(logprobs, wanted, reduction="none")
            loss = (1 - label_smoothing) * loss - label_smoothing * logprobs.mean(dim=1)
            losses = losses + loss * (wanted != PAD)
        return losses
