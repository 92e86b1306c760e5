"""Published layouts: every example gives its labels by the command that a user types; what is no set is refused."""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hmer_suite.data import archive_files
from hmer_suite.data.file_trees import Folder, within
from hmer_suite.data.layouts.pickles import arrays_in, picture_of
from hmer_suite.data.layouts.unpickler import ALLOWED
from hmer_suite.data.parquet import read_set, splits_of
from hmer_suite.data.set_names import find_set, is_set, joined_sets
from hmer_suite.data.sources import auto, crohme, images, symbols
from hmer_suite.data.sources.images import load
from hmer_suite.data.split_names import our_split_name, split_of
from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.registry import data_source
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.testing import DataSourceContract
from hmer_suite.train.datasets import open_training_data
from tests.cli.conftest import run  # noqa: F401
from tests.data.inkml_files import inkml
from tests.data.layout_examples import (
    EXAMPLES,
    ONE,
    TWO,
    Example,
    drawing,
    pickled,
    pictures,
    put,
    records,
    saved_to_disk,
    tarred,
    zipped,
)

WANT = Preprocessing()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_command_of_each_layout(run, folder: Path, example: Example) -> None:  # noqa: F811
    example.make(folder)
    words = example.command.split()[1:]
    code, out, err = run(*words, "-o", "out", "--list")
    assert code == 0, err
    assert splits_of("out") == tuple(sorted(example.splits, key=_order))
    found = {split: read_set("out", split) for split in example.splits}
    labels = {split: dict(zip(one.ids, one.labels, strict=True)) for split, one in found.items()}
    assert labels == example.splits
    left_out = {entry.id: entry.reason for one in found.values() for entry in one.left_out}
    assert left_out.keys() == example.left_out.keys()
    for identifier, reason in example.left_out.items():
        assert reason in left_out[identifier] and f"left out: {identifier}: " in out
    assert all(one.images[0].max() > 200 for one in found.values())


def _order(split: str) -> int:
    return [split.startswith(kind) for kind in ("train", "validation", "test")].index(True)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train", "train"), ("TrainINKML", "train"), ("trainData", "train"), ("CROHME_training", "train"),
        ("Train_2014", "train2014"), ("offline-train", "train"), ("val", "validation"), ("valid", "validation"),
        ("dev", "validation"), ("validate", "validation"), ("14_test_images", "test2014"), ("2019", "test2019"),
        ("CROHME_testGT", "test"), ("testDataGT", "test"), ("TestINKMLGT_2013", "test2013"),
        ("TestEM2014GT_INKMLs", "test2014"), ("TEST2016_INKML_noGT", "test2016"), ("TestSet2019", "test2019"),
        ("CROHME2023_test", "test2023"), ("TrainINKML_v3", "train"), ("test-caption-16", "test2016"),
        ("holdout", None), ("test_of_mine", None), ("CROHME2013_data", None), ("train_or_test", None), ("images", None),
        ("latest", None), ("1999", None), ("", None),
    ],
)  # fmt: skip
def test_names_of_splits(name: str, split: str | None) -> None:
    found = split_of(name)
    assert (None if found is None else str(found)) == split


def test_names_that_are_no_split_stay() -> None:
    assert [our_split_name(name) for name in (None, "", "val", "holdout")] == [
        "train",
        "train",
        "validation",
        "holdout",
    ]
    assert str(split_of("im2latex_train", among_others=True)) == "train"


def test_a_folder_called_after_a_split_is_that_split(folder: Path) -> None:
    put(folder, {**pictures("data/2014/img/a.bmp"), "data/2014/caption.txt": "a 1\n"})
    assert load("data/2014", "test", WANT).ids == load("data/2014", "test2014", WANT).ids == ("a",)
    with pytest.raises(UsageError, match="no split 'train', it has test"):
        load("data/2014", "train", WANT)


