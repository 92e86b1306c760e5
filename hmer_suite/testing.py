"""The contract kit: what a plugin must keep, as tests that a plugin's own test suite inherits.

    from hmer_suite.testing import RecogniserContract
    from my_model import SPEC

    class TestMyModel(RecogniserContract):
        spec = SPEC
        quick = {"preset": "small"}

runs them all under pytest, which this module itself does not need. There is one class for each kind of thing
that a plugin offers. They look the plugin up by its name, as users do, so install its package first
(``pip install -e .``).
"""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hmer_suite import registry
from hmer_suite.data.ink_sets import InkRow, ink_set
from hmer_suite.data.samples import DataSourceSpec, SampleSet
from hmer_suite.data.vocab import Vocabulary
from hmer_suite.errors import UsageError
from hmer_suite.ink.marks import InkSample, Mark, shape
from hmer_suite.latex.canonical import canonical
from hmer_suite.latex.commands import CLASSES, token_class
from hmer_suite.latex.grammar import END, Grammar, GrammarSpec, is_valid
from hmer_suite.latex.tokens import split
from hmer_suite.recogniser import Decoding, Hypothesis, Preprocessing, RecogniserSpec
from hmer_suite.repairs.rules import Rule, apply_rules
from hmer_suite.scores.metric import MetricSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from hmer_suite.train.batch import Batch
    from hmer_suite.train.config import Settings
    from hmer_suite.train.module import Recogniser

PICTURES = {
    "1": """
        ..#.
        .##.
        ..#.
        ..#.
        ..#.
        ..#.
        .###
        """,
    "x + 1": """
        .................#.
        ........#.......##.
        #...#...#........#.
        .#.#....#........#.
        ..#...#####......#.
        .#.#....#........#.
        #...#...#.......###
        """,
    "1 ^ { x }": """
        .......#...#
        ........#.#.
        ..#......#..
        .##.....#.#.
        ..#....#...#
        ..#.........
        ..#.........
        ..#.........
        .###........
        """,
    r"\frac { 1 } { x }": """
        ....#....
        ...##....
        ....#....
        ....#....
        ...###...
        .........
        #########
        .........
        ..#...#..
        ...#.#...
        ....#....
        ...#.#...
        ..#...#..
        """,
}
"""Four formulas as black and white pictures, a digit being seven rows high."""

INKS = {
    "1": """
        0: 0,1 1,0 1,6
        """,
    "x + 1": """
        0: 0,2 2,4 4,6
        0: 4,2 2,4 0,6
        1: 8,1 8,5
        1: 6,3 10,3
        2: 13,1 14,0 14,6
        """,
    "1 ^ { x }": """
        0: 0,4 1,3 1,9
        3: 4,0 6,2 8,4
        3: 8,0 6,2 4,4
        """,
    r"\frac { 1 } { x }": """
        2: 3,1 4,0 4,5
        0: 0,7 4,7 8,7
        5: 2,9 4,11 6,13
        5: 6,9 4,11 2,13
        """,
}
"""The same formulas as ink, a digit being six units high.

Each line is a stroke: the place of its token in the label, then its points, x to the right and y down.
"""


def pictures(symbol_height: int, drawn: Mapping[str, str] = PICTURES) -> SampleSet:
    """The four of `PICTURES`, or others drawn like them, with digits about `symbol_height` pixels high."""
    import numpy as np

    scale = max(1, round(symbol_height / 7))
    images = []
    for picture in drawn.values():
        ink = np.array([[dot == "#" for dot in row] for row in picture.split()], np.uint8) * 255
        images.append(np.pad(ink.repeat(scale, axis=0).repeat(scale, axis=1), scale))
    sizes = np.array([image.shape for image in images])
    ids = tuple(f"picture-{number}" for number in range(1, len(images) + 1))
    return SampleSet("train", ids, tuple(drawn), sizes, images, ("pictures",) * len(images))


def inks(points: int = 32, written: Mapping[str, str] = INKS) -> SampleSet:
    """The four of `INKS`, or others written like them, as ink with marks, to be resampled to so many points."""
    rows = [
        InkRow(f"ink-{number}", label, _ink(label, text), "inks")
        for number, (label, text) in enumerate(written.items(), start=1)
    ]
    return ink_set("train", rows, Preprocessing(input="ink", points=points))


