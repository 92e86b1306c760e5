"""Labels told token by token: none is lost, none is padding, and losses go back to their images."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.nn.batch import Batch, Strokes, reversed_labels  # noqa: E402
from hmer_suite.nn.teacher_forcing import TeacherForcing, maps_over_pixels  # noqa: E402
from hmer_suite.specs.vocabulary import BEGIN, END, PAD  # noqa: E402

TOKENS = torch.tensor([[5, END, PAD, PAD], [6, 7, 8, END], [9, 5, END, PAD]])
LENGTHS = torch.tensor([2, 4, 3])


def test_steps_stand_side_by_side_the_longest_label_first():
    forcing = TeacherForcing.of(TOKENS, LENGTHS)
    assert forcing.order.tolist() == [1, 2, 0]
    assert forcing.active == (3, 3, 2, 1)
    assert forcing.rows.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 0]
    assert forcing.images.tolist() == [1, 2, 0, 1, 2, 0, 1, 2, 1]
    assert forcing.inputs.tolist() == [BEGIN] * 3 + [6, 9, 5, 7, 5, 8]
    assert forcing.targets.tolist() == [6, 9, 5, 7, 5, END, 8, END, END]


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_losses_are_those_of_each_label_alone(smoothing):
    forcing, scores = TeacherForcing.of(TOKENS, LENGTHS), torch.randn(9, 10)
    losses = forcing.losses(scores, smoothing)
    for image, length in enumerate(LENGTHS.tolist()):
        own = torch.log_softmax(scores[forcing.images == image], dim=1)
        likelihood = own.gather(1, TOKENS[image, :length, None]).sum()
        expected = -(1 - smoothing) * likelihood - smoothing * own.mean(1).sum()
        assert torch.allclose(losses[image], expected, atol=1e-5)


def test_sequences_without_an_end_are_told_as_they_are():
    forcing = TeacherForcing.of_sequences([[5], [6, 7]], torch.device("cpu"))
    assert forcing.targets.tolist() == [6, 5, 7] and forcing.images.tolist() == [1, 0, 1]


def test_maps_lie_over_the_pixels_of_their_image():
    forcing = TeacherForcing.of_sequences([[5], [6, 7]], torch.device("cpu"))
    sizes = torch.tensor([[8, 5], [6, 12]])
    batch = Batch(("a", "b"), torch.zeros(2, 1, 8, 12), sizes, torch.full((2, 1), END), torch.ones(2))
    looks = torch.zeros(3, 4, 3)
    looks[0, 0, 2] = looks[1, 1, 0] = looks[2, 2, 1] = 1  # image b, image a, image b again
    first, second = maps_over_pixels(looks, forcing, batch, (2, 4))
    assert first.shape == (1, 8, 5) and second.shape == (2, 6, 12)
    assert torch.allclose(first.sum((1, 2)), torch.ones(1))
    assert torch.allclose(second.sum((1, 2)), torch.ones(2))
    assert divmod(int(second[0].argmax()), 12)[1] >= 8 and divmod(int(second[1].argmax()), 12)[0] >= 3


def test_labels_from_right_to_left_keep_their_ends_and_take_their_links_along():
    tokens = torch.tensor([[5, 6, 7, END], [8, END, PAD, PAD], [END, PAD, PAD, PAD]])
    links = torch.zeros(3, 4, 2, dtype=torch.bool)
    links[0, 0, 1] = links[1, 0, 0] = True
    strokes = Strokes(torch.zeros(3, 2, 8, 2), torch.ones(3, 2, dtype=torch.bool), None, links)
    nothing = torch.zeros(3, 1, 0, 0)
    lengths = torch.tensor([4, 2, 1])
    batch = Batch(("a", "b", "c"), nothing, torch.zeros(3, 2, dtype=torch.long), tokens, lengths, strokes)
    turned = reversed_labels(batch)
    assert turned.tokens.tolist() == [[7, 6, 5, END], [8, END, PAD, PAD], [END, PAD, PAD, PAD]]
    assert turned.strokes.links.nonzero().tolist() == [[0, 2, 1], [1, 0, 0]]
    again = reversed_labels(turned)
    assert torch.equal(again.tokens, tokens) and torch.equal(again.strokes.links, links)
