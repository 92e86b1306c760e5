"""Values that are read at every step of a label: sums and all gradients are those of a step-by-step backward pass."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.nn.attention import AttendedMap, attend  # noqa: E402
from hmer_suite.nn.shared_values import SharedValues  # noqa: E402

ACTIVE = (4, 4, 3, 3, 1)
"""Images whose labels have not ended, at each step."""


def gradients(many_steps: bool) -> list[torch.Tensor]:
    """Gradients of a small recurrent decoder by values, keys, kernel, energy, first query and recurrent weights."""
    draw = torch.Generator().manual_seed(1)
    sizes = ((4, 15, 6), (4, 15, 7), (9, 7), (7,), (4, 7), (6, 7))
    learnt = [torch.randn(size, generator=draw, dtype=torch.float64).requires_grad_() for size in sizes]
    values, keys, kernel, energy, query, recurrent = learnt
    attended = AttendedMap(values * 1, keys * 1, torch.zeros(4, 3, 5, dtype=torch.float64), energy, kernel)
    if many_steps:
        attended = attended.for_many_steps()
    coverage, loss = torch.zeros(4, 3, 5, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for count in ACTIVE:
        if count < len(query):
            attended, coverage, query = attended.first(count), coverage[:count], query[:count]
        context, attention = attend(query, coverage, attended)
        coverage = coverage + attention
        query = torch.tanh(query + context @ recurrent)
        loss = loss + context.square().sum() + (query * context[:, :1]).sum()
    loss.backward()
    return [tensor.grad for tensor in learnt]


def test_gradients_are_those_of_single_steps():
    for together, apart in zip(gradients(True), gradients(False), strict=True):
        assert torch.allclose(together, apart, rtol=1e-12, atol=1e-12)


def test_a_second_pass_starts_anew():
    values = torch.rand(2, 3, 4, requires_grad=True)
    for _ in range(2):
        values.grad = None
        SharedValues(values).sums(torch.ones(2, 3)).sum().backward()
        assert torch.equal(values.grad, torch.ones(2, 3, 4))


def test_values_that_nothing_sums_have_no_gradient():
    values = torch.rand(2, 3, 4, requires_grad=True)
    SharedValues(values).values.sum().backward()
    assert torch.equal(values.grad, torch.ones(2, 3, 4))


def test_maps_that_do_not_learn_stay_as_they_are():
    attended = AttendedMap(torch.rand(1, 4, 2), torch.rand(1, 4, 2), torch.zeros(1, 2, 2), torch.rand(2))
    assert attended.for_many_steps() is attended
