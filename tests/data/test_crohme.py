"""The data source: archives and folders, what is left out, and the cache."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from hmer_suite.data import archive_files, ink_split
from hmer_suite.data.sources.crohme import SOURCE, load, load_ink
from hmer_suite.errors import InputError, UsageError
from hmer_suite.specs.recogniser import Preprocessing
from tests.data.inkml_files import inkml

FILES = {
    "A/one.inkml": inkml(truth="$1x$", groups=[("1", [0]), ("x", [1, 2])]),
    "B/two.inkml": inkml(["0 0, 0 10", "3 3"], truth="1.", head='<annotation type="writer">w</annotation>'),
    "B/none.inkml": b"",
    "B/blank.inkml": inkml(truth=None),
    "B/paper.inkml": inkml([]),
    "B/wrong.inkml": inkml(truth="x^^"),
    "B/notes.txt": b"no InkML",
    "B/._two.inkml": b"what macOS adds",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "hmer-suite"


def archive(path: Path, files: Mapping[str, bytes] = FILES) -> Path:
    with tarfile.open(path, "w:xz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def folder(path: Path, files: Mapping[str, bytes] = FILES) -> Path:
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


@pytest.fixture(params=["archive", "folder", "deep folder"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "data"
    root.mkdir()
    if request.param == "archive":
        archive(root / "train.inkml.tar.xz")
    else:
        folder(root / "train" if request.param == "folder" else root / "x" / "y" / "train")
    return root


def test_samples_and_what_is_left_out(data: Path) -> None:
    samples = load(str(data), "train", Preprocessing(symbol_height=20))
    assert (samples.split, samples.ids, samples.labels) == ("train", ("one", "two"), ("1 x", "1 ."))
    assert samples.sources == ("A", "B")
    assert [image.shape for image in samples.images] == [tuple(size) for size in samples.sizes]
    assert all(image.dtype == np.uint8 and image.max() > 200 for image in samples.images)
    name = "train.inkml.tar.xz" if (data / "train.inkml.tar.xz").exists() else "train"
    assert {item.id: item.reason for item in samples.left_out} == {
        "none": f"{name}/B/none.inkml: the file is empty",
        "blank": "neither MathML nor typed truth says what was written",
        "paper": "no traces",
        "wrong": "wrong: not valid LaTeX at token 3 (^): x ^ ^",
    }


def test_the_cache_gives_the_same_again(data: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_ink(str(data), "train")
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr(ink_split, "parse_inkml", None)
    second = load_ink(str(data), "train")
    assert (second.labels, second.left_out) == (first.labels, first.left_out)
    for one, two in zip(first.inks, second.inks, strict=True):
        for name in ("id", "truth", "mathml", "groups", "writer", "source", "notes"):
            assert getattr(one, name) == getattr(two, name)
        assert [trace.tolist() for trace in one.traces] == [trace.tolist() for trace in two.traces]
    assert (
        load(str(data), "train", Preprocessing()).digest == load(str(data), "train", Preprocessing()).digest
    )


def test_a_changed_archive_is_read_anew_and_its_old_cache_goes(tmp_path: Path, cache: Path) -> None:
    path = archive(tmp_path / "train.inkml.tar.xz")
    load_ink(str(tmp_path), "train")
    archive(path, {"A/three.inkml": inkml(truth="3")})
    os.utime(path, ns=(1, 1))
    assert load_ink(str(tmp_path), "train").labels == ("3",)
    assert len(list(cache.iterdir())) == 1


def test_a_changed_folder_is_read_anew(tmp_path: Path) -> None:
    folder(tmp_path / "train")
    load_ink(str(tmp_path), "train")
    (tmp_path / "train" / "A" / "new.inkml").write_bytes(inkml(truth="y"))
    assert load_ink(str(tmp_path), "train").labels == ("y", "1 x", "1 .")


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no zip", None])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, cache: Path, damage: bytes | None) -> None:
    archive(tmp_path / "train.inkml.tar.xz")
    first = load_ink(str(tmp_path), "train")
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert load_ink(str(tmp_path), "train").labels == first.labels
    assert kept.read_bytes() == whole


def test_a_pickle_in_the_cache_is_not_loaded(tmp_path: Path, cache: Path) -> None:
    archive(tmp_path / "train.inkml.tar.xz")
    load_ink(str(tmp_path), "train")
    (kept,) = cache.iterdir()
    with kept.open("wb") as file:
        np.savez(file, points=np.array([{}], dtype=object), lengths=np.zeros(1, int), counts=np.zeros(1, int))
    assert load_ink(str(tmp_path), "train").labels == ("1 x", "1 .")


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(tmp_path / "train.inkml.tar.xz")
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load_ink(str(tmp_path), "train").labels == ("1 x", "1 .")


def test_splits_are_the_customary_ones(tmp_path: Path) -> None:
    for name, truth in (("train", "1"), ("test2013", "2"), ("test2014", "3")):
        archive(tmp_path / f"{name}.inkml.tar.xz", {"a.inkml": inkml(truth=truth)})
    found = {split: load(str(tmp_path), split, Preprocessing()) for split in SOURCE.splits}
    assert {split: samples.labels for split, samples in found.items()} == {
        "train": ("1",),
        "validation": ("2",),
        "test": ("3",),
    }
    assert found["test"].sources == ("test2014",)


def test_the_folder_least_deep_is_taken(tmp_path: Path) -> None:
    folder(tmp_path / "a" / "b" / "train", {"x.inkml": inkml(truth="1")})
    folder(tmp_path / "z" / "train", {"x.inkml": inkml(truth="2")})
    folder(tmp_path / ".git" / "train", {"x.inkml": inkml(truth="3")})
    assert load_ink(str(tmp_path), "train").labels == ("2",)


def test_an_unknown_split(tmp_path: Path) -> None:
    folder(tmp_path / "train")
    with pytest.raises(UsageError, match="no split 'holdout', it has train"):
        load(str(tmp_path), "holdout", Preprocessing())


def test_folders_without_crohme_say_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("", "file"):
        with pytest.raises(InputError, match=r"no InkML files; expected .*test2013\.inkml\.tar\.xz"):
            load_ink(str(tmp_path / name), "train")
    with pytest.raises(InputError, match="no such folder or archive"):
        load_ink(str(tmp_path / "no"), "train")


def test_nothing_of_use_is_an_error(tmp_path: Path) -> None:
    folder(tmp_path / "train", {"a.inkml": b"", "b.txt": b""})
    with pytest.raises(InputError, match="train: no InkML file that can be used"):
        load_ink(str(tmp_path), "train")


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    folder(tmp_path / "train", {"A/a.inkml": inkml(), "B/a.inkml": b"", "C/b.inkml": inkml()})
    found = load_ink(str(tmp_path), "train")
    assert [ink.id for ink in found.inks] == ["A/a", "b"] and found.left_out[0].id == "B/a"


@pytest.mark.parametrize("damage", ["cut", "no archive", "empty"])
def test_damaged_archives(tmp_path: Path, damage: str) -> None:
    path = archive(tmp_path / "train.inkml.tar.xz", {f"{n}.inkml": os.urandom(500) for n in range(50)})
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[: len(whole) // 2], "no archive": b"text", "empty": b""}[damage])
    with pytest.raises(InputError, match=r"train\.inkml\.tar\.xz: damaged, or not an archive"):
        load_ink(str(tmp_path), "train")


def test_archives_that_unpack_to_very_much_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_files, "MAX_IN_MEMORY", 5_000)
    archive(tmp_path / "train.inkml.tar.xz", {"a.bin": bytes(6_000), "b.inkml": inkml()})
    with pytest.raises(InputError, match="unpacks to more than 5,000 bytes"):
        load_ink(str(tmp_path), "train")


def test_members_outside_and_links_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "train.inkml.tar.xz"
    with tarfile.open(path, "w:xz") as tar:
        link = tarfile.TarInfo("link.inkml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
        member = tarfile.TarInfo("../../outside.inkml")
        member.size = len(inkml())
        tar.addfile(member, io.BytesIO(inkml()))
        other = tarfile.TarInfo("inside.inkml")
        other.size = len(inkml())
        tar.addfile(other, io.BytesIO(inkml()))
    with pytest.raises(InputError, match=r"member '\.\./\.\./outside\.inkml' points out of the archive"):
        load_ink(str(tmp_path), "train")
    assert not (tmp_path.parent / "outside.inkml").exists()


def test_the_real_validation_set(shared: Path) -> None:
    """CROHME 2013, complete; `reports/ink.md` has the others."""
    samples = load(str(shared / "crohme"), "validation", Preprocessing())
    assert len(samples) == len(set(samples.ids)) == 671
    assert samples.left_out == ()
    assert all(samples.labels)
    assert (samples.sizes.prod(axis=1) <= Preprocessing().max_pixels).all()
    assert 60 < np.median(samples.sizes[:, 0]) < 110
