"""Packed pickles, tables and shards are refused with the command that unpacks them."""

from __future__ import annotations

import bz2
import pickle
import zlib
from pathlib import Path

import pytest

from hmer_suite.data.layouts.detection import open_tree
from hmer_suite.data.layouts.packed import packed_remedy
from tools.chaos.commands import call


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("images.pkl.bz2", "unpack it with `bunzip2 images.pkl.bz2`"),
        ("offline-train.pkl.xz", "unpack it with `unxz offline-train.pkl.xz`"),
        ("train-000.tar.gz", "unpack it with `gunzip train-000.tar.gz`"),
        ("train-000.tar.zst", "unpack it with `unzstd train-000.tar.zst`"),
        ("train-000.TGZ", "unpack it with `tar xf train-000.TGZ`"),
        ("set.parquet.gz", "unpack it with `gunzip set.parquet.gz`"),
        ("set.7z", "unpack it with `7z x set.7z`"),
        ("set.joblib", "load it with joblib where you trust it"),
    ],
)
def test_a_folder_of_packed_files_says_what_to_do(tmp_path: Path, name: str, remedy: str):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / name).write_bytes(b"\0" * 50)
    said = call(["data", "prepare", str(tmp_path / "set"), "-o", str(tmp_path / "out")])
    errors = [line for line in said.err.splitlines() if line.startswith("hmer-suite: error: ")]
    assert (said.code, len(errors)) == (3, 1), said
    assert f"{name}: " in errors[0] and remedy in errors[0]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["images.pkl.bz2", "set.joblib", "set.rar"])
def test_a_packed_file_says_what_to_do(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"\0" * 50)
    with pytest.raises(Exception, match=r"unpack it with|load it with"):
        open_tree(tmp_path / name)


@pytest.mark.parametrize("pack", [zlib.compress, bz2.compress])
def test_a_pickle_that_is_packed_under_its_usual_name(tmp_path: Path, pack):
    (tmp_path / "images.pkl").write_bytes(pack(pickle.dumps({"a": 1})))
    (tmp_path / "caption.txt").write_text("a\tx\n")
    said = call(["data", "prepare", str(tmp_path), "-o", str(tmp_path / "out")])
    assert (
        said.code == 3
        and "images.pkl: not a sound pickle of arrays: it is packed; unpack it first" in said.err
    )


def test_other_names_say_nothing():
    assert packed_remedy("captions.txt") is packed_remedy("a.png") is packed_remedy("train.tar") is None
