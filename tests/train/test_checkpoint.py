"""Checkpoints: whole or not at all, and one sentence for each way to be bad."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest
import torch

from hmer_suite.errors import InputError
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train import checkpoint as module
from hmer_suite.train.checkpoint import (
    Description,
    TrainingState,
    export,
    read_checkpoint,
    read_state,
    write_checkpoint,
)
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


def test_of_another_recogniser(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "recogniser": "other"}))
    with pytest.raises(InputError, match="a checkpoint of other, not of toy"):
        read_checkpoint(folder).build(TOY)


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
    export(read_checkpoint(tmp_path / "best"), tmp_path / "shipped")
    shipped = read_checkpoint(tmp_path / "shipped")
    assert all(tensor.dtype == torch.float16 for tensor in shipped.weights().values())
    built = shipped.build(TOY)
    torch.testing.assert_close(built.output.weight, model.output.weight, rtol=1e-3, atol=1e-4)
    assert built.output.weight.dtype == torch.float32
    assert shipped.description.data["spec"] == "crohme:crohme+recombined:crohme,20"
    assert shipped.description.settings["init_from"] == "last"
