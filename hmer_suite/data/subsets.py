"""Parts and joins of sample sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.lazy_sequence import ChainedSequence, PickedSequence
from hmer_suite.specs.samples import LeftOut, SampleSet

JOIN_SIGN = re.compile(r"\+(?=[a-z][a-z0-9-]*(?::|$|\+))")
"""A plus sign that joins two data sources, such as in ``crohme:PATH+synthetic:100``."""


def join(first: SampleSet, second: SampleSet) -> SampleSet:
    """Two sets of one kind as one; `InputError` names an id that both have."""
    if doubled := set(first.ids) & set(second.ids):
        raise InputError(f"{min(doubled)}: the id is in two of the joined data sets")
    redrawn = first.redraw is not None or second.redraw is not None
    return replace(
        chained([first, second]),
        redraw=(lambda *epoch: join(first.drawn(*epoch), second.drawn(*epoch))) if redrawn else None,
    )


def chained(sets: Sequence[SampleSet]) -> SampleSet:
    """Sets of one kind and split, with distinct ids, one after the other; there must be at least one."""
    if len(sets) == 1:
        return sets[0]
    inks = [part.inks for part in sets if part.inks is not None]
    return replace(
        sets[0],
        ids=tuple(identifier for part in sets for identifier in part.ids),
        labels=tuple(label for part in sets for label in part.labels),
        sizes=np.concatenate([part.sizes for part in sets]),
        images=ChainedSequence([part.images for part in sets]),
        sources=tuple(source for part in sets for source in part.sources),
        left_out=tuple(entry for part in sets for entry in part.left_out),
        inks=ChainedSequence(inks) if len(inks) == len(sets) else None,
    )


def split_off(samples: SampleSet, share: float, seed: int) -> tuple[SampleSet, SampleSet]:
    """The set without a random share of its samples, and that share as a validation split.

    No label is on both sides, whichever of the joined sources its samples come from, else the rates of the share
    would count formulas that were learnt by heart. Samples of one label are held out together where the share has
    room for them all, and stay in training where it has not. Two kinds of label are divided sample by sample: a single
    token with so many samples that the share has more than one of them, which is a class to be learnt and no formula,
    and the only label of a set. Labels are compared as the set describes them; a set that is drawn anew for each epoch
    may change them later.
    """
    held_out = _held_out(samples.labels, share, seed)
    kept = sorted(set(range(len(samples))) - set(held_out))
    return pick(samples, kept), pick(samples, sorted(held_out), "validation")


def _held_out(labels: Sequence[str], share: float, seed: int) -> list[int]:
    """Places of the samples that `split_off` holds out; where no label repeats, the first of a random order."""
    order = np.random.default_rng([seed, len(labels)]).permutation(len(labels)).tolist()
    number = round(share * len(labels))
    groups: dict[str, list[int]] = {}
    for place in order:
        groups.setdefault(labels[place], []).append(place)
    held_out: list[int] = []
    for place in order:
        label = labels[place]
        group = groups[label]
        if len(groups) == 1 or (len(label.split()) <= 1 and share * len(group) > 1):
            group = [place]
        elif place != group[0]:
            continue  # decided with the first sample of its label
        if len(held_out) + len(group) <= number:
            held_out += group
    return held_out if held_out or not number else min(groups.values(), key=len)


def no_longer_than(samples: SampleSet, max_tokens: int) -> SampleSet:
    """The samples whose labels have at most `max_tokens` tokens; the others are listed as left out."""
    lengths = [len(label.split()) for label in samples.labels]
    kept = pick(samples, [place for place, length in enumerate(lengths) if length <= max_tokens])
    longer = tuple(
        LeftOut(name, f"label of {length} tokens, max_tokens={max_tokens}")
        for name, length in zip(samples.ids, lengths, strict=True)
        if length > max_tokens
    )
    return replace(kept, left_out=samples.left_out + longer)


def pick(samples: SampleSet, places: Sequence[int], split: str | None = None) -> SampleSet:
    """The samples at the given places, as a split of its own name if `split` is given."""
    places = [int(place) for place in places]
    split = split or samples.split
    return replace(
        samples,
        split=split,
        ids=tuple(samples.ids[i] for i in places),
        labels=tuple(samples.labels[i] for i in places),
        sizes=samples.sizes[places].reshape(-1, 2),
        images=PickedSequence(samples.images, places),
        sources=tuple(samples.sources[i] for i in places),
        inks=None if samples.inks is None else PickedSequence(samples.inks, places),
        redraw=None if samples.redraw is None else lambda *epoch: pick(samples.drawn(*epoch), places, split),
    )


def evenly_spaced(samples: SampleSet, count: int) -> SampleSet:
    """At most `count` samples, spread evenly over the set."""
    if len(samples) <= count:
        return samples
    return pick(samples, [number * len(samples) // count for number in range(count)])
