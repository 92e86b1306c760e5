"""The contract kit lets the honest pass (`tests/third_party`) and catches those who break the contract."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from hmer_suite.errors import UsageError
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.repairs.rules import Rule
from hmer_suite.specs.grammar import GrammarSpec
from hmer_suite.specs.metric import MetricSpec
from hmer_suite.specs.recogniser import Hypothesis, Preprocessing, RecogniserSpec
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, SampleSet
from hmer_suite.testing import (
    INKS,
    PICTURES,
    DataSourceContract,
    GrammarContract,
    MetricContract,
    RecogniserContract,
    RuleContract,
    inks,
    pictures,
)

STRANGER = Path(__file__).parent / "third_party" / "hmer-stranger"


def test_importing_the_kit_needs_neither_pytest_nor_torch():
    program = "import sys, hmer_suite.testing; print(*{name.partition('.')[0] for name in sys.modules})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pytest", "torch"} & set(found.stdout.split())


def test_the_pictures_are_ink_on_paper_with_canonical_labels():
    small, large = pictures(7), pictures(28)
    assert [canonical(label) for label in PICTURES] == list(small.labels)
    assert {image.max() for image in small.images} == {255} and small.images[0].mean() < 128
    assert (large.sizes == 4 * small.sizes).all()


def test_the_inks_are_the_same_formulas_with_every_stroke_marked():
    samples = inks(16)
    assert list(INKS) == list(PICTURES) == list(samples.labels) and samples.points == 16
    for ink, label in zip(samples.inks, samples.labels, strict=True):
        tokens = label.split()
        assert ink.fully_marked
        assert sorted(mark.token for mark in ink.marks) == [
            place for place, token in enumerate(tokens) if token not in ("^", "{", "}")
        ]
        assert all(
            mark.name == {"\\frac": "-"}.get(tokens[mark.token], tokens[mark.token]) for mark in ink.marks
        )


# --- recognisers -------------------------------------------------------------------------------------------


@pytest.fixture
def honest(monkeypatch):
    """The stranger's network, from its folder."""
    monkeypatch.syspath_prepend(STRANGER)
    from hmer_stranger.model import Network

    return Network


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the stranger's network."""

    features: int = 24


def check(network: type, test: str, options: type = Options, **arguments: object) -> None:
    """Run one test of the kit on a network."""
    kit = RecogniserContract()
    kit.spec = RecogniserSpec(
        "odd", "of a test", options, network, preprocessing=lambda options: Preprocessing(symbol_height=14)
    )
    kit.max_steps = 20
    getattr(kit, f"test_{test}")(**arguments)


def check_ink(network: type, test: str, **arguments: object) -> None:
    """Run one test of the kit on a network that reads ink."""
    kit = RecogniserContract()
    wants = Preprocessing(points=8)
    kit.spec = RecogniserSpec(
        "odd", "of a test", Options, network, preprocessing=lambda _: wants, input="ink"
    )
    kit.max_steps = 20
    getattr(kit, f"test_{test}")(**arguments)


def caught(network: type, test: str, said: str, options: type = Options, **arguments: object) -> None:
    """Expect that a test of the kit fails with these words."""
    with pytest.raises(AssertionError, match=said):
        check(network, test, options, **arguments)


READING = ("greedy_reading", "beam_and_n_best", "constrained_reading_is_valid")


@pytest.mark.parametrize(
    "test",
    [
        "it_builds_from_every_preset",
        "losses_are_one_a_sample_and_have_gradients",
        *READING,
        "neither_padding_nor_company_changes_anything",
        "reading_does_not_look_at_what_it_is_to_find",
        "the_same_seed_gives_the_same_weights",
        "weights_survive_safetensors",
    ],
)
def test_an_honest_network_passes(honest: type, test: str):
    check(honest, test)


