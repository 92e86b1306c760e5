"""The contract between the suite and a recogniser, without torch.

A plugin module is cheap to import: it holds a `RecogniserSpec`, whose `build` imports the network when it is needed.
The network itself is a `hmer_suite.nn.recogniser.Recogniser`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from annotated_types import Interval

from hmer_suite.specs.grammar import CompiledGrammar
from hmer_suite.specs.vocabulary import Vocabulary

Input = Literal["image", "ink"]
"""The two kinds of sample: an image of the formula, or the traces of the pen that wrote it."""

INPUTS: tuple[Input, ...] = ("image", "ink")


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Preprocessing of a recogniser's inputs; saved with every checkpoint, so that prediction does the same.

    `input` is the kind of sample. For ink only `points` applies: each trace is resampled to that number of points,
    equally spaced along its length. All else is for images.

    `symbol_height` is the height in pixels of a typical full-size symbol; ink is drawn and images are scaled to it.
    `max_pixels` is the largest area in pixels; larger images are shrunk, their aspect kept. `padding` is the margin in
    pixels around the ink. With `pen`, strokes in images are redrawn as wide as the pen that ink is drawn with;
    without, as for print, they keep their width.
    """

    symbol_height: Annotated[int, Interval(ge=1, le=4096)] = 32
    max_pixels: Annotated[int, Interval(ge=1, le=10**8)] = 160_000
    padding: Annotated[int, Interval(ge=0, le=4096)] = 4
    pen: bool = True
    input: Input = "image"
    points: Annotated[int, Interval(ge=1, le=4096)] = 32


@dataclass(frozen=True, slots=True)
class Decoding:
    """Parameters of the search: greedy (`beam` 1) or beam search, free or constrained by a grammar.

    `nbest` hypotheses are returned, at most `beam`. `length_penalty` is the exponent a in score = logprob / length**a
    (Wu et al. 2016, section 7, without their constant); 0 prefers short ones. `max_length` counts tokens without the
    end. With `constrained`, only formulas of `grammar` are written: the name of one that ships, or a compiled one
    (`hmer_suite.registry.compiled_grammar`). CTC recognisers (`hmer_suite.decoding.ctc`) ignore `length_penalty`; they
    alone take `lm_weight`, the weight of the language model that repairs use too. `prefix` are tokens with which every
    hypothesis begins, as when a person has corrected them; stepwise recognisers alone take it. With `prior`, texts of a
    beam are ranked by how usual they are too, by recognisers that ship the weights for it; the search ignores it.
    """

    beam: int = 1
    nbest: int = 1
    constrained: bool = False
    length_penalty: float = 0.5
    max_length: int = 200
    grammar: str | CompiledGrammar = "latex"
    lm_weight: float = 0.0
    prefix: tuple[str, ...] = ()
    prior: bool = True


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of a sample: its tokens, without begin and end, and its natural log-probability.

    Hypotheses are ranked by `score`. `confidence` is the probability that the whole reading is right, and
    `token_confidences` the same for each token; None and empty if they were not computed.
    """

    tokens: tuple[str, ...]
    logprob: float
    score: float | None = field(default=None, compare=False)
    confidence: float | None = field(default=None, compare=False)
    token_confidences: tuple[float, ...] = field(default=(), compare=False)

    @property
    def latex(self) -> str:
        """The tokens, separated by spaces."""
        return " ".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Natural log-probability of a text, its end included, given a sample.

    `tokens` are the log-probabilities of its tokens and of its end, each given those before it; empty for recognisers
    without separate ones, such as CTC.
    """

    logprob: float
    tokens: tuple[float, ...] = ()


class Network(Protocol):
    """The network that `RecogniserSpec.build` returns: a `hmer_suite.nn.recogniser.Recogniser`, which needs torch."""

    vocabulary: Vocabulary

    def forward(self, batch: Any, label_smoothing: float = 0.0) -> Any:
        """Losses (N,) of a `hmer_suite.nn.batch.Batch`."""

    def decode(self, batch: Any, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """The best hypotheses of each sample."""


@dataclass(frozen=True, slots=True)
class RecogniserSpec:
    """A recogniser that a plugin offers.

    `name` is what users type, and the name of the plugin's entry point. `options` is a frozen dataclass whose
    fields, all with defaults, are the recogniser's own settings; no field may be named like one of
    `hmer_suite.settings.training.TrainConfig`. `build(options, vocabulary)` returns a network with fresh weights.
    `presets` maps a name to settings, of the recogniser or of training, the first preset being the default.
    `input` is the kind of sample that it reads, `preprocessing(options)` their preprocessing. `weights` is a checkpoint
    folder that ships with the plugin, for prediction without training, or None. `reading` is a JSON file of weights
    and calibrations for `hmer_suite.predict.joining`, or None. `formulas` is False for a recogniser of single
    symbols: a bracket alone is no formula, so that by default its output is not held to the grammar.
    """

    name: str
    summary: str
    options: type
    build: Callable[[Any, Vocabulary], Network]
    presets: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: {"base": {}})
    preprocessing: Callable[[Any], Preprocessing] = lambda options: Preprocessing()
    weights: Path | None = None
    input: Input = "image"
    reading: Path | None = None
    formulas: bool = True

    def expects(self, options: object) -> Preprocessing:
        """The preprocessing for a network of these options, with the kind of sample that it reads."""
        return replace(self.preprocessing(options), input=self.input)
