"""Attention of a recogniser to the strokes of ink, token by token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from hmer_suite.predict.formula_reader import FormulaReader
from hmer_suite.predict.inputs import read_single
from hmer_suite.predict.joint_reader import JointReader
from hmer_suite.predict.pictures import Attend
from hmer_suite.predict.reader import Reader
from hmer_suite.train.loader import batch_of


def stroke_attention(
    reader: FormulaReader, traces: Sequence[np.ndarray], tokens: Sequence[str]
) -> list[list[float]] | None:
    """For each token of a reading the weights of the strokes, each row with sum 1.

    The weights are those of the first member that reads ink, has attention and writes all of the tokens; None if there
    is none.
    """
    members = reader.reader.members if isinstance(reader.reader, JointReader) else (reader.reader,)
    with_networks = (member for member in members if isinstance(member, Reader))
    member = next((member for member in with_networks if _attends(member, tokens)), None)
    if member is None:
        return None
    attend: Attend = getattr(member.model, "attention")  # noqa: B009 - a recogniser may have it
    samples = member.seen(read_single(list(traces), member.wanted))
    batch = batch_of(samples, [0], member.model.vocabulary).to(next(member.model.parameters()).device)
    with torch.inference_mode():
        (weights,) = attend(batch, [member.model.vocabulary.encode(" ".join(tokens))])
    return [[round(value, 4) for value in row] for row in weights[: len(tokens)].tolist()]


def _attends(member: Reader, tokens: Sequence[str]) -> bool:
    return (
        member.preprocessing.input == "ink"
        and hasattr(member.model, "attention")
        and all(token in member.model.vocabulary for token in tokens)
    )
