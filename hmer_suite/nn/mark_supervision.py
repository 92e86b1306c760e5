"""Learning from symbol marks: where attention is to rest, and what it costs to look elsewhere.

L. Liu, M. Utiyama, A. Finch, E. Sumita, "Neural machine translation with supervised attention", COLING 2016: a decoder
learns to align sooner when it is told where to look. What it looks at are strokes, or the cells of a map that strokes
touch. Marks are targets of training and never an input.

Shapes: N batch, S strokes, L tokens of the longest label with its end, R tokens of all labels together, V vocabulary,
K places that attention is shared among: strokes or cells.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hmer_suite.ink.marks import shape
from hmer_suite.nn.batch import Strokes
from hmer_suite.nn.teacher_forcing import TeacherForcing
from hmer_suite.specs.vocabulary import PAD, Vocabulary


def class_table(vocabulary: Vocabulary) -> Tensor:
    """For each token (V,) the number of the token that names the class of its symbol, `PAD` where none is listed."""
    names = [shape(token) for token in vocabulary.symbols]
    numbers = [vocabulary.number(name) if name in vocabulary else PAD for name in names]
    return torch.tensor([PAD] * (len(vocabulary) - len(numbers)) + numbers)


def strokes_of_tokens(tokens: Tensor, strokes: Strokes, table: Tensor, exact: bool = True) -> Tensor:
    """Strokes (N, L, S) that belong to each of `tokens` (N, L), as far as the marks tell.

    Those of the token's own symbol where it is known, otherwise all of its class, which `table` (`class_table`) looks
    up; with `exact` false always the latter. `strokes` must have `classes` and `links`.
    """
    same = table[tokens][:, :, None] == strokes.classes[:, None]
    same &= (strokes.classes != PAD)[:, None]
    if not exact:
        return same
    return torch.where(strokes.links.any(2, keepdim=True), strokes.links, same)


def attention_losses(log_attention: Tensor, forcing: TeacherForcing, wanted: Tensor) -> Tensor:
    """Minus the logarithm (N,) of the attention on places that are `wanted` (N, L, K), summed over a label's tokens.

    Tokens that want no place add nothing. `log_attention` (R, K) are logarithms of attention, and finite where wanted.
    """
    targets = wanted[forcing.images, forcing.steps]
    known = targets.any(1)
    losses = -log_attention[known].masked_fill(~targets[known], -torch.inf).logsumexp(1)
    return losses.new_zeros(len(forcing.order)).index_add(0, forcing.images[known], losses)
