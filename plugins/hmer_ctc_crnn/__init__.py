"""CTC-CRNN: an image of ink becomes a row of frames from left to right, and those become LaTeX at once.

Convolutions, recurrence both ways and connectionist temporal classification: B. Shi, X. Bai, C. Yao, "An end-to-end
trainable neural network for image-based sequence recognition", TPAMI 39 (2017); A. Graves et al., ICML 2006. What it
is, where it fails and why its blank is no token of the vocabulary: docs/ctc-crnn.md.

This module needs no torch: it declares the plugin.
"""

from __future__ import annotations

from pathlib import Path

from hmer_ctc_crnn.options import Options
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Network, Preprocessing, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary


def build(options: Options, vocabulary: Vocabulary) -> Network:
    """A network with fresh weights."""
    from hmer_ctc_crnn.model import CtcCrnn

    return CtcCrnn(options, vocabulary)


def preprocessing(options: Options) -> Preprocessing:
    """Images for `options`, at most as large as a hundred symbols side by side."""
    height = options.symbol_height
    return Preprocessing(symbol_height=height, max_pixels=100 * height * height, padding=max(4, height // 6))


WIDE = {
    "precision": "bf16",
    "batch_size": 16,
    "lr": 1.5e-3,
    "weight_decay": 0.02,
    "clip": 2.0,
    "augment": {"scale": (0.75, 1.25), "elastic": 1.5, "elastic_grid": 18.0, "stroke": 0.5, "blur": 0.4},
}
"""Ours, for two CPU cores: aspect kept, four choices for each eight pixels, which no label of CROHME has too few of.

Its convolutions are those of recogniser `wap`, preset `small`: with `encoder_from=wap frozen=true` it reads within
minutes.
"""

BASELINE = {
    "batch_size": 16,
    "lr": 1e-3,
    "weight_decay": 0.0,  # so AdamW is Adam
    "schedule": "plateau",
    "warmup_steps": 0,
    "network": "plain",
    "layers": ("lstm",),
    "hidden": 256,
    "repeat": 1,
    "taps": (),
    "encoder_dropout": 0.0,
    "dropout": 0.0,
}
"""As published student systems: plain convolutions, one bidirectional LSTM, Adam with ReduceLROnPlateau."""

RESNET = {**BASELINE, "network": "resnet", "layers": ("lstm", "lstm"), "encoder_dropout": 0.2, "dropout": 0.3}
"""As the better of them: ResNet-18, dropout, two bidirectional LSTMs.

With weights of torchvision at hand: `encoder_from=resnet18.pth frozen=true` keeps their early layers.
"""

DEMO = {
    **WIDE,
    "precision": "fp32",
    "lr": 3e-3,
    "warmup_steps": 50,
    "threads": 1,
    "symbol_height": 20,
    "stem": 16,
    "blocks": (1, 1, 1),
    "channels": (24, 48, 96),
    "encoder_dropout": 0.0,
    "readers": 4,
    "reader_size": 32,
    "layers": ("lstm", "lstm"),
    "hidden": 64,
    "taps": (0,),
    "dropout": 0.0,
}
"""For minutes: short formulas in synthetic handwriting."""

SPEC = RecogniserSpec(
    "ctc-crnn",
    "Convolutions, recurrence both ways, connectionist temporal classification",
    Options,
    build,
    presets={"wide": WIDE, "baseline": BASELINE, "resnet": RESNET, "demo": DEMO},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
    reading=Path(__file__).parent / "reading.json",
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
