"""Reading formulas from Python: ``hmer_suite.load("stroke+wap").read(x)``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.predict.inputs import read_single
from hmer_suite.predict.joint_reader import JoinedSamples, JointReader
from hmer_suite.predict.open_reader import default_device, open_readers
from hmer_suite.predict.reader import Reader
from hmer_suite.specs.recogniser import Decoding, Hypothesis

if TYPE_CHECKING:
    from hmer_suite.predict.inputs import Single

GRAMMATICAL = Decoding(constrained=True)
"""The default search: greedy, constrained by the grammar."""


@dataclass(frozen=True, slots=True)
class FormulaReader:
    """One recogniser, or several joined, that reads one formula at a time."""

    reader: Reader | JointReader

    def read(self, given: Single, how: Decoding = GRAMMATICAL) -> tuple[Hypothesis, ...]:
        """The `how.nbest` best readings of a formula, the best first.

        `given` is a path, the bytes of a file, a picture (Pillow's, or an array) or strokes, as
        `hmer_suite.predict.inputs.read_single` takes it. Ink is drawn for recognisers of images, and pictures are
        traced for those of ink. A blank sheet is read as an empty formula of confidence 0. Raises `InputError` for
        input that cannot be read.
        """
        how = replace(how, beam=max(how.beam, how.nbest))
        if isinstance(self.reader, JointReader):
            sets = tuple(member.seen(read_single(given, member.wanted)) for member in self.reader.members)
            return self.reader.read(JoinedSamples(sets), how)[0]
        return self.reader.read(self.reader.seen(read_single(given, self.reader.wanted)), how)[0]


def load(names: str, device: str = "", precision: str = "fp32") -> FormulaReader:
    """A recogniser by its name or the folder of a checkpoint, or several joined by ``+``; see `open_readers`.

    `device` is cpu, cuda or cuda:1; by default a GPU if there is one.
    """
    return FormulaReader(open_readers(names, device or default_device(), precision))
