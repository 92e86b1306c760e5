"""Read images with a trained recogniser: find its checkpoint, look at the inputs, write a prediction file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from hmer_suite.data.inputs import read_inputs
from hmer_suite.data.predictions import write_predictions
from hmer_suite.data.samples import SampleSet
from hmer_suite.errors import UsageError
from hmer_suite.files import write_whole
from hmer_suite.recogniser import Decoding, Hypothesis, Preprocessing
from hmer_suite.registry import data_source
from hmer_suite.report.activations import activation_sheet
from hmer_suite.report.alignment import draw_alignment
from hmer_suite.report.attention import (
    attention_animation,
    attention_sheet,
    stroke_animation,
    stroke_sheet,
)
from hmer_suite.train.batch import Batch
from hmer_suite.train.checkpoint import Checkpoint
from hmer_suite.train.config import PRECISIONS
from hmer_suite.train.evaluate import read
from hmer_suite.train.load import batch_of, collate
from hmer_suite.train.module import Recogniser
from hmer_suite.train.start import find_checkpoint


@dataclass(frozen=True, slots=True)
class Reader:
    """A network with its weights, ready to read, and how images come to it."""

    model: Recogniser
    preprocessing: Preprocessing
    checkpoint: Checkpoint
    precision: str = "fp32"

    def samples(self, inputs: Sequence[str | Path], tick: Callable[[], None] = lambda: None) -> SampleSet:
        """Images of the inputs as the network wants them; the errors of `hmer_suite.data.inputs.read_inputs`."""
        return read_inputs(inputs, self.preprocessing, data_source, tick)

    def read(
        self,
        samples: SampleSet,
        how: Decoding,
        *,
        batch_size: int = 8,
        tick: Callable[[int], None] = lambda _: None,
    ) -> list[tuple[Hypothesis, ...]]:
        """Hypotheses of each sample, in the order of the set; `tick` is told how many images each batch had."""
        found: dict[int, tuple[Hypothesis, ...]] = {}
        device = next(self.model.parameters()).device.type
        with torch.autocast(device, torch.bfloat16, enabled=self.precision == "bf16"):
            for readings in read(self.model, samples, how, batch_size=batch_size):
                found |= readings
                tick(len(readings))
        return [found[place] for place in range(len(samples))]


def open_reader(name_or_folder: str, device: str = "cpu", precision: str = "fp32") -> Reader:
    """The recogniser of a checkpoint folder, of a run's folder (its best), or of a plugin that ships weights.

    `precision` is one of `hmer_suite.train.config.PRECISIONS`; bf16 reads faster where the processor knows it.

    Raises:
        UsageError: no such precision; neither a folder nor the name of a recogniser, or one without weights.
        InputError: the checkpoint is damaged or does not fit.
    """
    if precision not in PRECISIONS:
        raise UsageError(f"--precision {precision}: expected {', '.join(PRECISIONS)}")
    spec, checkpoint = find_checkpoint(name_or_folder)
    model = checkpoint.build(spec)
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"--device {device}: {reason}") from None
    return Reader(model, checkpoint.description.preprocessing, checkpoint, precision)


def default_device() -> str:
    """cuda where torch sees one, else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def write_readings(path: Path, samples: SampleSet, readings: Sequence[tuple[Hypothesis, ...]]) -> None:
    """Write a prediction file: ``tsv``, or ``jsonl`` with all hypotheses where the suffix says so.

    Labels that the samples have go with it, so that ``score`` needs nothing else.
    """
    best = [found[0].latex if found else "" for found in readings]
    if path.suffix == ".jsonl":
        write_whole(
            path, "".join(_json_line(*row) for row in zip(samples.ids, samples.labels, readings, strict=True))
        )
    else:
        write_predictions(path, samples.ids, best, samples.labels if all(samples.labels) else None)