@pytest.fixture
def honest_with_ink():
    """A network that knows of each stroke where it begins and ends, and of a formula the mean of that."""
    import torch
    from torch import nn

    from hmer_suite.decoding.stepwise import StepwiseRecogniser
    from hmer_suite.specs.vocabulary import BEGIN

    class Network(StepwiseRecogniser):
        def __init__(self, options, vocabulary):
            super().__init__(vocabulary)
            self.stroke = nn.Linear(4, options.features)
            self.embedding = nn.Embedding(len(vocabulary), options.features)
            self.cell = nn.GRUCell(options.features, options.features)
            self.output = nn.Linear(options.features, len(vocabulary))

        def start(self, batch):
            points, mask = batch.strokes.points, batch.strokes.mask[..., None]
            found = self.stroke(points[:, :, [0, -1]].flatten(2)).tanh() * mask
            return {}, {"hidden": found.sum(1) / mask.sum(1)}

        def step(self, memory, state, tokens):
            hidden = self.cell(self.embedding(tokens), state["hidden"])
            return self.output(hidden).log_softmax(dim=1), {"hidden": hidden}

        def forward(self, batch, label_smoothing=0.0):
            _, state = self.start(batch)
            before, losses = torch.full_like(batch.tokens[:, 0], BEGIN), 0.0
            for tokens in batch.tokens.unbind(1):
                scores, state = self.step({}, state, before)
                losses = losses - scores.gather(1, tokens[:, None])[:, 0] * (tokens != 0)
                before = tokens
            return losses

    return Network


@pytest.mark.parametrize(
    "test",
    [
        "it_builds_from_every_preset",
        "losses_are_one_a_sample_and_have_gradients",
        *READING,
        "neither_padding_nor_company_changes_anything",
        "reading_does_not_look_at_what_it_is_to_find",
        "weights_survive_safetensors",
    ],
)
def test_an_honest_network_that_reads_ink_passes(honest_with_ink: type, test: str):
    check_ink(honest_with_ink, test)


def test_places_without_a_stroke_that_are_seen(honest_with_ink: type):
    class Odd(honest_with_ink):
        def start(self, batch):
            memory, state = super().start(batch)
            return memory, {"hidden": state["hidden"] * batch.strokes.mask.shape[1] / 5}

    with pytest.raises(AssertionError, match="ink-1 alone and in a batch: losses differ"):
        check_ink(Odd, "neither_padding_nor_company_changes_anything")


def test_marks_that_are_an_input(honest_with_ink: type):
    class Odd(honest_with_ink):
        def start(self, batch):
            memory, state = super().start(batch)
            marked = batch.strokes.classes is not None
            return memory, {"hidden": state["hidden"] * (-9 if marked else 1)}

    with pytest.raises(AssertionError, match="a sample is read differently with its label or marks"):
        check_ink(Odd, "reading_does_not_look_at_what_it_is_to_find")


def test_losses_that_are_one_number(honest: type):
    class Odd(honest):
        def forward(self, batch, label_smoothing=0.0):
            return super().forward(batch, label_smoothing).mean()

    caught(Odd, "losses_are_one_a_sample_and_have_gradients", r"losses have shape \(\), not \(4,\)")


def test_losses_without_gradients(honest: type):
    class Odd(honest):
        def forward(self, batch, label_smoothing=0.0):
            return 0 * super().forward(batch, label_smoothing)

    caught(Odd, "losses_are_one_a_sample_and_have_gradients", "all gradients are 0")
    caught(Odd, "it_overfits_four_samples", "after 20 steps the loss is")


def test_padding_that_is_seen(honest: type):
    class Odd(honest):
        def start(self, batch):
            memory, state = super().start(batch)
            return memory, {"hidden": state["hidden"] * batch.images.shape[3] / 50}

    caught(
        Odd, "neither_padding_nor_company_changes_anything", "picture-1 alone and in a batch: losses differ"
    )


def test_weights_from_nowhere(honest: type):
    class Odd(honest):
        def __init__(self, options, vocabulary):
            super().__init__(options, vocabulary)
            self.first.bias.data += float(np.random.default_rng().random())

    caught(Odd, "the_same_seed_gives_the_same_weights", "first.bias differs between two networks of one seed")


def test_weights_that_are_not_saved(honest: type):
    class Odd(honest):
        def __init__(self, options, vocabulary):
            super().__init__(options, vocabulary)
            self.secret = self.first.bias.detach().mean()

        def forward(self, batch, label_smoothing=0.0):
            return super().forward(batch, label_smoothing) + self.secret

    caught(Odd, "weights_survive_safetensors", "the network depends on more than its state_dict")


