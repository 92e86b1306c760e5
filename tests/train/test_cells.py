"""Recurrent cells beside torch's own."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.train.cells import gru, lstm  # noqa: E402


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