def test_paths_of_records_stay_within_the_set(folder: Path) -> None:
    put(
        folder,
        {
            **pictures("set/a.png", "outside.png"),
            "set/metadata.jsonl": records(
                {"file_name": "a.png", "text": "1"},
                {"file_name": "../outside.png", "text": "2"},
                {"file_name": str(folder / "outside.png"), "text": "3"},
            ),
        },
    )
    samples = load("set", "train", WANT)
    assert samples.labels == ("1",) and len(samples.left_out) == 2
    assert within("a/b", "../c.png") == "a/c.png" and within("a", "../../c.png") == "" == within("", "/etc/x")


# ---------------------------------------------------------------- one obvious way


def test_several_ways_are_named(run, folder: Path) -> None:  # noqa: F811
    put(
        folder,
        {**pictures("set/a.png"), "set/labels.txt": "a\t1\n", "set/all.csv": "file,latex\na.png,2\n"},
    )
    code, _, err = run("data", "show", "set")
    assert code == 2 and "say images:set,layout=captions or images:set,layout=records" in err
    code, _, _ = run("data", "show", "images:set,layout=records@train", "-o", folder / "sheet.png")
    assert code == 0 and (folder / "sheet.png").exists()
    put(folder, {"set/captions.tsv": "a\t3\n", "set/b.inkml": b""})
    (folder / "set" / "labels.txt").unlink()
    assert load("set", "train", WANT).labels == ("3",)
    code, _, err = run("data", "show", "set")
    assert code == 2 and "say inkml:set or images:set" in err


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("set,layuot=records", "no option layuot; did you mean layout?"),
        ("set,layout=recods", "no layout recods; did you mean records?"),
        ("set,folder=none", "no folder none"),
        ("set,latex=", "option latex is empty"),
        ("set,latex=a,latex=b", "option latex is given twice"),
        ("set,latex=formula", "no column 'formula', there are file, latex"),
    ],
)
def test_options_that_make_no_sense(folder: Path, argument: str, message: str) -> None:
    put(folder, {**pictures("set/a.png"), "set/all.csv": "file,latex\na.png,2\n"})
    with pytest.raises(UsageError) as caught:
        load(argument, "train", WANT)
    assert message in str(caught.value)


def test_what_holds_no_set_is_said(run, folder: Path) -> None:  # noqa: F811
    put(folder, {**pictures("set/a.png", "set/b.png"), "notes.md": "x"})
    code, _, err = run("data", "show", "set")
    assert code == 3 and "set: 2 images, but no captions.tsv" in err
    for path, message in (("notes.md", "neither a folder, an archive"), ("./none", "no such file")):
        code, _, err = run("data", "show", path)
        assert code == 3 and message in err and err.count("\n") == 1


def test_labels_by_line_must_be_as_many_as_pictures(folder: Path) -> None:
    put(folder, {**pictures("set/hwe/a.png", "set/hwe/b.png"), "set/hwe.txt": "1\n"})
    with pytest.raises(PairingError, match=r"hwe\.txt: 1 labels without ids, but 2 pictures"):
        load("set", "test", WANT)


def test_ids_that_repeat_are_told_apart_or_refused(folder: Path) -> None:
    rows = [{"image": f"{name}/1.png", "text": name[-1]} for name in ("p1", "p2")]
    put(folder, {**pictures("set/p1/1.png", "set/p2/1.png"), "set/all.jsonl": records(*rows)})
    assert load("set", "train", WANT).ids == ("p1/1", "p2/1")
    rows = [{**row, "id": "same"} for row in rows]
    put(folder, {"set/all.jsonl": records(*rows)})
    with pytest.raises(PairingError, match="two pictures have the id 'same'"):
        load("set", "train", WANT)


# ---------------------------------------------------------------- training and showing by split