def draw_attention(
    reader: Reader, samples: SampleSet, readings: Sequence[tuple[Hypothesis, ...]], folder: Path
) -> list[Path]:
    """Draw where the network looked for each token: ``ID.attention.png`` and ``ID.attention.gif`` a sample.

    Images glow where it looked, of ink the strokes do.

    A recogniser that aligns frames with tokens has ``ID.alignment.png`` as well. Samples in which nothing was read have
    no picture. Raises `UsageError` for a recogniser without attention.
    """
    look = getattr(reader.model, "attention", None)
    if look is None:
        raise UsageError(f"--attention: {reader.checkpoint.description.recogniser} has no attention to draw")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for place, hypotheses in enumerate(readings):
        if hypotheses and hypotheses[0].tokens:
            written += _draw_one(reader.model, samples, place, hypotheses[0].tokens, folder)
    return written


def _draw_one(
    model: Recogniser, samples: SampleSet, place: int, tokens: tuple[str, ...], folder: Path
) -> list[Path]:
    name = samples.ids[place]
    batch = batch_of(samples, [place], model.vocabulary).to(next(model.parameters()).device)
    numbers = [model.vocabulary.encode(" ".join(tokens))]
    align = getattr(model, "alignments", None)
    with torch.inference_mode():
        looks = model.attention(batch, numbers)[0].cpu().numpy()
        alignment = align(batch, numbers)[0] if align else None
    if samples.kind == "ink":
        seen, draws = samples.inks[place].traces, (stroke_sheet, stroke_animation)
    else:
        seen, draws = samples.images[place], (attention_sheet, attention_animation)
    paths = [folder / f"{name}.attention.{suffix}" for suffix in ("png", "gif")]
    for path, draw in zip(paths, draws, strict=True):
        write_whole(path, draw(seen, looks, tokens))
    if alignment is not None:
        paths.append(folder / f"{name}.alignment.png")
        draw_alignment(samples.images[place], alignment, tokens, paths[-1])
    return paths


def draw_activations(reader: Reader, samples: SampleSet, folder: Path) -> list[Path]:
    """Draw what each convolution of the network makes of each image: ``ID.activations.png``.

    Raises `UsageError` for a recogniser without convolutions over images.
    """
    if samples.kind == "ink":
        name = reader.checkpoint.description.recogniser
        raise UsageError(f"--activations: {name} reads ink, and has no convolutions over images to draw")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for place, name in enumerate(samples.ids):
        image = samples.images[place]
        layers = activations(reader.model, collate([image], [name], None, reader.model.vocabulary))
        if not layers:
            raise UsageError(
                f"--activations: {reader.checkpoint.description.recogniser} has no convolutions to draw"
            )
        maps = {layer: found.float().cpu().numpy() for layer, found in layers.items()}
        written.append(folder / f"{name}.activations.png")
        write_whole(written[-1], activation_sheet(image, maps))
    return written


def activations(model: Recogniser, batch: Batch) -> dict[str, Tensor]:
    """What each convolution gives for a batch of one image: maps (C, h, w) by the layer's name, in order of work.

    A module that applies the weights of its own convolution (as a folded normalisation does) stands for it.
    """
    found: dict[str, Tensor] = {}
    names = {module: name for name, module in model.named_modules()}

    def note(module: nn.Module, _: object, given: object) -> None:
        own = [child for child in module.children() if isinstance(child, nn.Conv2d)]
        silent = own and not any(names[child] in found for child in own)
        if (isinstance(module, nn.Conv2d) or silent) and isinstance(given, Tensor) and given.ndim == 4:
            found.setdefault(names[module], given[0].clone())  # what follows may work in its place

    hooks = [module.register_forward_hook(note) for module in names]
    try:
        with torch.inference_mode():
            model.decode(batch.to(next(model.parameters()).device), Decoding(max_length=1))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _json_line(name: str, label: str, found: tuple[Hypothesis, ...]) -> str:
    return json.dumps(to_json(name, label, found), ensure_ascii=False) + "\n"


def to_json(name: str, label: str, found: tuple[Hypothesis, ...]) -> dict[str, object]:
    """One object of ``jsonl``: the best reading, the label where there is one, all hypotheses."""
    values: dict[str, object] = {"id": name, "pred": found[0].latex if found else ""}
    if label:
        values["gt"] = label
    return values | {"nbest": [[hypothesis.latex, round(hypothesis.logprob, 4)] for hypothesis in found]}
