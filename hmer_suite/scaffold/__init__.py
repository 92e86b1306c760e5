"""Creates the package of a new recogniser, for ``hmer-suite plugins new NAME``; its templates are in this folder."""

from __future__ import annotations

import keyword
import re
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from string import Template

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.registry import plugins
from hmer_suite.specs.recogniser import INPUTS

FILES = {
    "pyproject.toml": "pyproject.toml.template",
    "README.md": "README.md.template",
    "src/$module/__init__.py": "init.$input.py.template",
    "src/$module/model.py": "model.$input.py.template",
    "tests/test_$module.py": "test.py.template",
}
"""Templates of the files of the package, keyed by path."""

_WORDS = {
    "image": {
        "what": "A recogniser of handwritten mathematics for hmer-suite: residual convolutions, and a recurrent cell "
        "that attends to their\nmaps and writes LaTeX token by token.",
        "samples": "images",
        "start": " --set encoder_from=symbol-cnn",
        "file": "photo.png",
    },
    "ink": {
        "what": "A recogniser of mathematics in ink for hmer-suite: convolutions along the strokes of the pen, and a "
        "recurrent cell that\nattends to strokes and writes LaTeX token by token.",
        "samples": "strokes",
        "start": "",
        "file": "formula.inkml",
    },
}
"""Words of the templates for each kind of input."""


def write_package(name: str, out: Path, input: str = "image") -> list[Path]:
    """Write the package of a recogniser called `name` into the new folder ``out/name``, and return its files.

    `input`, one of `hmer_suite.specs.recogniser.INPUTS`, is the kind of input that its network reads.

    Raises:
        UsageError: the name is invalid or taken, the folder exists, or the input is unknown.
        InputError: the folder cannot be written.
    """
    if input not in INPUTS:
        raise UsageError(f"plugins new --input {input}: expected {' or '.join(INPUTS)}")
    words = {
        **_WORDS[input],
        "input": input,
        "name": name,
        "module": _module(name),
        "title": name.replace("-", " ").replace("_", " ").capitalize(),
    }
    folder = out / name
    if folder.exists():
        raise UsageError(f"{folder}: already exists")
    written = []
    for target, template in FILES.items():
        path = folder / Template(target).substitute(words)
        _make_folder(path.parent)
        text = resources.files(__name__).joinpath(Template(template).substitute(words)).read_text("utf-8")
        write_whole(path, Template(text).substitute(words))
        written.append(path)
    return written


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot create this folder: {error.strerror}") from None


def _module(name: str) -> str:
    """Module name of the package; raises `UsageError` if it is invalid or taken."""
    module = name.replace("-", "_")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) or keyword.iskeyword(module) or name == "new":
        raise UsageError(f"plugins new {name}: expected letters, digits and dashes, such as my-model")
    for plugin in plugins():
        if plugin.name == name:
            raise UsageError(f"plugins new {name}: {plugin} has this name already")
    if find_spec(module) is not None:
        raise UsageError(f"plugins new {name}: a module {module} exists already")
    return module
