"""Checkpoints: whole or not at all, and one sentence for each way to be bad."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from hmer_suite.errors import InputError, PluginError
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train import checkpoint as module
from hmer_suite.train.checkpoint import (
    TrainingState,
    export,
    read_checkpoint,
    read_state,
    write_checkpoint,
)
from hmer_suite.train.description import Description
from hmer_suite.train.weights_metadata import read_metadata, vocabulary_digest
from tests.train.toy import TOY, ToyOptions

DESCRIPTION = Description(
    recogniser="toy",
    suite="0",
    vocabulary=("1", "2", "\\alpha"),
    options={"width": 8},
    settings={"lr": 1.0},
    preprocessing=Preprocessing(symbol_height=8),
    grammar="0",
    data={"spec": "squares"},
)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return TOY.build(ToyOptions(width=8), Vocabulary(DESCRIPTION.vocabulary))


@pytest.fixture
def folder(tmp_path, model):
    write_checkpoint(tmp_path / "best", DESCRIPTION, model.state_dict())
    return tmp_path / "best"


def test_comes_back_as_it_was(folder, model):
    found = read_checkpoint(folder)
    assert found.vocabulary == model.vocabulary
    assert found.description.preprocessing == DESCRIPTION.preprocessing
    for name, tensor in found.build(TOY).state_dict().items():
        assert torch.equal(tensor, model.state_dict()[name])


def test_state_comes_back(tmp_path, model):
    tensors = {"a": torch.arange(3), "b": torch.tensor(0.1)}
    write_checkpoint(tmp_path / "last", DESCRIPTION, model.state_dict(), TrainingState(tensors, {"step": 3}))
    state = read_state(read_checkpoint(tmp_path / "last"))
    assert state.counters == {"step": 3}
    assert all(torch.equal(state.tensors[name], tensor) for name, tensor in tensors.items())


def test_nothing_to_resume(folder):
    with pytest.raises(InputError, match="nothing to resume"):
        read_state(read_checkpoint(folder))


@pytest.mark.parametrize("cut", ["before", "between", "after"])
def test_a_write_that_is_cut_off_leaves_a_whole_checkpoint(folder, model, monkeypatch, cut):
    """As kill -9 would: at the first file, between the two renames, before the old folder has gone."""

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    rename = module.Path.rename
    if cut == "before":
        monkeypatch.setattr(os, "fsync", die)
    elif cut == "between":
        monkeypatch.setattr(
            module.Path, "rename", lambda self, to: die() if self.name.endswith("new") else rename(self, to)
        )
    else:
        monkeypatch.setattr(
            module.shutil, "rmtree", lambda path, **_: die() if path.name.endswith("old") else None
        )
    changed = {name: tensor + 1 for name, tensor in model.state_dict().items()}
    with pytest.raises(Killed):
        write_checkpoint(folder, DESCRIPTION, changed)
    monkeypatch.undo()
    expected = changed if cut == "after" else model.state_dict()
    found = read_checkpoint(folder).weights()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    write_checkpoint(folder, DESCRIPTION, changed)
    assert sorted(os.listdir(folder.parent)) == ["best"]


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such checkpoint folder"):
        read_checkpoint(tmp_path / "nowhere")


def test_a_folder_of_something_else(tmp_path):
    with pytest.raises(InputError, match=r"not a checkpoint: it needs config\.json and model\.safetensors"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("at", [0, 20, -1])
def test_a_flipped_byte(folder, at):
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[at] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(InputError, match=r"model\.safetensors: damaged"):
        read_checkpoint(folder)


@pytest.mark.parametrize("text", ["", "[1]", '{"format": 1}', '{"format": 99}', "\xff"])
def test_a_foreign_description(folder, text):
    (folder / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=r"config\.json"):
        read_checkpoint(folder)


def test_of_another_recogniser(tmp_path, model):
    write_checkpoint(tmp_path / "other", replace(DESCRIPTION, recogniser="other"), model.state_dict())
    with pytest.raises(InputError, match="a checkpoint of other, not of toy"):
        read_checkpoint(tmp_path / "other").build(TOY)


def change(folder: Path, values: dict[str, object], keep_digest: bool = False) -> None:
    """Change values of ``config.json`` as somebody would by hand; without its digest, as earlier versions wrote it."""
    config = {**json.loads((folder / "config.json").read_text()), **values}
    if not keep_digest:
        del config["digest"]
    (folder / "config.json").write_text(json.dumps(config), "utf-8")


def refusal(folder: Path) -> str:
    """The one line with which a checkpoint is refused."""
    with pytest.raises(InputError) as refused:
        read_checkpoint(folder).build(TOY)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 500
    return str(refused.value)


@pytest.mark.parametrize(
    "changed", [{"vocabulary": ["2", "1", "\\alpha"]}, {"step": 7}, {"settings": {"lr": 2.0}}, {"suite": "9"}]
)
def test_the_digest_covers_every_value(folder, changed):
    change(folder, changed, keep_digest=True)
    assert "damaged or changed" in refusal(folder)


def test_one_without_a_digest_is_read(folder):
    change(folder, {})
    assert read_checkpoint(folder).description.recogniser == "toy"


def test_what_was_written_in_the_first_format_stays_readable(folder):
    change(folder, {"format": 1})
    assert read_checkpoint(folder).description.recogniser == "toy"


def test_a_vocabulary_may_be_a_single_token(tmp_path):
    one = replace(DESCRIPTION, vocabulary=("1",))
    write_checkpoint(tmp_path / "one", one, TOY.build(ToyOptions(width=8), Vocabulary(("1",))).state_dict())
    assert read_checkpoint(tmp_path / "one").description.vocabulary == ("1",)


def test_a_value_of_the_file_stands_in_quotes(folder):
    change(folder, {"recogniser": "../toy"})
    assert "'../toy'" in refusal(folder)


HOSTILE: list[tuple[str, object]] = [
    ("format", True),
    ("format", None),
    ("format", [1] * 1000),
    ("recogniser", 3),
    ("recogniser", ""),
    ("recogniser", "../toy"),
    ("recogniser", "toy\nhmer-suite: done"),
    ("recogniser", "t" * 100_000),
    ("vocabulary", None),
    ("vocabulary", []),
    ("vocabulary", "123"),
    ("vocabulary", [1, 2, 3]),
    ("vocabulary", ["1", "1", "2"]),
    ("vocabulary", ["1", "2", "a b"]),
    ("vocabulary", ["1", "2", ""]),
    ("vocabulary", ["1", "2", "x\u2028"]),
    ("vocabulary", ["1", "2", "x" * 10_000]),
    ("vocabulary", ["1", "2", ["3"]]),
    ("vocabulary", ["1", "2", "\ud800"]),
    ("vocabulary", ["1", "2"]),
    ("vocabulary", {"1": 1}),
    ("options", None),
    ("options", []),
    ("options", {"width": -1}),
    ("options", {"width": 1e9}),
    ("options", {"width": "wide"}),
    ("options", {"width": None}),
    ("options", {"width": 10**30}),
    ("options", {"width": 9}),
    ("options", {"width": 8, "dropout": float("nan")}),
    ("options", {"width": 8, "poison": [1]}),
    ("options", {"__class__": 1}),
    ("options", {"width": {"deep": {}}}),
    ("settings", [1]),
    ("preprocessing", None),
    ("preprocessing", {"symbol_height": 0}),
    ("preprocessing", {"symbol_height": -8}),
    ("preprocessing", {"symbol_height": 10**12}),
    ("preprocessing", {"symbol_height": "8"}),
    ("preprocessing", {"symbol_height": 8.5}),
    ("preprocessing", {"symbol_height": True}),
    ("preprocessing", {"max_pixels": 10**18}),
    ("preprocessing", {"padding": -1}),
    ("preprocessing", {"padding": float("inf")}),
    ("preprocessing", {"points": 0}),
    ("preprocessing", {"input": "sound"}),
    ("preprocessing", {"pen": "yes"}),
    ("preprocessing", {"other": 1}),
    ("grammar", 0),
    ("data", None),
    ("data", {}),
    ("data", {"spec": 3}),
    ("metrics", 1),
    ("step", -1),
    ("step", 1.5),
    ("step", 10**5000),
    ("step", "1"),
    ("seconds", float("nan")),
    ("seconds", float("-inf")),
    ("seconds", float("inf")),
    ("seconds", "1"),
    ("weights", None),
    ("weights", "0"),
    ("weights", "../model.safetensors"),
    ("state", 1),
    ("digest", 3),
    ("unknown", 1),
]


@pytest.mark.parametrize(("name", "value"), HOSTILE, ids=[f"{n}-{i}" for i, (n, _) in enumerate(HOSTILE)])
def test_a_hostile_value_is_one_line(folder, name, value):
    sys_limit = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(0)
        change(folder, {} if name == "digest" else {name: value})
        if name == "digest":
            change(folder, {"digest": value}, keep_digest=True)
    finally:
        sys.set_int_max_str_digits(sys_limit)
    assert str(folder) in refusal(folder)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"format": 1, "format": 2}', '{"format": 1}\0', "\ufeff{}", "NaN"]
)
def test_hostile_text_is_one_line(folder, text):
    (folder / "config.json").write_text(text, "utf-8")
    assert "config.json" in refusal(folder)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused(tmp_path, model, number):
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    weights["output.bias"][1] = number
    write_checkpoint(tmp_path / "sick", DESCRIPTION, weights)
    assert "output.bias has numbers that are not finite" in refusal(tmp_path / "sick")


def test_weights_of_another_type_are_refused(tmp_path, model):
    weights = {name: tensor.to(torch.int64) for name, tensor in model.state_dict().items()}
    write_checkpoint(tmp_path / "whole", DESCRIPTION, weights)
    assert "torch.int64, expected torch.float32" in refusal(tmp_path / "whole")


def test_options_with_which_nothing_can_be_built(tmp_path, model):
    def build(options, vocabulary):
        if options.width == 8:
            raise PluginError("plugin toy failed: IndexError: list index out of range")
        return TOY.build(options, vocabulary)

    write_checkpoint(tmp_path / "best", DESCRIPTION, model.state_dict())
    with pytest.raises(InputError, match=r"no network can be built of its options: .*IndexError"):
        read_checkpoint(tmp_path / "best").build(replace(TOY, build=build))


@pytest.mark.parametrize("name", ["training.json", "training.safetensors"])
def test_a_state_that_was_changed_is_refused(tmp_path, model, name):
    state = TrainingState({"a": torch.arange(3)}, {"step": 3})
    write_checkpoint(tmp_path / "last", DESCRIPTION, model.state_dict(), state)
    data = bytearray((tmp_path / "last" / name).read_bytes())
    data[-4] ^= 1
    (tmp_path / "last" / name).write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        read_state(read_checkpoint(tmp_path / "last"))


def test_weights_that_do_not_fit(tmp_path, model):
    weights = model.state_dict()
    del weights["output.bias"]
    write_checkpoint(tmp_path / "lacks", DESCRIPTION, weights)
    with pytest.raises(InputError, match=r"lacks tensor output\.bias"):
        read_checkpoint(tmp_path / "lacks").build(TOY)


def test_export_halves_and_still_loads(tmp_path, model):
    spec = "crohme:/home/me/crohme+recombined:../ink/crohme,20"
    described = replace(DESCRIPTION, data={"spec": spec}, settings={"init_from": "/home/me/runs/first/last"})
    write_checkpoint(tmp_path / "best", described, model.state_dict())
    export(read_checkpoint(tmp_path / "best"), tmp_path / "shipped", "MIT")
    found = read_metadata(tmp_path / "shipped" / "model.safetensors")
    assert found.pop("vocabulary") == vocabulary_digest(DESCRIPTION.vocabulary)
    assert found == {"recogniser": "toy", "hmer-suite": DESCRIPTION.suite, "licence": "MIT"}
    with safe_open(tmp_path / "shipped" / "model.safetensors", "pt") as file:
        assert file.metadata()["licence"] == "MIT"
    shipped = read_checkpoint(tmp_path / "shipped")
    assert all(tensor.dtype == torch.float16 for tensor in shipped.weights().values())
    built = shipped.build(TOY)
    torch.testing.assert_close(built.output.weight, model.output.weight, rtol=1e-3, atol=1e-4)
    assert built.output.weight.dtype == torch.float32
    assert shipped.description.data["spec"] == "crohme:crohme+recombined:crohme,20"
    assert shipped.description.settings["init_from"] == "last"
