"""Settings of the recogniser ``stroke``."""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import NonNegative, Probability, Size


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `base`."""

    points: Size = 32
    """Number of points that each stroke is resampled to; a multiple of 8."""
    channels: tuple[Size, Size, Size] = (48, 96, 192)
    """Channels of the three convolutions along a stroke, each of which halves the number of points."""
    width: Size = 256
    """Size of the vector of a stroke."""
    layers: Size = 4
    """Transformer layers over the strokes of a formula."""
    heads: Size = 8
    """Heads of each layer's attention."""
    feedforward: Size = 512
    """Inner size of each layer's feed-forward network."""
    geometry: Size = 32
    """Inner size of the network that turns the geometry of two strokes into a bias of attention."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of the transformer is dropped in training."""
    hidden: Size = 256
    """Size of the parser's recurrent state, and of a token's vector."""
    attention: Size = 128
    """Size of the attention's hidden layer."""
    dropout: Probability = 0.2
    """Probability that a feature before the classifier is dropped in training."""
    class_weight: NonNegative = 0.5
    """Weight of the loss of each stroke's class, if symbols are marked."""
    attention_weight: NonNegative = 0.3
    """Weight of the loss of attention outside the strokes of a token's symbol, if symbols are marked."""
    exact_links: bool = True
    """Whether the target of attention is the symbol of the token, if it is known, or any symbol of its class."""
    backward: bool = False
    """Whether a second parser writes labels from right to left, by which the texts of a beam are judged too."""

    def __post_init__(self) -> None:
        if self.points < 8 or self.points % 8:
            raise UsageError(f"points {self.points}: expected a multiple of 8")
        if self.width % self.heads:
            raise UsageError(f"width {self.width}: expected a multiple of heads, {self.heads}")
