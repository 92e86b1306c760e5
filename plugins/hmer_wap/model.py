"""Watch, attend and parse as a recogniser of the suite.

Shapes: N batch, L tokens of the longest label with its end, V vocabulary, h w cells of the coarse maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hmer_suite.decoding.stepwise import Memory, State, StepwiseRecogniser
from hmer_suite.nn.attention import AttendedMap
from hmer_suite.nn.batch import Batch, Strokes
from hmer_suite.nn.mark_supervision import attention_losses, class_table, strokes_of_tokens
from hmer_suite.nn.teacher_forcing import TYPICAL_LENGTH, TeacherForcing, maps_over_pixels
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_wap.counting import Counter, counting_loss
from hmer_wap.decoder_steps import take_step, unroll
from hmer_wap.encoder import build_encoder
from hmer_wap.marks import FLOOR, SymbolHead, cells_of_tokens, touched
from hmer_wap.options import Options
from hmer_wap.parser import Parser


@dataclass(frozen=True, slots=True)
class ForcedOutputs:
    """Outputs for R teacher-forced tokens, images in the order of `TeacherForcing`.

    `scores` (R, V) and `attention` (R, h, w) of the tokens, `features` (N, C, h, w) of the coarse map, and the
    `counts` (N, branches, V) of the counting head, if there is one.
    """

    scores: Tensor
    attention: Tensor
    features: Tensor
    counts: Tensor | None


class Wap(StepwiseRecogniser):
    """Encoder, coverage attention and parser, with optional heads that count and classify symbols."""

    table: Tensor

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.options = options
        self.watcher = build_encoder(options)
        channels, size = self.watcher.channels, len(vocabulary)
        self.counter = (
            Counter(channels[0], options.counting_channels, options.counting_kernels, size)
            if options.counting
            else None
        )
        self.parser = Parser(options, channels, size)
        # Created last, so that runs with and without it start from the same weights.
        self.symbols = SymbolHead(channels[0], size) if options.class_weight else None
        self.register_buffer("table", class_table(vocabulary), persistent=False)

    def shared_encoder(self) -> nn.Module:
        """The encoder, called watcher in the paper."""
        return self.watcher

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the negative log-likelihood of each label, in units of `TYPICAL_LENGTH` tokens.

        Every token has the same weight, and the optimum is that of the label's probability, which matters for the
        expression rate; the fixed unit keeps gradients close to those of a mean over tokens. With a counting head its
        smooth L1 loss, times `counting_weight`, is added. If the strokes of the images are known, the negative
        logarithm of the attention on the cells of each token's symbol, times `attention_weight`, and the cross-entropy
        of the strokes' classes, times `class_weight`, are added in the same unit.
        """
        forcing = TeacherForcing.of(batch.tokens, batch.lengths)
        outputs = self._teacher_forced(batch, forcing)
        losses = forcing.losses(outputs.scores, label_smoothing) / TYPICAL_LENGTH
        if outputs.counts is not None:
            extra = counting_loss(outputs.counts, batch.tokens[forcing.order])
            losses = losses.index_add(0, forcing.order, extra, alpha=self.options.counting_weight)
        if self._learns_marks and batch.strokes is not None and batch.strokes.links is not None:
            losses = losses + self._marks_losses(batch, batch.strokes, forcing, outputs) / TYPICAL_LENGTH
        return losses

    @property
    def _learns_marks(self) -> bool:
        return bool(self.options.attention_weight or self.options.class_weight)

    def _marks_losses(
        self, batch: Batch, strokes: Strokes, forcing: TeacherForcing, outputs: ForcedOutputs
    ) -> Tensor:
        """Weighted losses (N,) of attention and of the classes of marked strokes."""
        order = forcing.order
        height, width = outputs.attention.shape[1:]
        cells = touched(strokes, batch.sizes, (height, width), self.watcher.stride)
        losses = outputs.scores.new_zeros(len(batch))
        if self.options.attention_weight:
            wanted = strokes_of_tokens(batch.tokens, strokes, self.table)
            log_attention = outputs.attention.flatten(1).float().clamp_min(FLOOR).log()
            extra = attention_losses(log_attention, forcing, cells_of_tokens(wanted, cells))
            losses = losses + self.options.attention_weight * extra
        if self.symbols is not None and strokes.classes is not None:
            extra = self.symbols.losses(outputs.features, cells[order], strokes.classes[order])
            losses = losses.index_add(0, order, extra, alpha=self.options.class_weight)
        return losses

    def attention(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """Attention to each pixel for each of `tokens`, one sequence of numbers per image.

        Maps (L, H, W) of the image's size, each with sum 1; of two scales the coarse one.
        """
        forcing = TeacherForcing.of_sequences(tokens, batch.images.device)
        attention = self._teacher_forced(batch, forcing).attention
        stride = self.watcher.stride
        return maps_over_pixels(attention, forcing, batch, (stride, stride))

    def _teacher_forced(self, batch: Batch, forcing: TeacherForcing) -> ForcedOutputs:
        """Outputs for the labels of a batch."""
        views = self.watcher(forcing.reordered(batch))
        counts = None if self.counter is None else self.counter(views[0])
        scales, hidden = self.parser.start(views)
        embedded, gates = self.parser.words(forcing.inputs)
        weights = self.parser.weights(scales[0].keys.dtype)
        hiddens, contexts, attention = unroll(gates, forcing.active, hidden, scales, weights)
        mean = None if counts is None else counts.mean(1)[forcing.rows]
        scores = self.parser.scores(embedded, hiddens, contexts, mean)
        return ForcedOutputs(scores, attention, views[0].features, counts)

    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Encode the images."""
        views = self.watcher(batch)
        counts = None if self.counter is None else self.counter(views[0])
        scales, hidden = self.parser.start(views)
        memory: Memory = {}
        state: State = {"hidden": hidden}
        for i, scale in enumerate(scales):
            memory |= {f"values{i}": scale.values, f"keys{i}": scale.keys, f"mask_bias{i}": scale.mask_bias}
            assert scale.kernel is not None
            # The same for all, folded only once.
            memory[f"kernel{i}"] = scale.kernel.expand(scale.keys.shape[0], -1, -1)
            state[f"coverage{i}"] = torch.zeros_like(scale.mask_bias)
        if counts is not None:
            memory["counts"] = counts.mean(1)
        return memory, state

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token after `tokens` (N,), and the new state."""
        scales = []
        for i, attention in enumerate(self.parser.coverage_attentions):
            values, keys, mask_bias, kernel = (
                memory[f"{name}{i}"] for name in ("values", "keys", "mask_bias", "kernel")
            )
            energy = 2 * attention.energy.weight[0].to(keys.dtype)
            scales.append(AttendedMap(values, keys, mask_bias, energy, kernel[0]))
        coverages = [state[f"coverage{i}"] for i in range(len(scales))]
        embedded, gates = self.parser.words(tokens)
        weights = self.parser.weights(scales[0].keys.dtype)
        done = take_step(gates, state["hidden"], coverages, scales, weights)
        scores = self.parser.scores(embedded, done.hidden, done.context, memory.get("counts"))
        after = {f"coverage{i}": coverages[i] + done.attention[i] for i in range(len(scales))}
        return torch.log_softmax(scores, dim=1), {"hidden": done.hidden, **after}
