"""Statistics of data sets: lengths and nesting of formulas, sizes of images, symbols, structures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.latex.constructs import ENVIRONMENT, STRUCTURE_OF
from hmer_suite.latex.nodes import Command, Environment, Fenced, Infix, Line, Node, Row, Scripts, Symbol, walk
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import parse
from hmer_suite.specs.samples import SampleSet


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, median, 95th percentile and maximum of some numbers."""

    mean: float
    median: float
    p95: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one number."""
        array = np.asarray(values, dtype=float)
        return cls(*(round(float(number), 1) for number in _summary(array)))


def _summary(array: Any) -> Iterator[float]:
    yield array.mean()
    yield from np.quantile(array, (0.5, 0.95))
    yield array.max()


@dataclass(frozen=True, slots=True)
class SetStats:
    """Figures of one split; samples without label only count in `n` and `sizes`.

    `lengths` are numbers of tokens and `depths` levels of nesting, one a formula; `sizes` are (height, width) in
    pixels. `symbols` counts the occurrences of each token in the split, `structures` the formulas that
    have each structure. `with_train` counts formulas that are in the training split as well, `new_symbols` tokens that
    are not; both are None where there is no training split, or this is it.
    """

    split: str
    n: int
    left_out: int
    digest: str
    distinct: int
    lengths: tuple[int, ...]
    depths: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...]
    symbols: dict[str, int]
    structures: dict[str, int]
    sources: dict[str, int]
    with_train: int | None = None
    new_symbols: dict[str, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """The figures, with spreads instead of those of single samples."""
        heights, widths = ([size[side] for size in self.sizes] for side in (0, 1))
        spreads = {"tokens": self.lengths, "height": heights, "width": widths}
        found = asdict(self)
        for name in ("lengths", "depths", "sizes"):
            del found[name]
        found |= {name: asdict(Spread.of(values)) if values else None for name, values in spreads.items()}
        return found | {"depths": {str(depth): n for depth, n in sorted(Counter(self.depths).items())}}


def describe(sets: Sequence[SampleSet]) -> tuple[SetStats, ...]:
    """Figures of each split of a data set.

    Raises:
        InputError: a label is not valid LaTeX; the message names its sample.
    """
    train = next((samples for samples in sets if samples.split == "train"), None)
    return tuple(_describe(samples, None if samples is train else train) for samples in sets)


def _describe(samples: SampleSet, train: SampleSet | None) -> SetStats:
    lengths, depths = [], []
    symbols: Counter[str] = Counter()
    structures: Counter[str] = Counter(dict.fromkeys(STRUCTURES, 0))
    for identifier, label in zip(samples.ids, samples.labels, strict=True):
        if not label:
            continue
        tokens = split(label)
        tree = _parse(identifier, tokens)
        lengths.append(len(tokens))
        depths.append(depth(tree))
        symbols.update(tokens)
        structures.update(structures_of(tree))
    labels = [label for label in samples.labels if label]
    with_train, new_symbols = None, None
    if train is not None:
        known = set(train.labels)
        known_tokens = {token for label in known for token in split(label)}
        with_train = sum(label in known for label in labels)
        new_symbols = {token: n for token, n in symbols.most_common() if token not in known_tokens}
    return SetStats(
        split=samples.split,
        n=len(samples),
        left_out=len(samples.left_out),
        digest=samples.digest,
        distinct=len(set(labels)),
        lengths=tuple(lengths),
        depths=tuple(depths),
        sizes=tuple((int(height), int(width)) for height, width in samples.sizes),
        symbols=dict(symbols.most_common()),
        structures=dict(structures),
        sources=dict(Counter(samples.sources).most_common()),
        with_train=with_train,
        new_symbols=new_symbols,
    )


def _parse(identifier: str, tokens: Sequence[str]) -> Row:
    try:
        return parse(tokens)
    except InputError as error:
        raise InputError(f"{identifier}: {error}") from None


# ---------------------------------------------------------------- structures


STRUCTURES = (
    "fraction",
    "binomial",
    "subscript",
    "superscript",
    "both scripts",
    "root",
    "big operator",
    "named function",
    "accent",
    "stacked",
    "fences that grow",
    ENVIRONMENT,
    "text",
)
"""Names of the structures that are counted; those that tokens show are named in `hmer_suite.latex.constructs`."""


def structures_of(tree: Node) -> set[str]:
    """Names of the structures that a formula has."""
    found: set[str] = set()
    for node in walk(tree):
        match node:
            case Symbol() | Command() | Infix():
                if name := STRUCTURE_OF.get(node.name):
                    found.add(name)
                elif CLASSES.get(node.name) == "NAMEDOP":
                    found.add("named function")
            case Scripts():
                found.update(_places(node))
            case Fenced():
                found.add("fences that grow")
            case Environment():
                found.add(ENVIRONMENT)
    return found


def _places(node: Scripts) -> Iterator[str]:
    if node.sub is not None:
        yield "subscript"
    if node.sup is not None:
        yield "superscript"
    if node.sub is not None and node.sup is not None:
        yield "both scripts"


def depth(tree: Node) -> int:
    """Levels that a formula leaves its line by: into scripts, fractions, roots, stacks and cells; 0 for ``a+b``."""
    deepest = 0
    waiting: list[tuple[Node, int]] = [(tree, 0)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        inner = level + _leaves_line(node)
        for place, child in enumerate(node.children):
            if child is not None:
                is_base = place == 0 and isinstance(node, Scripts)
                waiting.append((child, level if is_base else inner))
    return deepest


def _leaves_line(node: Node) -> bool:
    """Whether the parts of a node leave the line that the node is on."""
    if isinstance(node, Command):
        return CLASSES.get(node.name) in ("FRAC", "CFRAC", "GENFRAC", "SQRT", "STACK")
    return isinstance(node, Scripts | Infix | Line)
