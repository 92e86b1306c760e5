"""``hmer-suite plugins``: the list, one plugin with its settings, a package of one's own."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

from hmer_suite import registry
from hmer_suite.cli import main


@pytest.fixture
def run(capsys, monkeypatch):
    """Run ``plugins`` in this process; gives exit code, stdout and stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", "plugins", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call


def plugin(name: str, distribution: str, module: str = "nowhere") -> registry.Plugin:
    return registry.Plugin(name, module, distribution, "2.0")


def test_the_list(run):
    code, out, _ = run()
    assert code == 0
    head, *rows = out.splitlines()
    assert head.split() == ["name", "distribution", "module"]
    assert ["wap", "hmer-suite"] in [row.split()[:2] for row in rows]
    assert len(rows) == len(registry.plugins())


def test_the_list_as_json(run):
    code, out, _ = run("--json")
    listed = json.loads(out)
    assert code == 0 and {"name", "module", "distribution", "version"} == set(listed[0])
    assert [entry["name"] for entry in listed] == sorted(entry["name"] for entry in listed)


def test_an_empty_list_says_so(run, monkeypatch):
    monkeypatch.setattr(registry, "plugins", lambda: ())
    assert run() == (0, "", "no plugin is installed\n")


def test_duplicates_are_listed_and_then_refused(run, monkeypatch):
    monkeypatch.setattr(registry, "plugins", lambda: (plugin("a", "one"), plugin("a", "two")))
    code, out, err = run()
    assert code == 4
    assert len(out.splitlines()) == 3
    said = (
        "plugin a is offered by one 2.0 (module nowhere) and two 2.0 (module nowhere): uninstall all but one"
    )
    assert err == f"hmer-suite: error: {said}\n"


def test_a_recogniser_with_presets_and_settings(run):
    code, out, _ = run("wap")
    assert code == 0
    assert out.startswith("wap: recogniser\n")
    assert "\n  base: " in out and "\n  small: " in out
    line = next(line for line in out.splitlines() if line.startswith("  hidden "))
    assert line.split()[:3] == ["hidden", "int", "256"] and "recurrent state" in line
    assert any(line.startswith("  batch_size ") for line in out.splitlines())


def test_a_recogniser_as_json(run):
    (shown,) = json.loads(run("wap", "--json")[1])
    assert {"name", "kind", "summary", "module", "distribution", "version"} <= set(shown)
    assert {"presets", "options", "training", "weights"} <= set(shown)
    assert all(set(setting) == {"name", "type", "default", "meaning"} for setting in shown["options"])
    assert all(setting["meaning"] for setting in shown["options"]), "a setting without a word about it"


def test_a_data_source(run):
    assert "splits: train, validation, test" in run("crohme")[1]


def test_a_name_that_nobody_offers(run):
    code, _, err = run("wop")
    assert code == 2 and "nothing is named wop; did you mean wap? There are: " in err
    assert err.count("\n") == 1


# --- plugins new -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("input", [None, "image", "ink"])
def test_a_new_package(run, tmp_path: Path, input: str | None):
    code, out, err = run(
        "new", "my-model", "--out", tmp_path / "packages", *(("--input", input) if input else ())
    )
    folder = tmp_path / "packages" / "my-model"
    assert code == 0
    assert [Path(line) for line in out.splitlines()] == [
        folder / "pyproject.toml",
        folder / "README.md",
        folder / "src" / "my_model" / "__init__.py",
        folder / "src" / "my_model" / "model.py",
        folder / "tests" / "test_my_model.py",
    ]
    assert f"pip install -e {folder}" in err
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["entry-points"]["hmer_suite"] == {"my-model": "my_model"}
    for path in folder.rglob("*.*"):
        if path.is_file():
            assert "$" not in path.read_text("utf-8"), path
    for path in folder.rglob("*.py"):
        compile(path.read_text("utf-8"), path, "exec")
    offered = (folder / "src" / "my_model" / "__init__.py").read_text("utf-8")
    assert ('input="ink"' in offered) == (input == "ink")


def test_a_new_package_reads_images_or_ink(run, tmp_path: Path):
    code, _, err = run("new", "my-model", "--input", "strokes", "--out", tmp_path)
    assert code == 2 and err == "hmer-suite: error: plugins new --input strokes: expected image or ink\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "reads"), [("wap", "image"), ("stroke", "ink")])
def test_it_is_shown_what_a_recogniser_reads(run, name: str, reads: str):
    assert f"\nreads: {reads}\n" in run(name)[1]
    assert json.loads(run(name, "--json")[1])[0]["input"] == reads


def test_a_new_package_in_this_folder_as_json(run, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = json.loads(run("new", "other", "--json")[1])
    assert written["name"] == "other" and "other/src/other/model.py" in written["files"]


@pytest.mark.parametrize("name", ["1st", "a b", "a.b", "class", "new", "ünder", "-x-", "../up", ""])
def test_names_that_are_none_for_a_package(run, tmp_path: Path, name: str):
    code, _, err = run("new", "--out", tmp_path, "--", name)
    assert code == 2 and f"plugins new {name}: expected letters" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "said"),
    [("wap", "wap of hmer-suite"), ("json", "a module json exists already")],
)
def test_names_that_are_taken(run, tmp_path: Path, name: str, said: str):
    code, _, err = run("new", name, "--out", tmp_path)
    assert code == 2 and said in err


def test_a_folder_that_exists(run, tmp_path: Path):
    (tmp_path / "my-model").mkdir()
    code, _, err = run("new", "my-model", "--out", tmp_path)
    assert code == 2 and err == f"hmer-suite: error: {tmp_path / 'my-model'}: already exists\n"


def test_a_place_that_cannot_be_written(run, tmp_path: Path):
    (tmp_path / "file").write_text("")
    code, _, err = run("new", "my-model", "--out", tmp_path / "file")
    assert code == 3 and "cannot create this folder" in err


def test_new_without_a_name_and_two_names(run):
    assert run("new")[0] == 2
    code, _, err = run("wap", "crohme")
    assert code == 2 and "expected one name" in err
