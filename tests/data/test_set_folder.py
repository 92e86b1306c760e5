"""Prepared sets as folders: a file for each split and a card by which other tools find them."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hmer_suite.data.card import Origin
from hmer_suite.data.parquet import read_set, splits_of, write_folder, write_set
from hmer_suite.errors import InputError
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import LeftOut
from tests.cli.conftest import run  # noqa: F401
from tests.data.layout_examples import pictures, put
from tests.data.test_parquet import sample_set

SPLITS = ("train", "validation", "test2016")
ORIGIN = Origin("mine", "images:mine")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    sets = [sample_set(split, 3, (LeftOut("x", "no `label`\nat all"),)) for split in SPLITS]
    files = write_folder(tmp_path / "mine", sets, ORIGIN, Preprocessing())
    assert files == [tmp_path / "mine" / "data" / f"{split}-00000-of-00001.parquet" for split in SPLITS]
    return tmp_path / "mine"


def test_one_file_a_split_is_read_as_a_set(written: Path) -> None:
    assert splits_of(written) == SPLITS
    for split in SPLITS:
        found = read_set(written, split)
        assert found.digest == sample_set(split, 3).digest and found.left_out[0].id == "x"
        rows = pq.read_table(written / "data" / f"{split}-00000-of-00001.parquet")
        assert rows["split"].to_pylist() == [split] * 3 and rows["id"].to_pylist() == list(found.ids)


def test_the_card_names_the_splits(written: Path) -> None:
    text = (written / "README.md").read_text("utf-8")
    head, _, body = text.removeprefix("---\n").partition("---\n")
    configs = head[head.index("configs:") :].splitlines()
    assert configs[:3] == ["configs:", "- config_name: default", "  data_files:"]
    assert configs[3:] == [
        line
        for split in SPLITS
        for line in (f"  - split: {split}", f'    path: "data/{split}-00000-of-00001.parquet"')
    ]
    assert "| test2016 | 3 | 1 |" in body and "- `x`: no 'label' at all" in body and "`images:mine`" in body


def test_the_datasets_library_finds_the_splits(written: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the package datasets, which is not a dependency")
    found = datasets.load_dataset(str(written), cache_dir=str(tmp_path / "cache"))
    assert list(found) == list(SPLITS)
    assert found["train"][0]["latex"] == "x ^ { 0 }" and found["train"][0]["image"].size == (70, 40)


def test_a_set_is_replaced_and_nothing_else(written: Path) -> None:
    write_folder(written, [sample_set("test", 2)], ORIGIN, Preprocessing())
    assert splits_of(written) == ("test",)
    assert sorted(path.name for path in written.parent.iterdir()) == ["mine"]
    (written / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds notes\.txt, which is no part of a prepared set"):
        write_folder(written, [sample_set()], ORIGIN, Preprocessing())
    (written.parent / "file").write_text("")
    with pytest.raises(InputError, match=r"a file; give a folder, or a name that ends in \.parquet"):
        write_folder(written.parent / "file", [sample_set()], ORIGIN, Preprocessing())
    with pytest.raises(InputError, match="no samples to write"):
        write_folder(written.parent / "none", [sample_set(n=0)], ORIGIN, Preprocessing())
    assert not (written.parent / "none").exists()


def test_a_single_file_stays_one(tmp_path: Path) -> None:
    write_set(tmp_path / "all.parquet", [sample_set("train", 2), sample_set("test", 1)])
    assert splits_of(tmp_path / "all.parquet") == splits_of(tmp_path) == ("train", "test")
    assert read_set(tmp_path / "all.parquet", "test").ids == ("test-0",)
    assert read_set(tmp_path / "all.parquet", "testing").ids == ("test-0",)


def test_prepare_writes_a_folder_named_after_the_set(
    run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    put(
        tmp_path,
        {**pictures("my.set/train/a.png", "my.set/val/b.png"), "my.set/captions.tsv": "a\t1\nb\t2\n"},
    )
    code, out, _ = run("data", "prepare", "images", "my.set")
    assert code == 0 and "written: images-prepared" in out and "2 files" in out
    code, out, _ = run("data", "prepare", "my.set")
    assert code == 0 and splits_of("my-prepared") == ("train", "validation")
    code, _, err = run("data", "prepare", "my-prepared", "-o", "my.set")
    assert code == 3 and "holds captions.tsv" in err
    code, out, _ = run("data", "prepare", "my.set@val", "-o", "one.parquet")
    assert code == 0 and splits_of("one.parquet") == ("validation",)
    code, _, err = run("data", "stats", "my-prepared@dev", "--json")
    assert code == 0, err
