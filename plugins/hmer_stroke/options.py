"""Settings of the recogniser ``stroke``."""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import NonNegative, Probability, Size


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `base`."""

    points: Size = 32
    """Points to which each stroke is resampled; a multiple of 8."""
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
    """Probability that a feature of the transformer is left out in training."""
    hidden: Size = 256
    """Size of the parser's recurrent state, and of a token's vector."""
    attention: Size = 128
    """Size of the space in which query, strokes and coverage meet."""
    dropout: Probability = 0.2
    """Probability that a feature before the classifier is left out in training."""
    class_weight: NonNegative = 0.5
    """Weight of the loss of each stroke's class, where symbols are marked."""
    attention_weight: NonNegative = 0.3
    """Weight of the loss of attention beside the strokes of a token's symbol, where symbols are marked."""
    exact_links: bool = True
    """Whether attention is to rest on the very symbol of a token where it is known, or on any of its class."""

    def __post_init__(self) -> None:
        if self.points < 8 or self.points % 8:
            raise UsageError(f"points {self.points}: expected a multiple of 8")
        if self.width % self.heads:
            raise UsageError(f"width {self.width}: expected a multiple of heads, {self.heads}")
