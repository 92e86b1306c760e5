"""The contracts of data sources, repair rules, metrics and grammars."""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import numpy as np

from hmer_suite.errors import UsageError
from hmer_suite.ink.marks import shape
from hmer_suite.latex.automaton import Grammar
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.table import END
from hmer_suite.latex.token_classes import CLASSES, token_class
from hmer_suite.latex.tokens import split
from hmer_suite.repairs.rules import Rule, apply_rules
from hmer_suite.specs.grammar import GrammarSpec
from hmer_suite.specs.metric import MetricSpec
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, SampleSet
from hmer_suite.testing.common import Contract
from hmer_suite.testing.pictures import PICTURES


class DataSourceContract(Contract):
    """The contract of a data source. `argument` is that of ``--data NAME:ARGUMENT``."""

    kind = "data source"
    spec: DataSourceSpec
    argument = ""

    def test_each_split_is_whole(self) -> None:
        for samples in self._splits():
            n = len(samples)
            assert n, f"{samples.split} is empty"
            fields = (samples.labels, samples.images, samples.sources, samples.sizes)
            assert [len(values) for values in fields] == [n] * len(fields), f"{samples.split}: lengths differ"
            assert len(set(samples.ids)) == n, f"{samples.split}: two samples have the same id"

    def test_images_are_ink_on_paper(self) -> None:
        for samples in self._splits():
            for place in range(min(len(samples), 20)):
                _check_image(samples, place)

    def test_labels_are_canonical(self) -> None:
        for samples in self._splits():
            for label in filter(None, samples.labels[:200]):
                assert label == canonical(label), (
                    f"{samples.split}: {label} is {canonical(label)} in canonical spelling"
                )

    def test_images_keep_to_the_preprocessing(self) -> None:
        samples = self.spec.load(self.argument, self.spec.splits[0], Preprocessing(max_pixels=2_000))
        assert int(samples.sizes.prod(axis=1).max()) <= 2_000, "an image has more than max_pixels pixels"

    def test_twice_the_same(self) -> None:
        for first, second in zip(self._splits(), self._splits(), strict=True):
            same = first.digest == second.digest and (first.images[0] == second.images[0]).all()
            assert same, f"{first.split}: it differs when it is loaded again"

    def test_ink_is_given_where_there_is_some(self) -> None:
        """Asked for ink, a source that has it returns all of it; one without returns images."""
        for split_ in self.spec.splits:
            samples = self.spec.load(self.argument, split_, Preprocessing(input="ink", points=17))
            if samples.kind == "image":
                has = self.spec.load(self.argument, split_, Preprocessing()).inks is not None
                assert not has, (
                    f"{split_}: its images are drawn from ink, but asked for ink it returns images"
                )
                continue
            _check_inks(samples)

    def test_other_splits_are_refused(self) -> None:
        try:
            self.spec.load(self.argument, "nonsense", Preprocessing())
        except UsageError:
            return
        raise AssertionError("a split that does not exist must be a UsageError")

    def _splits(self) -> Iterable[SampleSet]:
        for split_ in self.spec.splits:
            samples = self.spec.load(self.argument, split_, Preprocessing())
            assert samples.split == split_, f"asked for {split_}, got {samples.split}"
            yield samples


def _check_image(samples: SampleSet, place: int) -> None:
    image: np.ndarray = samples.images[place]
    name = samples.ids[place]
    assert str(image.dtype) == "uint8" and image.ndim == 2, f"{name}: expected (H, W) of uint8"
    assert image.shape == tuple(samples.sizes[place]), (
        f"{name}: {image.shape} is not its size {samples.sizes[place]}"
    )
    assert image.mean() < 128, f"{name}: 0 is background and 255 ink; this seems to be inverted"


def _check_inks(samples: SampleSet) -> None:
    """Check the ink of each sample against the set's fields."""
    n, where = len(samples), samples.split
    assert samples.kind == "ink", f"{where}: kind {samples.kind!r}, expected image or ink"
    assert samples.inks is not None, f"{where}: of kind ink, and without inks"
    assert samples.points == 17, f"{where}: points={samples.points}, asked for 17"
    fields = (samples.labels, samples.inks, samples.images, samples.sources, samples.sizes)
    assert [len(values) for values in fields] == [n] * len(fields), f"{where}: lengths differ"
    for place in range(min(n, 50)):
        _check_ink(samples, place)


