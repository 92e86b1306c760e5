"""CTC-CRNN: frames, independence of padding, what its layers promise, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

torch = pytest.importorskip("torch")

from hmer_ctc_crnn import SPEC, Options, build  # noqa: E402
from hmer_ctc_crnn.frames import ColumnReader  # noqa: E402
from hmer_ctc_crnn.published import squeezed  # noqa: E402
from hmer_ctc_crnn.sequence import AttentionLayer, BothWays, reversal  # noqa: E402

from hmer_suite.errors import UsageError  # noqa: E402
from hmer_suite.specs.recogniser import Decoding  # noqa: E402
from hmer_suite.specs.vocabulary import Vocabulary  # noqa: E402
from hmer_suite.testing import PICTURES, RecogniserContract, pictures  # noqa: E402
from hmer_suite.train.loader import collate  # noqa: E402

VOCABULARY = Vocabulary.of(PICTURES)
TINY = Options(
    symbol_height=14,
    stem=8,
    blocks=(1, 1, 1),
    channels=(8, 16, 24),
    encoder_dropout=0.0,
    readers=3,
    reader_size=8,
    layers=("lstm", "attention", "lstm"),
    hidden=16,
    taps=(0,),
    dropout=0.0,
)
PUBLISHED = replace(TINY, layers=("lstm", "lstm"), repeat=1, taps=(), plain_channels=(4, 8, 8, 8, 16, 16, 16))
KINDS = {
    "wide": TINY,
    "plain": replace(PUBLISHED, network="plain"),
    "resnet": replace(PUBLISHED, network="resnet"),
}


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny networks are fastest so, and sums always run in the same order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def batch_of(places=range(4), padding: int = 0):
    samples = pictures(TINY.symbol_height)
    rows = [(samples.images[i], samples.ids[i], samples.labels[i]) for i in places]
    batch = collate(*map(list, zip(*rows, strict=True)), VOCABULARY)
    images = torch.nn.functional.pad(batch.images, (0, 2 * padding, 0, padding))
    return replace(batch, images=images)


def lively(options: Options):
    """A network in evaluation mode in which nothing is at a first value that could hide it."""
    model = build(options, VOCABULARY).eval()
    for name, weight in model.named_parameters():
        if not weight.any() or name.endswith("distances"):
            torch.nn.init.normal_(weight, std=0.3)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    return model


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_gives_the_same_frames_alone_and_padded_in_company(kind):
    model = lively(KINDS[kind])
    with torch.no_grad():
        together, lengths = model.frames(batch_of(padding=21))
        for i in range(4):
            alone, (length,) = model.frames(batch_of([i]))
            assert int(length) == int(lengths[i])
            for one, all_ in zip(alone, together, strict=True):
                assert torch.allclose(one[0, :length], all_[i, :length], atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_frames_are_distributions_over_the_blank_and_the_symbols(kind):
    model, batch = lively(KINDS[kind]), batch_of()
    with torch.no_grad():
        said, _ = model.frames(batch)
    assert len(said) == len(model.options.taps) + 1
    for logprobs in said:
        assert logprobs.shape[2] == len(VOCABULARY.symbols) + 1
        assert torch.allclose(logprobs.exp().sum(2), torch.ones(logprobs.shape[:2]), atol=1e-5)


def test_wide_frames_follow_the_width_and_published_ones_do_not():
    batch = batch_of()
    with torch.no_grad():
        _, wide = build(TINY, VOCABULARY).frames(batch)
        for kind in ("plain", "resnet"):
            assert build(KINDS[kind], VOCABULARY).frames(batch)[1].tolist() == [37] * 4
    assert wide.tolist() == [4 * -(-width // 8) for width in batch.sizes[:, 1].tolist()]


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns(kind):
    model = lively(KINDS[kind])
    model(batch_of()).mean().backward()
    still = [name for name, w in model.named_parameters() if w.grad is None or not w.grad.any()]
    assert still == []


def trained(options: Options, batch, steps: int):
    """A network after some steps on one batch, and its losses."""
    model, found = build(options, VOCABULARY).train(), []
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=0.0)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = model(batch).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        found.append(float(loss.detach()))
        if found[-1] < 0.005:
            break
    return model.eval(), found


def test_plain_convolutions_learn_four_images_by_heart():
    """The contract kit sees to it for the wide ones."""
    batch = batch_of()
    model, _ = trained(replace(KINDS["plain"], hidden=48), batch, 200)
    assert [hypotheses[0].latex for hypotheses in model.decode(batch, Decoding())] == list(PICTURES)


def test_resnet_learns():
    _, found = trained(KINDS["resnet"], batch_of([1, 3]), 12)
    assert found[-1] < found[0] / 3


def test_a_frozen_encoder_stays_as_it_is():
    model, batch = build(replace(TINY, frozen=True), VOCABULARY).train(), batch_of()
    before = {name: tensor.clone() for name, tensor in model.shared_encoder().state_dict().items()}
    model(batch).mean().backward()
    assert all(weight.grad is None for weight in model.shared_encoder().parameters())
    after = model.shared_encoder().state_dict()
    assert all(tensor.equal(after[name]) for name, tensor in before.items())
    assert model.head.weight.grad.any()


def test_frozen_resnet_trains_its_late_stages():
    encoder = build(replace(KINDS["resnet"], frozen=True), VOCABULARY).train().shared_encoder()
    trained = {name.partition(".")[0] for name, weight in encoder.named_parameters() if weight.requires_grad}
    alive = {name.partition(".")[0] for name, module in encoder.named_modules() if name and module.training}
    assert trained == {"layer3", "layer4"}
    assert not {"bn1", "layer1", "layer2"} & alive and {"layer3", "layer4"} <= alive


def test_resnet_is_torchvisions():
    from torchvision.models import resnet18

    theirs = {name: t.shape for name, t in resnet18().state_dict().items() if not name.startswith("fc")}
    encoder = build(KINDS["resnet"], VOCABULARY).shared_encoder()
    assert {name: tensor.shape for name, tensor in encoder.state_dict().items()} == theirs


def test_reversal_leaves_padding_behind():
    assert reversal(torch.tensor([3, 1, 4]), 4).tolist() == [[2, 1, 0, 3], [0, 1, 2, 3], [3, 2, 1, 0]]


def test_both_ways_is_a_bidirectional_lstm():
    own = BothWays(6, 5, 0.0, residual=False)
    theirs = torch.nn.LSTM(6, 5, batch_first=True, bidirectional=True)
    names = {"": own.forth, "_reverse": own.back}
    with torch.no_grad():
        for suffix, layer in names.items():
            for name, weight in layer.named_parameters():
                getattr(theirs, name + suffix).copy_(weight)
    frames, lengths = torch.randn(3, 7, 6), torch.tensor([7, 5, 2])
    packed = torch.nn.utils.rnn.pack_padded_sequence(frames, lengths, batch_first=True)
    expected, _ = torch.nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)
    found = own(frames, lengths)
    for i, length in enumerate(lengths.tolist()):
        assert torch.allclose(found[i, :length], expected[i, :length], atol=1e-6)


def test_attention_begins_as_the_identity():
    frames = torch.randn(2, 5, 16)
    assert torch.equal(AttentionLayer(16, 8, 32, 0.0)(frames, torch.tensor([5, 3])), frames)


def test_readers_look_at_rows_of_the_image_alone_and_begin_from_top_to_bottom():
    reader = ColumnReader(4, 3, 8, 16, 2)
    torch.nn.init.zeros_(reader.energy.weight)
    looks = reader.attention(torch.randn(2, 4, 6, 3), torch.tensor([[6, 3], [4, 2]]))
    assert torch.allclose(looks.sum(2), torch.ones(2, 3, 3))
    assert not looks[1, :, 4:].any()
    assert looks[0, :, :, 0].argmax(1).tolist()[::2] == [0, 5]


@pytest.mark.parametrize("kind", KINDS)
def test_alignment_and_attention_are_shares_of_the_image(kind):
    model, batch = lively(KINDS[kind]), batch_of(padding=5)
    tokens = [VOCABULARY.encode(label) for label in PICTURES]
    with torch.no_grad():
        alignments, looks = model.alignments(batch, tokens), model.attention(batch, tokens)
    for alignment, look, row, (height, width) in zip(
        alignments, looks, tokens, batch.sizes.tolist(), strict=True
    ):
        assert alignment.held.shape == (len(row), len(alignment.blank))
        assert (alignment.held.sum(0) <= 1 + 1e-4).all() and (alignment.held.max(1) > 0).all()
        assert width <= alignment.width < width + 8
        assert look.shape == (len(row), height, width)
        assert torch.allclose(look.sum((1, 2)), torch.ones(len(row)), atol=1e-4)


def test_images_are_squeezed_one_by_one():
    batch = batch_of(padding=9)
    canvas = squeezed(batch, (32, 152))
    assert canvas.shape == (4, 1, 32, 152)
    height, width = batch.sizes[1].tolist()
    alone = replace(batch_of([1]), images=batch.images[1:2, :, :height, :width])
    assert torch.equal(squeezed(alone, (32, 152))[0], canvas[1])


def test_a_sample_without_enough_frames_is_named_once(capsys):
    model = build(replace(TINY, repeat=1), VOCABULARY).train()
    narrow = batch_of([3])
    narrow = replace(
        narrow, images=narrow.images[..., :8].contiguous(), sizes=torch.tensor([[narrow.sizes[0, 0], 8]])
    )
    for _ in range(2):
        assert float(model(narrow).detach()) == 0.0
    said = capsys.readouterr().err
    assert said.count("picture-4: fewer frames than its label needs") == 1 and model.unreached == {
        "picture-4"
    }


def test_presets():
    def weights(preset: str) -> int:
        names = Options.__dataclass_fields__
        options = Options(**{k: v for k, v in SPEC.presets[preset].items() if k in names})
        vocabulary = Vocabulary(tuple(f"t{i}" for i in range(106)))
        return sum(weight.numel() for weight in build(options, vocabulary).parameters())

    assert next(iter(SPEC.presets)) == "wide"
    assert weights("wide") < 5e6 < weights("baseline") < 9e6 < weights("resnet") < 16e6


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layers": ("attention",), "taps": ()}, "first must be lstm"),
        ({"taps": (2,)}, "taps"),
        ({"blocks": (1,)}, "blocks"),
        ({"plain_channels": (1, 2)}, "plain_channels"),
    ],
)
def test_impossible_options_are_named(settings, message):
    with pytest.raises(UsageError, match=message):
        replace(TINY, **settings)


class TestContract(RecogniserContract):
    """The suite's own kit."""

    spec = SPEC
    quick: ClassVar = {"preset": "demo"}
