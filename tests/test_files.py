"""Text in, files out: what ends a line, what is no text, and that a file is written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite.errors import InputError
from hmer_suite.files import (
    cache_folder,
    check_writable,
    decode,
    file_name_of,
    read_bytes,
    read_lines,
    split_lines,
    write_whole,
)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("\n", [""]),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\n\n", ["a", ""]),
        ("a\r\n\r\nb\r\n", ["a", "", "b"]),
        ("a\r\r\n", ["a\r"]),
        ("a\rb\n", ["a\rb"]),
        ("a\u2028b\x0bc\x0cd\x1ce\x85f\n", ["a\u2028b\x0bc\x0cd\x1ce\x85f"]),
    ],
)
def test_only_line_feeds_end_a_line(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"))))
def test_lines_survive_whatever_they_hold(lines: list[str]) -> None:
    for end in ("\n", "\r\n"):
        assert split_lines("".join(line + end for line in lines)) == lines


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\nb\0", "f:2: NUL byte at byte 3: not a text file"),
        (b"a\n\xe9\n", "f:2: not UTF-8: 0xe9 at byte 2"),
        (b"a\xe2\x80", "f:1: not UTF-8: 0xe2 at byte 1"),
        (b"\xed\xa0\x80", "f:1: not UTF-8: 0xed at byte 0"),
        ("a".encode("utf-16"), "f: UTF-16 text, expected UTF-8"),
    ],
)
def test_what_is_not_utf8_is_named_by_line_and_byte(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        decode(data, "f")
    assert str(error.value) == message


def test_only_the_first_byte_order_mark_goes() -> None:
    assert decode(b"\xef\xbb\xbfa\xef\xbb\xbf", "f") == "a\ufeff"


def test_reading_names_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_bytes(tmp_path / "absent")
    with pytest.raises(InputError, match="cannot read: Is a directory"):
        read_bytes(tmp_path)
    with pytest.raises(InputError, match="cannot read: File name too long"):
        read_bytes(tmp_path / ("x" * 300))


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs a device that never ends")
def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="neither a file nor a pipe"):
        read_bytes("/dev/zero")


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    write_whole(path, "x \u2264 y\r\n")
    assert path.read_bytes() == "x \u2264 y\r\n".encode()
    path.chmod(0o640)
    write_whole(path, b"\x89PNG")
    assert path.read_bytes() == b"\x89PNG"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["out.txt"]


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs /dev/null")
def test_a_device_is_written_to_and_not_replaced() -> None:
    write_whole("/dev/null", "gone")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises((InputError, KeyboardInterrupt)):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


def test_writing_names_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent.out\.txt: cannot write: No such file or directory"):
        write_whole(tmp_path / "absent" / "out.txt", "x")
    with pytest.raises(InputError, match="cannot write: Is a directory"):
        write_whole(tmp_path, "x")


def test_lines_of_a_file_are_numbered_as_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "formulas.txt"
    path.write_bytes(b"\xef\xbb\xbfx\r\n\r\ny")
    assert read_lines(path) == ["x", "", "y"]


def test_the_cache_folder_is_absolute(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "hmer-suite"
    for ignored in ("", "here/below"):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert cache_folder() == tmp_path / ".cache" / "hmer-suite"


# --- names of files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("train_0", "train_0"),
        ("Übung 3 (b)", "Übung 3 (b)"),
        ("../x", "%2E.%2Fx"),
        ("/abs/x", "%2Fabs%2Fx"),
        ("..", "%2E%2E"),
        ("a\\b:c", "a%5Cb%3Ac"),
        ("50%", "50%25"),
        ("", "%"),
        ("x ", "x%20"),
        ("\0\n", "%00%0A"),
    ],
)
def test_an_id_becomes_one_component_of_a_path(id: str, name: str) -> None:
    assert file_name_of(id) == name


@settings(max_examples=50)
@given(
    st.lists(st.text(max_size=9) | st.text(st.sampled_from("./%\\~ a"), max_size=5), unique=True, max_size=6)
)
def test_distinct_ids_have_distinct_names_that_stay_in_their_folder(ids: list[str]) -> None:
    ids += [id * 40 + tail for id in ids[:2] if id for tail in "ab"]
    names = {file_name_of(id) for id in set(ids)}
    assert len(names) == len(set(ids))
    for name in names:
        assert Path("folder", name).name == name and len(name.encode("utf-8")) <= 160
        assert not set(name) & set('/\\:*?"<>|\0\n') and name.strip(". ") == name


def test_pieces_are_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "out"
    write_whole(path, (b"%d\n" % number for number in range(3)))
    assert path.read_bytes() == b"0\n1\n2\n"
    with pytest.raises(ZeroDivisionError):
        write_whole(path, (b"x" if number else bytes(1 // number) for number in (1, 0)))
    assert path.read_bytes() == b"0\n1\n2\n" and list(tmp_path.iterdir()) == [path]


def test_a_path_is_checked_before_anything_is_computed_for_it(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.tsv")
    check_writable("/dev/null")
    for path, message in ((tmp_path, "it is a folder"), (tmp_path / "no" / "a", "there is no folder .*no")):
        with pytest.raises(InputError, match=message):
            check_writable(path)
    if os.geteuid():  # root may write everywhere
        tmp_path.chmod(0o500)
        with pytest.raises(InputError, match="permission denied"):
            check_writable(tmp_path / "a")