@pytest.mark.parametrize(
    ("change", "test", "said"),
    [
        (lambda found, how: found[:-1], "greedy_reading", "3 readings of 4 samples"),
        (lambda found, how: [2 * each for each in found], "greedy_reading", "2 hypotheses, asked for 1"),
        (lambda found, how: [each[::-1] for each in found], "beam_and_n_best", "not the best first"),
        (lambda found, how: [3 * each[:1] for each in found], "beam_and_n_best", "a hypothesis twice"),
        (lambda found, how: [(Hypothesis(("q",), -1.0),)] * 4, "greedy_reading", "not tokens"),
        (lambda found, how: [(Hypothesis((), 0.5),)] * 4, "greedy_reading", "logprob 0.5"),
        (lambda found, how: [(Hypothesis(("1",) * 8, -1.0),)] * 4, "greedy_reading", "longer than 7 tokens"),
        (lambda found, how: [(Hypothesis(("{",), -1.0),)] * 4, "constrained_reading_is_valid", "not valid: {"),
    ],
)  # fmt: skip
def test_readings_that_break_the_contract(honest: type, change: Callable, test: str, said: str):
    class Odd(honest):
        def decode(self, batch, how):
            return change(super().decode(batch, how), how)

    caught(Odd, test, said)


def test_options_that_json_does_not_keep(honest: type, tmp_path: Path):
    @dataclass(frozen=True)
    class Nested:
        features: int = 24
        pairs: object = ((1, 2),)

    caught(honest, "it_trains_in_the_harness", "options do not survive JSON", Nested, tmp_path=tmp_path)


# --- the other kinds ---------------------------------------------------------------------------------------


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """The pictures; `argument` names what is wrong with them."""
    if split not in SPLITS and argument != "any split":
        raise UsageError(f"no split {split}")
    samples = replace(pictures(7), split=split)
    changes = {
        "lengths": {"labels": samples.labels[1:]},
        "twice": {"ids": ("a",) * 4},
        "inverted": {"images": [255 - image for image in samples.images]},
        "sizes": {"sizes": samples.sizes + 1},
        "labels": {"labels": ("x^2", *samples.labels[1:])},
        "split": {"split": "other"},
        "chance": {
            "images": [np.random.default_rng().integers(0, 9, i.shape, np.uint8) for i in samples.images]
        },
    }
    return replace(samples, **changes.get(argument, {}))


@pytest.mark.parametrize(
    ("argument", "test", "said"),
    [
        ("lengths", "each_split_is_whole", "lengths differ"),
        ("twice", "each_split_is_whole", "two samples have the same id"),
        ("split", "each_split_is_whole", "asked for train, got other"),
        ("inverted", "images_are_ink_on_paper", "seems to be inverted"),
        ("sizes", "images_are_ink_on_paper", "is not its size"),
        ("labels", "labels_are_canonical", r"x\^2 is x \^ { 2 } in canonical spelling"),
        ("chance", "twice_the_same", "it differs when it is loaded again"),
        ("any split", "other_splits_are_refused", "must be a UsageError"),
    ],
)
def test_data_sources_that_break_the_contract(argument: str, test: str, said: str):
    kit = DataSourceContract()
    kit.spec = DataSourceSpec("odd", "of a test", load)
    getattr(kit, f"test_{test}")()
    kit.argument = argument
    with pytest.raises(AssertionError, match=said):
        getattr(kit, f"test_{test}")()


