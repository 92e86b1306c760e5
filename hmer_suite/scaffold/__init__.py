"""A package to start from: ``hmer-suite plugins new NAME``. The templates are the files beside this one."""

from __future__ import annotations

import keyword
import re
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from string import Template

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.specs.recogniser import INPUTS

FILES = {
    "pyproject.toml": "pyproject.toml.template",
    "README.md": "README.md.template",
    "src/$module/__init__.py": "init.$input.py.template",
    "src/$module/model.py": "model.$input.py.template",
    "tests/test_$module.py": "test.py.template",
}
"""Files of the package and the templates that they are made from."""

_WORDS = {
    "image": {
        "what": "A recogniser of handwritten mathematics for hmer-suite: residual convolutions, and a recurrent cell "
        "that looks at their\nmaps and writes LaTeX token after token.",
        "samples": "images",
        "start": " --set encoder_from=symbol-cnn",
        "file": "photo.png",
    },
    "ink": {
        "what": "A recogniser of mathematics in ink for hmer-suite: convolutions along the strokes of the pen, and a "
        "recurrent cell that\nlooks at strokes and writes LaTeX token after token.",
        "samples": "strokes",
        "start": "",
        "file": "formula.inkml",
    },
}
"""What the README says of a network of each input."""


def write_package(name: str, out: Path, input: str = "image") -> list[Path]:
    """Write the package of a recogniser called `name` into the new folder ``out/name``; the files written.

    `input` is one of `hmer_suite.specs.recogniser.INPUTS`: what its network reads.

    Raises:
        UsageError: the name is none for a package, is taken, the folder exists, or there is no such input.
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
        raise UsageError(f"{folder}: exists already")
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
        raise InputError(f"{folder}: cannot make this folder: {error.strerror}") from None


def _module(name: str) -> str:
    """Name of the module of a package; `UsageError` where it cannot be one or is taken."""
    from hmer_suite.registry import plugins

    module = name.replace("-", "_")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) or keyword.iskeyword(module) or name == "new":
        raise UsageError(f"plugins new {name}: expected letters, digits and dashes, such as my-model")
    for plugin in plugins():
        if plugin.name == name:
            raise UsageError(f"plugins new {name}: there is a {plugin} already")
    if find_spec(module) is not None:
        raise UsageError(f"plugins new {name}: there is a module {module} already")
    return module
