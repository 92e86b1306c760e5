"""The samples of one split of a set of ink: files read, labelled, and left out where they cannot be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from hmer_suite.data.ink_folders import InkPart
from hmer_suite.data.ink_sets import LabelledInk
from hmer_suite.data.layouts.captions import captions_with_ids
from hmer_suite.data.prepare import canonical_label
from hmer_suite.errors import InputError
from hmer_suite.ink.formats import parse_ink
from hmer_suite.ink.inkml import InkDocument, parse_inkml
from hmer_suite.ink.labels import label
from hmer_suite.ink.marks import ink_sample
from hmer_suite.specs.samples import InkSample, LeftOut


@dataclass(frozen=True, slots=True, eq=False)
class InkSplit:
    """One split as ink; sample i is item i of `inks`, `labels` and `samples`."""

    inks: tuple[InkDocument, ...]
    labels: tuple[str, ...]
    samples: tuple[InkSample, ...]
    left_out: tuple[LeftOut, ...]

    def labelled_inks(self) -> Iterator[LabelledInk]:
        """The samples, as for a sample set."""
        for ink, text, sample in zip(self.inks, self.labels, self.samples, strict=True):
            yield LabelledInk(ink.id, text, sample, ink.source)


def read_part(part: InkPart) -> InkSplit:
    """The samples of a folder or an archive; files that cannot be used are listed as left out.

    The id of a sample is the name of its file without suffix; files of one name keep the folders within the part before
    it. The label is its caption, where there is a caption file, else what the file itself says.
    """
    ids = _ids(part)
    captions = _captions(part)
    samples: list[tuple[InkDocument, str, InkSample]] = []
    left_out: list[LeftOut] = []
    for name, data in part.files():
        identifier = ids[name]
        try:
            samples.append(_sample(part, name, data, identifier, captions))
        except InputError as error:
            left_out.append(LeftOut(identifier, str(error)))
    stems = {PurePosixPath(name).stem for name in ids}
    missing = [LeftOut(stem, "no ink of that name for its caption") for stem in captions if stem not in stems]
    if not samples:
        reason = f"; the first, {left_out[0].id}: {left_out[0].reason}" if left_out else ""
        raise InputError(f"{part.where}: no InkML file that can be used{reason}")
    inks, labels, drawn = zip(*samples, strict=True)
    return InkSplit(inks, labels, drawn, (*left_out, *missing))


def _ids(part: InkPart) -> dict[str, str]:
    """Ids by the names of files within the part."""
    names = [part.inner(name) for name in part.names]
    stems = [PurePosixPath(name).stem for name in names]
    if len(set(stems)) == len(stems):
        return dict(zip(names, stems, strict=True))
    twice = {stem for stem, count in Counter(stems).items() if count > 1}
    return {
        name: str(PurePosixPath(name).with_suffix("")) if stem in twice else stem
        for name, stem in zip(names, stems, strict=True)
    }


def _captions(part: InkPart) -> dict[str, str]:
    for name in part.captions:
        return captions_with_ids(part.tree.place(name), part.tree.read(name))
    return {}


def _sample(
    part: InkPart, name: str, data: bytes, identifier: str, captions: dict[str, str]
) -> tuple[InkDocument, str, InkSample]:
    path = PurePosixPath(name)
    where = f"{part.title}/{name}"
    source = path.parent.name or part.title.partition(".")[0]
    if path.suffix.lower() == ".inkml":
        ink = parse_inkml(data, identifier, where, source)
    else:
        ink = replace(parse_ink(data, identifier, where), source=source)
    text = _label(ink, captions.get(path.stem))
    return replace(ink, mathml=None), text, ink_sample(ink, text)


def _label(ink: InkDocument, caption: str | None) -> str:
    """The label of an ink; `InputError` says why it cannot be used."""
    if not ink.traces:
        raise InputError("no traces")
    text = label(ink) if caption is None else canonical_label(caption, ink.id)
    if not text:
        raise InputError("neither MathML nor typed truth says what was written")
    return text
