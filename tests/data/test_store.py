"""Prepared sets: what is written comes back, and so do other people's files, row for row; damage is named."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from hmer_suite.data.pictures import fitted_size, refitted_size
from hmer_suite.data.samples import LeftOut, SampleSet
from hmer_suite.data.sources.parquet import load
from hmer_suite.data.store import read_set, splits_of, write_set
from hmer_suite.errors import InputError, UsageError
from hmer_suite.recogniser import Preprocessing


def drawing(seed: int, height: int = 40, width: int = 70) -> np.ndarray:
    """An image (H, W) with a few strokes, 0 paper."""
    image = np.zeros((height, width), np.uint8)
    image[6:-6, 8 + seed % 7 : 11 + seed % 7] = 255
    image[height // 2 - 1 : height // 2 + 2, 20:-10] = 200 + seed % 50
    return image


def sample_set(split: str = "train", n: int = 5, left_out: tuple[LeftOut, ...] = ()) -> SampleSet:
    images = [drawing(number, 40 + number) for number in range(n)]
    return SampleSet(
        split=split,
        ids=tuple(f"{split}-{number}" for number in range(n)),
        labels=tuple(f"x ^ {{ {number} }}" for number in range(n)),
        sizes=np.array([image.shape for image in images], np.int32).reshape(-1, 2),
        images=images,
        sources=("here",) * n,
        left_out=left_out,
    )


def png(image: np.ndarray, mode: str = "L") -> bytes:
    """The bytes of a file with dark ink on light paper."""
    buffer = io.BytesIO()
    Image.fromarray(255 - image).convert(mode).save(buffer, "png")
    return buffer.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "set.parquet"


def test_what_is_written_comes_back(path: Path) -> None:
    train, test = sample_set("train", 1500, (LeftOut("lost", "no ink"),)), sample_set("test", 3)
    write_set(path, [train, test], Preprocessing(symbol_height=24))
    assert splits_of(path) == ("train", "test")
    for wanted in (train, test):
        found = read_set(path, wanted.split)
        assert (found.split, found.ids, found.labels, found.sources, found.left_out, found.digest) == (
            wanted.split, wanted.ids, wanted.labels, wanted.sources, wanted.left_out, wanted.digest,
        )  # fmt: skip
        assert np.array_equal(found.sizes, wanted.sizes)
        assert all(np.array_equal(a, b) for a, b in zip(found.images, wanted.images, strict=True))
        assert found.images[-1].dtype == np.uint8


def test_columns_and_metadata_are_those_that_hubs_read(path: Path) -> None:
    write_set(path, [sample_set()])
    table = pq.read_table(path)
    assert table.schema.names == ["image", "latex", "id", "split", "source", "height", "width"]
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"} and features["latex"] == {
        "dtype": "string",
        "_type": "Value",
    }
    first = table["image"][0].as_py()
    assert first["path"] is None
    with Image.open(io.BytesIO(first["bytes"])) as image:
        assert (image.format, image.mode) == ("PNG", "L")
        assert image.getpixel((0, 0)) == 255
    facts = json.loads(table.schema.metadata[b"hmer-suite"])
    assert set(facts) == {"version", "preprocessing", "splits"}
    assert facts["splits"]["train"]["digest"] == sample_set().digest


def test_sizes_are_known_before_any_image_is_decoded(path: Path) -> None:
    write_set(path, [sample_set()])
    table = pq.read_table(path)
    broken = [{"bytes": b"no image", "path": None}] * len(table)
    pq.write_table(
        table.set_column(0, table.schema.field(0), pa.array(broken, table.schema.field(0).type)), path
    )
    found = read_set(path)
    assert found.sizes.tolist() == sample_set().sizes.tolist()
    with pytest.raises(InputError, match=r"set\.parquet: train-1: damaged image"):
        found.images[1]


def test_images_come_as_another_preprocessing_wants_them(path: Path) -> None:
    have = Preprocessing(32, 160_000, 4)
    write_set(path, [sample_set()], have)
    for want in (Preprocessing(16, 160_000, 2), Preprocessing(64, 160_000, 8), Preprocessing(32, 2000, 4)):
        found = read_set(path, "train", want)
        assert [image.shape for image in found.images] == [tuple(size) for size in found.sizes.tolist()]
        assert found.sizes.prod(axis=1).max() <= want.max_pixels
        for image in found.images:
            assert not image[: want.padding].any() and image.max() > 150
    assert read_set(path, "train", have).digest == sample_set().digest


def test_refitting_there_and_back_keeps_the_size() -> None:
    small, large = Preprocessing(16, 10**6, 2), Preprocessing(64, 10**7, 8)
    for size in [(44, 70), (20, 300), (9, 9), (1, 5)]:
        inner = refitted_size(*refitted_size(*size, small, large), large, small)
        assert np.abs(np.subtract(inner, size)).max() <= 4
    assert fitted_size(10, 20, 2.0, Preprocessing(padding=3)) == (26, 46)
    height, width = fitted_size(300, 900, 1.0, Preprocessing(max_pixels=10_000))
    assert height * width <= 10_000 < (height + 1) * (width + 2) * 1.02


def test_what_cannot_be_written_is_not_half_written(path: Path) -> None:
    with pytest.raises(InputError, match=r"no samples to write; 1 left out, the first, a: blank"):
        write_set(path, [sample_set(n=0, left_out=(LeftOut("a", "blank"),))])
    with pytest.raises(InputError, match="split 'train' is given twice"):
        write_set(path, [sample_set(), sample_set()])
    doubled = SampleSet("test", ("a", "a"), ("x", "y"), np.full((2, 2), 9), [drawing(0)] * 2, ("s", "s"))
    with pytest.raises(InputError, match="split test: id 'a' stands twice"):
        write_set(path, [sample_set(), doubled])

    class Failing(list):
        def __getitem__(self, index):
            raise KeyboardInterrupt

    path.write_bytes(b"before")
    fails = SampleSet("test", ("a",), ("x",), np.full((1, 2), 9), Failing([0]), ("s",))
    with pytest.raises(KeyboardInterrupt):
        write_set(path, [fails])
    assert path.read_bytes() == b"before" and list(path.parent.iterdir()) == [path]


def test_every_sample_is_ticked(path: Path) -> None:
    ticks = []
    write_set(path, [sample_set("train", 3), sample_set("test", 2)], tick=lambda: ticks.append(1))
    assert len(ticks) == 5


# ---------------------------------------------------------------- other people's files


def foreign(path: Path, **columns) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


IMAGES = [png(drawing(number)) for number in range(4)]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(IMAGES, pa.binary()),
        pa.array(IMAGES, pa.large_binary()),
        pa.array([{"bytes": data, "path": f"{n}.png"} for n, data in enumerate(IMAGES)]),
        pa.array([{"bytes": png(drawing(n), "RGB")} for n in range(4)]),
    ],
    ids=["binary", "large", "struct", "colour"],
)
def test_image_and_latex_are_enough(path: Path, column: pa.Array) -> None:
    foreign(path, image=column, latex=[r"$\frac12$", "x^2", r"\left( a \right)", "b"])
    found = read_set(path)
    assert (found.split, found.ids) == ("train", ("0", "1", "2", "3"))
    assert found.labels[:2] == (r"\frac { 1 } { 2 }", "x ^ { 2 }")
    assert found.sources == ("set",) * 4
    assert [image.shape for image in found.images] == [tuple(size) for size in found.sizes.tolist()]
    assert all(image[0, 0] == 0 and image.max() > 200 for image in found.images)


def test_every_row_is_accounted_for(path: Path) -> None:
    images = [
        IMAGES[0],
        None,
        b"",
        b"no image",
        png(np.zeros((30, 30), np.uint8)),
        IMAGES[1],
        IMAGES[2],
        IMAGES[3],
    ]
    foreign(path, image=images, latex=["a", "a", "a", "a", "a", "x^", None, " "])
    found = read_set(path)
    assert found.ids == ("0",)
    assert [(entry.id, entry.reason.split(":")[0]) for entry in found.left_out] == [
        ("1", "no image bytes in the file"),
        ("2", "empty file"),
        ("3", "not an image that can be read"),
        ("4", "blank image"),
        ("5", "the label is not valid LaTeX"),
        ("6", "no label"),
        ("7", "no label"),
    ]
    unlabelled = read_set(path, labelled=False)
    assert unlabelled.ids == ("0", "6", "7") and unlabelled.labels == ("a", "", "")


def test_other_names_of_labels_and_none_at_all(path: Path) -> None:
    assert read_set(foreign(path, image=IMAGES, text=list("abcd"))).labels == tuple("abcd")
    assert read_set(foreign(path, image=IMAGES, label=[1, 2, 3, 4]), labelled=False).labels == ("",) * 4
    with pytest.raises(InputError, match="no column latex or text or formula or label of text, only image"):
        load(str(foreign(path, image=IMAGES)), "train", Preprocessing())


def test_splits_by_column_and_by_name_of_file(tmp_path: Path) -> None:
    one = foreign(
        tmp_path / "one.parquet", image=IMAGES, latex=list("abcd"), split=["train", "dev", "train", "dev"]
    )
    assert splits_of(one) == ("train", "validation")
    assert read_set(one, "validation").labels == ("b", "d")
    assert read_set(one, "validation").ids == ("0", "1")
    with pytest.raises(UsageError, match=r"say which split: train, validation"):
        read_set(one)
    with pytest.raises(UsageError, match=r"no split 'test', it has train, validation"):
        read_set(one, "test")
    folder = tmp_path / "hub" / "data"
    folder.mkdir(parents=True)
    for name in ("train-00000-of-00002", "train-00001-of-00002", "val-0"):
        foreign(folder / f"{name}.parquet", image=IMAGES[:2], latex=["a", "b"])
    assert splits_of(folder.parent) == ("train", "validation")
    found = read_set(folder.parent, "train")
    assert found.ids == ("0", "1", "2", "3") and len(found.images) == 4
    assert found.images[3].shape == tuple(found.sizes[3])
    foreign(folder / "more.parquet", image=IMAGES[:1], latex=["a"])
    with pytest.raises(InputError, match=r"more\.parquet: neither a split column nor a name"):
        splits_of(folder.parent)


def test_our_own_files_in_a_folder_are_one_set(tmp_path: Path) -> None:
    for split in ("train", "test"):
        write_set(tmp_path / f"{split}.parquet", [sample_set(split, 2)])
    assert splits_of(tmp_path) == ("test", "train")
    assert read_set(tmp_path, "train").digest == sample_set("train", 2).digest


def test_ids_of_others_are_kept_and_must_differ(path: Path) -> None:
    assert read_set(foreign(path, image=IMAGES, latex=list("abcd"), id=[7, 8, 9, 10])).ids == (
        "7",
        "8",
        "9",
        "10",
    )
    with pytest.raises(InputError, match=r"set\.parquet: split train: id 'p' stands twice"):
        read_set(foreign(path, image=IMAGES, latex=list("abcd"), id=["p", "q", "p", "r"]))


# ---------------------------------------------------------------- damage


def test_no_such_file_and_no_such_column(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.parquet: no such file or folder"):
        read_set(tmp_path / "gone.parquet")
    with pytest.raises(InputError, match=r"a folder without \.parquet files"):
        read_set(tmp_path)
    with pytest.raises(InputError, match=r"no column image, only picture, latex"):
        read_set(foreign(tmp_path / "set.parquet", picture=IMAGES, latex=list("abcd")))
    with pytest.raises(UsageError, match="say which file or folder"):
        load("", "train", Preprocessing())


@pytest.mark.parametrize("keep", [0, 3, 4, 100, -1])
def test_a_file_that_breaks_off(path: Path, keep: int) -> None:
    write_set(path, [sample_set()])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"set\.parquet: not a sound Parquet file: "):
        read_set(path)


def test_a_flipped_bit_is_found_or_does_no_harm(path: Path) -> None:
    wanted = sample_set()
    write_set(path, [wanted])
    data = path.read_bytes()
    for place in np.linspace(0, len(data) - 1, 60).astype(int).tolist():
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        try:
            found = read_set(path, "train")
            images = list(found.images)
        except (InputError, UsageError) as error:
            assert "\n" not in str(error)
        else:
            assert found.ids == wanted.ids and found.labels == wanted.labels
            assert all(np.array_equal(a, b) for a, b in zip(images, wanted.images, strict=True))


def test_rows_that_are_gone_are_missed(path: Path) -> None:
    """Here another program has taken them out; a bit of the file's index that has turned does the same."""
    write_set(path, [sample_set()])
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(InputError, match=r"set\.parquet: split train holds 4 samples, 5 were written"):
        read_set(path, "train")


@pytest.mark.parametrize(
    "facts",
    [b"{", b"[]", b'{"preprocessing": {"colour": 1}, "splits": {}}', b'{"preprocessing": {}}', b"\xff"],
)
def test_metadata_that_we_did_not_write(path: Path, facts: bytes) -> None:
    write_set(path, [sample_set()])
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"hmer-suite": facts}), path)
    with pytest.raises(InputError, match="metadata that hmer-suite did not write"):
        read_set(path)


def test_nulls_in_our_own_file(path: Path) -> None:
    write_set(path, [sample_set()])
    table = pq.read_table(path)
    nulls = pa.array([None, *table["latex"].to_pylist()[1:]], pa.string())
    pq.write_table(table.set_column(1, "latex", nulls).replace_schema_metadata(table.schema.metadata), path)
    with pytest.raises(InputError, match="holds nulls"):
        read_set(path)
