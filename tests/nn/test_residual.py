"""PaddingMask knows what belongs to an image, at strides that differ down and across."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.nn.residual import PaddingMask  # noqa: E402


def test_maps_may_shrink_differently_down_and_across():
    mask = torch.zeros(2, 1, 16, 24, dtype=torch.bool)
    mask[0, :, :16, :24], mask[1, :, :9, :12] = True, True
    padding = PaddingMask(mask.float(), mask, 8)
    for height, width in ((16, 24), (8, 24), (2, 6), (2, 3)):
        found = padding.mask(torch.zeros(2, 5, height, width))
        assert found.shape == (2, 1, height, width) and found[0].all()
        rows, columns = -(-9 * height // 16), -(-12 * width // 24)
        assert found[1, 0, :rows, :columns].all() and int(found[1].sum()) == rows * columns
        wiped = padding.zero(torch.ones(2, 5, height, width))
        assert wiped.sum() == 5 * found.sum()
