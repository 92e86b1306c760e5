"""A package that an extra brings, and that is not there, costs one line."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from hmer_suite.extras import PACKAGES, POSIX, missing_extra

BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
for name in {names!r}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Blocker())
from hmer_suite.cli import main
main()
"""
"""The command where packages are not installed."""


def without(extras: list[str], *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return blocked({package for extra in extras for package in PACKAGES[extra]}, *arguments, cwd=cwd)


def blocked(names: set[str], *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BLOCKED.format(names=names), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("recognise", ["predict", "stroke", "a.inkml"]),
        ("recognise", ["data", "prepare", "inkml:."]),
        ("recognise", ["train", "wap", "--max-steps", "1"]),
        ("serve", ["serve", "--port", "0"]),
        ("dask", ["score", "p.tsv", "--backend", "dask", "--scheduler", "tcp://127.0.0.1:1"]),
    ],
)
def test_command_without_its_extra_names_it(tmp_path, extra, arguments):
    (tmp_path / "p.tsv").write_text("a\tx\tx\n")
    (tmp_path / "a.inkml").write_text(
        '<ink xmlns="http://www.w3.org/2003/InkML"><trace>0 0, 9 9</trace></ink>'
    )
    done = without([extra], *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr.startswith("hmer-suite: error: ") and f"pip install 'hmer-suite[{extra}]'" in done.stderr
    )
    assert len(done.stderr.splitlines()) == 1


def test_measuring_works_without_any_extra(tmp_path):
    for name in "pqr":
        (tmp_path / f"{name}.tsv").write_text("a\tx+1\tx+1\nb\ty\tz\n")
    for arguments in (
        ["score", "p.tsv", "--report", "r"],
        ["compare", "p.tsv", "q.tsv", "r.tsv", "--report", "c"],
        ["canon", "p.tsv"],
        ["fix", "p.tsv"],
        ["validate", "p.tsv"],
        ["equal", "a+b", "b+a"],
        ["plugins"],
    ):
        done = without([*PACKAGES], *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_other_systems_score_without_meaning_and_say_so(tmp_path):
    """Where the modules of POSIX systems are lacking, as on Windows."""
    (tmp_path / "p.tsv").write_text("a\tx+1\tx+1\nb\ty\tz\n")
    done = blocked({*POSIX}, "score", "p.tsv", cwd=tmp_path)
    assert done.returncode == 0 and "ExpRate 50.00" in done.stdout and "|sem:" not in done.stdout
    assert done.stderr.startswith("--no-semantics is taken: ")
    done = blocked({*POSIX}, "equal", "a+b", "b+a", cwd=tmp_path)
    assert done.returncode == 2 and "POSIX system" in done.stderr and done.stderr.count("\n") == 1


def test_tables_of_extras_agree():
    """The packages of an extra in pyproject.toml are those that the code names."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    distributions = packages_distributions()
    for extra, packages in PACKAGES.items():
        lines = project["optional-dependencies"][extra]
        wanted = {_plain(re.split("[>=[]", line)[0]) for line in lines if not line.startswith("hmer-suite[")}
        named = {_plain(distributions[package][0]) for package in packages if package in distributions}
        assert wanted <= named, extra


def _plain(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return name.lower().replace("_", "-")


def test_other_modules_have_no_extra():
    assert missing_extra("hmer_suite.nothing") is None and missing_extra(None) is None
