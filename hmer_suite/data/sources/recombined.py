"""Recombined ink as a data source, for training only, alone or joined to the ink that it is made from.

``recombined:PATH`` cuts the symbols from CROHME's training ink (PATH as in ``crohme:PATH``) and writes 5,000 new
formulas with them; ``recombined:PATH,N`` writes N, ``recombined:PATH,N,SEED`` N others. No other ink is read.
"""

from __future__ import annotations

from hmer_suite.data.sources.arguments import path_and_numbers
from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.data.sources.synthetic import written_set
from hmer_suite.errors import InputError, UsageError
from hmer_suite.handwriting.cut_glyphs import GlyphCollection, cut, without_outliers
from hmer_suite.handwriting.recombine import FormulaRecombiner, InkRecombiner
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, SampleSet

DEFAULT_SAMPLES = 5_000


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """The training split, the only one; see `hmer_suite.specs.samples.DataSourceSpec`."""
    path, count, seed = _parse(argument)
    if split != "train":
        raise UsageError(f"recombined ink has no split {split}: it is made of training ink, for training")
    recombiner = recombiner_of(path)
    written = (recombiner(seed, number) for number in range(count))
    return written_set("recombined", split, written, preprocessing)


def recombiner_of(path: str) -> InkRecombiner:
    """The recombiner of CROHME's training ink in a folder.

    Raises:
        InputError: there is no such ink, or it has no marked symbols.
    """
    ink = load_ink(path, "train")
    symbols = [
        symbol for item, label in zip(ink.inks, ink.labels, strict=True) for symbol in cut(item, label)
    ]
    if not symbols:
        raise InputError(f"{path}: no symbols are marked in the training ink")
    glyphs = GlyphCollection.of(without_outliers(symbols))
    return InkRecombiner(glyphs, FormulaRecombiner.of(ink.labels, glyphs.all_writers))


def _parse(argument: str) -> tuple[str, int, int]:
    """Folder, number of samples and seed."""
    path, numbers = path_and_numbers(argument, 2)
    if not path:
        raise UsageError(f"recombined:{argument}: expected recombined:PATH, recombined:PATH,N or ...,N,SEED")
    count, seed = (*numbers, *(DEFAULT_SAMPLES, 0)[len(numbers) :])
    if count < 1:
        raise UsageError(f"recombined:{argument}: at least one sample is needed")
    return path, count, seed


SOURCE = DataSourceSpec(
    "recombined",
    "new formulas in symbols of CROHME's training ink, PATH[,N][,SEED]: for training",
    load,
    splits=("train",),
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
