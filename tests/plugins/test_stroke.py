"""Stroke recogniser: what it may see, what it learns from, and that it keeps the contract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from hmer_stroke import SPEC, Options, build  # noqa: E402

from hmer_suite.data.subsets import pick  # noqa: E402
from hmer_suite.errors import UsageError  # noqa: E402
from hmer_suite.nn.batch import Batch, reversed_labels  # noqa: E402
from hmer_suite.predict.pictures import draw_activations, draw_attention  # noqa: E402
from hmer_suite.predict.reader import Reader  # noqa: E402
from hmer_suite.registry import recogniser  # noqa: E402
from hmer_suite.settings.resolve import resolve  # noqa: E402
from hmer_suite.specs.recogniser import Decoding, Hypothesis  # noqa: E402
from hmer_suite.specs.samples import InkSample, SampleSet  # noqa: E402
from hmer_suite.specs.vocabulary import END, PAD, Vocabulary  # noqa: E402
from hmer_suite.testing import INKS, RecogniserContract, inks, pictures  # noqa: E402
from hmer_suite.train.checkpoint import read_checkpoint  # noqa: E402
from hmer_suite.train.datasets import TrainingData  # noqa: E402
from hmer_suite.train.loader import batch_of  # noqa: E402
from hmer_suite.train.loop import train  # noqa: E402
from hmer_suite.train.pretrained import start_encoder  # noqa: E402
from hmer_suite.train.state import Limits  # noqa: E402

VOCABULARY = Vocabulary.of([*INKS, "-"])
TINY = Options(
    points=16,
    channels=(8, 8, 16),
    width=32,
    layers=2,
    heads=4,
    feedforward=48,
    geometry=8,
    encoder_dropout=0.0,
    hidden=24,
    attention=16,
    dropout=0.0,
)


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny networks are fastest so, and sums always run in the same order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def lively(options: Options = TINY):
    """A network in evaluation mode whose normalisations are not at their first values."""
    model = build(options, VOCABULARY).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            for tensor in (module.running_mean, module.bias):
                torch.nn.init.normal_(tensor, std=0.3)
            for tensor in (module.running_var, module.weight):
                torch.nn.init.uniform_(tensor, 0.5, 1.5)
    return model


def batch(samples: SampleSet | None = None, places=range(4), labelled: bool = True) -> Batch:
    return batch_of(samples or inks(TINY.points), places, VOCABULARY, labelled)


def changed(change) -> SampleSet:
    """The kit's ink with each sample changed."""
    samples = inks(TINY.points)
    return replace(samples, inks=tuple(change(ink) for ink in samples.inks))


def losses(model, given: Batch) -> torch.Tensor:
    with torch.no_grad():
        return model(given)


def told(model, given: Batch) -> torch.Tensor:
    """Log-probabilities (N, L, V) of the tokens behind each sample's own label."""
    memory, state = model.start(given)
    before, steps = torch.ones(len(given), dtype=torch.long), []
    for tokens in given.tokens.unbind(1):
        logprobs, state = model.step(memory, state, before)
        steps.append(logprobs)
        before = tokens
    return torch.stack(steps, 1)


PLAIN = replace(TINY, class_weight=0.0, attention_weight=0.0)


def test_steps_say_what_teacher_forcing_says():
    model, given = lively(PLAIN), batch()
    with torch.no_grad():
        found, logprobs = model(given), told(model, given)
    assert torch.allclose(logprobs.exp().sum(2), torch.ones(logprobs.shape[:2]), atol=1e-5)
    chosen = logprobs.gather(2, given.tokens[..., None])[..., 0]
    assert torch.allclose(-(chosen * (given.tokens != PAD)).sum(1) / 16, found, atol=1e-5)


@pytest.mark.parametrize("change", [{}, {"exact_links": False}, {"backward": True}])
def test_every_weight_learns(change):
    model = build(replace(TINY, **change), VOCABULARY)
    model(batch()).mean().backward()
    still = [
        name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()
    ]
    assert still == []


# --- marks ------------------------------------------------------------------------------------------------------


def test_marks_are_never_an_input():
    """With all marks, none, and wrong ones the same is read, with the same probabilities."""
    model, how = lively(), Decoding(beam=3, nbest=3, max_length=6)
    bare = batch(changed(lambda ink: replace(ink, marks=())))
    wrong = batch(changed(lambda ink: replace(ink, marks=tuple(replace(m, name="-") for m in ink.marks))))
    wanted, logprobs = model.decode(batch(), how), told(model, batch())
    for other in (bare, wrong, batch(labelled=False)):
        assert model.decode(other, how) == wanted
    assert torch.equal(told(model, bare), logprobs) and torch.equal(told(model, wrong), logprobs)