def test_training_takes_a_split_but_no_test_split(run, folder: Path) -> None:  # noqa: F811
    zipped("set.zip", {**pictures("2014/img/a.bmp"), "2014/caption.txt": "a 1\n"})(folder)
    for data in ("set.zip@test", "images:set.zip@2014", "synthetic:4+set.zip@test2014"):
        with pytest.raises(UsageError, match="a model is never trained on a test split"):
            open_training_data(data, WANT, TrainConfig())
    code, _, err = run("data", "show", "set.zip@test", "-o", "sheet.png")
    assert code == 0 and Path("sheet.png").exists(), err
    code, _, err = run("data", "show", "set.zip@train")
    assert code == 2 and "no split 'train', it has test" in err
    code, _, err = run("data", "show", "set.zip@test", "--split", "test")
    assert code == 2 and "names a split, and so does --split test" in err


# ---------------------------------------------------------------- archives


def test_archives_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zipped("set.zip", {**pictures("train/img/a.bmp"), "train/caption.txt": "a 1\n"})(folder)
    assert load("set.zip", "train", WANT).ids == ("a",)
    for limit, value, message in (
        ("MAX_MEMBERS", 1, "2 members, at most 1"),
        ("MAX_MEMBER", 100, "more than the 100 that are read"),
        ("FREE_SIZE", 0, "more than 1 times as many"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(archive_files, limit, value)
            patched.setattr(archive_files, "MAX_RATIO", 1)
            with pytest.raises(InputError, match=message):
                load("set.zip", "train", WANT)


@pytest.mark.parametrize("name", ["../train/caption.txt", "/train/caption.txt", "C:\\x.txt"])
def test_members_that_point_outside_are_refused(folder: Path, name: str) -> None:
    zipped("set.zip", {name: "a 1\n"})(folder)
    with pytest.raises(InputError, match="points out of the archive"):
        load("set.zip", "train", WANT)


def test_damaged_archives(folder: Path) -> None:
    zipped("set.zip", {**pictures("train/img/a.bmp"), "train/caption.txt": "a 1\n"})(folder)
    whole = (folder / "set.zip").read_bytes()
    for data in (b"", whole[: len(whole) // 2], b"text"):
        (folder / "set.zip").write_bytes(data)
        with pytest.raises(InputError, match="damaged zip archive"):
            load("set.zip", "train", WANT)
    (folder / "set.tar").write_bytes(b"no archive")
    with pytest.raises(InputError, match="damaged, or not an archive"):
        load("set.tar", "train", WANT)


def test_two_members_of_one_name_are_refused(folder: Path) -> None:
    with (
        zipfile.ZipFile(folder / "set.zip", "w") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("a.txt", "1")
        archive.writestr("a.txt", "2")
    with pytest.raises(InputError, match=r"two members are named 'a\.txt'"):
        load("set.zip", "train", WANT)


def test_links_that_turn_back_are_followed_once(folder: Path) -> None:
    put(folder, pictures("set/a/1.png"))
    (folder / "set" / "a" / "again").symlink_to(folder / "set")
    assert Folder(folder / "set").names == ("a/1.png",)


# ---------------------------------------------------------------- pickles


def arrays(data: bytes) -> dict[str, np.ndarray]:
    return arrays_in(io.BytesIO(data), "file.pkl")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_every_protocol(protocol: int) -> None:
    whole = {
        "bytes": np.arange(6, dtype=np.uint8).reshape(2, 3),
        "columns": np.asfortranarray(np.arange(12, dtype="<f4").reshape(3, 4)),
        "part": np.arange(40, dtype=">i4").reshape(5, 8)[::2, ::2],
        "truth": np.eye(3, dtype=bool),
    }
    found = arrays(pickle.dumps(whole, protocol))
    assert found.keys() == whole.keys()
    assert all(
        (found[name] == value).all() and found[name].dtype == value.dtype for name, value in whole.items()
    )


def test_a_pickle_of_python_2(folder: Path) -> None:
    """Protocol 0, as cPickle wrote it: bytes are quoted text, sizes are long."""
    data = (
        b"(dp1\nS'a'\np2\ncnumpy.core.multiarray\n_reconstruct\np3\n(cnumpy\nndarray\np4\n(I0\ntp5\nS'b'\np6\ntp7\nRp8\n"
        b"(I1\n(L1L\nI2\nI3\ntp9\ncnumpy\ndtype\np10\n(S'u1'\np11\nI0\nI1\ntp12\nRp13\n(I3\nS'|'\np14\nNNNI-1\nI-1\nI0\n"
        b"tp15\nbI00\nS'\\x00\\x01\\xff\\n\\x80A'\np16\ntp17\nbs."
    )
    assert picture_of(arrays(data)["a"]).tolist() == [[0, 1, 255], [10, 128, 65]]


class Attack:
    """An object whose pickle calls a function."""

    def __init__(self, function: object, *arguments: object):
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.function, self.arguments


def _hostile(marker: Path) -> dict[str, bytes]:
    write = f"open({str(marker)!r}, 'w').write('ran')"
    return {
        "eval": pickle.dumps({"a": Attack(eval, write)}),
        "exec": pickle.dumps({"a": drawing(), "b": Attack(exec, write)}, 2),
        "system": f"cos\nsystem\n(S'echo ran > {marker}'\ntR.".encode(),
        "inst": f"(S'echo ran > {marker}'\nios\nsystem\n.".encode(),
        "import": b"\x80\x04\x8c\x09numpy.lib\x8c\x04load\x93.",
        "dotted": b"\x80\x04\x8c\x05numpy\x8c\x0fndarray.tofile\x93.",
        "submodule": b"cnumpy.core.multiarray\nfromfile\n.",
        "object": pickle.dumps({"a": np.array([Attack(eval, write)], dtype=object)}),
        "extension": b"\x80\x02\x82\x01.",
        "persistent": b"Psomething\n.",
        "newobj": b"\x80\x02cnumpy\nndarray\n)\x81.",
        "call of a class": b"cnumpy\nndarray\n((I3\ntI1\ntR.",
        "other codec": b"c_codecs\nencode\n(S'x'\nS'rot13'\ntR.",
        "attribute": b"cnumpy\ndtype\n}S'__doc__'\nS'x'\nsb.",
    }


@pytest.mark.parametrize("name", sorted(_hostile(Path("x"))))
def test_hostile_pickles_are_refused_and_nothing_of_them_runs(run, folder: Path, name: str) -> None:  # noqa: F811
    marker = folder / "ran"
    put(folder, {"set/images.pkl": _hostile(marker)[name], "set/caption.txt": "a 1\n"})
    before = set(sys.modules)
    code, _, err = run("data", "prepare", "images:set", "-o", "out")
    assert code == 3 and not marker.exists() and not Path("out").exists()
    assert err.startswith("hmer-suite: error: ") and err.count("\n") == 1 and "images.pkl: " in err
    assert not {module for module in set(sys.modules) - before if module.startswith("numpy.lib.npyio")}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x80\x04", b"no pickle", b"(.", b"0.", b"t.", b"R.", b"b.", b"h\x01.", b"]\x85\x85.", b"}]K\x01s.",
        b"\x80\x04\x8e" + b"\xff" * 8, b"\x80\x02r\xff\xff\xff\x7f.", b"I" + b"9" * 5000 + b"\n.", b"S'x\n.",
        pickle.dumps([drawing()]), pickle.dumps({}), pickle.dumps({"a": 1}), pickle.dumps({1: drawing()}),
        pickle.dumps({("a",): drawing()}), pickle.dumps({"a": np.array(["x"])}), pickle.dumps({"a": np.zeros((0, 3))}),
        pickle.dumps({"a": np.zeros(3, complex)}), pickle.dumps({"a": drawing()}, 2).replace(b"K(", b"K)"),
    ],
)  # fmt: skip
def test_pickles_that_hold_no_pictures(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^file\.pkl: "):
        arrays(data)


def test_the_allowed_names_are_seven() -> None:
    assert len(ALLOWED) == 7 and all(
        name.startswith(("numpy.", "numpy._core", "_codecs.")) for name in ALLOWED
    )


@pytest.mark.parametrize(
    ("array", "shape"),
    [
        (drawing()[None], (40, 70)), (drawing()[:, :, None], (40, 70)), (np.stack([drawing()] * 3), (40, 70, 3)),
        (drawing() > 0, (40, 70)), (drawing() / 255.0, (40, 70)), (drawing().astype(np.int64), (40, 70)),
    ],
)  # fmt: skip
def test_arrays_as_pictures(array: np.ndarray, shape: tuple[int, ...]) -> None:
    found = picture_of(array)
    assert found.shape == shape and found.dtype == np.uint8 and (found.min(), found.max()) == (0, 255)


def test_an_array_that_is_no_picture_is_left_out(folder: Path) -> None:
    data = pickle.dumps({"a": drawing(), "b": np.zeros(5, np.uint8), "c": np.zeros((2, 4, 4, 4), np.uint8)})
    put(folder, {"set/images.pkl": data, "set/caption.txt": "a 1\nb 2\nc 3\n"})
    samples = load("set", "train", WANT)
    assert samples.ids == ("a",)
    assert {entry.id: entry.reason for entry in samples.left_out} == {
        "b": "an array of shape (5,) is no picture",
        "c": "an array of shape (2, 4, 4, 4) is no picture",
    }


def test_several_pickles_for_one_file_of_captions(folder: Path) -> None:
    put(folder, {"p1.pkl": pickled("a"), "p2.pkl": pickled("a"), "labels.txt": "a 1\n"})
    with pytest.raises(
        UsageError, match=r"captions of several pickles: say which, images:\./p1\.pkl, images:\./p2\.pkl"
    ):
        load("./", "train", WANT)
    assert load("p2.pkl", "train", WANT).labels == ("1",)
    assert ONE != TWO


def test_im2latex_with_several_files_of_formulas(folder: Path) -> None:
    lists = {"set/formulas.norm.lst": "1\n", "set/im2latex_formulas.lst": "2\n", "set/train.lst": "a.png 0\n"}
    put(folder, {**pictures("set/a.png"), **lists})
    with pytest.raises(
        UsageError, match=r"several files of formulas: say which, latex=formulas\.norm\.lst or latex="
    ):
        load("set", "train", WANT)
    assert load("set,latex=formulas.norm.lst", "train", WANT).labels == ("1",)
    for line, message in (
        ("x y z w\n", "expected the number of a formula"),
        ("7 a basic\n", "formula 7 of 1"),
    ):
        put(folder, {"set/train.lst": line})
        with pytest.raises(InputError, match=message):
            load("set,latex=formulas.norm.lst", "train", WANT)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("all.jsonl", '{"image": "a.png", "text": "1"}\n{"image"\n', r"all\.jsonl:2: not JSON"),
        ("all.json", '[{"image": "a.png"', r"all\.json: not JSON"),
        (
            "all.jsonl",
            '{"image": "b.png", "text": "1"}\n',
            r"all\.jsonl:1: no picture 'b\.png' beside the file",
        ),
        ("all.jsonl", '{"image": "a.png", "text": 1}\n', "no image with a caption; a: no label"),
        ("all.jsonl", '{"image": ["a.png", "a.png"], "text": "1"}\n', "1 image, but no captions"),
        ("all.jsonl", '["a.png", "1"]\n', "1 image, but no captions"),
        ("all.json", "[1, 2]", "1 image, but no captions"),
        ("all.json", "", "1 image, but no captions"),
    ],
)
def test_records_that_cannot_be_read(folder: Path, name: str, content: str, message: str) -> None:
    put(folder, {**pictures("set/a.png"), f"set/{name}": content})
    with pytest.raises(InputError, match=message):
        load(f"set/{name}", "train", WANT)


