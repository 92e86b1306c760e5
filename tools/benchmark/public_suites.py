"""Pairs of formulas from the test suites of other packages, fetched by name from PyPI; nothing of theirs is kept.

| package | pairs |
|---|---|
| math-verify | gold answer, prediction and whether they agree, from the source distribution |
| sympy | LaTeX and the expression that it should be read as, written as LaTeX again |
| latex2sympy2 | the same, recorded from the tests in the wheel |

A gold answer or a prediction counts only if it is a formula and nothing else. latex2sympy2_extended has no tests in its
distributions.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED
from tools.reports.common import package_version
from tools.reports.markdown import Cell, table

MATH_VERIFY, SYMPY, LATEX2SYMPY2 = "math-verify", "sympy", "latex2sympy2"


@dataclass(frozen=True, slots=True)
class Example:
    """Two formulas of a suite, named with its version, and whether it says that they agree."""

    suite: str
    left: str
    right: str
    same: bool


def examples() -> list[Example]:
    """The pairs of all suites, each once.

    Raises:
        subprocess.CalledProcessError: pip could not fetch a package.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = [*math_verify(Path(folder)), *sympy(), *latex2sympy2(Path(folder))]
    return list(dict.fromkeys(found))


def _fetched(folder: Path, package: str, *options: str) -> Path:
    """The distribution file of a package, of the version that is installed if one is."""
    version = f"=={_version(package)}" if _version(package) else ""
    into = folder / package
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *options, "--dest", str(into)]
    subprocess.run([*command, package + version], check=True, capture_output=True)
    (file,) = into.iterdir()
    return file


def _named(package: str, distribution: Path) -> str:
    """A package with the version of a distribution file, whose name has it second."""
    return f"{package} {distribution.name.removesuffix('.tar.gz').split('-')[1]}"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


# --- Math-Verify ------------------------------------------------------------------------------------------------


def math_verify(folder: Path) -> Iterator[Example]:
    """The parametrised cases whose two sides are formulas and nothing else."""
    file = _fetched(folder, MATH_VERIFY, "--no-binary", MATH_VERIFY)
    with tarfile.open(file) as archive:
        for member in archive.getmembers():
            source = archive.extractfile(member) if "/tests/test_" in member.name else None
            if source is not None:
                yield from _cases(_named(MATH_VERIFY, file), ast.parse(source.read()))


def _cases(suite: str, module: ast.Module) -> Iterator[Example]:
    for node in ast.walk(module):
        if isinstance(node, ast.Tuple) and len(node.elts) >= 3:
            values = [element.value if isinstance(element, ast.Constant) else None for element in node.elts]
            left, right, said = values[0], values[1], values[-1] if len(values) == 3 else values[2]
            if isinstance(left, str) and isinstance(right, str) and said in (0, 1) and isinstance(said, int):
                sides = _formula(left), _formula(right)
                if sides[0] and sides[1]:
                    yield Example(suite, sides[0], sides[1], bool(said))


def _formula(text: str) -> str:
    """A formula without the signs around it; empty if there is anything else."""
    text = text.strip()
    for left, right in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
        inside = text[len(left) : len(text) - len(right)]
        if text.startswith(left) and text.endswith(right) and len(text) > len(left + right):
            return "" if any(sign in inside for sign in ("$", "\\(", "\\[")) else inside.strip()
    is_bare = not any(sign in text for sign in ("$", "\n", ". ", "\\(", "\\["))
    return text if is_bare and not any(len(word) > 3 and word.isalpha() for word in text.split()) else ""


# --- sympy ------------------------------------------------------------------------------------------------------


def sympy() -> Iterator[Example]:
    """The tables of pairs in the tests of sympy's two LaTeX parsers."""
    for name in ("test_latex", "test_latex_lark"):
        module = importlib.import_module(f"sympy.parsing.tests.{name}")
        for title, pairs in vars(module).items():
            if title.endswith("PAIRS"):
                yield from _written(f"{SYMPY} {package_version(SYMPY)}", pairs)


def _written(suite: str, pairs: Iterable[tuple[str, Any]]) -> Iterator[Example]:
    """Formulas beside their expressions, written as LaTeX."""
    from sympy import Basic, MatrixBase, latex

    for text, value, *_ in pairs:
        if (
            isinstance(value, Basic | MatrixBase | int | float)
            and isinstance(text, str)
            and _can_be_written(value)
        ):
            yield Example(suite, text, latex(value), True)


