"""Made-up ink whose symbols are all linked to their tokens, as CROHME's are."""

from __future__ import annotations

from dataclasses import replace

from hmer_suite.data.sources import synthetic
from hmer_suite.ink.marks import shape
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample


def linked_ink(count: int, seed: int = 0, longest: int = 14) -> list[tuple[InkSample, str]]:
    """Ink and label of `count` formulas in which the order of the symbols says which token each one is."""
    samples = synthetic.load(f"{4 * count},{seed},{longest}", "train", Preprocessing(input="ink"))
    found = []
    for ink, label in zip(samples.inks, samples.labels, strict=True):
        tokens = label.split()
        places: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            places.setdefault(shape(token), []).append(place)
        names = [mark.name for mark in ink.marks]
        # A bar or a root is written when what it holds has been: of several it is not known which comes first.
        certain = all(
            len(places[name]) == names.count(name)
            and (
                len(places[name]) == 1 or not {"\\frac", "\\sqrt"} & {tokens[place] for place in places[name]}
            )
            for name in names
        )
        if certain:
            marks = tuple(replace(mark, token=places[mark.name].pop(0)) for mark in ink.marks)
            found.append((replace(ink, marks=marks), label))
    assert len(found) >= count
    return found[:count]
