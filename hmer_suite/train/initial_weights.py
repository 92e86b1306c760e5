"""The network that a run starts with: fresh weights, a checkpoint's, or another recogniser's encoder."""

from __future__ import annotations

import torch

from hmer_suite.nn.recogniser import Recogniser, build
from hmer_suite.settings.resolve import Settings
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.terminal import note
from hmer_suite.train.checkpoint import read_checkpoint
from hmer_suite.train.pretrained import start_encoder, start_from

NAMED = 20
"""Most new tokens or parts that are listed by name."""


def initial_model(
    spec: RecogniserSpec, settings: Settings, vocabulary: Vocabulary, *, encoder: bool, verbose: bool
) -> Recogniser:
    """A network with the weights that the settings ask for; with `encoder`, from `encoder_from` too.

    With `verbose` says on stderr what was taken over. Raises the errors of `start_from` and `start_encoder`.
    """
    config = settings.train
    torch.manual_seed(config.seed)
    if config.init_from:
        model = _continued(spec, settings, vocabulary, verbose)
    else:
        model = build(spec, settings.options, vocabulary)
    if config.encoder_from and encoder:
        said = start_encoder(model, config.encoder_from)
        if verbose:
            note(said)
    return model


def _continued(spec: RecogniserSpec, settings: Settings, vocabulary: Vocabulary, verbose: bool) -> Recogniser:
    folder = settings.train.init_from
    start = start_from(read_checkpoint(folder), spec, settings.options, vocabulary)
    if verbose:
        _list(folder, "tokens that are new to it", start.new)
        _list(folder, "parts that it lacks, and that start fresh", start.fresh)
        _list(folder, "parts of it that are not used", start.unused)
    return start.model


def _list(folder: str, what: str, names: tuple[str, ...]) -> None:
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        note(f"init_from={folder}: {what}: {' '.join(names[:NAMED])}{more}")
