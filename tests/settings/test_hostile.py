"""Hostile values of settings, for every setting of every recogniser: refused in one line, or settings like others."""

from __future__ import annotations

import math
import os
import typing
from dataclasses import fields
from pathlib import Path

import pytest

from hmer_suite import registry
from hmer_suite.errors import UsageError
from hmer_suite.settings.resolve import Settings, resolve, setting_types
from tools.chaos.commands import call

HOSTILE = (
    "", " ", "nan", "inf", "-inf", "1e400", "-1e400", "1e308", "-1", "-0.5", "0", "0x10", "9" * 5000, "1" + "0" * 30,
    "2147483648", "9223372036854775808", "1.5", "1e-400", "true", "None", "null", "[]", "{}", "[1,2]", "1,", ",", ",,",
    "0,0", "nan,nan", "1,nan", "2,1", "1,2,3,4", "1e400,1", ",".join("1" * 5000), "x\ny", "x\0y", "\x1b[2J", "\ud83d",
    "é", "½", "²", "a" * 10_000, "../../x", "/dev/null/x", "$HOME", "--help", "=", "'1'", "fp7", "tpu",
)  # fmt: skip
RECOGNISERS = ("wap", "ctc-crnn", "im2latex", "symbol-cnn", "symbol-stroke", "stroke")


def finite(value: object) -> bool:
    """Whether all numbers in a value are finite, and small enough for single precision."""
    if isinstance(value, tuple):
        return len(value) <= 100 and all(map(finite, value))
    if isinstance(value, str):
        return value.isprintable() and len(value) <= 4096
    return not isinstance(value, int | float) or (math.isfinite(value) and abs(value) < 1e19)


def taken(settings: Settings) -> bool:
    """Whether every setting is of its declared type."""
    hints = typing.get_type_hints(type(settings.train))
    kinds = {item.name: hints[item.name] for item in fields(settings.train)}
    plain = {name: kind for name, kind in kinds.items() if isinstance(kind, type)}
    return all(isinstance(getattr(settings.train, name), kind) for name, kind in plain.items())


@pytest.mark.parametrize("recogniser", RECOGNISERS)
def test_every_setting_with_every_hostile_value(recogniser: str):
    spec = registry.recogniser(recogniser)
    refused = 0
    for name in setting_types(spec):
        for value in HOSTILE:
            try:
                settings = resolve(spec, given={name: value})
            except UsageError as error:
                refused += 1
                said = str(error)
                assert said.isprintable() and len(said) < 300, (name, value[:50])
                assert name in said or name.partition(".")[0] in said, said
            else:
                assert all(map(finite, settings.flat().values())), (name, value[:50])
                assert taken(settings), (name, value[:50])
    assert refused > 0.6 * len(HOSTILE) * len(setting_types(spec))


@pytest.mark.parametrize(
    ("recogniser", "name", "value", "message"),
    [
        ("wap", "watcher", "vgg16", "watcher=vgg16: expected dense, vgg, residual"),
        ("im2latex", "cell", "rnn", "cell=rnn: expected lstm, gru"),
        ("ctc-crnn", "network", "vgg", "network=vgg: expected wide, plain, resnet"),
        (
            "ctc-crnn",
            "layers",
            "lstm,gru",
            "layers=lstm,gru: expected at most 100 values with commas, each lstm, attention",
        ),
        ("symbol-cnn", "network", "vit", "network=vit: expected residual, dense"),
    ],
)
def test_a_choice_that_there_is_not(recogniser: str, name: str, value: str, message: str):
    with pytest.raises(UsageError) as caught:
        resolve(registry.recogniser(recogniser), given={name: value})
    assert str(caught.value) == message


PROCESS = (
    "epochs=0", "batch_size=0", "threads=-1", "workers=1000", "lr=nan", "lr=1e308", "augment.scale=2,1",
    "augment.scale=[2,1]", "precision=fp7", "device=tpu", "nonsense=1", "lr", "=", "hidden=", "seed=\x1b[2J",
    "validation=test", "preset=\n", "augment_ink.size=1e9", "init_from=" + "a" * 5000,
)  # fmt: skip
MISSING = (
    "init_from=/nowhere/at/all", "encoder_from=/nowhere/at/all", "init_from=" + "a" * 3000, "validation=nowhere",
    "validation=",
)  # fmt: skip
"""Values that name files or a split that are not there."""


@pytest.mark.parametrize("setting", [*PROCESS, *MISSING], ids=lambda text: text[:20].strip())
def test_the_command_says_one_line_and_writes_nothing(tmp_path: Path, monkeypatch, setting: str):
    monkeypatch.chdir(tmp_path)
    words = ["train", "wap", "--data", "synthetic:6,0,3", "--max-steps", "1", "--out", "run"]
    demo = ["--set", "preset=demo", "--set", "device=cpu"]
    said = call([*words, *demo, "--set", setting])
    errors = said.err.splitlines()
    assert (said.code, said.out, len(errors)) == (3 if setting in MISSING else 2, "", 1), said
    assert errors[0].startswith("hmer-suite: error: ") and errors[0].isprintable()
    assert os.listdir() == []