def _ink(label: str, text: str) -> InkSample:
    """Ink of lines such as those of `INKS`."""
    import numpy as np

    tokens, traces, places = label.split(), [], {}
    for number, line in enumerate(text.strip().splitlines()):
        token, _, points = line.partition(":")
        traces.append(np.array([point.split(",") for point in points.split()], np.float32))
        places.setdefault(int(token), []).append(number)
    marks = tuple(Mark(shape(tokens[token]), tuple(found), token) for token, found in places.items())
    return InkSample(tuple(traces), 6.0, marks)


class _Contract:
    """What every kind has in common: the spec is sound and is found by its name."""

    kind: ClassVar[str]
    spec: Any

    def test_the_spec_is_sound(self) -> None:
        fault = registry.fault(self.spec, self.kind)
        assert fault is None, fault

    def test_it_is_found_by_its_name(self) -> None:
        plugin, found = registry.find(self.kind, self.spec.name)
        assert found == self.spec, f"{plugin} offers another {self.spec.name}"

    def test_its_module_is_quick_to_import(self) -> None:
        """Listing and looking up plugins must not wait for heavy libraries."""
        plugin, _ = registry.find(self.kind, self.spec.name)
        program = f"import sys, {plugin.module.partition(':')[0]}; print(*sys.modules)"
        modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        heavy = {"torch", "torchvision", "tensorflow", "cv2", "matplotlib", "scipy"} & set(
            modules.stdout.split()
        )
        assert not heavy, (
            f"importing {plugin.module} imports {', '.join(sorted(heavy))}: do so inside of functions"
        )


