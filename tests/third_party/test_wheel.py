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

from tests.third_party.environment import new_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel_file(tmp_path_factory) -> Path:
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
    return folder / built.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> zipfile.ZipFile:
    """The wheel, opened."""
    with zipfile.ZipFile(wheel_file) as opened:
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


PROGRAM = """\
import hmer_suite as hs


def rate(predictions: list[str], references: list[str]) -> int:
    scores = hs.score([hs.canonical(text) for text in predictions], references)
    return len(scores.to_json())


texts: list[str] = [token.text for token in hs.tokens(r"\\frac12")]
verdict: str = hs.equal("x", "x").verdict
print(rate(["x"], ["x"]), hs.join(texts), verdict, hs.validate("x").valid)
"""


def test_a_program_of_a_user_is_type_checked(wheel_file: Path, tmp_path: Path):
    """Types reach whoever installs the wheel: right calls pass, a wrong one is found."""
    if find_spec("mypy") is None:
        pytest.skip("needs mypy")
    environment = new_environment(tmp_path)
    environment.install(wheel_file)
    program = tmp_path / "program.py"
    check = ["-m", "mypy", "--cache-dir", tmp_path / "cache", "--follow-imports", "silent", program]
    for text, code in ((PROGRAM, 0), (PROGRAM.replace("hs.canonical(text)", "hs.canonical(5)"), 1)):
        program.write_text(text, "utf-8")
        found = environment.run(*check, code=code)
        assert ("program.py:5" in found.stdout) == bool(code), found.stdout
