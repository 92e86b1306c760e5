"""Recognisers that the application offers, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.errors import PluginError, UsageError
from hmer_suite.predict.joining import read_joinings
from hmer_suite.registry import offered, recogniser
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.terminal import note


@dataclass(frozen=True, slots=True)
class Offers:
    """Names of recognisers, or of several joined by ``+``, and those that read by default."""

    names: tuple[str, ...]
    strokes: str
    """Reads what is written with a pen."""
    image: str
    """Reads images."""


def find_offers(wanted: Sequence[str]) -> Offers:
    """The recognisers of these names, or, without any, all that ship weights and the readings that join them.

    A plugin that fails is left out with a note on stderr, unless it is asked for. Raises `UsageError` where there is no
    recogniser of such a name, `PluginError` where there is none with weights or the plugin of a name fails.
    """
    if wanted:
        for name in wanted:
            for part in name.split("+"):
                if recogniser(part.partition("@")[0]).weights is None:
                    raise UsageError(f"--recogniser {name}: {part} has no weights")
        return Offers(tuple(dict.fromkeys(wanted)), wanted[0], wanted[0])
    specs = [spec for _, spec in offered("recogniser", note).values() if isinstance(spec, RecogniserSpec)]
    known = {spec.name: spec for spec in specs if spec.weights is not None}
    if not known:
        raise PluginError("no recogniser with weights is installed")
    pens = [name for name, spec in known.items() if spec.input == "ink"]
    others = [name for name, spec in known.items() if spec.input == "image"]
    joined = _joined(known)
    return Offers((*pens, *joined, *others), (pens or others)[0], (*joined, *others, *pens)[0])


def _joined(known: dict[str, RecogniserSpec]) -> list[str]:
    """Joined readings whose scores are tuned and whose members are all installed."""
    paths = dict.fromkeys(spec.reading for spec in known.values() if spec.reading is not None)
    names = [name for path in paths for name in read_joinings(path) if "+" in name]
    return [name for name in names if all(part in known for part in name.split("+"))]
