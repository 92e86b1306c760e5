"""Read images and ink with trained recognisers: find their checkpoints, look at the inputs, write a prediction file.

``NAME`` is one recogniser, ``NAME+NAME`` joins several (`hmer_suite.train.joining`), and ``NAME@0.85`` is a view of
one: it is shown everything at that size. ``wap+wap@0.85+wap@1.15`` joins three views.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from hmer_suite.data.inputs import read_inputs
from hmer_suite.data.predictions import write_predictions
from hmer_suite.data.samples import LeftOut, SampleSet
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.ink.marks import InkSample
from hmer_suite.recogniser import Decoding, Hypothesis, Likelihood, Preprocessing, RecogniserSpec
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
from hmer_suite.train.decode import loops
from hmer_suite.train.evaluate import likelihoods, read
from hmer_suite.train.joining import Candidates, Joining, find_joining
from hmer_suite.train.load import batch_of, collate
from hmer_suite.train.module import Recogniser, StepwiseRecogniser
from hmer_suite.train.start import find_checkpoint

PROPOSED = 5
"""Texts that each recogniser of a joined reading proposes at least."""

DOUBTFUL = 0.2
"""Readings of a lower confidence come with a warning."""


ALONE = Joining.plain(1)
"""One recogniser, its confidence not tuned."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A network with its weights, ready to read, and how samples come to it.

    `scale` is the size at which it is shown everything; `joining` says what its confidence is computed from.
    """

    model: Recogniser
    preprocessing: Preprocessing
    checkpoint: Checkpoint
    precision: str = "fp32"
    scale: float = 1.0
    joining: Joining = ALONE

    def samples(self, inputs: Sequence[str | Path], tick: Callable[[], None] = lambda: None) -> SampleSet:
        """The inputs as the network wants them; the errors of `hmer_suite.data.inputs.read_inputs`."""
        return self.seen(read_inputs(inputs, self.wanted, data_source, tick))

    @property
    def wanted(self) -> Preprocessing:
        """How images come to the network at its scale."""
        return replace(
            self.preprocessing,
            symbol_height=max(1, round(self.preprocessing.symbol_height * self.scale)),
            max_pixels=max(1, round(self.preprocessing.max_pixels * self.scale**2)),
        )

    def seen(self, samples: SampleSet) -> SampleSet:
        """Samples as `wanted`, ink at the scale too."""
        if samples.kind == "image" or self.scale == 1:
            return samples
        inks = tuple(InkSample(ink.traces, ink.unit / self.scale, ink.marks) for ink in samples.inks or ())
        return replace(samples, inks=inks)

    def read(
        self,
        samples: SampleSet,
        how: Decoding,
        *,
        batch_size: int = 8,
        tick: Callable[[int], None] = lambda _: None,
    ) -> list[tuple[Hypothesis, ...]]:
        """Hypotheses of each sample, in the order of the set; `tick` is told how many samples each batch had."""
        found = self.propose(samples, how, batch_size, tick)
        if self.joining.confidence is None:
            return found
        texts = [[hypothesis.tokens for hypothesis in row] for row in found]
        said = self.judge(samples, texts, batch_size)
        return [
            _rated(row, Candidates.of(known, [values], [known[0] if known else None]), self.joining)
            for row, known, values in zip(found, texts, said, strict=True)
        ]

    def propose(
        self, samples: SampleSet, how: Decoding, batch_size: int, tick: Callable[[int], None] = lambda _: None
    ) -> list[tuple[Hypothesis, ...]]:
        """The hypotheses of the search, without confidence."""
        found: dict[int, tuple[Hypothesis, ...]] = {}
        with self._precisely():
            for readings in read(self.model, samples, how, batch_size=batch_size):
                found |= readings
                tick(len(readings))
        return [found[place] for place in range(len(samples))]

    def judge(
        self, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], batch_size: int
    ) -> list[list[Likelihood]]:
        """How likely the network finds each text of each sample."""
        with self._precisely():
            return likelihoods(self.model, samples, texts, batch_size=batch_size)

    def _precisely(self) -> torch.autocast:
        device = next(self.model.parameters()).device.type
        return torch.autocast(device, torch.bfloat16, enabled=self.precision == "bf16")


def _rated(
    hypotheses: tuple[Hypothesis, ...], candidates: Candidates, joining: Joining
) -> tuple[Hypothesis, ...]:
    """The hypotheses of one recogniser with their confidences."""
    if not hypotheses:
        return hypotheses
    known = {found.tokens: found for found in candidates.hypotheses(joining, Decoding(nbest=len(hypotheses)))}
    return tuple(
        replace(
            one,
            confidence=known[one.tokens].confidence,
            token_confidences=known[one.tokens].token_confidences,
        )
        for one in hypotheses
    )


@dataclass(frozen=True, slots=True, eq=False)
class JoinedSamples:
    """The same samples as each member of a joined reading wants them."""

    sets: tuple[SampleSet, ...]

    def __len__(self) -> int:
        return len(self.sets[0])

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the samples."""
        return self.sets[0].ids

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the samples, empty where there are none."""
        return self.sets[0].labels

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What could not be read."""
        return self.sets[0].left_out