@pytest.mark.parametrize(
    "content",
    [
        '{"a.png": "1", "b.png": "x^2"}',
        '{"a": {"latex": "1"}, "b": {"latex": "x^2"}}',
        '{"image": "a.png", "text": "1"}\n{"image": "b.png", "text": "x^2"}\n',
        '[\n{"image": "a.png", "text": "1"},\n{"image": "b.png", "text": "x^2"}\n]',
    ],
)
def test_labels_as_json(folder: Path, content: str) -> None:
    put(folder, {**pictures("set/a.png", "set/b.png"), "set/labels.json": content})
    samples = load("set", "train", WANT)
    assert (samples.ids, samples.labels, samples.left_out) == (("a", "b"), ("1", TWO), ())


def test_shards_that_are_no_sets_are_named(folder: Path) -> None:
    tarred("set/train-0.tar", {**pictures("a.png"), "a.json": '{"latex": "1"}'})(folder)
    tarred("set/holdout-0.tar", {**pictures("b.png"), "b.txt": "2"})(folder)
    tarred("set/notes.tar", {"notes.txt": "2"})(folder)
    put(folder, {"set/broken.tar": "no archive"})
    samples = load("set", "train", WANT)
    assert samples.labels == ("1",)
    reasons = {entry.id: entry.reason for entry in samples.left_out}
    assert reasons.keys() == {"holdout-0.tar", "notes.tar", "broken.tar"}
    assert "1 image: its name is no split" in reasons["holdout-0.tar"]
    tarred("one.tar", {**pictures("a.png"), "a.json": "{"})(folder)
    with pytest.raises(InputError, match=r"one\.tar/a\.json: not JSON"):
        load("one.tar", "train", WANT)