class RecogniserContract(_Contract):
    """The contract of a recogniser.

    `spec` is its `RecogniserSpec`. `quick` are settings that make its network small enough for the tests that train,
    such as ``{"preset": "small"}``; `learning_rate` and `max_steps` are those of the overfit test. `drawn` are four
    labels with their pictures, for a recogniser that cannot write those of `PICTURES`; `written` are four with their
    strokes, for a recogniser of ink that cannot write those of `INKS`.
    """

    kind = "recogniser"
    spec: RecogniserSpec
    quick: ClassVar[Mapping[str, object]] = {}
    drawn: ClassVar[Mapping[str, str]] = PICTURES
    written: ClassVar[Mapping[str, str]] = INKS
    learning_rate = 3e-3
    max_steps = 400

    def test_it_builds_from_every_preset(self) -> None:
        for preset in self.spec.presets:
            settings = self._settings(preset=preset)
            model = self.spec.build(settings.options, self._vocabulary())
            assert any(p.requires_grad for p in model.parameters()), f"preset {preset} has nothing to train"
            found = self.spec.preprocessing(settings.options)
            assert isinstance(found, Preprocessing), f"preprocessing gave {found!r}"

    def test_losses_are_one_a_sample_and_have_gradients(self) -> None:
        model, batch = self._model(), self._batch()
        for smoothing in (0.0, 0.1):
            model.zero_grad()
            losses = model(batch, label_smoothing=smoothing)
            assert losses.shape == (len(batch),), (
                f"losses have shape {tuple(losses.shape)}, not ({len(batch)},)"
            )
            assert losses.isfinite().all(), f"losses are {losses.tolist()}"
            losses.sum().backward()
            gradients = [p.grad for p in model.parameters() if p.grad is not None]
            assert gradients and all(g.isfinite().all() for g in gradients), (
                "gradients are missing or not finite"
            )
            assert any(g.abs().sum() > 0 for g in gradients), "all gradients are nought"

    def test_it_overfits_four_samples(self) -> None:
        """Within `max_steps` it reads the four formulas, at a twentieth of the losses that it began with."""
        import torch

        model, batch = self._model(), self._batch()
        optimiser = torch.optim.AdamW(model.parameters(), self.learning_rate, weight_decay=0.0)
        goal = self._losses(model.eval(), batch).mean() / 20
        for step in range(1, self.max_steps + 1):
            optimiser.zero_grad()
            model.train()(batch).mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            if step % 20 == 0:
                loss, read = self._losses(model.eval(), batch).mean(), self._reads(model, batch)
                if loss < goal and read == list(self._formulas()):
                    return
        raise AssertionError(
            f"after {step} steps the loss is {loss:.3f}, wanted below {goal:.3f}; it reads {read}"
        )

    def test_greedy_reading(self) -> None:
        model, batch = self._model().eval(), self._batch()
        found = model.decode(batch, Decoding(max_length=7))
        self._check(found, len(batch), nbest=1, max_length=7)
        assert found == model.decode(batch, Decoding(max_length=7)), "a second reading is another"

    def test_beam_and_n_best(self) -> None:
        model, batch = self._model().eval(), self._batch()
        how = Decoding(beam=4, nbest=3, max_length=7, length_penalty=0.0)
        found = model.decode(batch, how)
        self._check(found, len(batch), nbest=3, max_length=7)
        for hypotheses in found:
            logprobs = [hypothesis.logprob for hypothesis in hypotheses]
            assert logprobs == sorted(logprobs, reverse=True), f"not the best first: {logprobs}"

    def test_likelihoods_are_those_of_the_search(self) -> None:
        """How likely the recogniser finds a text is the log-probability that it reads it with.

        One that cannot say raises `UsageError`; its readings cannot be joined with others'.
        """
        model, batch = self._model().eval(), self._batch()
        found = model.decode(batch, Decoding(beam=4, nbest=3, max_length=7))
        numbers = [[self._vocabulary().encode(one.latex) for one in hypotheses] for hypotheses in found]
        try:
            said = model.likelihoods(batch, numbers)
        except UsageError:
            return
        for hypotheses, likelihoods in zip(found, said, strict=True):
            assert len(likelihoods) == len(hypotheses), "not as many likelihoods as texts"
            for hypothesis, likelihood in zip(hypotheses, likelihoods, strict=True):
                difference = abs(likelihood.logprob - hypothesis.logprob)
                assert difference <= 1e-3 * max(1.0, abs(hypothesis.logprob)), (
                    f"{hypothesis.latex}: read with {hypothesis.logprob}, told {likelihood.logprob}"
                )

    def test_constrained_reading_is_valid(self) -> None:
        model, batch = self._model().eval(), self._batch()
        for how in (Decoding(constrained=True, max_length=9), Decoding(3, 3, constrained=True, max_length=9)):
            found = model.decode(batch, how)
            self._check(found, len(batch), nbest=how.nbest, max_length=9)
            for hypothesis in (hypothesis for hypotheses in found for hypothesis in hypotheses):
                assert is_valid(hypothesis.tokens), f"constrained, and not valid: {hypothesis.latex}"

    def test_neither_padding_nor_company_changes_anything(self) -> None:
        """In evaluation mode a sample is read the same alone, in a batch, and with more padding around it."""
        model, batch = self._model().eval(), self._batch()
        together = self._losses(model, batch)
        for place in range(len(batch)):
            alone = self._losses(model, self._batch([place]))
            _assert_close(alone, together[place : place + 1], f"{batch.ids[place]} alone and in a batch")
        _assert_close(self._losses(model, _padded(batch)), together, "with more padding")

    def test_reading_does_not_look_at_what_it_is_to_find(self) -> None:
        """Labels, and the marks of symbols in ink, are targets of training: without them it reads the same."""
        model = self._model().eval()
        how = Decoding(max_length=7)
        assert model.decode(self._batch(), how) == model.decode(self._batch(labelled=False), how), (
            "with its label or the marks of its symbols a sample is read differently"
        )

    def test_attention_is_over_the_samples_own_places(self) -> None:
        """Where it has `attention`: a map over the image, or a number a stroke, for each token it is asked about."""
        import torch

        model, batch = self._model().eval(), self._batch()
        if not hasattr(model, "attention"):
            return
        vocabulary = self._vocabulary()
        rows = [vocabulary.encode(label) for label in self._formulas()]
        with torch.no_grad():
            found = model.attention(batch, rows)
        assert len(found) == len(batch), f"attention of {len(found)} samples of {len(batch)}"
        for place, look in enumerate(found):
            ink = batch.strokes is not None
            own = (int(batch.strokes.mask[place].sum()),) if ink else tuple(batch.sizes[place].tolist())
            wanted = (len(rows[place]), *own)
            assert tuple(look.shape) == wanted, f"{batch.ids[place]}: {tuple(look.shape)}, not {wanted}"
            assert look.isfinite().all() and (look >= -1e-6).all(), f"{batch.ids[place]}: negative, or no number"

    def test_the_same_seed_gives_the_same_weights(self) -> None:
        first, second = self._model(seed=3).state_dict(), self._model(seed=3).state_dict()
        for name, tensor in first.items():
            assert tensor.equal(second[name]), f"{name} differs between two networks of one seed"

    def test_weights_survive_safetensors(self) -> None:
        from safetensors.torch import load, save

        model, other = self._model(seed=0).eval(), self._model(seed=1).eval()
        weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
        other.load_state_dict(load(save(weights)))
        batch = self._batch()
        assert self._losses(model, batch).equal(self._losses(other, batch)), (
            "state_dict is not all that counts"
        )

    def test_it_trains_in_the_harness(self, tmp_path: Path) -> None:
        """Two steps, a checkpoint, and what is read back from it; then two more."""
        from hmer_suite.train.checkpoint import read_checkpoint
        from hmer_suite.train.datasets import TrainingData
        from hmer_suite.train.loop import LAST, Limits, train

        given = {
            "epochs": 1,
            "batch_size": 1,
            "workers": 0,
            "device": "cpu",
            "warmup_steps": 0,
            "validate_every": 9,
        }
        settings = self._settings(**given)
        samples = self._samples()
        data = TrainingData("formulas", samples, replace(samples, split="validation"))
        outcome = train(self.spec, settings, data, tmp_path / "run", limits=Limits(max_steps=2))
        assert outcome.step == 2 and not outcome.complete
        checkpoint = read_checkpoint(tmp_path / "run" / LAST)
        assert checkpoint.options(self.spec) == settings.options, "options do not survive JSON"
        self._check(checkpoint.build(self.spec).decode(self._batch(), Decoding(max_length=5)), 4, 1, 5)
        outcome = train(self.spec, settings, data, tmp_path / "run", resume=True)
        assert outcome.step == 4 and outcome.complete

    def _settings(self, **given: object) -> Settings:
        from hmer_suite.train.config import resolve

        return resolve(self.spec, given={**self.quick, **given})

    def _model(self, seed: int = 0) -> Recogniser:
        import torch

        torch.manual_seed(seed)
        return self.spec.build(self._settings().options, self._vocabulary())

    def _formulas(self) -> Mapping[str, str]:
        """Labels, with what says how they look."""
        return self.written if self.spec.input == "ink" else self.drawn

    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.of(self._formulas())

    def _check(
        self, found: Sequence[Sequence[Hypothesis]], samples: int, nbest: int, max_length: int
    ) -> None:
        assert len(found) == samples, f"{len(found)} readings of {samples} samples"
        for hypotheses in found:
            _check_hypotheses(hypotheses, nbest, max_length, self._vocabulary())

    def _samples(self) -> SampleSet:
        wanted = self.spec.expects(self._settings().options)
        if wanted.input == "ink":
            return inks(wanted.points, self.written)
        return pictures(wanted.symbol_height, self.drawn)

    def _batch(self, places: Sequence[int] = range(4), labelled: bool = True) -> Batch:
        from hmer_suite.train.load import batch_of

        return batch_of(self._samples(), places, self._vocabulary(), labelled)

    def _losses(self, model: Recogniser, batch: Batch) -> Tensor:
        import torch

        with torch.no_grad():
            return model(batch)

    def _reads(self, model: Recogniser, batch: Batch) -> list[str]:
        return [hypotheses[0].latex for hypotheses in model.eval().decode(batch, Decoding(max_length=20))]


