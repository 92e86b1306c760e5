"""Small sets in published layouts that lie beside the checkout, by the commands that a user types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hmer_suite.data.layouts.pickles import picture_of, read_arrays
from hmer_suite.data.parquet import read_set, splits_of
from hmer_suite.errors import UsageError
from hmer_suite.predict.inputs import read_inputs
from hmer_suite.registry import data_source
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.train.datasets import open_training_data
from tests.cli.conftest import run  # noqa: F401

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "formats"


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the sets; skips the test, saying so, where it does not exist."""
    if not CASES.is_dir():
        pytest.skip("needs the sets in ../shared/cases/formats, which are not distributed with the project")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return CASES


def expected(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "EXPECTED.json").read_text("utf-8"))
    return found


def prepared(run, name: str, out: Path) -> dict[str, dict[str, str]]:  # noqa: F811
    """Labels by split and id of a set, by ``data prepare``; ``data show`` draws it."""
    code, _, err = run("data", "prepare", name, "-o", out)
    assert code == 0, err
    code, _, err = run("data", "show", name, "-n", "2", "-o", out / "sheet.png")
    assert code == 0, err
    (out / "sheet.png").unlink()
    found = {split: read_set(out, split) for split in splits_of(out)}
    return {split: dict(zip(one.ids, one.labels, strict=True)) for split, one in found.items()}


def test_sets_of_images(run, cases: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = cases / "05-image-sets"
    want = expected(folder)
    for path in sorted(folder.iterdir()):
        if path.name == "EXPECTED.json":
            continue
        found = prepared(run, str(path), tmp_path / path.stem)
        if path.name == "val":
            assert list(found) == want["val"]["splits"]
            assert [len(one) for one in found.values()] == want["val"]["n"]
            continue
        split = want["unimer"]["split"] if path.name == "unimer" else want["each_set"]["split"]
        assert list(found) == [split]
        assert list(found[split].values()) == want["each_set"]["labels"]
        if path.name == "unimer":
            assert list(found[split]) == want["unimer"]["ids"]


def test_pickles(run, cases: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = cases / "06-pickles"
    want = expected(folder)
    for path in sorted(folder.glob("*.pkl")):
        assert [list(picture_of(one).shape) for one in read_arrays(path).values()] == want["shapes"]
        assert list(prepared(run, str(path), tmp_path / path.stem)["train"].values()) == want["labels"]


def test_formats_of_hubs(run, cases: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = cases / "07-hub"
    labels = expected(folder)["labels"]
    for path in sorted(folder.iterdir()):
        name = f"parquet:{path},image=img,latex=markup" if path.stem == "odd_names" else str(path)
        if path.name != "EXPECTED.json":
            assert list(prepared(run, name, tmp_path / path.stem)["train"].values()) == labels
    code, _, err = run("data", "prepare", folder / "odd_names.parquet", "-o", tmp_path / "odd")
    assert code == 3 and "name the columns" in err


def test_sets_of_ink(run, cases: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = cases / "08-ink-sets"
    want = expected(folder)
    for name, source in (("mathwriting", "mathwriting:"), ("crohme2023", "crohme:"), ("crohme2023", "")):
        found = prepared(run, f"{source}{folder / name}", tmp_path / f"{name}{len(source)}")
        splits = {split: labels for split, labels in want[name].items() if isinstance(labels, list)}
        assert {split: list(labels.values()) for split, labels in found.items()} == splits
    assert prepared(run, f"inkml:{folder / 'folder'}", tmp_path / "folder") == {"train": want["folder"]}
    for name in ("folder", "inkml:folder"):
        source, _, last = name.rpartition(":")
        text = f"{source}{':' * bool(source)}{folder / last}@train"
        assert read_inputs([text], Preprocessing(), data_source).ids == ("a", "b")


def test_sets_of_symbols(run, cases: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = cases / "11-symbols"
    want = expected(folder)
    found = prepared(run, str(folder / "per_folder"), tmp_path / "a")["train"]
    assert {name.partition("/")[0]: label for name, label in found.items()} == want["per_folder"]
    assert prepared(run, f"symbols:{folder / 'hasy'}", tmp_path / "b")["train"] == want["hasy"]


def test_training_on_them(cases: Path) -> None:
    config = TrainConfig(holdout=0.5)
    found = open_training_data(str(cases / "05-image-sets" / "comer"), Preprocessing(), config)
    assert len(found.train) == len(found.validation) == 1
    found = open_training_data(str(cases / "08-ink-sets" / "crohme2023"), Preprocessing(), config)
    assert found.train.ids == ("f_t",) and found.validation.ids == ("f_v",)
    with pytest.raises(UsageError, match="never trained on a test split"):
        open_training_data(f"{cases / '08-ink-sets' / 'crohme2023'}@test", Preprocessing(), config)
