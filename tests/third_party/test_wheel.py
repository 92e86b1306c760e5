"""Our own distribution as a wheel: packages from three folders, their data, and the entry points."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """The wheel, built from a copy of the sources as a build front end would."""
    if find_spec("setuptools") is None:
        pytest.skip("needs setuptools to build the wheel")
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("hmer_suite", "grammars", "plugins"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    program = "from setuptools.build_meta import build_wheel; print(build_wheel('.'))"
    built = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(folder / built.stdout.split()[-1]) as opened:
        yield opened


def test_it_holds_every_file_of_the_packages(wheel: zipfile.ZipFile):
    """All but byte code: a file that is not shipped is a bug that only users would see."""
    packed = set(wheel.namelist())
    for root, name in ((ROOT, "hmer_suite"), (ROOT, "grammars"), (ROOT / "plugins", "")):
        files = [
            path for path in (root / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        assert files
        missing = {path.relative_to(root).as_posix() for path in files} - packed
        assert not missing, f"not in the wheel: {sorted(missing)}"


def test_it_holds_nothing_else(wheel: zipfile.ZipFile):
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    plugins = {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"hmer_suite", "grammars", *plugins}


def test_modules_of_all_entry_points_are_in_it(wheel: zipfile.ZipFile):
    packed = set(wheel.namelist())
    (listed,) = (name for name in packed if name.endswith(".dist-info/entry_points.txt"))
    entries = configparser.ConfigParser()
    entries.read_string(wheel.read(listed).decode())
    assert {"wap", "crohme", "synthetic"} <= set(entries["hmer_suite"])
    for module in entries["hmer_suite"].values():
        place = module.replace(".", "/")
        assert {f"{place}.py", f"{place}/__init__.py"} & packed, module
