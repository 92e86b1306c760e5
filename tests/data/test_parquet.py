"""Prepared sets: what is written comes back, and so do other people's files, row for row; damage is named."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from hmer_suite.data.parquet import read_set, splits_of, write_set
from hmer_suite.data.sources import synthetic
from hmer_suite.data.sources.parquet import SOURCE, load
from hmer_suite.data.subsets import pick
from hmer_suite.errors import InputError, UsageError
from hmer_suite.images.files import fitted_size, refitted_size
from hmer_suite.ink.strokes import strokes_of
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import LeftOut, SampleSet
from hmer_suite.testing import DataSourceContract
from hmer_suite.train.datasets import open_training_data


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
    with pytest.raises(InputError, match="split test: id 'a' is there twice"):
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


# ---------------------------------------------------------------- ink

INK = Preprocessing(input="ink", points=16)


def with_ink(split: str = "train", n: int = 5, **changes: object) -> SampleSet:
    """Made-up handwriting as images, with the ink that they were drawn from."""
    samples = synthetic.load(f"{n},3,12", split, Preprocessing(**changes))
    return replace(pick(samples, range(n)), left_out=(LeftOut("lost", "no ink"),))


def assert_same_inks(found: SampleSet, wanted: SampleSet) -> None:
    """The same, bit for bit."""
    assert len(found.inks) == len(wanted.inks) == len(wanted)
    for ours, theirs in zip(found.inks, wanted.inks, strict=True):
        assert ours.marks == theirs.marks and ours.unit == theirs.unit
        assert [trace.shape for trace in ours.traces] == [trace.shape for trace in theirs.traces]
        for a, b in zip(ours.traces, theirs.traces, strict=True):
            assert a.dtype == b.dtype == np.float32 and a.tobytes() == b.tobytes()


def test_ink_comes_back_bit_for_bit_in_either_kind(path: Path) -> None:
    sets = {split: with_ink(split, n) for split, n in (("train", 5), ("test", 1))}
    write_set(path, sets.values())
    for split, wanted in sets.items():
        images, ink = read_set(path, split), read_set(path, split, INK)
        assert images.kind == "image" and np.array_equal(images.sizes, wanted.sizes)
        assert images.digest == wanted.digest
        assert (ink.kind, ink.points) == ("ink", 16)
        lengths = [
            (len(i.traces), len(label.split()) + 1) for i, label in zip(ink.inks, ink.labels, strict=True)
        ]
        assert ink.sizes.tolist() == [list(pair) for pair in lengths]
        for found in (images, ink):
            assert (found.ids, found.labels, found.sources, found.left_out) == (
                wanted.ids, wanted.labels, wanted.sources, wanted.left_out,
            )  # fmt: skip
            assert_same_inks(found, wanted)
            assert all(np.array_equal(a, b) for a, b in zip(found.images, wanted.images, strict=True))
        assert found.inks[-1].traces[0].tobytes() == found.inks[len(found) - 1].traces[0].tobytes()


def test_a_recogniser_of_ink_sees_what_the_source_gives(path: Path) -> None:
    """Ink in pixels of its image is the ink of the source in another unit, from another place."""
    write_set(path, [with_ink()])
    direct = synthetic.load("5,3,12", "train", INK)
    for ours, theirs in zip(read_set(path, "train", INK).inks, direct.inks, strict=True):
        assert np.allclose(strokes_of(ours, 16), strokes_of(theirs, 16), atol=1e-4)
        assert ours.marks == theirs.marks


def test_ink_lies_on_the_image_however_it_is_wanted(path: Path) -> None:
    write_set(path, [with_ink()])
    for want in (None, Preprocessing(), Preprocessing(20, 160_000, 9), Preprocessing(64, 9_000, 2)):
        samples = read_set(path, "train", want)
        for image, ink in zip(samples.images, samples.inks, strict=True):
            x, y = np.floor(np.concatenate(ink.traces)).astype(int).T
            near = np.max([image[y + i, x + j] for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0)
            assert (near > 60).all()
    assert read_set(path, "train", Preprocessing(symbol_height=64)).inks[0].unit == pytest.approx(
        64, rel=0.05
    )


def test_a_set_without_ink_beside_one_with_it(path: Path) -> None:
    write_set(path, [with_ink(), sample_set("test", 3)])
    assert pq.read_schema(path).names[-3:] == ["ink", "unit", "marks"]
    assert read_set(path, "test").inks is None and read_set(path, "test", INK).kind == "image"
    assert read_set(path, "train", INK).kind == "ink"


def test_a_folder_has_ink_where_all_its_files_have_it(tmp_path: Path) -> None:
    samples = with_ink(n=4)
    for number, places in enumerate(([0, 1], [2, 3])):
        write_set(tmp_path / f"train-{number}.parquet", [pick(samples, places)])
    assert_same_inks(read_set(tmp_path, "train"), samples)
    assert_same_inks(read_set(tmp_path, "train", INK), samples)
    write_set(tmp_path / "train-2.parquet", [sample_set(n=2)])
    assert read_set(tmp_path, "train").inks is None and read_set(tmp_path, "train", INK).kind == "image"


def test_files_of_the_first_version_are_read_as_images(path: Path) -> None:
    """They have neither the columns of ink nor a word on it, nor all of today's preprocessing."""
    write_set(path, [sample_set()])
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[b"hmer-suite"])
    assert "ink" not in table.schema.names and "ink" not in facts["splits"]["train"]
    for name in ("input", "points"):
        del facts["preprocessing"][name]
    pq.write_table(table.replace_schema_metadata({b"hmer-suite": json.dumps(facts).encode()}), path)
    for want in (None, Preprocessing(), Preprocessing(points=16)):
        found = read_set(path, "train", want)
        assert found.digest == sample_set().digest and found.inks is None
        assert all(np.array_equal(a, b) for a, b in zip(found.images, sample_set().images, strict=True))


