"""The stroke recogniser as a recogniser of the suite.

Shapes: N batch, S strokes, L tokens of the longest label with its end, R tokens of all labels together, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_stroke.encoder import Encoder
from hmer_stroke.options import Options
from hmer_stroke.parser import AttendedStrokes, Parser, ParserState
from hmer_suite.decoding.stepwise import BackwardParser, Memory, State, StepwiseRecogniser
from hmer_suite.nn.batch import Batch, Strokes, reversed_labels
from hmer_suite.nn.mark_supervision import attention_losses, class_table, strokes_of_tokens
from hmer_suite.nn.teacher_forcing import TYPICAL_LENGTH, TeacherForcing
from hmer_suite.specs.vocabulary import PAD, Vocabulary


class StrokeRecogniser(StepwiseRecogniser):
    """Encoder of strokes, coverage attention and parser; a head classifies each stroke in training."""

    table: Tensor

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.options = options
        self.encoder = Encoder(options)
        self.parser = Parser(options, len(vocabulary))
        self.backward_parser = Parser(options, len(vocabulary)) if options.backward else None
        self.classes = nn.Linear(options.width, len(vocabulary)) if options.class_weight else None
        self.register_buffer("table", class_table(vocabulary), persistent=False)

    def shared_encoder(self) -> nn.Module:
        """The encoder of strokes."""
        return self.encoder

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the negative log-likelihood of each label, in units of `TYPICAL_LENGTH` tokens.

        If symbols are marked, the cross-entropy of the strokes' classes and the negative logarithm of the attention on
        the strokes of each token's symbol are added, in the same unit.
        """
        strokes = _strokes(batch)
        vectors = self.encoder(strokes)
        losses = self._parser_losses(self.parser, batch, vectors, label_smoothing)
        if self.backward_parser is not None:
            reverse = self._parser_losses(
                self.backward_parser, reversed_labels(batch), vectors, label_smoothing
            )
            losses = (losses + reverse) / 2
        if self.classes is not None and strokes.classes is not None:
            losses = losses + self.options.class_weight * _class_losses(
                self.classes, vectors, strokes.classes
            )
        return losses / TYPICAL_LENGTH

    def _parser_losses(self, parser: Parser, batch: Batch, vectors: Tensor, label_smoothing: float) -> Tensor:
        """Losses (N,) of the tokens that a parser writes, and of its attention if symbols are marked."""
        strokes = _strokes(batch)
        forcing = TeacherForcing.of(batch.tokens, batch.lengths)
        scores, log_attention = _teacher_forced(parser, vectors, strokes, forcing)
        losses = forcing.losses(scores, label_smoothing)
        if self.options.attention_weight and strokes.links is not None:
            wanted = strokes_of_tokens(batch.tokens, strokes, self.table, self.options.exact_links)
            losses = losses + self.options.attention_weight * attention_losses(log_attention, forcing, wanted)
        return losses

    def attention(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """Attention to each stroke for each of `tokens`, one sequence of numbers per formula.

        Tensors (L, S) of each formula's own strokes, each row with sum 1.
        """
        strokes = _strokes(batch)
        forcing = TeacherForcing.of_sequences(tokens, batch.tokens.device)
        _, log_attention = _teacher_forced(self.parser, self.encoder(strokes), strokes, forcing)
        counts = strokes.mask.sum(1).tolist()
        return [log_attention[forcing.images == place, :count].exp() for place, count in enumerate(counts)]

    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Encode the strokes."""
        strokes = _strokes(batch)
        return _tensors(*self.parser.start(self.encoder(strokes), strokes))

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
        return _tensors(*self._parser.start_again(AttendedStrokes(**memory)))

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        return _step(self._parser, memory, state, tokens)


def _tensors(attended: AttendedStrokes, state: ParserState) -> tuple[Memory, State]:
    memory = {
        "values": attended.values,
        "keys": attended.keys,
        "mask_bias": attended.mask_bias,
        "middles": attended.middles,
    }
    return memory, {"hidden": state.hidden, "past": state.past, "last": state.last}


def _step(parser: Parser, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
    """Log-probabilities (N, V) of the next token of a parser, and its new state."""
    embedded, gates = parser.words(tokens)
    before, attended = ParserState(**state), AttendedStrokes(**memory)
    after, context, _ = parser.step(gates, before, attended, parser.weights())
    scores = parser.scores(embedded, after.hidden, context)
    return torch.log_softmax(scores, dim=1), {"hidden": after.hidden, "past": after.past, "last": after.last}


def _teacher_forced(
    parser: Parser, vectors: Tensor, strokes: Strokes, forcing: TeacherForcing
) -> tuple[Tensor, Tensor]:
    """Scores (R, V) of the teacher-forced tokens, and the logarithm of the attention (R, S) of each."""
    order = forcing.order
    ordered = Strokes(strokes.points[order], strokes.mask[order])
    attended, first = parser.start(vectors[order], ordered)
    embedded, gates = parser.words(forcing.inputs)
    hiddens, contexts, log_attention = parser.unroll(gates, forcing.active, attended, first)
    return parser.scores(embedded, hiddens, contexts), log_attention


def _class_losses(head: nn.Linear, vectors: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy (N,) of the classes (N, S) of each formula's strokes, summed over those that are marked."""
    marked = classes != PAD
    losses = F.cross_entropy(head(vectors[marked]), classes[marked], reduction="none")
    rows = marked.nonzero(as_tuple=True)[0]
    return losses.new_zeros(len(classes)).index_add(0, rows, losses)


def _strokes(batch: Batch) -> Strokes:
    if batch.strokes is None:
        raise ValueError("the stroke recogniser reads ink, and the batch holds images")
    return batch.strokes
