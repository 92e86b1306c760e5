"""Reading formulas from Python: ``hmer_suite.load("stroke+wap").read(x)``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.mathml import to_mathml
from hmer_suite.predict.inputs import read_single
from hmer_suite.predict.joint_reader import JoinedSamples, JointReader
from hmer_suite.predict.open_reader import open_readers
from hmer_suite.predict.sample_reader import SampleReader
from hmer_suite.specs.recogniser import Decoding, Hypothesis

if TYPE_CHECKING:
    from hmer_suite.predict.inputs import Single


@dataclass(frozen=True, slots=True, repr=False)
class Reading(Hypothesis):
    """A hypothesis for one formula, with what notebooks and web pages show.

    `latex` are the `tokens` joined by spaces, `logprob` is their natural log-probability, and `confidence` the
    probability that all of them are right, or None.
    """

    @property
    def token_probabilities(self) -> tuple[tuple[str, float | None], ...]:
        """Each token with the probability that it is right, None for recognisers whose confidence is not calibrated."""
        known = self.token_confidences or (None,) * len(self.tokens)
        return tuple(zip(self.tokens, known, strict=True))

    @property
    def mathml(self) -> str:
        """The formula as a ``<math>`` element; empty if it is not valid LaTeX, as free search may write."""
        try:
            return to_mathml(self.latex)
        except InputError:
            return ""

    def __repr__(self) -> str:
        sure = "" if self.confidence is None else f", confidence={self.confidence:.2f}"
        return f"Reading({self.latex!r}, logprob={self.logprob:.2f}{sure})"

    def _repr_latex_(self) -> str:
        """The formula as notebooks draw it."""
        return f"${self.latex}$"


@dataclass(frozen=True, slots=True, repr=False)
class FormulaReader:
    """One recogniser, or several joined, that reads one formula at a time."""

    reader: SampleReader | JointReader
    name: str = ""
    device: str = ""

    def __repr__(self) -> str:
        return f"FormulaReader({self.name!r}, device={self.device!r})"

    def read(self, given: Single, how: Decoding | None = None) -> tuple[Reading, ...]:
        """The `how.nbest` best readings of a formula, the best first.

        By default the search is greedy and, but for recognisers of single symbols, constrained by the grammar.

        `given` is a path, the bytes of a file, a picture (Pillow's, or an array) or strokes, as
        `hmer_suite.predict.inputs.read_single` takes it. Ink is drawn for recognisers of images, and pictures are
        traced for those of ink. A blank sheet is read as an empty formula of confidence 0. Raises `InputError` for
        input that cannot be read.
        """
        how = how or Decoding(constrained=self.reader.formulas)
        how = replace(how, beam=max(how.beam, how.nbest))
        return tuple(
            Reading(one.tokens, one.logprob, one.score, one.confidence, one.token_confidences)
            for one in self._hypotheses(given, how)
        )

    def _hypotheses(self, given: Single, how: Decoding) -> tuple[Hypothesis, ...]:
        if isinstance(self.reader, JointReader):
            sets = tuple(member.seen(read_single(given, member.wanted)) for member in self.reader.members)
            return self.reader.read(JoinedSamples(sets), how)[0]
        return self.reader.read(self.reader.seen(read_single(given, self.reader.wanted)), how)[0]


def load(names: str, device: str = "", precision: str = "fp32") -> FormulaReader:
    """A recogniser by its name or folder (a checkpoint's or an exported one's), or several joined by ``+``.

    See `hmer_suite.predict.open_reader.open_readers`.

    `device` is cpu, cuda or cuda:1; by default a GPU if there is one.
    """
    reader = open_readers(names, device, precision)
    return FormulaReader(reader, names, device or reader.device)
