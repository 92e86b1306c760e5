"""Settings: where they come from, and what is said of wrong ones."""

from __future__ import annotations

import functools
import subprocess
import sys

import pytest

from hmer_suite import registry
from hmer_suite.errors import InputError, UsageError
from hmer_suite.settings.resolve import read_settings, resolve, write_settings
from tests.train.toy import TOY


def test_defaults_then_preset_then_file_then_given():
    file = {"lr": 0.5, "batch_size": 6, "augment": {"slant": 0.1}}
    settings = resolve(TOY, file, {"batch_size": "9"})
    assert settings.train.warmup_steps == 5  # the preset
    assert settings.train.lr == 0.5
    assert settings.train.batch_size == 9
    assert settings.train.augment.slant == 0.1
    assert settings.options.width == 16


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("augment.scale=0.8,1.2", (0.8, 1.2)),
        ("augment.scale=none", None),
        ("augment.scale=off", None),
        ("augmentation=false", False),
        ("epochs=1e2", 100),
        ("width=32", 32),
    ],
)
def test_values_from_text(text, value):
    name, _, given = text.partition("=")
    assert resolve(TOY, given={name: given}).flat()[name] == value


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("batchsize", "8", "batchsize: toy has no such setting; did you mean batch_size?"),
        ("epochs", "many", "epochs=many: expected a whole number"),
        ("epochs", "1.5", "epochs=1.5: expected a whole number"),
        ("epochs", "0", "epochs=0: expected at least 1"),
        ("lr", "-1", "lr=-1: expected more than 0"),
        ("optimiser", "adam", "optimiser=adam: expected adamw, adadelta, sgd"),
        ("preset", "huge", "preset=huge: toy has base"),
        ("augmentation", "perhaps", "augmentation=perhaps: expected true or false"),
        ("augment.scale", "1", "augment.scale=1: expected 2 values with commas, each a number or none"),
        ("ema", "1", "ema=1: expected below 1"),
    ],
)
def test_wrong_settings_are_named(name, value, message):
    with pytest.raises(UsageError) as caught:
        resolve(TOY, given={name: value})
    assert str(caught.value) == message


DEEP = functools.reduce(lambda inner, _: {"a": inner}, range(10_000), {})
"""A table ten thousand levels deep."""


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("lr", "nan", "lr=nan: expected a finite number"),
        ("lr", "inf", "lr=inf: expected a finite number"),
        ("lr", float("nan"), "lr=nan: expected a finite number"),
        ("lr", 10**400, "lr=a huge number: expected a number"),
        ("lr", True, "lr=true: expected a number"),
        ("lr", [0.1], "lr=0.1: expected a number"),
        ("lr", DEEP, "lr={...}: expected a number"),
        ("batch_size", "0", "batch_size=0: expected at least 1"),
        ("batch_size", "-8", "batch_size=-8: expected at least 1"),
        ("batch_size", True, "batch_size=true: expected a whole number"),
        ("batch_size", 8.5, "batch_size=8.5: expected a whole number"),
        ("batch_size", "1e400", "batch_size=1e400: expected a finite number"),
        ("epochs", 10**30, f"epochs={10**30}: expected at most 2147483647"),
        ("epochs", "9" * 5000, f"epochs={'9' * 60}...: expected a finite number"),
        ("seed", 2**64, f"seed={2**64}: expected at most {2**63 - 1}"),
        ("threads", "100000", "threads=100000: expected at most 1024"),
        ("workers", "-1", "workers=-1: expected at least 0"),
        ("device", 3, "device=3: expected auto, cpu, cuda"),
        ("init_from", 3, "init_from=3: expected text of one line"),
        ("holdout", "1", "holdout=1: expected below 1"),
        ("augment.scale", "0,1", "augment.scale=0,1: expected more than 0"),
        ("augment.scale", "nan,1", "augment.scale=nan,1: expected a finite number"),
        (
            "augment.scale",
            [[[1]]],
            "augment.scale=[...]: expected 2 values with commas, each a number or none",
        ),
        ("augment_ink.split", "1.5", "augment_ink.split=1.5: expected at most 1"),
        ("dropout", "7", "dropout=7: expected below 1"),
        ("width", "0", "width=0: expected at least 1"),
        ("width", "two\nlines", "width=two lines: expected a whole number"),
    ],
)
def test_hostile_values_get_one_line(name, value, message):
    with pytest.raises(UsageError) as caught:
        resolve(TOY, given={name: value})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("recogniser", "name", "value"),
    [
        (recogniser, name, value)
        for recogniser in ("wap", "ctc-crnn", "im2latex", "symbol-cnn")
        for name, value in [("symbol_height", "0"), ("dropout", "7"), ("hidden", "-1"), ("channels", "0,8,8")]
    ]
    + [("stroke", "points", "0"), ("stroke", "dropout", "nan"), ("stroke", "width", "-8")],
)
def test_shipped_recognisers_declare_their_ranges(recogniser, name, value):
    spec = registry.recogniser(recogniser)
    with pytest.raises(UsageError, match=f"^{name}={value}: expected (at least 1|below 1|a finite number)$"):
        resolve(spec, given={name: value})


def test_tables_within_tables_are_no_settings():
    with pytest.raises(UsageError, match=r"^a\.a: toy has no such setting"):
        resolve(TOY, DEEP)
    with pytest.raises(UsageError, match=r"^lr\.warm: toy has no such setting"):
        resolve(TOY, {"lr": {"warm": 1}})


@pytest.mark.parametrize("split", ["test", "test2014"])
def test_a_model_is_never_selected_on_a_test_split(split):
    with pytest.raises(UsageError, match="never selected on a test split"):
        resolve(TOY, given={"validation": split})


def test_settings_written_are_settings_read(tmp_path):
    settings = resolve(
        TOY, given={"augment.scale": "none", "augment.gain": "0.5,1", "lr": "0.25", "width": "8"}
    )
    (tmp_path / "settings.toml").write_text(write_settings(settings))
    assert resolve(TOY, read_settings(tmp_path / "settings.toml")) == settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr = = 1", "not TOML"),
        ("seed = " + "9" * 5000, "not TOML"),
        ("lr = " + "[" * 10_000 + "]" * 10_000, "nested too deeply"),
        ("a" + ".a" * 10_000 + " = 1", "nested too deeply|no such setting"),
    ],
)
def test_a_file_that_is_not_of_settings(tmp_path, text, message):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises((InputError, UsageError), match=message) as caught:
        resolve(TOY, read_settings(tmp_path / "settings.toml"))
    assert "\n" not in str(caught.value)


def test_defaults_and_presets_of_shipped_recognisers_are_within_their_ranges():
    for name in ("wap", "ctc-crnn", "im2latex", "symbol-cnn", "symbol-stroke", "stroke"):
        spec = registry.recogniser(name)
        for preset in spec.presets:
            settings = resolve(spec, given={"preset": preset})
            assert resolve(spec, given=settings.flat()) == settings


def test_settings_are_looked_up_without_pydantic_or_torch():
    program = "import sys, hmer_suite.settings.resolve; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pydantic", "torch", "cv2", "pyarrow"} & set(found.stdout.split())
