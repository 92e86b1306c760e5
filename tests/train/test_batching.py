"""Batches by aspect and area: nothing lost, nothing twice, little padding, new company every epoch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.train.batching import count_batches, padding_ratio, plan_batches, samples_of_process
from tests.steps import steps


def handwriting(n: int, seed: int = 0) -> np.ndarray:
    """Heights and widths (n, 2) spread like those of handwritten formulas."""
    rng = np.random.default_rng(seed)
    logs = np.stack([rng.normal(4.2, 0.35, n), rng.normal(5.3, 0.6, n)], axis=1)
    return np.exp(logs).astype(int)


def pairs(batches) -> set[tuple[int, int]]:
    return {(a, b) for batch in batches for a in batch.indices for b in batch.indices if a < b}


@given(
    n=st.integers(1, 200),
    batch_size=st.integers(1, 16),
    world=st.integers(1, 4),
    stride=st.sampled_from([1, 4, 16]),
    shuffle=st.booleans(),
)
def test_every_sample_once_padded_to_the_largest_and_no_share_empty(n, batch_size, world, stride, shuffle):
    sizes = handwriting(n)
    batches = plan_batches(
        sizes, batch_size * world, seed=1, epoch=2, shuffle=shuffle, stride=stride, least=world
    )
    assert sorted(i for batch in batches for i in batch.indices) == list(range(n))
    assert len(batches) == count_batches(n, batch_size * world, least=world)
    assert max(map(len, batches)) - min(map(len, batches)) <= 1
    for batch in batches:
        height, width = sizes[list(batch.indices)].max(axis=0)
        assert batch.height % stride == batch.width % stride == 0
        assert height <= batch.height < height + stride and width <= batch.width < width + stride
        shares = [samples_of_process(batch, rank, world) for rank in range(world)]
        assert sorted(i for part in shares for i in part) == sorted(batch.indices)
        assert n < world or all(shares)
        assert batch_size == 1 or n < world or len(batch) <= batch_size * world


def test_one_process_with_twice_the_batch_has_the_same_plan_as_two():
    sizes = handwriting(101)
    assert plan_batches(sizes, 8, seed=3, epoch=1, shuffle=True) == plan_batches(
        sizes, 8, seed=3, epoch=1, shuffle=True, least=2
    )


def test_a_plan_is_a_function_of_seed_and_epoch():
    sizes = handwriting(300)
    first = plan_batches(sizes, 8, seed=5, epoch=1, shuffle=True)
    assert plan_batches(sizes, 8, seed=5, epoch=1, shuffle=True) == first
    assert plan_batches(sizes, 8, seed=5, epoch=2, shuffle=True) != first
    assert plan_batches(sizes, 8, seed=6, epoch=1, shuffle=True) != first
    unshuffled = plan_batches(sizes, 8, seed=5, epoch=1, shuffle=False)
    assert plan_batches(sizes, 8, seed=6, epoch=2, shuffle=False) == unshuffled


def test_without_shuffling_the_largest_batch_comes_first():
    batches = plan_batches(handwriting(300), 8, seed=0, epoch=0, shuffle=False)
    pixels = [len(batch) * batch.height * batch.width for batch in batches]
    assert pixels == sorted(pixels, reverse=True)


def test_shuffled_batches_come_in_no_order_of_size():
    areas = [b.height * b.width for b in plan_batches(handwriting(2000), 8, seed=0, epoch=0, shuffle=True)]
    ranks = np.argsort(np.argsort(areas))
    assert abs(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1]) < 0.2


def test_little_padding_and_new_company():
    sizes = handwriting(986)
    epochs = [plan_batches(sizes, 8, seed=0, epoch=epoch, shuffle=True) for epoch in range(3)]
    assert all(padding_ratio(batches, sizes) <= 1.27 for batches in epochs)
    assert padding_ratio(plan_batches(sizes, 8, seed=0, epoch=0, shuffle=False), sizes) <= 1.22
    first, second = pairs(epochs[0]), pairs(epochs[1])
    assert len(first & second) < 0.35 * len(first)


def test_padding_ratio_by_hand():
    sizes = np.array([[10, 10], [20, 5], [10, 20]])
    batches = plan_batches(sizes, 3, seed=0, epoch=0, shuffle=False)
    assert padding_ratio(batches, sizes) == pytest.approx(3 * 20 * 20 / (100 + 100 + 200))


def test_alike_sizes_are_still_mixed():
    sizes = np.full((64, 2), 50)
    epochs = [plan_batches(sizes, 8, seed=0, epoch=epoch, shuffle=True) for epoch in range(2)]
    assert len(pairs(epochs[0]) & pairs(epochs[1])) < 0.5 * len(pairs(epochs[0]))


def test_no_samples_no_batches():
    assert plan_batches(np.empty((0, 2), int), 8, seed=0, epoch=0, shuffle=True) == []


def test_steps_grow_with_the_number_of_samples():
    """Ten times the samples take some ten times the steps; a quadratic walk takes a hundred times as many."""
    few, many = handwriting(1_000), handwriting(10_000)
    once = steps(lambda: plan_batches(few, 8, seed=0, epoch=0, shuffle=True))
    assert steps(lambda: plan_batches(many, 8, seed=0, epoch=0, shuffle=True)) < 20 * once