def test_each_loss_of_marks_adds_and_can_be_switched_off():
    full, parts = lively(), []
    for off in ((), ("class_weight",), ("attention_weight",), ("class_weight", "attention_weight")):
        model = build(replace(TINY, **dict.fromkeys(off, 0.0)), VOCABULARY).eval()
        model.load_state_dict({k: v for k, v in full.state_dict().items() if k in model.state_dict()})
        parts.append(losses(model, batch()))
    both, attention, classes, neither = parts
    assert (both > attention).all() and (classes > neither).all()
    # The one has a single stroke, and nowhere else to look.
    assert (both > classes)[1:].all() and (attention > neither)[1:].all() and both[0] == classes[0]
    assert torch.allclose(both - neither, (attention - neither) + (classes - neither), atol=1e-5)


def test_ink_without_marks_has_the_plain_loss():
    full, bare = lively(), batch(changed(lambda ink: replace(ink, marks=())))
    plain = build(PLAIN, VOCABULARY).eval()
    plain.load_state_dict({k: v for k, v in full.state_dict().items() if k in plain.state_dict()})
    assert torch.allclose(losses(full, bare), losses(plain, batch()), atol=1e-6)


def test_the_loss_of_classes_falls_on_marked_strokes_only():
    """A stroke whose mark is taken away costs nothing any more."""
    model = lively(replace(TINY, attention_weight=0.0))
    one = batch(changed(lambda ink: replace(ink, marks=ink.marks[:1])))
    none = batch(changed(lambda ink: replace(ink, marks=())))
    assert (losses(model, none) < losses(model, one)).all()
    assert (losses(model, one)[1:] < losses(model, batch())[1:]).all()


def test_exact_links_tell_symbols_of_one_class_apart():
    """Two minus signs: the loss of attention differs from one that takes either for the other."""
    text = {"- 1 -": "0: 0,3 3,3\n1: 5,1 6,0 6,6\n2: 8,3 11,3"}
    samples = inks(TINY.points, text)
    given = batch_of(samples, [0], VOCABULARY, labelled=True)
    swapped = {0: 2, 1: 1, 2: 0}
    marks = tuple(replace(mark, token=swapped[mark.token]) for mark in samples.inks[0].marks)
    other = replace(samples, inks=(replace(samples.inks[0], marks=marks),))
    turned = batch_of(other, [0], VOCABULARY, labelled=True)
    exact, either = lively(), lively(replace(TINY, exact_links=False))
    assert not torch.allclose(losses(exact, given), losses(exact, turned), atol=1e-6)
    assert torch.equal(losses(either, given), losses(either, turned))


# --- the other direction ----------------------------------------------------------------------------------------


def test_the_loss_of_both_directions_is_their_mean():
    """With the forward parser's weights in both, the backward loss is the forward one of turned labels."""
    forward, both = lively(), lively(replace(TINY, backward=True))
    weights = forward.state_dict()
    twins = {f"backward_{name}": weight for name, weight in weights.items() if name.startswith("parser.")}
    both.load_state_dict({**weights, **twins})
    plain = build(replace(TINY, class_weight=0.0), VOCABULARY).eval()
    plain.load_state_dict({name: weight for name, weight in weights.items() if "classes" not in name})
    given = batch()
    ahead, back = losses(plain, given), losses(plain, reversed_labels(given))
    assert not torch.allclose(ahead, back, atol=1e-3)
    of_classes = losses(forward, given) - ahead
    assert torch.allclose(losses(both, given) - of_classes, (ahead + back) / 2, atol=1e-5)


def test_likelihoods_are_means_of_both_directions():
    model, given = lively(replace(PLAIN, backward=True)), batch()
    texts = [[[number for number in row if number not in (PAD, END)]] for row in given.tokens.tolist()]
    said = torch.tensor([row[0].logprob for row in model.likelihoods(given, texts)])
    assert torch.allclose(-said / 16, losses(model, given), atol=1e-5)


# --- attention --------------------------------------------------------------------------------------------------


def test_attention_is_a_distribution_over_the_formulas_own_strokes():
    model, given = lively(), batch()
    rows = [[number for number in row if number not in (PAD, END)] for row in given.tokens.tolist()]
    with torch.no_grad():
        looks = model.attention(given, rows)
    for look, row, ink in zip(looks, rows, inks().inks, strict=True):
        assert look.shape == (len(row), len(ink.traces))
        assert (look >= 0).all() and torch.allclose(look.sum(1), torch.ones(len(row)), atol=1e-5)