def _check_hypotheses(
    hypotheses: Sequence[Hypothesis], nbest: int, max_length: int, vocabulary: Vocabulary
) -> None:
    """At least one reading and at most `nbest`, all different, no longer than allowed."""
    assert 1 <= len(hypotheses) <= nbest, f"{len(hypotheses)} hypotheses, asked for {nbest}"
    assert len({hypothesis.tokens for hypothesis in hypotheses}) == len(hypotheses), "a hypothesis twice"
    for hypothesis in hypotheses:
        tokens, logprob = hypothesis.tokens, hypothesis.logprob
        assert len(tokens) <= max_length, f"longer than {max_length} tokens: {hypothesis.latex}"
        assert math.isfinite(logprob) and logprob <= 0, f"logprob {logprob}"
        assert all(token in vocabulary for token in tokens), f"not tokens: {tokens}"


def _padded(batch: Batch) -> Batch:
    """The batch with more padding: paper at the right and the bottom, places of strokes, and behind the labels."""
    from torch.nn.functional import pad

    tokens = pad(batch.tokens, (0, 3))
    if batch.strokes is None:
        return replace(batch, images=pad(batch.images, (0, 24, 0, 40)), tokens=tokens)
    strokes = replace(
        batch.strokes,
        points=pad(batch.strokes.points, (0, 0, 0, 0, 0, 5)),
        mask=pad(batch.strokes.mask, (0, 5)),
        classes=pad(batch.strokes.classes, (0, 5)),
        links=pad(batch.strokes.links, (0, 5, 0, 3)),
    )
    return replace(batch, strokes=strokes, tokens=tokens)


