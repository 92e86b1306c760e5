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
from hmer_wap.marks import FLOOR, cells_of_tokens, touched  # noqa: E402

from hmer_suite.errors import UsageError  # noqa: E402
from hmer_suite.nn.attention import neighbourhoods  # noqa: E402
from hmer_suite.nn.batch import Batch, Strokes, reversed_labels  # noqa: E402
from hmer_suite.nn.mark_supervision import attention_losses, class_table, strokes_of_tokens  # noqa: E402
from hmer_suite.nn.teacher_forcing import TeacherForcing  # noqa: E402
from hmer_suite.specs.recogniser import Decoding  # noqa: E402
from hmer_suite.specs.vocabulary import BEGIN, END, PAD, Vocabulary  # noqa: E402
from hmer_suite.testing import RecogniserContract  # noqa: E402
from hmer_suite.train.checkpoint import read_checkpoint  # noqa: E402
from hmer_suite.train.loader import collate  # noqa: E402

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
BOTH_WAYS = {
    **{f"{kind} both ways": replace(KINDS[kind], backward=True) for kind in ("positions", "multi-scale")},
    "counting both ways": replace(KINDS["counting"], positions=True, backward=True),
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


@pytest.mark.parametrize("kind", BOTH_WAYS)
def test_both_directions_are_learnt_and_judge_alike(kind):
    """The loss is the mean of both parsers', and so is the likelihood of a text."""
    model, batch = lively(replace(BOTH_WAYS[kind], counting_weight=0.0)), batch_of()
    twin = lively(replace(BOTH_WAYS[kind], counting_weight=0.0, backward=False))
    weights = model.state_dict()
    twin.load_state_dict({k: v for k, v in weights.items() if not k.startswith("backward_")})
    back = {
        f"parser.{k.removeprefix('backward_parser.')}": v
        for k, v in weights.items()
        if k.startswith("backward_")
    }
    texts = [
        [tokens[: length - 1]]
        for tokens, length in zip(batch.tokens.tolist(), batch.lengths.tolist(), strict=True)
    ]
    with torch.no_grad():
        both, ahead = model(batch), twin(batch)
        twin.load_state_dict(back, strict=False)
        assert torch.allclose(both, (ahead + twin(reversed_labels(batch))) / 2, atol=1e-5)
    said = [row[0].logprob for row in model.likelihoods(batch, texts)]
    assert (-both * 16).tolist() == pytest.approx(said, abs=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_reads_the_same_alone_and_padded_in_company(kind):
    model = lively(KINDS[kind])
    with torch.no_grad():
        together, losses = told(model, batch_of(padding=21)), model(batch_of(padding=21))
        for i, label in enumerate(LABELS):
            assert torch.allclose(told(model, batch_of([label]))[0], together[i], atol=1e-4)
            assert torch.allclose(model(batch_of([label])), losses[i], atol=1e-4)


@pytest.mark.parametrize("kind", [*KINDS, *BOTH_WAYS])
def test_every_weight_learns(kind):
    model = build({**KINDS, **BOTH_WAYS}[kind], VOCABULARY)
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
    folded = neighbourhoods(coverage, kernel) @ kernel
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
    assert weights("small") < 3.3e6  # a third of them the parser from right to left


MARKED = replace(TINY, attention_weight=0.3, class_weight=0.5)


def marked_batch(labels=LABELS) -> Batch:
    """Symbol i of each label is a single stroke across where `written` draws it, and its mark is known."""
    batch, count = batch_of(labels), max(len(label.split()) for label in labels)
    middles = 3 + 15 * torch.arange(count).float()[:, None] + torch.tensor([2.0, 5.0, 8.0])
    points = torch.stack([middles, torch.full_like(middles, 18.0)], 2).expand(len(labels), -1, -1, -1)
    mask = torch.arange(count) < (batch.lengths - 1)[:, None]
    classes = torch.where(mask, batch.tokens[:, :count], PAD)
    links = torch.zeros(*batch.tokens.shape, count, dtype=torch.bool)
    links[:, :count] = torch.diag_embed(mask)
    return replace(batch, strokes=Strokes(points, mask, classes, links))


def test_cells_that_strokes_touch():
    """A map of 2 x 3 cells of 8 pixels over an image of 16 x 20: the last column is half padding."""
    inside = [[1.0, 2.0], [7.4, 2.0], [8.0, 9.0]]
    outside = [[-1.0, 3.0], [20.0, 3.0], [3.0, 16.0]]
    strokes = Strokes(
        torch.tensor([[inside, outside, [[19.0, 15.0]] * 3, inside]]),
        torch.tensor([[True, True, True, False]]),
    )
    cells = touched(strokes, torch.tensor([[16, 20]]), (2, 3), 8)
    assert cells.shape == (1, 4, 6)
    assert [row.nonzero()[:, 0].tolist() for row in cells[0]] == [[0, 4], [], [5], []]


def test_cells_of_a_token_are_those_of_its_strokes():
    cells = torch.tensor([[[1, 1, 0], [0, 1, 0], [0, 0, 1]]], dtype=torch.bool)
    wanted = torch.tensor([[[1, 0, 1], [0, 1, 0], [0, 0, 0]]], dtype=torch.bool)
    assert cells_of_tokens(wanted, cells).int().tolist() == [[[1, 1, 1], [0, 1, 0], [0, 0, 0]]]


@pytest.mark.parametrize("kind", KINDS)
def test_marks_add_both_losses(kind):
    """Against a plain sum over images, tokens and strokes, image by image."""
    model, batch = lively(replace(KINDS[kind], attention_weight=0.3, class_weight=0.5)), marked_batch()
    with torch.no_grad():
        added = model(batch) - model(replace(batch, strokes=None))
        expected = [0.3 * a + 0.5 * b for a, b in zip(*slow_losses(model, batch), strict=True)]
    assert min(expected) > 0
    assert (16 * added).tolist() == pytest.approx(expected, abs=1e-4)


@torch.no_grad()
def slow_losses(model, batch: Batch) -> tuple[list[float], list[float]]:
    """Of attention and of classes, for each image of a marked batch, one symbol and one stroke after the other."""
    forcing, stride = TeacherForcing.of(batch.tokens, batch.lengths), model.watcher.stride
    outputs = model.teacher_forced(batch, forcing)
    coarse = model.watcher(forcing.reordered(batch))[0].features
    looked, named = [0.0] * len(batch), [0.0] * len(batch)
    for image in range(len(batch)):
        looks = outputs.attention[forcing.images == image]
        features = coarse[forcing.order.tolist().index(image)]
        for place in range(int(batch.lengths[image]) - 1):
            inside = [(int(x), int(y)) for x, y in batch.strokes.points[image, place]]
            cells = {(y // stride, x // stride) for x, y in inside}
            looked[image] -= float(sum(looks[place][cell] for cell in cells).log())
            scores = torch.stack([model.symbols.classify(features[:, y, x]) for y, x in cells])
            wanted = int(batch.tokens[image, place])
            named[image] -= float(scores.log_softmax(1)[:, wanted].mean())
    return looked, named


def test_switched_off_marks_change_nothing():
    batch = marked_batch()
    model = lively(TINY)
    with torch.no_grad():
        assert torch.equal(model(batch), model(replace(batch, strokes=None)))
    assert [name for name in model.state_dict() if "symbols" in name or "table" in name] == []


def test_marks_change_no_reading():
    model, batch = lively(MARKED), marked_batch()
    how = Decoding(max_length=8)
    assert model.decode(batch, how) == model.decode(replace(batch, strokes=None), how)
    with torch.no_grad():
        assert torch.equal(model(replace(batch, strokes=None)), without_head(model)(batch))


def without_head(model):
    """The same network built without supervision, from the same weights."""
    plain = build(TINY, VOCABULARY).eval()
    assert plain.load_state_dict(model.state_dict(), strict=False).missing_keys == []
    return plain


def test_same_start_with_and_without_the_head():
    torch.manual_seed(3)
    plain = build(TINY, VOCABULARY).state_dict()
    torch.manual_seed(3)
    marked = build(MARKED, VOCABULARY).state_dict()
    assert all(torch.equal(plain[name], marked[name]) for name in plain)
    assert set(marked) - set(plain) == {"symbols.classify.weight", "symbols.classify.bias"}


def test_a_symbol_without_a_mark_teaches_nothing():
    model, batch = lively(MARKED), marked_batch()
    strokes = batch.strokes
    unknown = replace(
        strokes, classes=torch.zeros_like(strokes.classes), links=torch.zeros_like(strokes.links)
    )
    with torch.no_grad():
        plain = model(replace(batch, strokes=None))
        assert torch.equal(model(replace(batch, strokes=unknown)), plain)
        assert torch.equal(model(replace(batch, strokes=replace(strokes, classes=None, links=None))), plain)


@pytest.mark.parametrize("autocast", [False, True])
@pytest.mark.parametrize("weights", [(0.3, 0.0), (0.0, 0.5)])
def test_both_losses_reach_the_watcher(weights, autocast):
    """The part of the gradient that comes of marks; the first convolution is the furthest away."""
    attention, classes = weights
    model = lively(replace(TINY, attention_weight=attention, class_weight=classes)).train()
    batch = marked_batch()
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        added = model(batch) - model(replace(batch, strokes=None))
    stem = model.watcher.stem.convolution.weight
    (gradient,) = torch.autograd.grad(added.sum(), [stem])
    assert added.dtype == torch.float32
    assert gradient.isfinite().all()
    assert float(gradient.abs().max()) > 1e-4


@pytest.mark.parametrize("energies", [[200.0, 0.0, 0.0], [0.0, 0.0, 200.0]])
def test_attention_of_zero_has_a_finite_gradient(energies):
    """The second and the third of three cells are wanted; one of them, or both, have no attention at all."""
    forcing = TeacherForcing.of(torch.tensor([[END]]), torch.tensor([1]))
    energies = torch.tensor([energies], requires_grad=True)
    looks = energies.softmax(1)
    assert not looks.detach()[0, 1]
    loss = attention_losses(looks.clamp_min(FLOOR).log(), forcing, torch.tensor([[[False, True, True]]]))
    loss.sum().backward()
    assert loss.isfinite().all()
    assert energies.grad.isfinite().all()


def test_attention_learns_to_rest_on_the_symbol():
    model, batch = build(MARKED, VOCABULARY), marked_batch()
    optimiser = torch.optim.AdamW(model.parameters(), 3e-3)
    looked_before = slow_losses(model, batch)[0]
    for _ in range(60):
        optimiser.zero_grad()
        model(batch).mean().backward()
        optimiser.step()
    looked, named = slow_losses(model, batch)
    assert max(looked) < 0.5 * min(looked_before)
    assert max(named) < 0.5


def test_classes_of_tokens_are_those_of_their_shapes():
    vocabulary = Vocabulary(("-", "<", "\\frac", "\\cdot", "\\lt", "x"))
    table = class_table(vocabulary).tolist()
    number = vocabulary.number
    assert table[: number("-")] == [PAD] * number("-")
    assert table[number("\\frac")] == number("-")
    assert table[number("\\lt")] == number("<")
    assert table[number("\\cdot")] == PAD  # its shape, a point, is not listed
    assert table[number("x")] == number("x")


def test_strokes_of_tokens():
    """Label `x + x`, three strokes of x, the last of which nobody knows the token of, and one of +."""
    x, plus = VOCABULARY.number("x"), VOCABULARY.number("+")
    strokes = Strokes(
        torch.zeros(1, 5, 2, 2),
        torch.ones(1, 5, dtype=torch.bool),
        torch.tensor([[x, x, x, plus, PAD]]),
        torch.zeros(1, 4, 5, dtype=torch.bool),
    )
    strokes.links[0, 0, 0] = strokes.links[0, 0, 1] = True
    tokens, table = torch.tensor([[x, plus, x, END]]), class_table(VOCABULARY)
    exact, loose = (
        strokes_of_tokens(tokens, strokes, table, exact)[0].int().tolist() for exact in (True, False)
    )
    assert exact == [[1, 1, 0, 0, 0], [0, 0, 0, 1, 0], [1, 1, 1, 0, 0], [0, 0, 0, 0, 0]]
    assert loose == [[1, 1, 1, 0, 0], *exact[1:]]


def test_half_precision_trains():
    model, batch = build(KINDS["counting"], VOCABULARY), batch_of()
    plain = model(batch)
    with torch.autocast("cpu", torch.bfloat16):
        losses = model(batch)
    losses.mean().backward()
    assert torch.allclose(losses, plain, rtol=0.05)
    assert all(weight.grad.dtype == torch.float32 for weight in model.parameters() if weight.grad is not None)
    assert model.parser.answer.weight_hh.grad.abs().max() > 0


def test_weights_that_ship_read():
    model = read_checkpoint(SPEC.weights).build(SPEC)
    numbers = [cv2.resize(written(label), None, fx=1.5, fy=1.5) for label in ("2 + 1", "x + y")]
    batch = collate(numbers, ("a", "b"), None, model.vocabulary)
    assert [found[0].latex for found in model.decode(batch, Decoding())] == ["2 + 1", "x + y"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"watcher": "vgg", "multi_scale": True}, "multi_scale"),
        ({"coverage_kernel": 4}, "coverage_kernel=4"),
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
