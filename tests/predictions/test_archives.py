"""Folders and zip archives of NAME.txt files, sound, damaged and hostile."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.errors import InputError, PairingError
from hmer_suite.predictions import archives
from hmer_suite.predictions.archives import read_zip
from hmer_suite.predictions.files import read_predictions


def zipped(members: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_comer_writes(tmp_path: Path) -> None:
    path = tmp_path / "result"
    path.write_bytes(zipped({"b.txt": "%b\n$x ^ { 2 }$", "a.txt": "%a\n$$"}))
    file = read_predictions(path)
    assert (file.format, file.ids, file.predictions) == ("zip", ("b", "a"), ("x ^ { 2 }", ""))


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name, content in [("b.txt", "%b\n$y$"), ("a.TXT", "x"), (".c.txt", "$z$"), ("notes.md", "#")]:
        (tmp_path / name).write_text(content)
    (tmp_path / "sub").mkdir()
    file = read_predictions(tmp_path)
    assert (file.format, file.ids, file.predictions) == ("folder", ("a", "b"), ("x", "y"))


@pytest.mark.parametrize(
    ("content", "prediction"),
    [
        ("%a\n$x$", "x"),
        ("%a\r\n$x$\r\n", "x"),
        ("\ufeff%a\n$ x $\n\n", " x "),
        ("%a.png\n$x$", "x"),
        ("%folder/a\nx", "x"),
        ("$x\ny$", "x\ny"),
        ("$$", ""),
        ("x \\$", "x \\$"),
        ("$a$b$", "a$b"),
    ],
)
def test_one_sample(content: str, prediction: str) -> None:
    archive = read_zip("z", zipped({"a.txt": content}))
    assert archive.reading.rows == [("a", prediction, None, ())]
    again = archive.rewritten([prediction])["a.txt"].decode()
    assert again == content.removeprefix("\ufeff").replace("\r\n", "\n")
    assert (
        read_zip("z", zipped({"a.txt": archive.rewritten(["y"])["a.txt"].decode()})).reading.rows[0][1] == "y"
    )


def test_folders_inside_and_what_macos_adds() -> None:
    members = {"result/a.txt": "$x$", "__MACOSX/result/._a.txt": "junk", "result/readme.md": "#"}
    assert [row[0] for row in read_zip("z", zipped(members)).reading.rows] == ["a"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"../a.txt": "$x$"}, "z: member '../a.txt' points out of the archive"),
        ({"b/../../a.md": "x"}, "z: member 'b/../../a.md' points out of the archive"),
        ({"..\\a.txt": "$x$"}, "z: member '..\\\\a.txt' points out of the archive"),
        ({"/etc/a.txt": "$x$"}, "z: member '/etc/a.txt' points out of the archive"),
        ({"C:a.txt": "$x$"}, "z: member 'C:a.txt' points out of the archive"),
        ({"a.md": "x"}, "z: a zip archive without NAME.txt or NAME.lg files"),
        ({}, "z: a zip archive without NAME.txt or NAME.lg files"),
        ({"a.txt": ""}, "z/a.txt:1: no formula; an empty prediction is written $$"),
        ({"a.txt": "%a\n"}, "z/a.txt:2: no formula; an empty prediction is written $$"),
        ({"a.txt": "%a\n$x"}, "z/a.txt:2: the formula opens with $ and does not end with $"),
        ({"a.txt": "$"}, "z/a.txt:1: the formula opens with $ and does not end with $"),
        ({"a.txt": "x\ny\n"}, "z/a.txt:1: 2 lines, expected one formula"),
        ({"a.txt": "%a\n$\0$"}, "z/a.txt:2: NUL byte at byte 4: not a text file"),
    ],
)
def test_bad_members_are_named(members: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as error:
        read_zip("z", zipped(members))
    assert str(error.value) == message


def test_a_first_line_that_names_another_sample() -> None:
    with pytest.raises(PairingError) as error:
        read_zip("z", zipped({"a.txt": "%b\n$x$"}))
    assert str(error.value) == "z/a.txt:1: the first line names 'b', the file 'a'"


def test_one_name_in_two_folders_is_a_duplicate(tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    path.write_bytes(zipped({"one/a.txt": "$x$", "two/a.txt": "$y$"}))
    with pytest.raises(PairingError, match=r"r\.zip: duplicate id 'a'$"):
        read_predictions(path)


def test_symbolic_links_encryption_and_rare_compression_are_refused() -> None:
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match=r"^z: member 'a\.txt' is a symbolic link$"):
        read_zip("z", buffer.getvalue())
    with pytest.raises(InputError, match=r"^z: member 'a\.txt' is neither stored nor deflated$"):
        read_zip("z", zipped({"a.txt": "$x$"}, zipfile.ZIP_BZIP2))
    encrypted = bytearray(zipped({"a.txt": "$x$"}))
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match=r"^z: member 'a\.txt' is encrypted$"):
        read_zip("z", bytes(encrypted))


def test_a_bomb_is_bounded_by_what_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"a.txt": f"${'x' * 10_000}$"})
    monkeypatch.setattr(archives, "MAX_UNPACKED", 10_001)
    with pytest.raises(InputError, match=r"^z: would unpack to 10002 bytes, more than the 10001 allowed$"):
        read_zip("z", bomb)


def test_a_bomb_that_lies_about_its_size_is_damaged() -> None:
    bomb = zipped({"a.txt": f"${'x' * 10_000}$"})
    size = (10_002).to_bytes(4, "little")
    assert bomb.count(size) == 2
    with pytest.raises(InputError, match=r"^z: damaged zip archive: "):
        read_zip("z", bomb.replace(size, (12).to_bytes(4, "little")))


SOUND = zipped({f"a{i}.txt": f"%a{i}\n$x ^ {{ {i} }} + y$" for i in range(3)})


@given(st.data())
def test_damage_never_escapes_as_another_error(data: st.DataObject) -> None:
    damaged = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(SOUND) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(SOUND)))
    for content in (bytes(damaged), bytes(damaged[:cut])):
        try:
            assert read_zip("z", content)
        except InputError as error:
            assert str(error).startswith("z")


def test_a_folder_with_a_pipe_or_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r": a folder without NAME\.txt or NAME\.lg files$"):
        read_predictions(tmp_path)
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(InputError, match=r"a\.txt: not a file$"):
        read_predictions(tmp_path)


def test_a_link_in_a_folder_that_leads_nowhere_is_not_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match=r"a\.txt: no such file or folder$"):
        read_predictions(tmp_path)
