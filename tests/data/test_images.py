"""Users' own images with captions: every image and every caption is used or accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from hmer_suite.data.sources.images import SOURCE, load
from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.ink.raster import draw
from hmer_suite.specs.recogniser import Preprocessing
from tests.images.degrade import traces

WANT = Preprocessing()


def save(path: Path, number: int = 5) -> Path:
    """A drawing as an image file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(255 - draw(traces(number))).convert("RGB").save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "b.jpg", "c.webp"):
        save(tmp_path / name)
    return tmp_path


def captions(folder: Path, text: str, name: str = "captions.tsv") -> None:
    (folder / name).write_text(text, "utf-8")


def reasons(folder: Path, split: str = "train") -> dict[str, str]:
    return {entry.id: entry.reason for entry in load(str(folder), split, WANT).left_out}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("captions.tsv", "a\tx^2\nb\t\\frac12\nc\t$y$\n"),
        ("captions.txt", "a.png\tx^2\nb.jpg\t\\frac12\nc.webp\t$y$\n"),
        ("captions.txt", "a x ^ { 2 }\nb \\frac { 1 } { 2 }\nc y\n"),
        ("captions.txt", "c.webp y\nsub/b.jpg \\frac 1 2\na.png x ^ 2\n"),
    ],
)
def test_captions_in_every_layout_become_canonical(folder: Path, name: str, text: str) -> None:
    captions(folder, text, name)
    found = load(str(folder), "train", WANT)
    assert found.ids == ("a", "b", "c")
    assert found.labels == ("x ^ { 2 }", r"\frac { 1 } { 2 }", "y")
    assert found.left_out == () and found.sources == (folder.name,) * 3
    assert [image.shape for image in found.images] == [tuple(size) for size in found.sizes.tolist()]
    assert found.images[0][0, 0] == 0 and found.images[0].max() > 200


def test_what_is_lacking_is_listed(folder: Path) -> None:
    (folder / "blank.png").write_bytes(save(folder / "d.png").read_bytes())
    Image.new("L", (40, 30), 255).save(folder / "blank.png")
    (folder / "broken.png").write_bytes((folder / "a.png").read_bytes()[:100])
    captions(folder, "a\tx\nb\tx^\nblank\ty\nbroken\tz\ngone.png\tw\n")
    found = load(str(folder), "train", WANT)
    assert found.ids == ("a",)
    left_out = {entry.id: entry.reason for entry in found.left_out}
    assert set(left_out) == {"b", "blank", "broken", "c", "d", "gone"}
    assert left_out["b"].startswith("the label is not valid LaTeX: nothing to set after `^`")
    assert left_out["c"] == left_out["d"] == "no label"
    assert left_out["blank"] == "blank image: no ink found"
    assert left_out["broken"].startswith("damaged image")
    assert left_out["gone"].startswith("no image of that name for its caption in ")


def test_folders_of_splits(tmp_path: Path) -> None:
    save(tmp_path / "train" / "a.png")
    save(tmp_path / "test" / "b.png")
    captions(tmp_path, "a\tx\nb\ty\nlost\tz\n")
    assert load(str(tmp_path), "train", WANT).labels == ("x",)
    assert load(str(tmp_path), "test", WANT).labels == ("y",)
    assert set(reasons(tmp_path)) == {"lost"} and not reasons(tmp_path, "test")
    with pytest.raises(UsageError, match=r"no split 'validation', it has train, test"):
        load(str(tmp_path), "validation", WANT)
    captions(tmp_path / "test", "b\tw\n")
    assert load(str(tmp_path), "test", WANT).labels == ("w",)


def test_a_folder_without_splits_is_for_training(folder: Path) -> None:
    captions(folder, "a\tx\nb\ty\nc\tz\n")
    with pytest.raises(UsageError, match=r"no split 'test', it has train"):
        load(str(folder), "test", WANT)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, InputError, r"no captions\.tsv or captions\.txt"),
        ("", InputError, r"captions\.tsv: empty file"),
        ("a x\n\nb y\n", InputError, r"captions\.tsv:2: blank line"),
        ("a\tx\na.png\ty\n", PairingError, "two captions for 'a'"),
        ("a\tx\na\ty\n", PairingError, "duplicate id 'a'"),
        ("x\ty\tz\tw\n", InputError, r"captions\.tsv:1: 4 columns"),
        ("other\tx\n", InputError, r"no image with a caption; other: no image of that name"),
    ],
)
def test_captions_that_cannot_be_used(folder: Path, text: str | None, error: type, message: str) -> None:
    if text is not None:
        captions(folder, text)
    with pytest.raises(error, match=message):
        load(str(folder), "train", WANT)


def test_two_caption_files_and_two_images_of_one_name(folder: Path) -> None:
    captions(folder, "a\tx\n")
    captions(folder, "a\tx\n", "captions.txt")
    with pytest.raises(InputError, match=r"captions\.txt is beside it as well"):
        load(str(folder), "train", WANT)
    (folder / "captions.txt").unlink()
    save(folder / "a.bmp")
    with pytest.raises(PairingError, match=r"a\.png: .*a\.bmp has the same name"):
        load(str(folder), "train", WANT)


def test_no_folder() -> None:
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        load("nowhere", "train", WANT)
    with pytest.raises(UsageError, match="say which folder"):
        load("", "train", WANT)


def test_the_source_is_offered_to_everybody() -> None:
    from hmer_suite.registry import data_source

    source, argument = data_source("images:here/there:1")
    assert (source.name, source.summary, argument) == (SOURCE.name, SOURCE.summary, "here/there:1")
