"""Recurrent cells beside torch's own."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.nn.cells import RepeatedLinear, gru, lstm  # noqa: E402


def test_gru_is_that_of_torch():
    inputs, hidden, theirs = torch.randn(3, 5), torch.randn(3, 7), torch.nn.GRUCell(5, 7)
    given = inputs @ theirs.weight_ih.T + theirs.bias_ih
    own = hidden @ theirs.weight_hh.T + theirs.bias_hh
    assert torch.allclose(gru(given, own, hidden), theirs(inputs, hidden), atol=1e-6)


def test_lstm_is_that_of_torch():
    inputs, hidden, memory = torch.randn(3, 5), torch.randn(3, 7), torch.randn(3, 7)
    theirs = torch.nn.LSTMCell(5, 7)
    gates = inputs @ theirs.weight_ih.T + theirs.bias_ih + hidden @ theirs.weight_hh.T + theirs.bias_hh
    for found, wanted in zip(lstm(gates, memory), theirs(inputs, (hidden, memory)), strict=True):
        assert torch.allclose(found, wanted, atol=1e-6)


# --- RepeatedLinear -----------------------------------------------------------------------------------------------


def recurrence(linear, states: torch.Tensor, steps: int) -> torch.Tensor:
    """A number that depends on all steps, each of which uses what the one before gave; rows drop out on the way."""
    total = torch.zeros(())
    for step in range(steps):
        states = torch.tanh(linear(states))[: len(states) - (step == 2)]
        total = total + states.square().sum() + (step + 1) * states.sum()
    return total


def gradients(make, weight: torch.Tensor, bias: torch.Tensor, states: torch.Tensor, steps: int = 5) -> list:
    leaves = [tensor.clone().requires_grad_() for tensor in (weight, bias, states)]
    value = recurrence(make(leaves[0], leaves[1]), leaves[2], steps)
    value.backward()
    return [value.detach(), *(leaf.grad for leaf in leaves)]


def plain(weight: torch.Tensor, bias: torch.Tensor):
    return lambda states: torch.addmm(bias, states, weight)


def test_a_repeated_map_and_its_gradients_are_those_of_addmm():
    torch.manual_seed(3)
    given = torch.randn(6, 6, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
    states = torch.randn(4, 6, dtype=torch.float64)
    for ours, theirs in zip(
        gradients(RepeatedLinear, *given, states), gradients(plain, *given, states), strict=True
    ):
        assert torch.allclose(ours, theirs)


def test_a_weight_that_is_itself_made_of_others_passes_its_gradient_on():
    """As in a parser, whose two matrices are one product."""
    torch.manual_seed(3)
    found = []
    for make in (RepeatedLinear, plain):
        parts = [
            torch.randn(2, 5, generator=torch.Generator().manual_seed(n)).requires_grad_() for n in range(2)
        ]
        bias = torch.zeros(4, requires_grad=True)
        linear = make(torch.cat(parts).T, bias)
        (linear(torch.ones(3, 5)).square().sum() + linear(torch.ones(1, 5)).sum()).backward()
        found.append([*(part.grad for part in parts), bias.grad])
    for ours, theirs in zip(*found, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_two_passes_add_up_their_gradients():
    torch.manual_seed(3)
    weight, bias, states = torch.randn(6, 6), torch.randn(6), torch.randn(4, 6)
    once = gradients(RepeatedLinear, weight, bias, states)[1]
    leaf = weight.clone().requires_grad_()
    for _ in range(2):
        recurrence(RepeatedLinear(leaf, bias), states, 5).backward()
    assert torch.allclose(leaf.grad, 2 * once, rtol=1e-4)


def test_inputs_without_gradient_cost_the_weights_nothing_of_theirs():
    weight, bias = torch.randn(3, 2, requires_grad=True), torch.randn(2, requires_grad=True)
    linear = RepeatedLinear(weight, bias)
    linear(torch.ones(4, 3)).sum().backward()
    assert torch.allclose(weight.grad, torch.full((3, 2), 4.0)) and bias.grad.tolist() == [4.0, 4.0]


def test_a_map_that_is_not_used_in_a_pass_is_no_error():
    """Neither where it is never called, nor where nothing learns from what it gave."""
    used = [torch.randn(3, 3, requires_grad=True), torch.randn(3, requires_grad=True)]
    idle = [torch.randn(3, 3, requires_grad=True), torch.randn(3, requires_grad=True)]
    first, second = RepeatedLinear(*used), RepeatedLinear(*idle)
    states = first(torch.ones(2, 3))
    second(states)
    states.sum().backward()
    assert used[0].grad is not None and all(leaf.grad is None or not leaf.grad.any() for leaf in idle)


def test_one_that_is_used_in_one_place_of_two_learns_from_that():
    weight, bias = torch.randn(3, 3, requires_grad=True), torch.randn(3, requires_grad=True)
    linear = RepeatedLinear(weight, bias)
    kept = linear(torch.ones(2, 3))
    linear(torch.full((5, 3), 100.0))
    kept.sum().backward()
    assert torch.allclose(weight.grad, torch.full((3, 3), 2.0))


def test_without_gradients_it_reads():
    weight, bias = torch.randn(3, 2), torch.randn(2)
    with torch.inference_mode():
        found = RepeatedLinear(weight, bias)(torch.ones(4, 3))
    assert torch.allclose(found, torch.ones(4, 3) @ weight + bias)


def test_under_autocast_gradients_are_those_of_a_linear_layer():
    torch.manual_seed(3)
    weight, bias, states = torch.randn(6, 6) / 3, torch.randn(6), torch.randn(4, 6)
    found = []
    for make in (RepeatedLinear, plain):
        with torch.autocast("cpu", torch.bfloat16):
            found.append(gradients(make, weight, bias, states))
    for ours, theirs, exact in zip(*found, gradients(plain, weight, bias, states), strict=True):
        assert ours.dtype == torch.float32
        scale = float(exact.abs().max())
        assert torch.allclose(ours, theirs, atol=0.03 * scale) and torch.allclose(
            ours, exact, atol=0.05 * scale
        )