def load_ink(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """The kit's ink; `argument` names what is wrong with it."""
    if preprocessing.input == "image" or argument == "images all the same":
        samples = replace(pictures(7), split=split, inks=inks().inks)
        return replace(samples, inks=None) if argument == "no ink" else samples
    if argument == "no ink":
        return replace(pictures(7), split=split)
    samples = inks(preprocessing.points)
    first = samples.inks[0]
    changed = {
        "unit": replace(first, unit=0.0),
        "shape": replace(first, traces=(first.traces[0].T,)),
        "whole numbers": replace(first, traces=(first.traces[0].astype(int),)),
        "lost": replace(first, traces=(first.traces[0] * np.float32(np.nan),)),
        "trace": replace(first, marks=(replace(first.marks[0], traces=(1,)),)),
        "token": replace(first, marks=(replace(first.marks[0], token=1),)),
        "class": replace(first, marks=(replace(first.marks[0], name="x"),)),
        "none": replace(first, traces=(), marks=()),
    }
    samples = replace(samples, inks=(changed.get(argument, first), *samples.inks[1:]))
    whole = {
        "lengths": {"inks": samples.inks[1:]},
        "points": {"points": 32},
        "sizes": {"sizes": samples.sizes + 1},
    }
    return replace(samples, **whole.get(argument, {}))


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("images all the same", "asked for ink it returns images"),
        ("lengths", "lengths differ"),
        ("points", "points=32, asked for 17"),
        ("sizes", r"\(1, 2\) is not its size \[2 3\]"),
        ("unit", "ink-1: unit 0.0"),
        ("shape", r"ink-1: a trace is \(2, 3\)"),
        ("whole numbers", "a trace is of int64"),
        ("lost", "a point is not finite"),
        ("trace", r"the mark of 1 has traces \(1,\), of 1"),
        ("token", "the mark of 1 is of token 1"),
        ("class", "the mark of x is linked to 1"),
        ("none", "ink-1: no traces"),
    ],
)
def test_sources_of_ink_that_break_the_contract(argument: str, said: str):
    kit = DataSourceContract()
    kit.spec = DataSourceSpec("odd", "of a test", load_ink)
    for fine in ("", "no ink"):
        kit.argument = fine
        kit.test_ink_is_given_where_there_is_some()
    kit.argument = argument
    with pytest.raises(AssertionError, match=said):
        kit.test_ink_is_given_where_there_is_some()


def test_images_larger_than_allowed():
    kit = DataSourceContract()
    kit.spec = DataSourceSpec("odd", "of a test", lambda *arguments: pictures(70))
    with pytest.raises(AssertionError, match="more than max_pixels"):
        kit.test_images_keep_to_the_preprocessing()


def test_rules_that_break_the_contract():
    class Kit(RuleContract):
        spec = Rule("odd", "of a test", lambda tokens: [len(tokens) - 1] if tokens else [])
        changes = {"a b c": "a b"}  # noqa: RUF012
        keeps = ("a",)

    for test in ("what_it_changes", "what_it_keeps", "once_is_enough"):
        with pytest.raises(AssertionError):
            getattr(Kit(), f"test_{test}")()


def test_metrics_that_break_the_contract():
    kit = MetricContract()
    kit.spec = MetricSpec("odd", "of a test", lambda predictions, references: float("nan"))
    for test in (kit.test_perfect_predictions, kit.test_missing_and_empty_predictions):
        with pytest.raises(AssertionError):
            test()


def test_grammars_that_break_the_contract():
    class Kit(GrammarContract):
        spec = GrammarSpec("odd", "of a test", "start: CHAR DIGIT\n%declare CHAR DIGIT")
        accepts = ("1 1",)
        refuses = ("a",)

    with pytest.raises(AssertionError, match="1 1: expected the opposite"):
        Kit().test_what_it_accepts_and_refuses()
    with pytest.raises(AssertionError, match="no token is of class DIGIT"):
        Kit().test_its_terminals_are_token_classes()


def test_a_plugin_that_imports_torch_at_once(tmp_path: Path, monkeypatch):
    """A small stand-in for a heavy package is enough to be caught."""
    body = (
        "import scipy\nfrom hmer_suite import MetricSpec, hookimpl\n"
        "def score(predictions, references): return 1.0\n"
        "@hookimpl\ndef hmer_metrics(): return [MetricSpec('hasty', 'of a test', score)]\n"
    )
    (tmp_path / "hasty_of_a_test.py").write_text(body, "utf-8")
    (tmp_path / "scipy.py").write_text("", "utf-8")
    monkeypatch.setitem(sys.modules, "scipy", ModuleType("scipy"))  # no later test may find the stand-in
    info = tmp_path / "hasty-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hasty\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[hmer_suite]\nhasty = hasty_of_a_test\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.fspath(tmp_path))
    from hmer_suite import registry

    kit = MetricContract()
    kit.spec = registry.find("metric", "hasty")[1]
    kit.test_it_is_found_by_its_name()
    with pytest.raises(AssertionError, match="imports scipy: do so inside functions"):
        kit.test_its_module_is_quick_to_import()