def test_arrow_files_that_cannot_be_read(folder: Path) -> None:
    put(folder, {"set/data.arrow": b"no arrow"})
    with pytest.raises(InputError, match=r"data\.arrow: not a sound Arrow file"):
        load("set", "train", WANT)
    saved_to_disk(folder)
    assert load("saved,image=image,latex=text", "dev", WANT).ids == ("0", "1")
    with pytest.raises(UsageError, match="no column 'latex', there are image, text"):
        load("saved,latex=latex", "train", WANT)


def test_symbols_in_squares_and_their_splits(folder: Path) -> None:
    put(
        folder,
        pictures(
            "set/train/+/1.png", "set/train/alpha/2.png", "set/odd/beta/3.png", "set/val/1/4.png", "set/x.png"
        ),
    )
    samples = symbols.load("set", "train", WANT)
    assert set(map(tuple, samples.sizes.tolist())) == {samples.images[0].shape} and len(samples) == 2
    assert symbols.splits_of("set") == ("train", "validation")
    assert {entry.id for entry in samples.left_out} == {"odd/beta", "."}
    small = symbols.load("set", "train", Preprocessing(max_pixels=1024))
    assert small.images[0].shape == (32, 32) and small.images[0].max() > 100


# ---------------------------------------------------------------- ink


