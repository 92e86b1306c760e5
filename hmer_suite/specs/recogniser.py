"""The contract between the suite and a recogniser: what a plugin offers, in words that need no torch.

A plugin module is cheap to import: it holds a `RecogniserSpec`, whose `build` imports the network when one is
wanted. The network itself is a `hmer_suite.nn.recogniser.Recogniser`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hmer_suite.specs.grammar import CompiledGrammar

if TYPE_CHECKING:
    from hmer_suite.nn.recogniser import Recogniser
    from hmer_suite.specs.vocabulary import Vocabulary


Input = Literal["image", "ink"]
"""The two kinds of sample: a picture of the formula, or the traces of the pen that wrote it."""

INPUTS: tuple[Input, ...] = ("image", "ink")


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How images or ink come to a recogniser; saved with every checkpoint, so that prediction does the same.

    `input` is the kind of sample. Of ink only `points` counts: to how many points, equally spaced along its length,
    each trace is resampled. All else is for images.

    `symbol_height`: pixels from top to bottom of a typical full-size symbol; ink is drawn and images are scaled
    to it. `max_pixels`: larger images are shrunk to that area, their aspect kept. `padding`: paper around the ink.
    `pen`: strokes in pictures get the width of the pen that ink is drawn with; without, as print wants it, they
    keep their own.
    """

    symbol_height: int = 32
    max_pixels: int = 160_000
    padding: int = 4
    pen: bool = True
    input: Input = "image"
    points: int = 32


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to read an image: greedily (`beam` 1) or by beam search, freely or within the grammar.

    `nbest` hypotheses are given back, at most `beam`. `length_penalty` is the exponent a in
    score = logprob / length**a (Wu et al. 2016, section 7, with their constant left out); 0 prefers short ones.
    `max_length` counts tokens without the end. `grammar` is the grammar that `constrained` holds output to: the name
    of one that ships, or a compiled one (`hmer_suite.registry.compiled_grammar`).

    A recogniser whose frames are read (`hmer_suite.decoding.ctc`) ranks by probability alone: `length_penalty` is for
    those that write token after token. It alone takes `lm_weight`: how much the language model of repairs has to say.
    """

    beam: int = 1
    nbest: int = 1
    constrained: bool = False
    length_penalty: float = 0.5
    max_length: int = 200
    grammar: str | CompiledGrammar = "latex"
    lm_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of a sample: its tokens, without begin and end, and its natural log-probability.

    `score` is what hypotheses are ranked by. `confidence` is the probability that the whole reading is right, and
    `token_confidences` that each token is; None and empty where nobody has asked.
    """

    tokens: tuple[str, ...]
    logprob: float
    score: float | None = field(default=None, compare=False)
    confidence: float | None = field(default=None, compare=False)
    token_confidences: tuple[float, ...] = field(default=(), compare=False)

    @property
    def latex(self) -> str:
        """The spaced form."""
        return " ".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a text is, given a sample: its natural log-probability, its end included.

    `tokens` are the log-probabilities of its tokens and of its end, each given those before; empty where a recogniser
    does not tell them apart.
    """

    logprob: float
    tokens: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class RecogniserSpec:
    """What a plugin says of one recogniser.

    `name` is what users type, and the name of the plugin's entry point. `options` is a frozen dataclass whose
    fields, all with defaults, are the recogniser's own settings; no field may be named like one of
    `hmer_suite.settings.training.TrainConfig`. `build(options, vocabulary)` makes a network with fresh weights.
    `presets` maps a name to settings, of the recogniser or of training, the first preset being the default.
    `input` says whether it reads images or ink, `preprocessing(options)` how the network wants them. `weights` is a
    checkpoint folder that ships with the plugin, for prediction without training, or None. `reading` is a JSON file
    that `hmer_suite.predict.joining` reads: how its readings, alone and joined with others', are scored; or None.
    """

    name: str
    summary: str
    options: type
    build: Callable[[Any, Vocabulary], Recogniser]
    presets: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: {"base": {}})
    preprocessing: Callable[[Any], Preprocessing] = lambda options: Preprocessing()
    weights: Path | None = None
    input: Input = "image"
    reading: Path | None = None

    def expects(self, options: object) -> Preprocessing:
        """How samples come to a network of these options: its `preprocessing`, for the kind of sample it reads."""
        return replace(self.preprocessing(options), input=self.input)
