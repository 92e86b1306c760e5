"""WAP: shapes, numerics, independence of padding, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

torch = pytest.importorskip("torch")
cv2 = pytest.importorskip("cv2")

from hmer_wap import SPEC, Options, build  # noqa: E402
from hmer_wap.attention import CoverageAttention  # noqa: E402
from hmer_wap.counting import count_tokens, counting_loss  # noqa: E402

from hmer_suite.data.vocab import BEGIN, END, Vocabulary  # noqa: E402
from hmer_suite.errors import UsageError  # noqa: E402
from hmer_suite.recogniser import Decoding  # noqa: E402
from hmer_suite.testing import RecogniserContract  # noqa: E402
from hmer_suite.train.attention import windows  # noqa: E402
from hmer_suite.train.batch import Batch  # noqa: E402

VOCABULARY = Vocabulary(("+", "1", "2", "x", "y"))
TINY = Options(
    symbol_height=16,
    watcher="residual",
    stem=8,
    blocks=(1, 1),
    channels=(16, 32),
    watcher_dropout=0.0,
    attention=32,
    coverage_kernel=5,
    coverage_channels=16,
    hidden=48,
    embedding=32,
    dropout=0.0,
)
DENSE = replace(TINY, watcher="dense", blocks=(2, 2, 2), growth=8)
KINDS = {
    "residual": TINY,
    "positions": replace(TINY, positions=True),
    "counting": replace(TINY, counting=True, counting_channels=16),
    "dense": DENSE,
    "multi-scale": replace(DENSE, multi_scale=True, fine_layers=2),
    "vgg": replace(TINY, watcher="vgg", channels=(8, 8, 16, 16)),
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
    model, batch = lively(replace(KINDS[kind], counting_weight=0.0)), batch_of()
    with torch.no_grad():
        losses, stepped = model(batch), told(model, batch)
    for i, logprobs in enumerate(stepped):
        assert torch.allclose(logprobs.exp().sum(1), torch.ones(len(logprobs)), atol=1e-5)
        chosen = logprobs[range(len(logprobs)), batch.tokens[i, : len(logprobs)]]
        assert -chosen.sum() / 16 == pytest.approx(float(losses[i]), abs=1e-5)


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
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.ones_(module.weight)  # those of residual blocks start at nought
    losses = model(batch_of())
    assert losses.shape == (4,)
    losses.mean().backward()
    still = [
        name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()
    ]
    # Softmax does not see a constant, so that what this one learns is noise.
    assert [name for name in still if not name.endswith("energy.bias")] == []


def test_folded_coverage_is_convolution_then_linear_map():
    attention = CoverageAttention(12, 20, 11, 24, positions=False)
    coverage = torch.rand(3, 7, 9)
    kernel = attention.fold()
    folded = windows(coverage, kernel) @ kernel
    maps = attention.coverage(coverage[:, None]).permute(0, 2, 3, 1)
    assert torch.allclose(folded, attention.coverage_map(maps).flatten(0, 2), atol=1e-5)


# The contract kit sees to it for the residual watcher with positions and counting.
@pytest.mark.parametrize("kind", ["dense", "multi-scale", "vgg"])
def test_four_images_are_learnt_by_heart(kind):
    model, batch = build(KINDS[kind], VOCABULARY), batch_of()
    optimiser = torch.optim.AdamW(model.parameters(), 3e-3)
    for _ in range(150):
        loss = model(batch).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        if float(loss.detach()) < 0.01:
            break
    assert float(loss.detach()) < 0.01
    model.eval()
    assert [found[0].latex for found in model.decode(batch, Decoding(max_length=10))] == list(LABELS)


def test_same_seed_same_weights_and_losses():
    def losses():
        torch.manual_seed(5)
        model = build(replace(TINY, dropout=0.3, watcher_dropout=0.3), VOCABULARY)
        return model(batch_of())

    assert torch.equal(losses(), losses())


def test_order_of_labels_does_not_matter():
    model, batch = lively(KINDS["counting"]), batch_of()
    turned = batch_of(LABELS[::-1])
    with torch.no_grad():
        assert torch.allclose(model(batch).flip(0), model(turned), atol=1e-5)


def test_label_smoothing_mixes_in_the_mean_over_the_vocabulary():
    model, batch = lively(TINY), batch_of(["x"])
    with torch.no_grad():
        logprobs = told(model, batch)[0]
        plain, smooth = float(model(batch)), float(model(batch, label_smoothing=0.1))
    assert smooth == pytest.approx(0.9 * plain - 0.1 * float(logprobs.mean(1).sum()) / 16, abs=1e-5)


def test_attention_is_a_distribution_over_the_images_own_pixels():
    model, batch = lively(TINY), batch_of()
    tokens = [row[:length].tolist() for row, length in zip(batch.tokens, batch.lengths, strict=True)]
    with torch.no_grad():
        looks = model.attention(batch, tokens)
    for look, row, (height, width) in zip(looks, tokens, batch.sizes.tolist(), strict=True):
        assert look.shape == (len(row), height, width)
        assert torch.allclose(look.sum((1, 2)), torch.ones(len(row)), atol=1e-5)


def test_counts():
    tokens = torch.tensor([[3, 4, 4, END, 0], [5, END, 0, 0, 0]])
    counts = count_tokens(tokens, len(VOCABULARY))
    assert counts[:, 3:].tolist() == [[1, 2, 0, 0, 0], [0, 0, 1, 0, 0]]
    assert not counts[:, :3].any()
    assert counting_loss(counts[:, None], tokens).tolist() == [0, 0]
    assert counting_loss(counts[:, None] + 2.5, tokens).tolist() == [2.0 * 8, 2.0 * 8]


def test_presets():
    def weights(preset: str) -> int:
        names = Options.__dataclass_fields__
        options = Options(**{k: v for k, v in SPEC.presets[preset].items() if k in names})
        vocabulary = Vocabulary(tuple(f"t{i}" for i in range(108)))
        return sum(weight.numel() for weight in build(options, vocabulary).parameters())

    assert next(iter(SPEC.presets)) == "base"
    assert 5.2e6 < weights("base") < 5.6e6  # public WAP: 5.4 million
    assert weights("small") < 3e6


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"watcher": "vgg16"}, "watcher vgg16"),
        ({"watcher": "vgg", "multi_scale": True}, "multi_scale"),
        ({"coverage_kernel": 4}, "kernel 4"),
        ({"blocks": (2, 2, 2)}, "blocks"),
    ],
)
def test_impossible_options_are_named(settings, message):
    with pytest.raises(UsageError, match=message):
        replace(TINY, **settings)


class TestContract(RecogniserContract):
    """The suite's own kit, with the preset that is meant for minutes."""

    spec = SPEC
    quick: ClassVar = {"preset": "demo"}