def _can_be_written(value: Any) -> bool:
    """Whether LaTeX of an expression says all of it: names that are LaTeX, and bases of logarithms, are lost."""
    from sympy import Basic, Symbol, log

    if not isinstance(value, Basic):
        return True
    names = (symbol.name for symbol in value.atoms(Symbol))
    return all(name.isalnum() and "bar" not in name for name in names) and all(
        len(term.args) == 1 for term in value.atoms(log)
    )


# --- latex2sympy2 -----------------------------------------------------------------------------------------------


def latex2sympy2(folder: Path) -> Iterator[Example]:
    """What the tests compare, recorded by running them with a parser that does nothing."""
    root = folder / "suite"
    wheel = _fetched(folder, LATEX2SYMPY2, "--only-binary", ":all:")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(root)
    recorded: list[tuple[str, Any]] = []
    with _stubbed(root, recorded):
        for file in sorted((root / "tests").glob("*_test.py")):
            if file.stem != "all_bad_test":
                recorded += _run_tests(_load(f"suite_tests.{file.stem}", file))
    yield from _written(_named(LATEX2SYMPY2, wheel), recorded)


class _stubbed:
    """Modules that the tests import, with a parser that returns its text and a comparison that records."""

    def __init__(self, root: Path, recorded: list[tuple[str, Any]]) -> None:
        self.root, self.recorded = root, recorded

    def __enter__(self) -> None:
        package, parser, inner = (
            ModuleType(name) for name in ("suite_tests", "latex2sympy", "latex2sympy.latex2sympy2")
        )
        package.__path__ = [str(self.root / "tests")]
        vars(inner)["latex2sympy"] = lambda text, *_, **__: text
        self.names = {module.__name__: module for module in (package, parser, inner)}
        sys.modules.update(self.names)
        context = _load("suite_tests.context", self.root / "tests/context.py")
        vars(context)["compare"] = lambda text, value, *_, **__: self.recorded.append((text, value))
        vars(context)["assert_equal"] = lambda text, value, *_, **__: self.recorded.append((text, value))

    def __exit__(self, *_: object) -> None:
        for name in [
            name for name in sys.modules if name.partition(".")[0] in ("suite_tests", "latex2sympy")
        ]:
            del sys.modules[name]


def _load(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _run_tests(module: ModuleType) -> list[tuple[str, Any]]:
    """Runs the tests of a module, which record their pairs; returns those of its tables."""
    found: list[tuple[str, Any]] = []
    for name, value in list(vars(module).items()):
        if name.startswith("test_") and callable(value):
            _call(value)
        found += getattr(value, "GOOD_PAIRS", []) if isinstance(value, type) else []
    return found


def _call(test: Callable[..., None]) -> None:
    """Calls a test once, or with each of its parameters; a test that wants more than a recorder is left out."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    for arguments in marks[0].args[1] if marks else [()]:
        try:
            test(*arguments if isinstance(arguments, tuple | list) else (arguments,))
        except (Exception, pytest.fail.Exception):  # code of others, which may raise anything
            continue


# --- the table --------------------------------------------------------------------------------------------------

CONVENTIONS = (
    "Pairs of the tests of other packages, fetched by name from PyPI (`tools/benchmark/public_suites.py`), by what "
    "the suite says and what the engine says. A suite has conventions of its own: Math-Verify's tests accept an answer "
    "that is rounded, without its unit, or only the right side of the gold equation; those of the parsers read sympy's "
    "names and corners for rounding."
)


def suites_table(workers: int) -> str:
    """What the engine says of the pairs of public test suites, beside what the suites say."""
    found = examples()
    with Judge(workers) as judge:
        verdicts = list(judge.judge((example.left, example.right) for example in found))
    said = Counter((e.suite, e.same, v.verdict) for e, v in zip(found, verdicts, strict=True))
    rows: list[tuple[Cell, ...]] = []
    for suite in dict.fromkeys(example.suite for example in found):
        counts = (
            said[suite, same, verdict] for same in (True, False) for verdict in (EQUAL, UNDECIDED, DIFFERENT)
        )
        rows.append((suite, *counts))
    head = (f"{word}: {verdict}" for word in ("same", "other") for verdict in (EQUAL, UNDECIDED, DIFFERENT))
    return table(("suite", *head), rows)
