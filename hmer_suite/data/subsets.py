"""Parts and joins of sample sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.specs.samples import LeftOut, SampleSet

T = TypeVar("T")


JOIN_SIGN = re.compile(r"\+(?=[a-z][a-z0-9-]*(?::|$|\+))")


def join(first: SampleSet, second: SampleSet) -> SampleSet:
    """Two sets of one kind as one; `InputError` names an id that both have."""
    if doubled := set(first.ids) & set(second.ids):
        raise InputError(f"{min(doubled)}: the id is in two of the joined data sets")
    both = first.inks is not None and second.inks is not None
    anew = first.redraw is not None or second.redraw is not None
    return replace(
        first,
        ids=first.ids + second.ids,
        labels=first.labels + second.labels,
        sizes=np.concatenate([first.sizes, second.sizes]),
        images=_Chained(first.images, second.images),
        sources=first.sources + second.sources,
        left_out=first.left_out + second.left_out,
        inks=_Chained(first.inks, second.inks) if both else None,
        redraw=(lambda *when: join(first.drawn(*when), second.drawn(*when))) if anew else None,
    )


def split_off(samples: SampleSet, share: float, seed: int) -> tuple[SampleSet, SampleSet]:
    """The set without a random share of its samples, and that share as a validation split."""
    order = np.random.default_rng([seed, len(samples)]).permutation(len(samples))
    number = round(share * len(samples))
    return pick(samples, sorted(order[number:])), pick(samples, sorted(order[:number]), "validation")


def no_longer_than(samples: SampleSet, max_tokens: int) -> SampleSet:
    """The samples with labels of at most `max_tokens`; the others are listed as left out."""
    lengths = [len(label.split()) for label in samples.labels]
    kept = pick(samples, [place for place, length in enumerate(lengths) if length <= max_tokens])
    longer = tuple(
        LeftOut(name, f"label of {length} tokens, max_tokens={max_tokens}")
        for name, length in zip(samples.ids, lengths, strict=True)
        if length > max_tokens
    )
    return replace(kept, left_out=samples.left_out + longer)


def pick(samples: SampleSet, places: Sequence[int], split: str | None = None) -> SampleSet:
    """The samples in the given places."""
    places = [int(place) for place in places]
    split = split or samples.split
    return replace(
        samples,
        split=split,
        ids=tuple(samples.ids[i] for i in places),
        labels=tuple(samples.labels[i] for i in places),
        sizes=samples.sizes[places].reshape(-1, 2),
        images=_Picked(samples.images, places),
        sources=tuple(samples.sources[i] for i in places),
        inks=None if samples.inks is None else _Picked(samples.inks, places),
        redraw=None if samples.redraw is None else lambda *when: pick(samples.drawn(*when), places, split),
    )


def spread(samples: SampleSet, count: int) -> SampleSet:
    """At most so many samples, spread evenly over the set."""
    if len(samples) <= count:
        return samples
    return pick(samples, [number * len(samples) // count for number in range(count)])


class _Picked(Sequence[T]):
    def __init__(self, items: Sequence[T], places: Sequence[int]):
        self._items, self._places = items, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index):
        return self._items[self._places[index]]


class _Chained(Sequence[T]):
    def __init__(self, first: Sequence[T], second: Sequence[T]):
        self._first, self._second = first, second

    def __len__(self) -> int:
        return len(self._first) + len(self._second)

    def __getitem__(self, index):
        here = len(self._first)
        return self._first[index] if index < here else self._second[index - here]
