"""Image to LaTeX as a recogniser of the suite.

Shapes: N batch, L tokens of the longest label with its end, V vocabulary, h w cells of the map, D state, G gates.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hmer_im2latex.decoder_steps import DecoderState, Weights, take_step, unroll
from hmer_im2latex.encoder import Encoder
from hmer_im2latex.options import Options
from hmer_suite.decoding.stepwise import Memory, State, StepwiseRecogniser
from hmer_suite.nn.attention import AttendedMap
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.teacher_forcing import TeacherForcing, maps_over_pixels
from hmer_suite.specs.vocabulary import Vocabulary

TYPICAL_LENGTH = 64
"""Tokens of a typical printed formula: losses of samples are divided by it."""


class Im2Latex(StepwiseRecogniser):
    """Encoder, additive attention and recurrent decoder with input feeding."""

    learnt: Tensor
    """Steps of training so far."""

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.options = options
        self.encoder = Encoder(options)
        size, hidden, width = len(vocabulary), options.hidden, self.encoder.channels
        gates = 4 if options.cell == "lstm" else 3
        self.embedding = nn.Embedding(size, options.embedding)
        self.initial = nn.Linear(width, hidden)
        self.told = nn.Linear(options.embedding, gates * hidden)
        self.fed = nn.Linear(hidden, gates * hidden, bias=False)
        self.recurrent = nn.Linear(hidden, gates * hidden)
        self.query = nn.Linear(hidden, options.attention)
        self.keys = nn.Linear(width, options.attention, bias=False)
        self.energy = nn.Linear(options.attention, 1, bias=False)
        self.coverage = (
            nn.Linear(options.coverage_kernel**2, options.attention, bias=False) if options.coverage else None
        )
        self.joined = nn.Linear(hidden + width, hidden)
        self.dropout = nn.Dropout(options.dropout)
        self.classify = nn.Linear(hidden, size)
        self.register_buffer("learnt", torch.zeros((), dtype=torch.long))
        self._initialise()

    def _initialise(self) -> None:
        nn.init.normal_(self.embedding.weight, std=0.1)
        for gate in self.recurrent.weight.chunk(self.recurrent.weight.shape[0] // self.options.hidden):
            nn.init.orthogonal_(gate)
        for layer in (self.told, self.fed):
            nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(self.told.bias)
        nn.init.zeros_(self.recurrent.bias)
        if self.options.cell == "lstm":
            # Forget gates start open (bias 1).
            nn.init.ones_(self.recurrent.bias.detach()[self.options.hidden : 2 * self.options.hidden])

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the negative log-likelihood of each label, in units of `TYPICAL_LENGTH` tokens.

        Padding does not count. In training, a share of the input tokens that grows to `sampling` is drawn from the
        decoder's own predictions.
        """
        forcing = TeacherForcing.of(batch.tokens, batch.lengths)
        fed, _ = self._teacher_forced(batch, forcing)
        if self.training:
            self.learnt += 1
        return forcing.losses(self._scores(fed), label_smoothing) / TYPICAL_LENGTH

    def attention(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """Attention to each pixel for each of `tokens`, one sequence of numbers per image.

        Maps (L, H, W) of the image's size, each with sum 1.
        """
        forcing = TeacherForcing.of_sequences(tokens, batch.images.device)
        _, attention = self._teacher_forced(batch, forcing)
        return maps_over_pixels(attention, forcing, batch, self.encoder.stride)

    def _teacher_forced(self, batch: Batch, forcing: TeacherForcing) -> tuple[Tensor, Tensor]:
        """Inputs (R, D) of the classifier for the teacher-forced tokens, and the attention (R, h, w) of each."""
        attended, state = self._start(forcing.reordered(batch))
        weights = self._weights(attended.keys.dtype)
        choose = self._choose if self.training and self.options.sampling else None
        return unroll(self._gates(forcing.inputs), forcing.active, state, attended, weights, choose)

    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Encode the images."""
        attended, state = self._start(batch)
        memory = {"values": attended.values, "keys": attended.keys, "mask_bias": attended.mask_bias}
        changing = {"hidden": state.hidden, "fed": state.fed, "coverage": state.coverage}
        return memory, changing if state.memory is None else {**changing, "memory": state.memory}

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token after `tokens` (N,), and the new state."""
        before = DecoderState(state["hidden"], state.get("memory"), state["fed"], state["coverage"])
        attended = self._attended(memory["values"], memory["keys"], memory["mask_bias"])
        after, _ = take_step(self._gates(tokens), before, attended, self._weights(attended.keys.dtype))
        changed = {"hidden": after.hidden, "fed": after.fed, "coverage": after.coverage}
        if after.memory is not None:
            changed["memory"] = after.memory
        return torch.log_softmax(self._scores(after.fed), dim=1), changed

    def _start(self, batch: Batch) -> tuple[AttendedMap, DecoderState]:
        features, mask = self.encoder(batch)
        values = features.flatten(1, 2)
        keys = 2 * self.keys(values)
        mask_bias = torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -torch.inf)
        inside = mask.flatten(1)[..., None]
        mean = (values.float() * inside).sum(1) / inside.sum(1)
        hidden = torch.tanh(self.initial(mean).float())
        memory = torch.zeros_like(hidden) if self.options.cell == "lstm" else None
        nothing = torch.zeros_like(hidden, dtype=keys.dtype)
        first = DecoderState(hidden, memory, nothing, torch.zeros_like(mask_bias))
        return self._attended(values.to(keys.dtype), keys, mask_bias), first

    def _attended(self, values: Tensor, keys: Tensor, mask_bias: Tensor) -> AttendedMap:
        """The attended map; `keys` are doubled already."""
        energy = 2 * self.energy.weight[0].to(keys.dtype)
        kernel = None if self.coverage is None else (2 * self.coverage.weight).T.to(keys.dtype)
        return AttendedMap(values, keys, mask_bias, energy, kernel)

    def _weights(self, kind: torch.dtype) -> Weights:
        return Weights(
            state=self.recurrent.weight.T.to(kind),
            fed=self.fed.weight.T.to(kind),
            bias=self.recurrent.bias.to(kind),
            query=2 * self.query.weight.T.to(kind),
            query_bias=2 * self.query.bias.to(kind),
            joined=self.joined.weight.T.to(kind),
            joined_bias=self.joined.bias.to(kind),
        )

    def _gates(self, tokens: Tensor) -> Tensor:
        """Gates (..., G) of tokens (...)."""
        return self.told(self.embedding(tokens))

    def _scores(self, fed: Tensor) -> Tensor:
        """Unnormalised log-probabilities (..., V) of the next token."""
        return self.classify(self.dropout(fed)).float()

    def _choose(self, gates: Tensor, fed: Tensor) -> Tensor:
        """Scheduled sampling: some of the gates (N, G) are replaced by those of a token that the decoder predicts."""
        share = self.options.sampling * min(1.0, self.learnt.item() / self.options.sampling_steps)
        with torch.no_grad():
            guesses = torch.softmax(self._scores(fed), dim=1).multinomial(1)[:, 0]
        replaced = torch.rand(len(gates), 1, device=gates.device) < share
        return torch.where(replaced, self._gates(guesses), gates)
