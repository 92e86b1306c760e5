"""The look of a recurrent decoder: coverage as a convolution, positions that tell cells apart."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.nn.attention import AttendedMap, attend, neighbourhoods, position_codes  # noqa: E402


def test_coverage_is_a_convolution_over_past_attention():
    maps, kernel = torch.rand(2, 4, 6), torch.randn(9, 5)
    convolved = torch.nn.functional.conv2d(maps[:, None], kernel.T.reshape(5, 1, 3, 3), padding=1)
    expected = convolved.permute(0, 2, 3, 1).flatten(0, 2)
    assert torch.allclose(neighbourhoods(maps, kernel) @ kernel, expected, atol=1e-5)


@pytest.mark.parametrize("covered", [True, False])
def test_energies_are_those_of_the_hyperbolic_tangent(covered):
    """v . tanh(q + f + W_c coverage), softmax over the cells of the image: what comes doubled is as if it were not."""
    query, coverage = torch.randn(2, 5), torch.rand(2, 3, 4)
    values, keys, energy, kernel = (torch.randn(*size) for size in ((2, 12, 7), (2, 12, 5), (5,), (9, 5)))
    mask_bias = torch.zeros(2, 3, 4)
    mask_bias[1, :, 3] = -torch.inf
    attended = AttendedMap(values, 2 * keys, mask_bias, 2 * energy, 2 * kernel if covered else None)
    context, seen = attend(2 * query, coverage, attended)
    inside = keys + query[:, None]
    if covered:
        inside = inside + (neighbourhoods(coverage, kernel) @ kernel).view(2, 12, 5)
    expected = (torch.tanh(inside) @ energy + mask_bias.flatten(1)).softmax(1)
    assert torch.allclose(seen.flatten(1), expected, atol=1e-6)
    assert not seen[1, :, 3].any()
    assert torch.allclose(context, torch.einsum("np,npc->nc", expected, values), atol=1e-5)


def test_positions_tell_all_cells_apart():
    codes = position_codes(12, 80, 400, torch.device("cpu")).flatten(0, 1)
    assert codes.shape == (960, 64)
    distances = torch.cdist(codes, codes) + 10 * torch.eye(960)
    assert distances.min() > 0.5