@dataclass(frozen=True, slots=True)
class JointReader:
    """Several recognisers that read together: each proposes texts, all of them judge."""

    members: tuple[Reader, ...]
    joining: Joining

    def samples(self, inputs: Sequence[str | Path], tick: Callable[[], None] = lambda: None) -> JoinedSamples:
        """The inputs as each member wants them. Raises `InputError` for one that some of them cannot take."""
        sets = tuple(member.samples(inputs, tick) for member in self.members)
        for other in sets[1:]:
            if unlike := sorted(set(sets[0].ids) ^ set(other.ids)):
                reasons = {left.id: left.reason for one in sets for left in one.left_out}
                raise InputError(
                    f"{unlike[0]}: not all can read it: {reasons.get(unlike[0], 'no such sample')}"
                )
        return JoinedSamples(sets)

    def read(
        self,
        samples: JoinedSamples,
        how: Decoding,
        *,
        batch_size: int = 8,
        tick: Callable[[int], None] = lambda _: None,
    ) -> list[tuple[Hypothesis, ...]]:
        """Hypotheses of each sample, the best first, in the order of the set."""
        found = self.candidates(samples, how, batch_size, tick)
        return [one.hypotheses(self.joining, how) for one in found]

    def candidates(
        self,
        samples: JoinedSamples,
        how: Decoding,
        batch_size: int = 8,
        tick: Callable[[int], None] = lambda _: None,
    ) -> list[Candidates]:
        """What all members propose for each sample, judged by all of them."""
        proposed = [
            member.propose(own, _proposing(member, how), batch_size, tick if number == 0 else lambda _: None)
            for number, (member, own) in enumerate(zip(self.members, samples.sets, strict=True))
        ]
        texts = [
            list(dict.fromkeys(one.tokens for found in rows for one in found))
            for rows in zip(*proposed, strict=True)
        ]
        said = [
            member.judge(own, texts, batch_size)
            for member, own in zip(self.members, samples.sets, strict=True)
        ]
        firsts = [
            [found[0].tokens if found else None for found in rows] for rows in zip(*proposed, strict=True)
        ]
        return [
            Candidates.of(known, values, first)
            for known, values, first in zip(texts, zip(*said, strict=True), firsts, strict=True)
        ]


def _proposing(member: Reader, how: Decoding) -> Decoding:
    """How one member searches for what it proposes."""
    wanted = max(PROPOSED, how.nbest)
    stepwise = isinstance(member.model, StepwiseRecogniser)
    return replace(
        how, beam=max(wanted, how.beam), nbest=wanted, lm_weight=0.0 if stepwise else how.lm_weight
    )


def open_reader(name_or_folder: str, device: str = "cpu", precision: str = "fp32") -> Reader:
    """The recogniser of a checkpoint folder, of a run's folder (its best), or of a plugin that ships weights.

    `precision` is one of `hmer_suite.train.config.PRECISIONS`; bf16 reads faster where the processor knows it.

    Raises:
        UsageError: no such precision; neither a folder nor the name of a recogniser, or one without weights.
        InputError: the checkpoint is damaged or does not fit.
    """
    spec, reader = _open(name_or_folder, device, precision)
    # What was tuned for the weights that ship does not hold for others.
    shipped = spec.weights is not None and reader.checkpoint.folder == spec.weights
    return replace(reader, joining=find_joining([spec], [spec.name])) if shipped else reader


