"""Processes and devices of a run, random seeds of its steps, and errors of too little memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.state import AcceleratorState

from hmer_suite.errors import InputError, TrainingError
from hmer_suite.settings.training import TrainConfig


def make_accelerator(config: TrainConfig) -> Accelerator:
    """accelerate's view of the processes, device and precision; `InputError` for a GPU that is not there."""
    if config.threads:
        torch.set_num_threads(config.threads)
    if config.device == "cuda" and not torch.cuda.is_available():
        raise InputError("device=cuda: torch sees no CUDA device here")
    # One process may train several times; accelerate would hold it to the precision and device of the first.
    AcceleratorState._reset_state(reset_partial_state=not torch.distributed.is_initialized())
    # A recogniser may leave parameters without gradient on some batches (an auxiliary head, say).
    ddp = DistributedDataParallelKwargs(find_unused_parameters=True)
    precision = "bf16" if config.precision == "bf16" else "no"
    return Accelerator(cpu=config.device == "cpu", mixed_precision=precision, kwargs_handlers=[ddp])


def step_seed(seed: int, step: int, rank: int) -> int:
    """The seed of one step on one process, as for dropout."""
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1)[0])


@contextmanager
def errors_explained() -> Iterator[None]:
    """Raise `TrainingError` for torch's errors of too little memory, and where another process has ended.

    It says which setting helps, or how to go on.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _too_little_memory() from error
    except RuntimeError as error:
        if "can't allocate memory" in str(error):
            raise _too_little_memory() from error
        if _is_lost_connection(error):
            raise TrainingError(
                "another process of this training has ended, so that this one ends too; the last checkpoint remains, "
                "and --resume continues from it"
            ) from error
        raise


def _is_lost_connection(error: RuntimeError) -> bool:
    """Whether processes train together, and the one that this process exchanges tensors with does not answer.

    Gloo raises no error of its own kind: its messages begin with the file of its sources.
    """
    distributed = torch.distributed
    if not (distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1):
        return False
    return isinstance(error, distributed.DistError) or "gloo/" in str(error)


def _too_little_memory() -> TrainingError:
    return TrainingError(
        "too little memory: lower batch_size, or train with precision=bf16 or a smaller preset"
    )
