"""Supervision of attention by symbol marks: the strokes of each token, and the loss of attention elsewhere.

L. Liu, M. Utiyama, A. Finch, E. Sumita, "Neural machine translation with supervised attention", COLING 2016: a decoder
learns to align sooner with supervised attention. It attends to strokes, or to the cells of a map that strokes touch.
Marks are targets of training and never an input.

Shapes: N batch, S strokes, L tokens of the longest label with its end, R tokens of all labels together, V vocabulary,
K strokes or cells that are attended to.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hmer_suite.ink.marks import shape
from hmer_suite.nn.batch import Strokes
from hmer_suite.nn.teacher_forcing import TeacherForcing
from hmer_suite.specs.vocabulary import PAD, Vocabulary


def class_table(vocabulary: Vocabulary) -> Tensor:
    """For each token (V,) the number of the token that names the class of its symbol, or `PAD`."""
    names = [shape(token) for token in vocabulary.symbols]
    numbers = [vocabulary.number(name) if name in vocabulary else PAD for name in names]
    return torch.tensor([PAD] * (len(vocabulary) - len(numbers)) + numbers)


def strokes_of_tokens(tokens: Tensor, strokes: Strokes, table: Tensor, exact: bool = True) -> Tensor:
    """True (N, L, S) for the strokes that belong to each of `tokens` (N, L), as far as they are marked.

    These are the strokes of the token's own symbol if it is known, otherwise all of its class, which `table`
    (`class_table`) looks up; with `exact` false always the latter. Raises `ValueError` for strokes without targets.
    """
    if strokes.classes is None or strokes.links is None:
        raise ValueError("strokes without marks")
    same = table[tokens][:, :, None] == strokes.classes[:, None]
    same &= strokes.classes.ne(PAD)[:, None]
    if not exact:
        return same
    return torch.where(strokes.links.any(2, keepdim=True), strokes.links, same)


def attention_losses(log_attention: Tensor, forcing: TeacherForcing, wanted: Tensor) -> Tensor:
    """Negative logarithm (N,) of the attention to the `wanted` (N, L, K) places, summed over a label's tokens.

    Tokens without wanted places add nothing. `log_attention` (R, K) is finite in wanted places.
    """
    targets = wanted[forcing.images, forcing.steps]
    known = targets.any(1)
    losses = -log_attention[known].masked_fill(~targets[known], -torch.inf).logsumexp(1)
    return losses.new_zeros(len(forcing.order)).index_add(0, forcing.images[known], losses)
