"""A virtual environment that sees the libraries of this one (torch is large), with its own packages and processes."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Environment:
    """A virtual environment and a folder to work in."""

    python: Path
    folder: Path

    def run(self, *arguments: str | Path, code: int = 0, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run its Python with these arguments and that input, and expect that exit code."""
        command = [str(self.python), *map(str, arguments)]
        settings = {**os.environ, "OMP_NUM_THREADS": "1"}
        found = subprocess.run(
            command, cwd=self.folder, env=settings, input=given, capture_output=True, text=True
        )
        assert found.returncode == code, f"{' '.join(command)}\n{found.stdout}\n{found.stderr}"
        return found

    def suite(self, *arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run ``hmer-suite``."""
        return self.run("-m", "hmer_suite", *arguments, code=code)

    def install(self, package: Path) -> None:
        """Install a package's folder as anybody would, but for the network."""
        self.run("-m", "pip", "install", "-q", "--no-build-isolation", "--no-index", "--no-deps", package)


def new_environment(folder: Path) -> Environment:
    """An environment in a folder of its own; skips the test where no package could be built in it."""
    if find_spec("setuptools") is None:
        pytest.skip("needs setuptools to build the package")
    venv.create(folder / "env", symlinks=os.name != "nt", with_pip=find_spec("pip") is None)
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    environment = Environment(python, folder)
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(environment.run("-c", query).stdout.strip())
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    lines = [f"import site; site.addsitedir({place!r})" for place in sorted(places)]
    (packages / "libraries.pth").write_text("\n".join(lines) + "\n", "utf-8")
    return environment