def test_pictures_show_the_strokes_that_it_looked_at(tmp_path: Path):
    model = lively()
    checkpoint = SimpleNamespace(description=SimpleNamespace(recogniser="stroke"))
    reader = Reader(model, SPEC.expects(TINY), checkpoint)
    samples = inks(TINY.points)
    readings = [(Hypothesis(tuple(label.split()), -1.0),) for label in samples.labels[:3]] + [()]
    written = draw_attention(reader, samples, readings, tmp_path / "looks")
    assert [path.name for path in written] == [
        f"ink-{n}.attention.{kind}" for n in (1, 2, 3) for kind in ("png", "gif")
    ]
    for path, frames in zip(written[1::2], (1, 3, 3), strict=True):  # braces have no picture
        with Image.open(path) as movie:
            assert movie.n_frames == frames
    with pytest.raises(
        UsageError, match="--activations: stroke reads ink, and has no convolutions over images"
    ):
        draw_activations(reader, samples, tmp_path / "maps")
    assert not (tmp_path / "maps").exists()


# --- what must not matter -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "shift"), [(1000.0, (0.0, 0.0)), (0.25, (300.0, -40.0)), (1.0, (-7.5, 2e3))]
)
def test_neither_place_nor_unit_of_the_ink_matters(scale: float, shift: tuple[float, float]):
    def moved(ink: InkSample) -> InkSample:
        traces = tuple((trace.astype("float64") + shift) * scale for trace in ink.traces)
        return InkSample(traces, ink.unit * scale, ink.marks)

    model = lively()
    given, other = batch(), batch(changed(moved))
    assert torch.allclose(told(model, given), told(model, other), atol=1e-4)
    how = Decoding(max_length=6)
    assert [h[0].tokens for h in model.decode(given, how)] == [h[0].tokens for h in model.decode(other, how)]


def test_the_order_of_a_batch_does_not_matter():
    model, order = lively(), [2, 0, 3, 1]
    assert torch.allclose(losses(model, batch())[order], losses(model, batch(places=order)), atol=1e-5)
    how = Decoding(max_length=6)
    found = [hypotheses[0].tokens for hypotheses in model.decode(batch(), how)]
    turned = [hypotheses[0].tokens for hypotheses in model.decode(batch(places=order), how)]
    assert turned == [found[place] for place in order]


def test_the_order_of_strokes_does():
    """It is told apart which stroke was written first."""
    model = lively()
    turned = changed(lambda ink: replace(ink, traces=ink.traces[::-1], marks=()))
    assert not torch.allclose(told(model, batch(turned))[1], told(model, batch())[1], atol=1e-4)


# --- in the harness -----------------------------------------------------------------------------------------------

QUICK = {"device": "cpu", "threads": 1, "workers": 0, "epochs": 1, "batch_size": 2, "warmup_steps": 0}
SMALL = {
    "points": 16,
    "channels": "8,8,16",
    "width": 32,
    "layers": 2,
    "heads": 4,
    "feedforward": 48,
    "hidden": 24,
}


def run(out: Path, **given: object) -> Path:
    """Train on the kit's first ink, a one; gives the folder."""
    samples = replace(pick(inks(16), [0, 0]), ids=("a", "b"))
    settings = resolve(SPEC, given={**QUICK, **SMALL, **given})
    data = TrainingData("ones", samples, replace(samples, split="validation"))
    train(recogniser("stroke"), settings, data, out, limits=Limits(max_steps=1))
    return out


def test_its_encoder_starts_from_that_of_another_run(tmp_path: Path):
    source = run(tmp_path / "source")
    settings = resolve(SPEC, given={**QUICK, **SMALL, "hidden": 16})
    fresh = SPEC.build(settings.options, Vocabulary(("1", "x")))
    before = {name: tensor.clone() for name, tensor in fresh.state_dict().items()}
    said = start_encoder(fresh, str(source))
    counted = sum(tensor.ndim > 0 for tensor in fresh.encoder.state_dict().values())
    assert said.endswith(f": {counted} of {counted} tensors of the encoder start from stroke")
    taken = read_checkpoint(source / "last").weights()
    for name, tensor in fresh.state_dict().items():
        from_it = name.startswith("encoder.") and tensor.ndim
        assert tensor.equal(taken[name] if from_it else before[name]), name
    run(tmp_path / "second", encoder_from=str(source))


def test_images_are_refused_in_one_sentence():
    samples = pictures(12)
    with pytest.raises(
        UsageError, match="--data pictures: has samples of kind image, and the recogniser reads ink"
    ):
        samples.require(SPEC.expects(TINY).input, "--data pictures")
    given = batch_of(samples, range(4), VOCABULARY, labelled=True)
    with pytest.raises(ValueError, match="reads ink, and the batch holds images"):
        lively()(given)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"points": 12}, "points 12: expected a multiple of 8"),
        ({"points": 0}, "points 0"),
        ({"heads": 5}, "width 32"),
    ],
)
def test_impossible_options_are_named(settings, message):
    with pytest.raises(UsageError, match=message):
        replace(TINY, **settings)


class TestContract(RecogniserContract):
    """The suite's own kit, with the preset that is meant for minutes."""

    spec = SPEC
    quick: ClassVar = {"preset": "demo"}
    learning_rate = 1e-3