def _check_ink(samples: SampleSet, place: int) -> None:
    assert samples.inks is not None
    ink, name = samples.inks[place], samples.ids[place]
    tokens = samples.labels[place].split()
    assert ink.traces, f"{name}: no traces"
    for trace in ink.traces:
        assert trace.ndim == 2 and trace.shape[1] == 2 and len(trace), f"{name}: a trace is {trace.shape}"
        assert trace.dtype.kind == "f", f"{name}: a trace is of {trace.dtype}, expected floating point"
        assert bool((abs(trace) < math.inf).all()), f"{name}: a point is not finite"
    assert 0 < ink.unit < math.inf, f"{name}: unit {ink.unit}, expected the height of a symbol"
    size = (len(ink.traces), len(tokens) + 1)
    assert tuple(samples.sizes[place]) == size, f"{name}: {size} is not its size {samples.sizes[place]}"
    for mark in ink.marks:
        inside = mark.traces and set(mark.traces) <= set(range(len(ink.traces)))
        assert inside, f"{name}: the mark of {mark.name} has traces {mark.traces}, of {len(ink.traces)}"
        assert -1 <= mark.token < len(tokens), f"{name}: the mark of {mark.name} is of token {mark.token}"
        linked = mark.token < 0 or shape(tokens[mark.token]) == mark.name
        assert linked, f"{name}: the mark of {mark.name} is linked to {tokens[mark.token]}"


class RuleContract(Contract):
    """The contract of a repair rule. `changes` maps formulas to the rule's results; `keeps` are others."""

    kind = "repair rule"
    spec: Rule
    changes: ClassVar[Mapping[str, str]] = {}
    keeps: ClassVar[Sequence[str]] = ()

    def test_what_it_changes(self) -> None:
        assert self.changes, "give at least one example in `changes`"
        for before, after in self.changes.items():
            assert self._applied(before) == " ".join(split(after)), f"{before} became {self._applied(before)}"

    def test_what_it_keeps(self) -> None:
        for text in self.keeps:
            assert self._applied(text) == " ".join(split(text)), f"{text} became {self._applied(text)}"

    def test_once_is_enough(self) -> None:
        for text in [*self.changes, *self.keeps, ""]:
            once = [
                token for i, token in enumerate(split(text)) if i not in set(self.spec.removals(split(text)))
            ]
            assert not list(self.spec.removals(once)), f"{text}: applied again, it finds more"

    def test_it_can_go_to_other_processes(self) -> None:
        tokens = split("x ^ { 2 }")
        assert list(pickle.loads(pickle.dumps(self.spec)).removals(tokens)) == list(
            self.spec.removals(tokens)
        )

    def _applied(self, text: str) -> str:
        return " ".join(apply_rules(split(text), [self.spec]).tokens)


class MetricContract(Contract):
    """The contract of a metric. `perfect` is its value if every prediction equals its reference."""

    kind = "metric"
    spec: MetricSpec
    perfect = 100.0

    def test_perfect_predictions(self) -> None:
        references = list(PICTURES)
        assert self._score(references, references) == self.perfect

    def test_missing_and_empty_predictions(self) -> None:
        references = list(PICTURES)
        for predictions in ([None] * 4, [""] * 4, [None, "", *references[2:]], ["x"] * 4):
            value = self._score(predictions, references)
            assert math.isfinite(value), f"{predictions} scored {value}"
            assert value == self._score(predictions, references), "the second call returned another number"

    def _score(self, predictions: Sequence[str | None], references: Sequence[str]) -> float:
        return float(self.spec.score(predictions, references))


class GrammarContract(Contract):
    """The contract of a grammar. `accepts` and `refuses` are examples of valid and invalid formulas."""

    kind = "grammar"
    spec: GrammarSpec
    accepts: ClassVar[Sequence[str]] = ()
    refuses: ClassVar[Sequence[str]] = ()

    def test_what_it_accepts_and_refuses(self) -> None:
        assert self.accepts and self.refuses, "give examples in `accepts` and `refuses`"
        grammar = Grammar(self.spec.source)
        for text in [*self.accepts, *self.refuses]:
            configuration = grammar.start
            for token in split(text):
                configuration = configuration[token_class(token)]
            assert configuration.accepts == (text in self.accepts), f"{text}: expected the opposite"

    def test_its_terminals_are_token_classes(self) -> None:
        """A class that no token has could never occur."""
        used = {cls for actions in Grammar(self.spec.source).table.actions for cls in actions}
        unknown = used - set(CLASSES.values()) - {token_class(char) for char in "1ax,"} - {END}
        assert not unknown, f"no token is of class {', '.join(sorted(unknown))}"