def open_readers(names: str, device: str = "cpu", precision: str = "fp32") -> Reader | JointReader:
    """One recogniser or several joined by ``+``, each a name or folder as `open_reader` takes it.

    Raises the errors of `open_reader`, and `UsageError` for a size of a view that is none.
    """
    parts = [names] if Path(names).is_dir() else names.split("+")
    if len(parts) == 1 and "@" not in names:
        return open_reader(names, device, precision)
    specs, members = zip(*(_open_view(part, device, precision) for part in parts), strict=True)
    if len(members) == 1:
        return members[0]
    return JointReader(members, find_joining(specs, parts))


def _open_view(text: str, device: str, precision: str) -> tuple[RecogniserSpec, Reader]:
    name, at, size = text.rpartition("@")
    if not at or Path(text).is_dir():
        return _open(text, device, precision)
    try:
        scale = float(size)
    except ValueError:
        scale = 0.0
    if not 0.25 <= scale <= 4:
        raise UsageError(f"{text}: expected a size from 0.25 to 4 behind the @, as in {name}@0.85")
    spec, reader = _open(name, device, precision)
    return spec, replace(reader, scale=scale)


def _open(name_or_folder: str, device: str, precision: str) -> tuple[RecogniserSpec, Reader]:
    if precision not in PRECISIONS:
        raise UsageError(f"--precision {precision}: expected {', '.join(PRECISIONS)}")
    spec, checkpoint = find_checkpoint(name_or_folder)
    model = checkpoint.build(spec)
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"--device {device}: {reason}") from None
    return spec, Reader(model, checkpoint.description.preprocessing, checkpoint, precision)


def doubt(found: tuple[Hypothesis, ...], how: Decoding) -> str:
    """Why a reading should not be trusted, in a sentence; empty where nothing speaks against it."""
    if not found or not found[0].tokens:
        return "nothing was read"
    best = found[0]
    if len(best.tokens) >= how.max_length:
        return f"the reading was cut off at {how.max_length} tokens"
    if _went_round(best.tokens):
        return "the reading went round in circles and was stopped"
    if best.confidence is not None and best.confidence < DOUBTFUL:
        return (
            f"confidence {best.confidence:.2f}: is it a single formula, upright, and nothing else beside it?"
        )
    return ""


CLOSING = 12
"""Tokens at most that close a reading which was stopped."""


def _went_round(tokens: tuple[str, ...]) -> bool:
    """Whether a reading ends in a loop, but for the tokens that close it."""
    return any(loops(tokens[:stop]) for stop in range(max(0, len(tokens) - CLOSING), len(tokens) + 1))


def default_device() -> str:
    """cuda where torch sees one, else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def write_readings(
    path: Path, samples: SampleSet | JoinedSamples, readings: Sequence[tuple[Hypothesis, ...]]
) -> None:
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

    Images glow where it looked, of ink the strokes do. Behind each token stands its confidence in percent, where that
    is known.

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
            written += _draw_one(reader.model, samples, place, hypotheses[0], folder)
    return written


def _captions(reading: Hypothesis) -> tuple[str, ...]:
    """Tokens with their confidence, where it is known."""
    if not reading.token_confidences:
        return reading.tokens
    return tuple(
        f"{token}  {100 * confidence:.0f} %"
        for token, confidence in zip(reading.tokens, reading.token_confidences, strict=True)
    )


def _draw_one(
    model: Recogniser, samples: SampleSet, place: int, reading: Hypothesis, folder: Path
) -> list[Path]:
    name, tokens = samples.ids[place], reading.tokens
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
        write_whole(path, draw(seen, looks, _captions(reading)))
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
    if found and found[0].confidence is not None:
        values["confidence"] = round(found[0].confidence, 4)
    if found and found[0].token_confidences:
        pairs = zip(found[0].tokens, found[0].token_confidences, strict=True)
        values["tokens"] = [{"token": token, "confidence": round(value, 4)} for token, value in pairs]
    return values | {"nbest": [[hypothesis.latex, round(hypothesis.logprob, 4)] for hypothesis in found]}