def _assert_close(found: Tensor, expected: Tensor, what: str) -> None:
    difference = float((found - expected).abs().max())
    assert difference <= 1e-3 * max(1.0, float(expected.abs().max())), (
        f"{what}: losses differ by {difference:.2g}"
    )


class DataSourceContract(_Contract):
    """The contract of a data source. `argument` is what stands behind the colon of ``--data NAME:ARGUMENT``."""

    kind = "data source"
    spec: DataSourceSpec
    argument = ""

    def test_each_split_is_whole(self) -> None:
        for samples in self._splits():
            n = len(samples)
            assert n, f"{samples.split} is empty"
            fields = (samples.labels, samples.images, samples.sources, samples.sizes)
            assert [len(values) for values in fields] == [n] * len(fields), f"{samples.split}: lengths differ"
            assert len(set(samples.ids)) == n, f"{samples.split}: an id stands for two samples"

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
            assert same, f"{first.split}: loaded twice it is not the same"

    def test_ink_is_given_where_there_is_some(self) -> None:
        """Asked for ink, a source that has it gives it, whole; one without gives images."""
        for split_ in self.spec.splits:
            samples = self.spec.load(self.argument, split_, Preprocessing(input="ink", points=17))
            if samples.kind == "image":
                has = self.spec.load(self.argument, split_, Preprocessing()).inks is not None
                assert not has, f"{split_}: its images are drawn from ink, and asked for ink it gives images"
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
    assert image.mean() < 128, f"{name}: 0 is paper and 255 ink; this seems to be the other way round"


def _check_inks(samples: SampleSet) -> None:
    """Ink for each sample, and what the set says of it."""
    n, where = len(samples), samples.split
    assert samples.kind == "ink", f"{where}: kind {samples.kind!r}, expected image or ink"
    assert samples.inks is not None, f"{where}: of kind ink, and without inks"
    assert samples.points == 17, f"{where}: points={samples.points}, asked for 17"
    fields = (samples.labels, samples.inks, samples.images, samples.sources, samples.sizes)
    assert [len(values) for values in fields] == [n] * len(fields), f"{where}: lengths differ"
    for place in range(min(n, 50)):
        _check_ink(samples, place)


def _check_ink(samples: SampleSet, place: int) -> None:
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


class RuleContract(_Contract):
    """The contract of a repair rule. `changes` maps formulas to what the rule makes of them; `keeps` it lets be."""

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
            assert not list(self.spec.removals(once)), f"{text}: it finds more in what it left"

    def test_it_can_go_to_other_processes(self) -> None:
        tokens = split("x ^ { 2 }")
        assert list(pickle.loads(pickle.dumps(self.spec)).removals(tokens)) == list(
            self.spec.removals(tokens)
        )

    def _applied(self, text: str) -> str:
        return " ".join(apply_rules(split(text), [self.spec]).tokens)


class MetricContract(_Contract):
    """The contract of a metric. `perfect` is its value where every prediction is its reference."""

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
            assert value == self._score(predictions, references), "a second time it is another number"

    def _score(self, predictions: Sequence[str | None], references: Sequence[str]) -> float:
        return float(self.spec.score(predictions, references))


class GrammarContract(_Contract):
    """The contract of a grammar. `accepts` and `refuses` are formulas that it does and does not take."""

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
        """A class that no token has would never be read."""
        used = {cls for actions in Grammar(self.spec.source).table.actions for cls in actions}
        unknown = used - set(CLASSES.values()) - {token_class(char) for char in "1ax,"} - {END}
        assert not unknown, f"no token is of class {', '.join(sorted(unknown))}"
