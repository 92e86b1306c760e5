"""CTC-CRNN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.hookspecs import hookimpl
from hmer_suite.recogniser import Preprocessing, RecogniserSpec

if TYPE_CHECKING:
    from hmer_suite.data.vocab import Vocabulary


@dataclass(frozen=True, slots=True)
class Options:
    symbol_height: int = 24
    stem: int = 24
    blocks: tuple[int, ...] = (1, 3, 2)
    channels: tuple[int, ...] = (32, 64, 160)
    encoder_dropout: float = 0.1
    readers: int = 8
    reader_size: int = 64
    frozen: bool = False
    hidden: int = 160
    repeat: int = 2
    layers: tuple[str, ...] = ("lstm", "lstm", "attention", "lstm")
    taps: tuple[int, ...] = (0, 2)
    tap_weight: float = 0.4
    dropout: float = 0.15


def build(options, vocabulary):
    from hmer_ctc_crnn.model import CtcCrnn

    return CtcCrnn(options, vocabulary)


def preprocessing(options: Options) -> Preprocessing:
    height = options.symbol_height
    return Preprocessing(symbol_height=height, max_pixels=100 * height * height, padding=max(4, height // 6))


WIDE = {
    "precision": "bf16",
    "batch_size": 16,
    "optimiser": "adamw",
    "lr": 1.5e-3,
    "weight_decay": 0.02,
    "clip": 2.0,
    "augment": {"scale": (0.75, 1.25), "elastic": 1.5, "elastic_grid": 18.0, "stroke": 0.5, "blur": 0.4},
}
SPEC = RecogniserSpec("ctc-crnn", "CTC", Options, build, presets={"wide": WIDE}, preprocessing=preprocessing)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    return [SPEC]
