"""Pictures of a network's attention, alignment and activations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from hmer_suite.errors import UsageError
from hmer_suite.files import file_name_of, write_whole
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.recogniser import Recogniser, readings_of
from hmer_suite.plugin_calls import plugin_code
from hmer_suite.predict.reader import Reader
from hmer_suite.report.activations import activation_sheet
from hmer_suite.report.attention import attention_animation, attention_sheet, stroke_animation, stroke_sheet
from hmer_suite.report.frame_alignment import FrameAlignment, draw_alignment
from hmer_suite.specs.recogniser import Decoding, Hypothesis
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.arrays import inks_of
from hmer_suite.train.loader import batch_of, collate

Attend = Callable[[Batch, Sequence[Sequence[int]]], list[Tensor]]
"""A recogniser's `attention(batch, tokens)`."""


def draw_attention(
    reader: Reader, samples: SampleSet, readings: Sequence[tuple[Hypothesis, ...]], folder: Path
) -> list[Path]:
    """Draw the attention of each token but braces: ``ID.attention.png`` and ``ID.attention.gif`` for each sample.

    ID is the sample's id as `hmer_suite.files.file_name_of` writes it.

    Attention is drawn over the image, or colours the strokes of ink. Each token is followed by its confidence in
    percent, if it is known.

    A recogniser that aligns frames with tokens has ``ID.alignment.png`` as well. Samples in which nothing was read have
    no picture. Raises `UsageError` for a recogniser without attention.
    """
    attend: Attend | None = getattr(reader.model, "attention", None)
    if attend is None:
        raise UsageError(f"--attention: {reader.checkpoint.description.recogniser} has no attention to draw")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for place, hypotheses in enumerate(readings):
        if hypotheses and hypotheses[0].tokens:
            written += _draw_one(reader.model, attend, samples, place, hypotheses[0], folder)
    return written


_BRACES = ("{", "}")
"""Tokens without a picture: nothing is written where they are read."""


def _captions(reading: Hypothesis) -> tuple[str, ...]:
    """Tokens with their confidence, if it is known."""
    if not reading.token_confidences:
        return reading.tokens
    return tuple(
        f"{token}  {100 * confidence:.0f} %"
        for token, confidence in zip(reading.tokens, reading.token_confidences, strict=True)
    )


def _draw_one(
    model: Recogniser, attend: Attend, samples: SampleSet, place: int, reading: Hypothesis, folder: Path
) -> list[Path]:
    maps, alignment = _attend(model, attend, samples, place, reading)
    kept = [number for number, token in enumerate(reading.tokens) if token not in _BRACES] or [0]
    captions = [_captions(reading)[number] for number in kept]
    maps = [maps[number] for number in kept]
    if samples.kind == "ink":
        traces = inks_of(samples)[place].traces
        sheet, animation = stroke_sheet(traces, maps, captions), stroke_animation(traces, maps, captions)
    else:
        image = samples.images[place]
        sheet, animation = attention_sheet(image, maps, captions), attention_animation(image, maps, captions)
    stem = file_name_of(samples.ids[place])
    paths = [folder / f"{stem}.attention.{suffix}" for suffix in ("png", "gif")]
    write_whole(paths[0], sheet)
    write_whole(paths[1], animation)
    if alignment is not None:
        paths.append(folder / f"{stem}.alignment.png")
        draw_alignment(samples.images[place], alignment, reading.tokens, paths[-1])
    return paths


def _attend(
    model: Recogniser, attend: Attend, samples: SampleSet, place: int, reading: Hypothesis
) -> tuple[list[np.ndarray], FrameAlignment | None]:
    """Attention maps of a reading, one per token, and the alignment of frames where the recogniser has one."""
    batch = batch_of(samples, [place], model.vocabulary).to(next(model.parameters()).device)
    numbers = [model.vocabulary.encode(" ".join(reading.tokens))]
    align = getattr(model, "alignments", None)
    with torch.inference_mode(), plugin_code(f"{type(model).__name__}: attention failed"):
        maps = list(attend(batch, numbers)[0].cpu().numpy())
        return maps, align(batch, numbers)[0] if align else None


def draw_activations(reader: Reader, samples: SampleSet, folder: Path) -> list[Path]:
    """Draw the output of each convolution of the network for each image: ``ID.activations.png``.

    Raises `UsageError` for a recogniser without convolutions over images.
    """
    if samples.kind == "ink":
        name = reader.checkpoint.description.recogniser
        raise UsageError(f"--activations: {name} reads ink, and has no convolutions over images to draw")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for place, name in enumerate(samples.ids):
        if samples.blank[place]:
            continue
        image = samples.images[place]
        layers = activations(reader.model, collate([image], [name], None, reader.model.vocabulary))
        if not layers:
            raise UsageError(
                f"--activations: {reader.checkpoint.description.recogniser} has no convolutions to draw"
            )
        maps = {layer: found.float().cpu().numpy() for layer, found in layers.items()}
        written.append(folder / f"{file_name_of(name)}.activations.png")
        write_whole(written[-1], activation_sheet(image, maps))
    return written


def activations(model: Recogniser, batch: Batch) -> dict[str, Tensor]:
    """Outputs (C, h, w) of all convolutions for a batch of one image, by the layer's name, in order of execution.

    A module that applies the weights of its own convolution itself (a folded normalisation) takes its place.
    """
    found: dict[str, Tensor] = {}
    names = {module: name for name, module in model.named_modules()}

    def note(module: nn.Module, _: object, given: object) -> None:
        own = [child for child in module.children() if isinstance(child, nn.Conv2d)]
        silent = own and not any(names[child] in found for child in own)
        if (isinstance(module, nn.Conv2d) or silent) and isinstance(given, Tensor) and given.ndim == 4:
            found.setdefault(names[module], given[0].clone())  # later layers may work in place

    hooks = [module.register_forward_hook(note) for module in names]
    try:
        with torch.inference_mode():
            readings_of(model, batch.to(next(model.parameters()).device), Decoding(max_length=1))
    finally:
        for hook in hooks:
            hook.remove()
    return found