def test_who_asks_for_ink_that_is_not_there_is_told_in_one_sentence(path: Path) -> None:
    write_set(path, [sample_set("train"), sample_set("validation")])
    with pytest.raises(UsageError) as said:
        open_training_data(f"parquet:{path}", INK, TrainConfig())
    assert (
        str(said.value) == f"--data parquet:{path}: has samples of kind image, and the recogniser reads ink"
    )


def test_a_set_of_ink_is_not_written_for_want_of_images(path: Path) -> None:
    with pytest.raises(UsageError, match="split train: has samples of kind ink"):
        write_set(path, [synthetic.load("2,3,12", "train", INK)])


@pytest.mark.parametrize("column", ["ink", "unit", "marks"])
@pytest.mark.parametrize("wrong", ["null", "odd"])
def test_ink_that_we_did_not_write(path: Path, column: str, wrong: str) -> None:
    write_set(path, [with_ink()])
    table = pq.read_table(path)
    odd = {"ink": [[1.0, 2.0, 3.0]], "unit": 0.0, "marks": "[[1]]"}[column]
    values = [None if wrong == "null" else odd, *table[column].to_pylist()[1:]]
    changed = pa.array(values, table.schema.field(column).type)
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, changed), path)
    with pytest.raises(InputError, match=r"set\.parquet: split train.* hmer-suite did not write"):
        list(read_set(path, "train", INK).inks)


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
    with pytest.raises(InputError, match=r"no column latex or text or .* of text, only image"):
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
    assert splits_of(tmp_path) == ("train", "test")
    assert read_set(tmp_path, "train").digest == sample_set("train", 2).digest


def test_ids_of_others_are_kept_and_must_differ(path: Path) -> None:
    assert read_set(foreign(path, image=IMAGES, latex=list("abcd"), id=[7, 8, 9, 10])).ids == (
        "7",
        "8",
        "9",
        "10",
    )
    with pytest.raises(InputError, match=r"set\.parquet: split train: id 'p' is there twice"):
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


class TestContract(DataSourceContract):
    """The suite's own kit, with a set that has ink in all its splits but one."""

    spec = SOURCE

    @pytest.fixture(autouse=True)
    def _file(self, path: Path):
        write_set(path, [with_ink("train"), with_ink("validation"), sample_set("test")])
        self.argument = str(path)
