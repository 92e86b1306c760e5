"""What `predict` takes: files, folders, prepared sets and data sources, with the errors that name them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hmer_suite.data.parquet import write_set
from hmer_suite.data.set_names import open_splits
from hmer_suite.errors import InputError, UsageError
from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.predict.inputs import read_inputs, read_single
from hmer_suite.registry import data_source
from hmer_suite.specs.recogniser import Preprocessing
from tests.data.test_images import captions, save
from tests.data.test_parquet import sample_set
from tests.images.degrade import overlap, traces

WANT = Preprocessing(symbol_height=24)

INKML = """<ink xmlns="http://www.w3.org/2003/InkML"><annotation type="truth">$x^2$</annotation>
<trace id="0">{}</trace></ink>"""


def save_ink(path: Path, number: int = 5) -> Path:
    points = ", ".join(f"{x} {y}" for x, y in np.concatenate(traces(number)).tolist())
    path.write_text(INKML.format(points), "utf-8")
    return path


def read(*inputs: str | Path, want: Preprocessing = WANT):
    return read_inputs(inputs, want, data_source)


def test_one_image_of_each_kind(tmp_path: Path) -> None:
    for suffix in ("png", "jpg", "jpeg", "webp", "bmp", "tif", "gif", "PNG"):
        found = read(save(tmp_path / f"photo.{suffix}"))
        assert found.ids == ("photo",) and found.labels == ("",)
        assert overlap(found.images[0], draw(traces(5), Drawing.of(WANT))) > 0.8


def test_inkml_is_drawn_and_brings_its_label(tmp_path: Path) -> None:
    found = read(save_ink(tmp_path / "ink.inkml"))
    ink = [np.concatenate(traces(5))]
    assert found.ids == ("ink",) and found.labels == ("x ^ { 2 }",)
    assert overlap(found.images[0], draw(ink, Drawing.of(WANT))) > 0.95


def test_a_folder_gives_all_of_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b.png", "a.jpg", "d.JPG"):
        save(tmp_path / name)
    save_ink(tmp_path / "c.inkml")
    (tmp_path / "notes.md").write_text("#")
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "sub").mkdir()
    found = read(tmp_path)
    assert found.ids == ("a", "b", "c", "d") and found.left_out == ()
    assert [image.shape for image in found.images] == [tuple(size) for size in found.sizes.tolist()]
    assert read(tmp_path / "d.JPG", tmp_path / "a.jpg").ids == ("d", "a")


def test_a_bad_file_of_a_folder_is_listed_and_one_that_was_named_is_an_error(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    bad = tmp_path / "b.png"
    bad.write_bytes(b"no image")
    (tmp_path / "c.inkml").write_text("<html/>")
    found = read(tmp_path)
    assert found.ids == ("a",)
    assert [(entry.id, entry.reason) for entry in found.left_out] == [
        ("b", "not an image that can be read"),
        ("c", "not InkML: the root element is html"),
    ]
    with pytest.raises(InputError, match=r"b\.png: not an image"):
        read(bad)
    with pytest.raises(InputError, match=r"b\.png: not an image"):
        read(tmp_path / "a.png", bad)
    (tmp_path / "a.png").unlink()
    with pytest.raises(InputError, match=r"b\.png: not an image that can be read \(and 1 more\)"):
        read(tmp_path)


@pytest.mark.parametrize("want", [WANT, Preprocessing(input="ink")])
def test_blank_sheets_stay_samples(tmp_path: Path, want: Preprocessing) -> None:
    save(tmp_path / "a.png")
    Image.new("L", (50, 50), 255).save(tmp_path / "b.png")
    (tmp_path / "c.inkml").write_text(INKML.replace('<trace id="0">{}</trace>', ""))
    (tmp_path / "d.json").write_text("[]")
    found = read(tmp_path, tmp_path / "d.json", want=want)
    assert found.ids == ("a", "b", "c", "d") and found.labels == ("", "", "x ^ { 2 }", "")
    assert found.blank.tolist() == [False, True, True, True] and not found.left_out
    for given in (
        np.full((50, 50), 255, np.uint8),
        b"[]",
        [],
        {"strokes": []},
        (tmp_path / "b.png").read_bytes(),
    ):
        single = read_single(given, want)
        assert single.ids == ("input",) and single.blank.tolist() == [True]


def test_two_files_of_one_name_have_distinct_ids(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    save_ink(tmp_path / "a.inkml")
    save(tmp_path / "b.png")
    save(tmp_path / "other" / "b.png")
    assert read(tmp_path).ids == ("a.inkml", "a.png", "b")
    other = tmp_path / "other" / "b.png"
    assert read(tmp_path, other).ids == ("a.inkml", "a.png", str(tmp_path / "b.png"), str(other))
    assert read(tmp_path / "b.png", tmp_path / "b.png").ids == ("b",)


def test_a_prepared_set_and_its_splits(tmp_path: Path) -> None:
    path = tmp_path / "set.parquet"
    write_set(path, [sample_set("train", 3), sample_set("test", 2)])
    assert read(path).ids == ("test-0", "test-1")
    assert read(f"{path}@train").ids == ("train-0", "train-1", "train-2")
    assert [image.shape for image in read(path).images] == [tuple(size) for size in read(path).sizes.tolist()]
    with pytest.raises(UsageError, match=r"no split 'validation', it has train, test"):
        read(f"{path}@validation")
    only = tmp_path / "only.parquet"
    write_set(only, [sample_set("validation", 2)])
    assert read(only).split == "validation"
    assert read(tmp_path / "set.parquet").digest != read(path, want=Preprocessing()).digest


def test_a_data_source_and_its_splits(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    captions(tmp_path, "a\tx\n")
    assert read(f"images:{tmp_path}@train").labels == ("x",)
    assert read(f"images:{tmp_path}").labels == read(f"{tmp_path}@train").labels == ("x",)
    save(tmp_path / "set" / "train" / "b.png")
    save(tmp_path / "set" / "val" / "c.png")
    captions(tmp_path / "set", "b\tx\nc\ty\n")
    assert read(f"{tmp_path / 'set'}@dev").labels == ("y",)
    with pytest.raises(
        UsageError, match=r"it has train, validation; say which split, as in images:.*set@train"
    ):
        read(f"images:{tmp_path / 'set'}")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("nowhere.png", InputError, r"nowhere\.png: no such file or folder"),
        ("nowhere", InputError, "nowhere: no such file or folder"),
        ("nowhere.parquet", InputError, r"nowhere\.parquet: no such file or folder"),
        ("nowhere.parquet@test", InputError, r"nowhere\.parquet: no such file or folder"),
        ("imges:here", UsageError, "no data source is named imges; did you mean images"),
        ("images:nowhere@test", InputError, "nowhere: no such file or folder"),
    ],
)
def test_inputs_that_do_not_exist(text: str, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        read(text)


def test_a_set_stands_alone_and_a_folder_must_hold_something(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    with pytest.raises(UsageError, match="images:here: a data set cannot be read together"):
        read(tmp_path / "a.png", "images:here")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: a folder without files of images or ink"):
        read(tmp_path / "empty")
    (tmp_path / "text.txt").write_text("x")
    with pytest.raises(InputError, match=r"text\.txt: not an image that can be read"):
        read(tmp_path / "text.txt")


def test_every_file_is_ticked(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save(tmp_path / name)
    ticks = []
    read_inputs([tmp_path], WANT, data_source, tick=lambda: ticks.append(1))
    assert len(ticks) == 2


def test_all_splits_of_a_set(tmp_path: Path) -> None:
    path = tmp_path / "set.parquet"
    write_set(path, [sample_set("train", 3), sample_set("test", 2)])
    assert [one.split for one in open_splits(str(path), (), data_source)] == ["train", "test"]
    assert [one.split for one in open_splits(str(path), ("test",), data_source)] == ["test"]
    save(tmp_path / "mine" / "a.png")
    captions(tmp_path / "mine", "a\tx\n")
    assert [one.split for one in open_splits(f"images:{tmp_path / 'mine'}", (), data_source)] == ["train"]
    with pytest.raises(UsageError, match="say which folder"):
        list(open_splits("images", (), data_source))


# --- ink for recognisers that read ink ---------------------------------------------------------------

INK = Preprocessing(input="ink", points=16)


def test_inkml_comes_as_ink_with_its_label(tmp_path: Path) -> None:
    found = read(save_ink(tmp_path / "ink.inkml"), want=INK)
    assert found.kind == "ink" and found.labels == ("x ^ { 2 }",) and found.points == 16
    assert np.allclose(found.inks[0].traces[0], np.concatenate(traces(5)), atol=1e-3)
    assert found.inks[0].marks == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"strokes": {"strokes": {"x": [[0, 10], [5]], "y": [[0, 20], [7]]}}}',
        '{"strokes": {"x": [[0, 10], [5]], "y": [[0, 20], [7]]}}',
        '{"x": [[0, 10], [5]], "y": [[0, 20], [7]]}',
        '{"strokes": [[[0, 0], [10, 20]], [[5, 7]]]}',
        '[[{"x": 0, "y": 0, "t": 3}, {"x": 10, "y": 20}], [], [{"x": 5, "y": 7}]]',
    ],
)
def test_json_strokes_are_ink(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pen.json"
    path.write_text(text)
    found = read(path, want=INK)
    assert [trace.tolist() for trace in found.inks[0].traces] == [[[0, 0], [10, 20]], [[5, 7]]]
    assert read(path).images[0].max() > 200  # drawn for those that read images


@pytest.mark.parametrize(
    "text, why",
    [
        ("{", "not JSON"),
        ("3", "no strokes"),
        ('{"strokes": {"x": [[1]], "y": []}}', "lists of equal length"),
        ('{"x": [[1, 2]], "y": [[1]]}', "stroke 1: x and y must be lists of equally many numbers"),
        ('[[[1, "a"]]]', "stroke 1: expected points of two numbers"),
        ("[[[1, NaN]]]", "stroke 1: a coordinate that is not finite"),
        ("[[[1, 1e300]]]", "stroke 1: a coordinate that is not finite"),
        ("[[[1]]]", "stroke 1"),
        ("[5]", "stroke 1: expected a list of points"),
    ],
)
def test_json_that_is_no_ink_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "pen.json").write_text(text)
    with pytest.raises(InputError, match=f"pen.json: .*{why}"):
        read(tmp_path / "pen.json", want=INK)


def test_pictures_are_traced_for_recognisers_of_ink(tmp_path: Path) -> None:
    found = read(save(tmp_path / "photo.png"), want=INK)
    (ink,) = found.inks
    height = np.ptp(np.concatenate(ink.traces)[:, 1])
    assert found.kind == "ink" and len(ink.traces) and 20 < ink.unit < 80 and height > 0.5 * ink.unit


def test_folders_give_ink_of_both_kinds_and_say_what_they_leave_out(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    save_ink(tmp_path / "b.inkml")
    (tmp_path / "c.inkml").write_text("<html/>")
    (tmp_path / "d.json").write_text("{}")
    found = read(tmp_path, want=INK)
    assert found.ids == ("a", "b") and [left.id for left in found.left_out] == ["c"]


def test_a_source_without_ink_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has samples of kind image, and the recogniser reads ink"):
        read("printed-synthetic:2@train", want=INK)
