"""Which files inputs name, under which ids, and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from hmer_suite.errors import InputError
from hmer_suite.predict.listing import list_files
from hmer_suite.predict.shard import Shard


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def listed(*inputs: Path, recursive: bool = False) -> tuple[list[str], dict[str, str]]:
    found = list_files([str(path) for path in inputs], recursive)
    return [file.id for file in found.files], {Path(left.id).name: left.reason for left in found.passed_over}


def test_folders_and_their_sub_folders(tmp_path: Path) -> None:
    touch(tmp_path / "b.png", tmp_path / "a.HEIC", tmp_path / "s" / "b.png", tmp_path / "s" / "t" / "c.avif")
    touch(tmp_path / ".git" / "x.png", tmp_path / "p.json", tmp_path / "README")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link").symlink_to(tmp_path / "s")
    ids, passed = listed(tmp_path)
    assert ids == ["a", "b"]
    assert passed == {
        ".git": "hidden",
        "README": "a file without suffix",
        "link": "a folder; --recursive reads it",
        "p.json": ".json may hold anything; it is read if it is named itself",
        "pipe.png": "not a file",
        "s": "a folder; --recursive reads it",
    }
    ids, passed = listed(tmp_path, recursive=True)
    assert ids == ["a", "b", "s/b", "s/t/c"] and passed["link"] == "a link to a folder"


def test_ids_are_distinct_and_fit_into_a_line(tmp_path: Path) -> None:
    names = ("a.png", "a.svg", "a.png.gif", "x\ty.png", "\ufeffz.png", "e\u0301.png")
    touch(*(tmp_path / name for name in names))
    ids, _ = listed(tmp_path)
    assert len(set(ids)) == len(ids) == 6
    assert {"a.svg", "a.png.gif", "x%09y", "%EF%BB%BFz", "e\u0301", str(tmp_path / "a.png")} == set(ids)
    assert listed(tmp_path / "a.png", tmp_path / "a.svg")[0] == ["a.png", "a.svg"]
    (tmp_path / "bytes").mkdir()
    try:
        (tmp_path / "bytes" / os.fsdecode(b"\xff.png")).touch()
    except OSError:
        return  # a file system of Unicode names only
    assert listed(tmp_path / "bytes")[0][0].encode("utf-8")


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    touch(tmp_path / "a.png")
    assert listed(tmp_path / "a.png", tmp_path) == (["a"], {"a.png": "given twice"})


def test_pages_are_formulas(tmp_path: Path) -> None:
    pages = [Image.new("L", (30, 20), grey) for grey in (0, 100, 200)]
    pages[0].save(tmp_path / "many.tiff", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "one.tif")
    pages[0].save(tmp_path / "book.pdf", save_all=True, append_images=pages[1:2])
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.4\n")
    ids, _ = listed(tmp_path)
    assert ids == ["book-p1", "book-p2", "cut", "many-p1", "many-p2", "many-p3", "one"]
    files = {file.id: file for file in list_files([str(tmp_path)]).files}
    assert files["cut"].problem.startswith("damaged PDF file") and files["many-p3"].page == 2
    assert files["many-p3"].place == f"{tmp_path / 'many.tiff'}: page 3"


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        listed(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"a folder without files of images or ink$"):
        listed(tmp_path)
    touch(tmp_path / "notes.txt")
    with pytest.raises(InputError, match=r"1 passed over: .*notes\.txt: neither an image nor ink"):
        listed(tmp_path)
    files = list_files([str(tmp_path / "gone.png"), str(tmp_path / "lost.png")]).files
    assert [file.problem for file in files] == ["no such file or folder"] * 2


def test_shards_are_ranges_of_sorted_ids_whatever_the_order() -> None:
    ids = ["c", "a", "e", "b", "d"]
    parts = [[ids[place] for place in Shard(number, 2).places(ids)] for number in (1, 2)]
    assert parts == [["a", "b"], ["c", "e", "d"]]
    assert {frozenset(ids[::-1][place] for place in Shard(1, 2).places(ids[::-1]))} == {frozenset("ab")}
    assert Shard().places(ids) == [0, 1, 2, 3, 4] and Shard.parse("2/7") == Shard(2, 7)
    assert sorted(place for number in range(1, 10) for place in Shard(number, 9).places(ids)) == [
        0,
        1,
        2,
        3,
        4,
    ]
