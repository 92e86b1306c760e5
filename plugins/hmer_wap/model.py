"""Watch, attend and parse as a recogniser of the suite.

Shapes: N batch, L tokens of the longest label with its end, V vocabulary, h w cells of the coarse maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hmer_suite.decoding.stepwise import BackwardParser, Memory, State, StepwiseRecogniser
from hmer_suite.nn.attention import AttendedMap
from hmer_suite.nn.batch import Batch, Strokes, reversed_labels
from hmer_suite.nn.mark_supervision import attention_losses, class_table, strokes_of_tokens
from hmer_suite.nn.teacher_forcing import TYPICAL_LENGTH, TeacherForcing, maps_over_pixels
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_wap.counting import Counter, counting_loss
from hmer_wap.decoder_steps import take_step, unroll
from hmer_wap.encoder import View, build_encoder
from hmer_wap.marks import FLOOR, SymbolHead, cells_of_tokens, touched
from hmer_wap.options import Options
from hmer_wap.parser import Parser


@dataclass(frozen=True, slots=True)
class ForcedOutputs:
    """`scores` (R, V) and `attention` (R, h, w) of teacher-forced tokens, images in the order of `TeacherForcing`."""

    scores: Tensor
    attention: Tensor


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
        self.backward_parser = Parser(options, channels, size) if options.backward else None
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
        of the strokes' classes, times `class_weight`, are added in the same unit. With a parser from right to left, the
        losses of tokens and attention are the means of both.
        """
        forcing = TeacherForcing.of(batch.tokens, batch.lengths)
        views, counts = self._watch(forcing.reordered(batch))
        outputs = _teacher_forced(self.parser, forcing, views, counts)
        losses = self._token_losses(outputs, batch, forcing, label_smoothing)
        if self.backward_parser is not None:
            turned = reversed_labels(batch)
            back = TeacherForcing.of(turned.tokens, turned.lengths)
            others = _teacher_forced(self.backward_parser, back, views, counts)
            losses = (losses + self._token_losses(others, turned, back, label_smoothing)) / 2
        if counts is not None:
            extra = counting_loss(counts, batch.tokens[forcing.order])
            losses = losses.index_add(0, forcing.order, extra, alpha=self.options.counting_weight)
        if self.symbols is not None and batch.strokes is not None and batch.strokes.classes is not None:
            cells = self._cells(batch, batch.strokes, outputs.attention)[forcing.order]
            extra = self.symbols.losses(views[0].features, cells, batch.strokes.classes[forcing.order])
            weight = self.options.class_weight / TYPICAL_LENGTH
            losses = losses.index_add(0, forcing.order, extra, alpha=weight)
        return losses

    def _token_losses(
        self, outputs: ForcedOutputs, batch: Batch, forcing: TeacherForcing, label_smoothing: float
    ) -> Tensor:
        """Losses (N,) of the tokens that a parser writes, and of its attention if symbols are marked."""
        losses = forcing.losses(outputs.scores, label_smoothing)
        strokes = batch.strokes
        if self.options.attention_weight and strokes is not None and strokes.links is not None:
            wanted = strokes_of_tokens(batch.tokens, strokes, self.table)
            cells = cells_of_tokens(wanted, self._cells(batch, strokes, outputs.attention))
            log_attention = outputs.attention.flatten(1).float().clamp_min(FLOOR).log()
            extra = attention_losses(log_attention, forcing, cells)
            losses = losses + self.options.attention_weight * extra
        return losses / TYPICAL_LENGTH

    def _cells(self, batch: Batch, strokes: Strokes, attention: Tensor) -> Tensor:
        """True (N, S, h * w) for the cells of the coarse map that each stroke touches."""
        height, width = attention.shape[1:]
        return touched(strokes, batch.sizes, (height, width), self.watcher.stride)

    def attention(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """Attention to each pixel for each of `tokens`, one sequence of numbers per image.

        Maps (L, H, W) of the image's size, each with sum 1; of two scales the coarse one.
        """
        forcing = TeacherForcing.of_sequences(tokens, batch.images.device)
        attention = self.teacher_forced(batch, forcing).attention
        stride = self.watcher.stride
        return maps_over_pixels(attention, forcing, batch, (stride, stride))

    def teacher_forced(self, batch: Batch, forcing: TeacherForcing) -> ForcedOutputs:
        """Outputs for the labels of a batch, from left to right."""
        return _teacher_forced(self.parser, forcing, *self._watch(forcing.reordered(batch)))

    def _watch(self, batch: Batch) -> tuple[tuple[View, ...], Tensor | None]:
        """The encoded images, and the counts (N, branches, V) of their symbols if there is a counting head."""
        views = self.watcher(batch)
        return views, None if self.counter is None else self.counter(views[0])

    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Encode the images."""
        views, counts = self._watch(batch)
        return _start(self.parser, views, None if counts is None else counts.mean(1))

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token after `tokens` (N,), and the new state."""
        return _step(self.parser, memory, state, tokens)

    def right_to_left(self) -> BackwardParser | None:
        """The parser from right to left, if the options ask for one."""
        return None if self.backward_parser is None else _Backward(self.backward_parser)


class _Backward:
    """A parser that writes from right to left, as the search wants it."""

    def __init__(self, parser: Parser):
        self._parser = parser

    def start(self, memory: Memory) -> tuple[Memory, State]:
        views = []  # the encoded images again, from what the forward parser keeps of them
        for scale in range(len(self._parser.attentions)):
            inside = memory[f"mask_bias{scale}"]
            values = memory[f"values{scale}"].reshape(*inside.shape, -1).permute(0, 3, 1, 2)
            views.append(View(values, inside[:, None].isfinite()))
        return _start(self._parser, tuple(views), memory.get("counts"))

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        return _step(self._parser, memory, state, tokens)


def _teacher_forced(
    parser: Parser, forcing: TeacherForcing, views: tuple[View, ...], counts: Tensor | None
) -> ForcedOutputs:
    """Outputs of a parser for labels; `views` and `counts` are those of images in the order of `forcing`."""
    scales, hidden = parser.start(views)
    embedded, gates = parser.words(forcing.inputs)
    weights = parser.weights(scales[0].keys.dtype)
    hiddens, contexts, attention = unroll(gates, forcing.active, hidden, scales, weights)
    mean = None if counts is None else counts.mean(1)[forcing.rows]
    return ForcedOutputs(parser.scores(embedded, hiddens, contexts, mean), attention)


def _start(parser: Parser, views: tuple[View, ...], counts: Tensor | None) -> tuple[Memory, State]:
    """What stays and what changes while a parser writes; `counts` (N, V) of symbols, if they are counted."""
    scales, hidden = parser.start(views)
    memory: Memory = {}
    state: State = {"hidden": hidden}
    for i, scale in enumerate(scales):
        memory |= {f"values{i}": scale.values, f"keys{i}": scale.keys, f"mask_bias{i}": scale.mask_bias}
        assert scale.kernel is not None
        # The same for all, folded only once.
        memory[f"kernel{i}"] = scale.kernel.expand(scale.keys.shape[0], -1, -1)
        state[f"coverage{i}"] = torch.zeros_like(scale.mask_bias)
    if counts is not None:
        memory["counts"] = counts
    return memory, state


def _step(parser: Parser, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
    """Log-probabilities (N, V) of the next token of a parser, and its new state."""
    scales = []
    for i, attention in enumerate(parser.coverage_attentions):
        values, keys, mask_bias, kernel = (
            memory[f"{name}{i}"] for name in ("values", "keys", "mask_bias", "kernel")
        )
        energy = 2 * attention.energy.weight[0].to(keys.dtype)
        scales.append(AttendedMap(values, keys, mask_bias, energy, kernel[0]))
    coverages = [state[f"coverage{i}"] for i in range(len(scales))]
    embedded, gates = parser.words(tokens)
    done = take_step(gates, state["hidden"], coverages, scales, parser.weights(scales[0].keys.dtype))
    scores = parser.scores(embedded, done.hidden, done.context, memory.get("counts"))
    after = {f"coverage{i}": coverages[i] + done.attention[i] for i in range(len(scales))}
    return torch.log_softmax(scores, dim=1), {"hidden": done.hidden, **after}
