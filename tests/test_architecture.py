"""The structure of the code: no circles among modules, and no import that hides in a string."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ROOTS = {
    "hmer_suite": ROOT,
    **{path.name: ROOT / "plugins" for path in sorted((ROOT / "plugins").glob("hmer_*"))},
}
"""Top-level packages, and the folder that each lies in."""

IMPORTS_BY_NAME = {
    "hmer_suite",  # the lazy face: public names are loaded on first use
    "hmer_suite.cli",  # the table of commands: only the command that runs is imported
    "hmer_suite.equiv.sandbox.worker",  # the worker is told the function that it is to run
}
"""Modules that may import a module of ours whose name is in a string."""


def modules() -> dict[str, Path]:
    """Every module of the suite and of its plugins: dotted name to file."""
    found = {}
    for package, folder in ROOTS.items():
        for path in sorted((folder / package).rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported_modules(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    """Modules of ours that a file imports, wherever in the file: in functions and under TYPE_CHECKING as well."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports are not used here"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else str(node.module) for name in names]
        else:
            continue
        yield from (name for name in names if name in known)


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in sorted(imports[module]):
            if other not in order:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], order[other])
        if low[module] == order[module]:
            place = stack.index(module)
            if len(stack) - place > 1:
                found.append(sorted(stack[place:]))
            del stack[place:]

    for module in sorted(imports):
        if module not in order:
            visit(module)
    return found


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_no_circles():
    imports: dict[str, set[str]] = defaultdict(set)
    for name, path in MODULES.items():
        # The lazy face names what lies above it; nothing that it names is imported with it.
        if name != "hmer_suite":
            imports[name] = set(imported_modules(ast.parse(path.read_text("utf-8")), MODULES)) - {
                name,
                "hmer_suite",
            }
    assert not circles(imports)


@pytest.mark.parametrize("name", sorted(set(MODULES) - IMPORTS_BY_NAME))
def test_no_string_names_a_module_to_import(name: str):
    tree = ast.parse(MODULES[name].read_text("utf-8"))
    called = {node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
              for node in ast.walk(tree) if isinstance(node, ast.Call)}  # fmt: skip
    assert not called & {"import_module", "__import__"}
