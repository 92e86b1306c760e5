"""The symbol classifier: what it sees, what it says, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

torch = pytest.importorskip("torch")

from hmer_symbol_cnn import SPEC, Options, build  # noqa: E402
from hmer_symbol_cnn.model import boxed  # noqa: E402

from hmer_suite.errors import InputError, UsageError  # noqa: E402
from hmer_suite.nn.batch import Batch  # noqa: E402
from hmer_suite.specs.recogniser import Decoding  # noqa: E402
from hmer_suite.specs.vocabulary import END, PAD, Vocabulary  # noqa: E402
from hmer_suite.testing import RecogniserContract  # noqa: E402

VOCABULARY = Vocabulary(("-", "1", "\\frac", "\\sqrt", "x"))
TINY = Options(stem=8, blocks=(1, 1), channels=(8, 16), hidden=16)
KINDS = {"residual": TINY, "dense": replace(TINY, network="dense", layers=(32, 32))}

SYMBOLS = {
    "1": """
        ..#.
        .##.
        ..#.
        ..#.
        ..#.
        ..#.
        .###
        """,
    "-": """
        .....
        .....
        .....
        #####
        .....
        .....
        .....
        """,
    r"\frac": """
        ............
        ############
        ............
        """,
    "x": """
        #...#
        .#.#.
        ..#..
        .#.#.
        #...#
        """,
}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def batch_of(images: torch.Tensor, *labels: str) -> Batch:
    """Images (N, 1, H, W) without padding; all labels of one length."""
    tokens = torch.tensor([[*VOCABULARY.encode(label), END] for label in labels])
    sizes = torch.tensor([images.shape[-2:]] * len(images))
    lengths = torch.full((len(images),), tokens.shape[1])
    return Batch(tuple(f"s{i}" for i in range(len(images))), images, sizes, tokens, lengths)


def noise(*labels: str) -> Batch:
    return batch_of(torch.rand(len(labels), 1, 20, 24), *labels)


def ink(height: int, width: int, top: int, left: int, paper: tuple[int, int] = (60, 80)) -> torch.Tensor:
    """An L of the given size on paper."""
    image = torch.zeros(1, 1, *paper)
    image[..., top : top + height, left : left + 2] = 1
    image[..., top + height - 2 : top + height, left : left + width] = 1
    return image


def test_ink_comes_into_the_middle_of_the_box_wherever_it_was():
    found = boxed(ink(10, 6, 31, 50), 16)
    square = found.squares
    assert found.extent.tolist() == [[6, 10]]
    expected = torch.zeros(16, 16)
    expected[3:13, 5:7] = expected[11:13, 5:11] = 1
    assert torch.allclose(square[0, 0], expected, atol=1e-5)
    for top, left, paper in ((0, 0, (60, 80)), (1, 2, (13, 9)), (7, 33, (41, 71))):
        assert torch.allclose(boxed(ink(10, 6, top, left, paper), 16).squares, square, atol=1e-5)


def test_large_ink_is_shrunk_to_fit_and_its_size_is_told():
    found = boxed(ink(56, 28, 2, 40), 16)
    square = found.squares
    assert found.extent.tolist() == [[28, 56]]
    rows, columns = (square[0, 0] > 0.2).any(1), (square[0, 0] > 0.2).any(0)
    assert int(rows.sum()) == 14 and int(columns.sum()) in (7, 8)  # half of a pixel at either side


def test_faint_ink_counts_and_paper_does_not():
    image = 0.6 * ink(10, 6, 31, 50) + 0.1
    assert boxed(image, 16).extent.tolist() == [[6, 10]]
    found = boxed(torch.zeros(2, 1, 9, 9), 16)
    assert not found.squares.any() and found.extent.tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("kind", KINDS)
def test_size_alone_tells_two_symbols_apart(kind):
    """A small square and a large one that fills the box twice over: one shape, two sizes."""
    large, small = torch.zeros(2, 1, 70, 70).unbind(0)
    large[:, 3:67, 3:67] = 1
    small[:, 3:35, 3:35] = 1
    options = replace(KINDS[kind], box=16)
    squares = boxed(torch.stack([large, small]), options.box).squares
    assert torch.allclose(squares[0], squares[1], atol=0.05)
    model = build(options, VOCABULARY)
    scores = model.eval().start(batch_of(torch.stack([large, small]), "1", "x"))[0]["logprobs"]
    assert not torch.allclose(scores[0], scores[1], atol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_the_cross_entropy_of_what_it_says(kind):
    model, batch = build(KINDS[kind], VOCABULARY).eval(), noise("1", "\\frac", "x")
    with torch.no_grad():
        found = model.decode(batch, Decoding(beam=5, nbest=5, length_penalty=0.0))
        losses = model(batch)
    for hypotheses, loss, label in zip(found, losses.tolist(), ("1", "\\frac", "x"), strict=True):
        said = {hypothesis.latex: hypothesis.logprob for hypothesis in hypotheses}
        assert said.keys() == set(VOCABULARY.symbols)
        assert sum(torch.tensor(list(said.values())).exp()) == pytest.approx(1, abs=1e-5)
        assert -said[label] == pytest.approx(loss, abs=1e-5)


@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_held_to_the_grammar_it_names_formulas_of_one_symbol(length_penalty):
    model, batch = build(TINY, VOCABULARY).eval(), noise(*"111111")
    how = Decoding(beam=5, nbest=5, length_penalty=length_penalty)
    with torch.no_grad():
        free = model.decode(batch, how)
        held = model.decode(batch, replace(how, constrained=True))
    for every, formulas in zip(free, held, strict=True):
        assert [found.latex for found in formulas] == [f.latex for f in every if f.latex in ("-", "1", "x")]


def test_greedy_says_one_symbol_and_with_no_room_nothing():
    model, batch = build(TINY, VOCABULARY).eval(), noise("1", "x")
    assert [len(found[0].tokens) for found in model.decode(batch, Decoding())] == [1, 1]
    assert [found[0].tokens for found in model.decode(batch, Decoding(max_length=0))] == [(), ()]


@pytest.mark.parametrize("label", ["1 x", ""])
def test_a_label_that_is_not_one_symbol_is_named(label):
    batch = noise("1 1" if label else "", "1 1" if label else "")
    with pytest.raises(InputError, match=rf"sample s0: a label of {len(label.split())} tokens"):
        build(TINY, VOCABULARY)(batch)


def test_the_first_label_of_another_length_is_named():
    batch = noise("1 1", "1 1", "x x")
    batch.tokens[:2, 1:] = torch.tensor([END, PAD])
    batch.lengths[:2] = 2
    with pytest.raises(InputError, match="sample s2: a label of 2 tokens"):
        build(TINY, VOCABULARY)(batch)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"blocks": (1,)}, "blocks"), ({"box": 15}, "box 15")],
)
def test_impossible_options_are_named(settings, message):
    with pytest.raises(UsageError, match=message):
        replace(TINY, **settings)


@pytest.mark.parametrize(("height", "width", "top", "left"), [(10, 6, 31, 50), (56, 28, 2, 40)])
def test_maps_over_the_square_lie_where_the_ink_was(height, width, top, left):
    image = ink(height, width, top, left)
    found = boxed(image, 16)
    back = found.back(found.squares[0], 0, 60, 80)[0]
    assert float((back * image[0, 0]).sum()) > 0.3 * float(
        back.sum()
    )  # strokes are wider where they were shrunk
    y, x = (
        float((back.sum(1 - axis) * torch.arange(n)).sum() / back.sum()) for axis, n in ((0, 60), (1, 80))
    )
    true = [
        float((image[0, 0].sum(1 - a) * torch.arange(n)).sum() / image.sum()) for a, n in ((0, 60), (1, 80))
    ]
    assert [y, x] == pytest.approx(true, abs=1.5)


@pytest.mark.parametrize("kind", KINDS)
def test_attention_is_a_distribution_over_the_images_own_pixels(kind):
    model = build(KINDS[kind], VOCABULARY).eval()
    batch = replace(noise("1", "x"), sizes=torch.tensor([[20, 24], [17, 9]]))
    looks = model.attention(batch, [VOCABULARY.encode("1"), VOCABULARY.encode("x -")])
    assert [tuple(look.shape) for look in looks] == [(1, 20, 24), (2, 17, 9)]
    for look in looks:
        assert torch.allclose(look.sum((1, 2)), torch.ones(len(look)), atol=1e-4) and (look >= 0).all()


class TestContract(RecogniserContract):
    """The suite's own kit, on symbols."""

    spec = SPEC
    drawn = SYMBOLS


class TestDenseContract(RecogniserContract):
    """And the baseline."""

    spec = SPEC
    quick: ClassVar = {"preset": "dense"}
    drawn = SYMBOLS