def test_ink_in_archives_with_captions(folder: Path) -> None:
    zipped(
        "set.zip", {"train/a.inkml": inkml(truth=None), "train/b.inkml": inkml(), "captions.txt": "a x ^ 2\n"}
    )(folder)
    found = crohme.load_ink("set.zip", "train")
    assert found.labels == (TWO, "1 x")
    assert (
        auto.splits_of("set.zip") == ("train",) and auto.load("set.zip", "train", WANT).labels == found.labels
    )
    zipped("packs/test2016.zip", {"a.inkml": inkml()})(folder)
    zipped("packs/other.zip", {"a.inkml": inkml()})(folder)
    assert crohme.splits_of("packs") == ("test",) and crohme.load_ink("packs", "test2016").labels == ("1 x",)


def test_folders_that_may_both_be_a_split(folder: Path) -> None:
    put(folder, {"set/a/train/1.inkml": inkml(), "set/b/train/1.inkml": inkml(), "stray/x.inkml": inkml()})
    with pytest.raises(
        UsageError, match="set/a/train and set/b/train are both the split train: name the folder of one"
    ):
        crohme.load("set", "train", WANT)
    put(
        folder,
        {"stray/train/a.inkml": inkml(), "stray/train/1/a.inkml": inkml(), "stray/odd/b.inkml": inkml()},
    )
    samples = crohme.load("stray", "train", WANT)
    assert samples.ids == ("1/a", "a")
    assert {entry.id: entry.reason for entry in samples.left_out} == {
        ".": "1 file of ink beside the folders of the splits",
        "odd": "1 file of ink in a folder whose name is no split (train, val, test, test2014, ...); @odd reads them",
    }
    assert crohme.load("stray", "odd", WANT).ids == ("b",)
    with pytest.raises(UsageError, match="no split 'test', it has train, and if named odd"):
        crohme.load("stray", "test", WANT)


