"""Skeletons: what thinning keeps, and the ways along them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hmer_suite.ink.tracing.skeleton import branches_of, thin


def blots(seed: int, pen: int = 3) -> np.ndarray:
    """A mask of lines that cross, end and touch at random."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((60, 90), np.uint8)
    for _ in range(8):
        points = rng.integers((0, 0), (90, 60), (3, 2)).astype(np.int32)[:, None]
        cv2.polylines(mask, [points], False, 1, pen)
    return mask


def pieces_and_holes(mask: np.ndarray) -> tuple[int, int]:
    """Pieces of ink that touch at sides or corners, and pieces of paper that touch at sides."""
    ink, _ = cv2.connectedComponents(mask, connectivity=8)
    paper, _ = cv2.connectedComponents(np.pad(1 - mask, 1, constant_values=1), connectivity=4)
    return ink - 1, paper - 2


@pytest.mark.parametrize("pen", [1, 3, 6])
@pytest.mark.parametrize("seed", range(20))
def test_pieces_and_holes_stay(seed: int, pen: int) -> None:
    mask = blots(seed, pen)
    lines = thin(mask)
    assert pieces_and_holes(lines) == pieces_and_holes(mask)
    assert not (lines & ~mask).any()
    assert (thin(lines) == lines).all()


@pytest.mark.parametrize("seed", range(20))
def test_lines_are_thin(seed: int) -> None:
    lines = thin(blots(seed, 5))
    whole = cv2.erode(lines, np.ones((3, 3), np.uint8), borderValue=0)
    assert lines.any() and not whole.any()


@pytest.mark.parametrize("seed", range(20))
def test_ways_cover_every_pixel_and_only_meet_at_their_ends(seed: int) -> None:
    lines = thin(blots(seed))
    skeleton = branches_of(lines)
    inner = [pixel for way in skeleton.branches for pixel in way[1:-1]]
    inner += [pixel for ring in skeleton.rings for pixel in ring]
    ends = {way[side] for way in skeleton.branches for side in (0, -1)}
    assert len(inner) == len(set(inner)) and not ends & set(inner)
    assert {*inner, *ends, *skeleton.points} == set(np.flatnonzero(lines).tolist())
    assert skeleton.ends <= ends


def test_steps_of_ways_lead_to_neighbours() -> None:
    skeleton = branches_of(thin(blots(1)))
    for way in skeleton.branches:
        rows, columns = np.divmod(way, skeleton.width)
        assert (np.maximum(np.abs(np.diff(rows)), np.abs(np.diff(columns))) == 1).all()


def test_ring_point_and_line() -> None:
    lines = np.zeros((12, 20), np.uint8)
    cv2.rectangle(lines, (1, 1), (6, 8), 1)
    lines[10, 9] = 1
    lines[0, 11:18] = 1
    skeleton = branches_of(lines)
    assert [len(ring) for ring in skeleton.rings] == [24]
    assert skeleton.points == (10 * 20 + 9,)
    assert [sorted(way) for way in skeleton.branches] == [list(range(11, 18))]
    assert skeleton.ends == {11, 17}


def test_a_mask_without_ink_has_no_ways() -> None:
    skeleton = branches_of(thin(np.zeros((5, 7), np.uint8)))
    assert (skeleton.branches, skeleton.rings, skeleton.points) == ((), (), ())
