"""Optimisers, learning-rate schedules, and the optimiser's state as named tensors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adadelta, AdamW, Optimizer

from hmer_suite.settings.training import TrainConfig

COSINE_FLOOR = 0.01
"""Final learning rate of the schedule ``cosine``, as a share of the peak."""

PLATEAU_FACTOR = 0.1
"""Factor by which the schedule ``plateau`` lowers the learning rate."""


def make_optimiser(model: nn.Module, config: TrainConfig) -> Optimizer:
    """The optimiser that the settings name; biases and normalisations have no weight decay."""
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if config.optimiser == "adadelta":
        # rho and eps as WAP's authors train with (J. Zhang et al. 2017, section 4.2).
        return Adadelta(groups, lr=config.lr, rho=0.95, eps=1e-6)
    if config.optimiser == "sgd":
        return SGD(groups, lr=config.lr, momentum=0.9, nesterov=True)
    return AdamW(groups, lr=config.lr, betas=(0.9, 0.99), fused=True)


def learning_rate(
    config: TrainConfig, step: int, total: int, lowered: int = 0, time_share: float = 0.0
) -> float:
    """Learning rate of step `step` (from 0) of `total`; `lowered` counts how often plateau has lowered it.

    `time_share` is the share of the planned minutes that has passed, which the cosine follows if it is ahead of the
    steps.
    """
    rate = config.lr * min(1.0, (step + 1) / max(1, config.warmup_steps))
    if config.schedule == "plateau":
        return rate * PLATEAU_FACTOR**lowered
    if config.schedule == "constant":
        return rate
    done = (step - config.warmup_steps) / max(1, total - config.warmup_steps)
    done = min(1.0, max(0.0, done, time_share))
    return rate * (COSINE_FLOOR + (1 - COSINE_FLOOR) * 0.5 * (1 + math.cos(math.pi * done)))


def set_learning_rate(optimiser: Optimizer, rate: float) -> None:
    """Set one learning rate for all groups of parameters."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def optimiser_tensors(optimiser: Optimizer) -> dict[str, Tensor]:
    """The optimiser's state by ``optimiser.PARAMETER.NAME``, without settings and schedule."""
    return {
        f"optimiser.{number}.{name}": torch.as_tensor(value)
        for number, values in optimiser.state_dict()["state"].items()
        for name, value in values.items()
        if value is not None
    }


def load_optimiser(optimiser: Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Restore an optimiser from `optimiser_tensors` of one with the same parameters."""
    state: dict[int, dict[str, Tensor]] = {}
    for number, name, tensor in _by_parameter(tensors):
        state.setdefault(number, {})[name] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _by_parameter(tensors: Mapping[str, Tensor]) -> Iterator[tuple[int, str, Tensor]]:
    for key, tensor in tensors.items():
        if key.startswith("optimiser."):
            _, number, name = key.split(".", 2)
            yield int(number), name, tensor