def test_other_ink_needs_captions(folder: Path) -> None:
    put(
        folder,
        {
            "set/a.json": "[]",
            "set/b.jiix": '{"type": "Text"}',
            "set/c.inkml": inkml(),
            "set/captions.tsv": "c\t1\nb\t2\n",
        },
    )
    samples = crohme.load("set", "train", WANT)
    assert samples.ids == ("c",) and [entry.id for entry in samples.left_out] == ["b"]


# ---------------------------------------------------------------- names of sets, and the contract


def test_what_predict_takes_for_a_data_set(folder: Path) -> None:
    put(
        folder,
        {
            **pictures("set/a.png"),
            "set/captions.tsv": "a\t1\n",
            "x.zip": b"",
            "p.pkl": b"",
            "syn@thetic": b"",
        },
    )
    sets = (
        "set@train",
        "x.zip",
        "p.pkl",
        "set,latex=text",
        "images:set",
        "a.parquet",
        "synthetic@train",
        "ab:c@2016",
    )
    assert [text for text in sets if not is_set(text)] == []
    assert [
        text for text in ("set", "set/a.png", "syn@thetic", "none.png", "synthetic") if is_set(text)
    ] == []


def test_a_folder_goes_before_a_source_of_its_name(folder: Path) -> None:
    put(folder, {**pictures("crohme/a.png", "synthetic/a.png"), "crohme/captions.tsv": "a\t1\n"})
    assert find_set("crohme@train", data_source).argument == "crohme"
    assert find_set("synthetic", data_source).source.name == "synthetic"
    assert find_set("./synthetic", data_source).source.name == "auto"
    assert find_set("images:crohme@val", data_source).splits() == ("train",)
    assert [one.text for one in joined_sets("crohme+synthetic:3@train", data_source)] == [
        "crohme",
        "synthetic:3@train",
    ]


class TestContractOfPaths(DataSourceContract):
    """A path alone, here of ink."""

    spec = auto.SOURCE

    @pytest.fixture(autouse=True)
    def _files(self, folder: Path) -> None:
        for split in ("train", "val", "test"):
            put(folder, {f"set/{split}/a.inkml": inkml(), f"set/{split}/b.inkml": inkml(truth="2")})
        self.argument = str(folder / "set")


class TestContractOfImages(DataSourceContract):
    """Pictures in a published layout."""

    spec = images.SOURCE

    @pytest.fixture(autouse=True)
    def _files(self, folder: Path) -> None:
        for split in ("train", "val", "2014"):
            put(folder, {**pictures(f"set/{split}/img/a.bmp"), f"set/{split}/caption.txt": "a 1\n"})
        self.argument = str(folder / "set")
