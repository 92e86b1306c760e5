"""Image to LaTeX: shapes, numerics, independence of padding, scheduled sampling, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

torch = pytest.importorskip("torch")
cv2 = pytest.importorskip("cv2")

from hmer_im2latex import SPEC, Options, build  # noqa: E402
from hmer_im2latex.encoder import Encoder  # noqa: E402

from hmer_suite.errors import UsageError  # noqa: E402
from hmer_suite.nn.batch import Batch  # noqa: E402
from hmer_suite.specs.vocabulary import BEGIN, END, Vocabulary  # noqa: E402
from hmer_suite.testing import RecogniserContract  # noqa: E402

VOCABULARY = Vocabulary(("+", "1", "2", "x", "y"))
TINY = Options(
    symbol_height=16,
    channels=(8, 16, 24),
    down=(2, 2, 2),
    across=(2, 2, 1),
    encoder_dropout=0.0,
    row_encoder=0,
    attention=24,
    cell="gru",
    hidden=32,
    embedding=16,
    dropout=0.0,
)
KINDS = {
    "gru": TINY,
    "lstm": replace(TINY, cell="lstm"),
    "coverage": replace(TINY, coverage=True, coverage_kernel=3),
    "rows": replace(TINY, row_encoder=12),
    "strided, no positions": replace(TINY, strided=True, positions=False),
}
LABELS = ("x + y", "2 x", "1", "y + 1 2")


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny networks are fastest so, and sums always run in the same order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def written(label: str) -> np.ndarray:
    """A picture of a label, its sides no multiple of any stride."""
    text = label.replace(" ", "")
    image = np.zeros((29 + len(text), 17 * len(text) + 7), np.uint8)
    cv2.putText(image, text, (3, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    return image


def batch_of(labels=LABELS, padding: int = 0) -> Batch:
    images = [written(label) for label in labels]
    height = max(image.shape[0] for image in images) + padding
    width = max(image.shape[1] for image in images) + 2 * padding
    pixels = torch.zeros(len(images), 1, height, width)
    for i, image in enumerate(images):
        pixels[i, 0, : image.shape[0], : image.shape[1]] = torch.from_numpy(image).float() / 255
    rows = [torch.tensor([*VOCABULARY.encode(label), END]) for label in labels]
    return Batch(
        tuple(labels),
        pixels,
        torch.tensor([image.shape for image in images]),
        torch.nn.utils.rnn.pad_sequence(rows, batch_first=True),
        torch.tensor([len(row) for row in rows]),
    )


def lively(options: Options):
    """A network in evaluation mode whose normalisations are not at their first values, where they could hide much."""
    model = build(options, VOCABULARY).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor in (module.running_mean, module.bias):
                torch.nn.init.normal_(tensor, std=0.3)
            for tensor in (module.running_var, module.weight):
                torch.nn.init.uniform_(tensor, 0.5, 1.5)
    return model


def told(model, batch: Batch) -> list[torch.Tensor]:
    """For each image the log-probabilities (L, V) of all tokens behind its own label, one step at a time."""
    memory, state = model.start(batch)
    before, steps = torch.full((len(batch),), BEGIN), []
    for tokens in batch.tokens.unbind(1):
        logprobs, state = model.step(memory, state, before)
        steps.append(logprobs)
        before = tokens
    return [torch.stack(steps, 1)[i, :length] for i, length in enumerate(batch.lengths.tolist())]


@pytest.mark.parametrize("kind", KINDS)
def test_steps_say_what_teacher_forcing_says(kind):
    model, batch = lively(KINDS[kind]), batch_of()
    with torch.no_grad():
        losses, stepped = model(batch), told(model, batch)
    for i, logprobs in enumerate(stepped):
        assert torch.allclose(logprobs.exp().sum(1), torch.ones(len(logprobs)), atol=1e-5)
        chosen = logprobs[range(len(logprobs)), batch.tokens[i, : len(logprobs)]]
        assert -chosen.sum() / 64 == pytest.approx(float(losses[i]), abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_reads_the_same_alone_and_padded_in_company(kind):
    model = lively(KINDS[kind])
    with torch.no_grad():
        together, losses = told(model, batch_of(padding=21)), model(batch_of(padding=21))
        for i, label in enumerate(LABELS):
            assert torch.allclose(told(model, batch_of([label]))[0], together[i], atol=1e-4)
            assert torch.allclose(model(batch_of([label])), losses[i], atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns(kind):
    model = build(KINDS[kind], VOCABULARY)
    losses = model(batch_of())
    assert losses.shape == (4,)
    losses.mean().backward()
    still = [n for n, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert still == []


@pytest.mark.parametrize("kind", KINDS)
def test_order_of_labels_does_not_matter(kind):
    model = lively(KINDS[kind])
    with torch.no_grad():
        assert torch.allclose(model(batch_of()).flip(0), model(batch_of(LABELS[::-1])), atol=1e-5)


def test_attention_is_bahdanaus():
    """One look, written out: v . tanh(W_q h + W_f f), softmax over the cells of the image."""
    model, batch = lively(TINY), batch_of()
    with torch.no_grad():
        attended, state = model._start(batch)
        _, behind = model.step(*model.start(batch), torch.full((4,), BEGIN))
        hidden = behind["hidden"]
        seen = behind["coverage"] - state.coverage
        inside = torch.tanh(
            model.query(hidden)[:, None] + torch.einsum("npc,ac->npa", attended.values, model.keys.weight)
        )
        energies = inside @ model.energy.weight[0] + attended.mask_bias.flatten(1)
        assert torch.allclose(energies.softmax(1), seen.flatten(1), atol=1e-6)


def test_coverage_sees_the_past_only_where_it_is_asked_for():
    """With the state set back, only a network with coverage knows that it has looked before."""
    for options, differs in ((TINY, False), (KINDS["coverage"], True)):
        model, batch = lively(options), batch_of()
        tokens = torch.full((4,), BEGIN)
        with torch.no_grad():
            memory, state = model.start(batch)
            first, behind = model.step(memory, state, tokens)
            again, _ = model.step(memory, {**state, "coverage": behind["coverage"]}, tokens)
        assert torch.equal(first, again) != differs


def test_cells_may_be_oblong():
    encoder = Encoder(TINY).eval()
    assert encoder.stride == (8, 4)
    features, mask = encoder(batch_of(["x + y"]))  # 32 x 58 pixels
    assert features.shape == (1, 4, 16, 24) and mask.shape == (1, 4, 16)
    assert mask[0, 0].sum() == 15 and mask[0, :, 0].sum() == 4


def test_scheduled_sampling_grows_and_spares_evaluation():
    """At the end of the schedule the decoder is told its own guesses, so that the loss is another."""
    options = replace(TINY, sampling=0.9, sampling_steps=10)
    model, batch = build(options, VOCABULARY), batch_of()
    plain = build(TINY, VOCABULARY)
    plain.load_state_dict(model.state_dict())
    for module in (*model.modules(), *plain.modules()):
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.0
    with torch.no_grad():
        assert torch.equal(model(batch), plain(batch)), "no step has been learnt yet"
        assert int(model.learnt) == 1
        model.learnt.fill_(10)
        assert not torch.equal(model(batch), plain(batch))
        assert torch.equal(model.eval()(batch), plain.eval()(batch))
        assert int(model.learnt) == 11


def test_label_smoothing_mixes_in_the_mean_over_the_vocabulary():
    model, batch = lively(TINY), batch_of(["x"])
    with torch.no_grad():
        logprobs = told(model, batch)[0]
        plain, smooth = float(model(batch)), float(model(batch, label_smoothing=0.1))
    assert smooth == pytest.approx(0.9 * plain - 0.1 * float(logprobs.mean(1).sum()) / 64, abs=1e-5)


def test_attention_is_a_distribution_over_the_images_own_pixels():
    model, batch = lively(TINY), batch_of()
    tokens = [row[:length].tolist() for row, length in zip(batch.tokens, batch.lengths, strict=True)]
    with torch.no_grad():
        looks = model.attention(batch, tokens)
    for look, row, (height, width) in zip(looks, tokens, batch.sizes.tolist(), strict=True):
        assert look.shape == (len(row), height, width)
        assert torch.allclose(look.sum((1, 2)), torch.ones(len(row)), atol=1e-5)


def test_presets():
    def weights(preset: str) -> int:
        names = Options.__dataclass_fields__
        options = Options(**{k: v for k, v in SPEC.presets[preset].items() if k in names})
        vocabulary = Vocabulary(tuple(f"t{i}" for i in range(390)))
        return sum(weight.numel() for weight in build(options, vocabulary).parameters())

    assert next(iter(SPEC.presets)) == "base"
    assert 9e6 < weights("base") < 12e6  # im2markup: 9.5 million with its own vocabulary
    assert weights("small") < 3e6


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"down": (2, 2)}, "down"),
        ({"across": (2, 3, 2)}, "across"),
        ({"coverage_kernel": 4}, "coverage_kernel 4"),
    ],
)
def test_impossible_options_are_named(settings, message):
    with pytest.raises(UsageError, match=message):
        replace(TINY, **settings)


class TestContract(RecogniserContract):
    """The suite's own kit, on a network for minutes."""

    spec = SPEC
    quick: ClassVar = {
        "preset": "small", "channels": (16, 32, 48), "down": (2, 2, 2), "across": (2, 2, 1), "attention": 48,
        "hidden": 96, "embedding": 32, "encoder_dropout": 0, "dropout": 0, "precision": "fp32",
    }  # fmt: skip


def test_activations_are_those_of_each_convolution_in_order():
    from hmer_suite.predict.pictures import activations

    model, batch = lively(TINY), batch_of(["x + y"])  # 32 x 58 pixels, padded to 32 x 64
    found = activations(model, batch)
    assert {name: tuple(maps.shape) for name, maps in found.items()} == {
        "encoder.convolutions.layers.0": (8, 32, 64),
        "encoder.convolutions.layers.1": (16, 16, 32),
        "encoder.convolutions.layers.2": (24, 8, 16),
    }
    with torch.no_grad():
        first = model.encoder.convolutions.layers[0](torch.nn.functional.pad(batch.images, (0, 6)))
    assert torch.allclose(found["encoder.convolutions.layers.0"], first[0], atol=1e-6)
    assert not model._forward_hooks and not any(module._forward_hooks for module in model.modules())
