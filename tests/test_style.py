"""The size of the code: short functions and modules, and the few that are longer, by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]

MAX_FUNCTION = 60
"""Lines of a function, its signature and docstring included."""

MAX_MODULE = 400
"""Lines of a module."""

LONGER_MODULES: dict[str, str] = {}
"""Modules that may be longer, each with the reason."""

LONGER_FUNCTIONS: dict[str, str] = {}
"""Functions that may be longer, each with the reason."""

FILES = sorted(
    path
    for folder in ("hmer_suite", "plugins", "tools")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and lines of every function of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


LENGTHS = dict(found for path in FILES for found in functions(path))


def test_functions_are_short(capsys: pytest.CaptureFixture[str]):
    ordered = sorted(LENGTHS.values())
    with capsys.disabled():
        print(
            f"\n{len(ordered)} functions: median {median(ordered):.0f} lines, "
            f"95th percentile {ordered[int(0.95 * len(ordered))]}, longest {ordered[-1]}"
        )
    assert {
        name: lines for name, lines in LENGTHS.items() if lines > MAX_FUNCTION
    }.keys() == LONGER_FUNCTIONS.keys()


def test_modules_are_short():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name for name, lines in lengths.items() if lines > MAX_MODULE} == LONGER_MODULES.keys()
