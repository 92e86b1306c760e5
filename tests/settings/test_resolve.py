"""Settings: where they come from, and what is said of wrong ones."""

from __future__ import annotations

import pytest

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
        ("lr", "-1", "lr=-1.0: expected more than 0"),
        ("optimiser", "adam", "optimiser=adam: expected adamw, adadelta, sgd"),
        ("preset", "huge", "preset=huge: toy has base"),
        ("augmentation", "perhaps", "augmentation=perhaps: expected true or false"),
        ("augment.scale", "1", "augment.scale=1: expected 2 values with commas, each a number or none"),
        ("ema", "1", "ema=1.0: expected at least 0 and below 1"),
    ],
)
def test_wrong_settings_are_named(name, value, message):
    with pytest.raises(UsageError) as caught:
        resolve(TOY, given={name: value})
    assert str(caught.value) == message


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


def test_a_file_that_is_not_toml(tmp_path):
    (tmp_path / "settings.toml").write_text("lr = = 1")
    with pytest.raises(InputError, match=r"settings\.toml: not TOML"):
        read_settings(tmp_path / "settings.toml")
