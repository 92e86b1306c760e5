"""Networks of plugins: wrong shapes, and code that raises, leaves or prints, are one line each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from hmer_suite.errors import PluginError
from hmer_suite.nn.recogniser import Recogniser, build, likelihoods_of, losses_of, readings_of
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.loader import batch_of
from tests.train.toy import TOY, ToyOptions, squares

VOCABULARY = Vocabulary(("1", "2", "3"))
SAMPLES = squares(2, "train")
BATCH = batch_of(SAMPLES, [0, 1], VOCABULARY, labelled=True)


class Odd(Recogniser):
    """Returns what it is told to; `answer` is called with the network."""

    def __init__(self, answer: Callable[[Odd], object]):
        super().__init__(VOCABULARY)
        self.weight = nn.Parameter(torch.ones(2))
        self.answer = answer

    def forward(self, batch, label_smoothing=0.0):
        return self.answer(self)

    def decode(self, batch, how):
        return self.answer(self)

    def likelihoods(self, batch, texts):
        return self.answer(self)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(PluginError) as refused:
        call()
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda model: model.weight.sum(), "torch.float32 of shape ()"),
        (lambda model: model.weight[:1], "torch.float32 of shape (1,)"),
        (lambda model: model.weight[:, None], "torch.float32 of shape (2, 1)"),
        (lambda model: torch.ones(2, dtype=torch.int64), "torch.int64 of shape (2,)"),
        (lambda model: None, "forward returned NoneType, expected losses (2,)"),
        (lambda model: [0.0, 0.0], "forward returned list"),
        (lambda model: {"loss": model.weight}, "forward returned dict"),
        (lambda model: torch.ones(2), "depend on no trained parameter"),
        (lambda model: sys.exit(0), "forward failed: SystemExit: 0"),
        (lambda model: model.weight @ torch.ones(3), "forward failed: RuntimeError: "),
    ],
)
def test_losses(answer, said):
    assert said in refusal(lambda: losses_of(Odd(answer), BATCH))


ONE = Hypothesis(("1",), -1.0)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "decode returned NoneType, expected a tuple of hypotheses for each of 2 samples"),
        ([], "decode returned list of 0"),
        ([(ONE,)], "decode returned list of 1"),
        ({0: ONE, 1: ONE}, "decode returned dict"),
        ([ONE, ONE], "a row of Hypothesis"),
        (["1", "2"], "a row of str"),
        ([("1",), ("2",)], "a row of tuple of str"),
        ([(Hypothesis("1", 0.0),), ()], "a row of tuple of Hypothesis"),
        ([(Hypothesis((1,), 0.0),), ()], "a row of tuple of Hypothesis"),
        ([(Hypothesis(("1",), None),), ()], "a row of tuple of Hypothesis"),
    ],
)
def test_readings(answer, said):
    assert said in refusal(lambda: readings_of(Odd(lambda model: answer), BATCH, Decoding()))


@pytest.mark.parametrize("answer", [None, [], [[Likelihood(0.0)]], [[0.0], [0.0]], [[], [Likelihood(0.0)]]])
def test_likelihoods(answer):
    texts = [[[3]], [[4]]]
    assert "likelihoods returned" in refusal(lambda: likelihoods_of(Odd(lambda model: answer), BATCH, texts))


class NoInit(Recogniser):
    """Forgets to initialise what it inherits."""

    def __init__(self):
        pass


class Empty(Recogniser):
    """Has nothing to train."""

    def __init__(self):
        super().__init__(VOCABULARY)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda *_: None, "build returned a NoneType, expected a Recogniser"),
        (lambda *_: nn.Linear(1, 1), "build returned a Linear"),
        (lambda *_: NoInit(), "has no vocabulary; its __init__ must call super().__init__"),
        (lambda *_: Empty(), "has no parameters"),
        (lambda *_: sys.exit(0), "build failed: SystemExit: 0"),
    ],
)
def test_networks(make, said):
    assert said in refusal(lambda: build(replace(TOY, build=make), ToyOptions(), VOCABULARY))


def test_too_little_memory_is_not_the_plugins_failure():
    def starve(_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: 12 bytes")

    with pytest.raises(RuntimeError, match="can't allocate memory"):
        losses_of(Odd(starve), BATCH)


def test_what_it_prints_goes_to_stderr(capsys):
    def answer(_):
        print("step")
        return [(ONE,), ()]

    assert readings_of(Odd(answer), BATCH, Decoding()) == [(ONE,), ()]
    assert capsys.readouterr() == ("", "step\n")
    losses = losses_of(TOY.build(ToyOptions(), VOCABULARY), BATCH)
    assert bool(losses.isfinite().all())
