r"""Change modules at random places and see whether their tests notice; writes reports/mutants.md.

python -m tools.mutants --each 40 --out reports/mutants.md

A mutant differs from its module in one place: a comparison, an operator, a condition, a number or a returned value. A
sample of the mutants of each module, drawn with a seed, is run against the tests of that module alone, each in a forked
process that imports the mutant in the place of the module: no file is changed. A mutant survives if all tests pass.
Survivors that change nothing a caller can see are explained in `tools/mutants_explained.tsv`, by their place.
"""

from __future__ import annotations

import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tools.reports.common import report_parser, write_or_print
from tools.reports.markdown import page, section, table

ROOT = Path(__file__).parents[1]
EXPLAINED = Path(__file__).with_name("mutants_explained.tsv")
SEED = 17
CPU_SECONDS = 120
"""Processor time of a mutant's tests; one that takes more is noticed, as a loop without end."""

TESTS = {
    "hmer_suite.scores.edit_distance": ("tests/scores/test_edit_distance.py",),
    "hmer_suite.scores.rates": ("tests/scores/test_rates.py", "tests/scores/test_edit_distance.py"),
    "hmer_suite.scores.layout_builder": ("tests/scores/test_layout_scores.py",),
    "hmer_suite.latex.canonical.canoniser": ("tests/latex/test_canonical.py",),
    "hmer_suite.latex.canonical.node_rewrites": ("tests/latex/test_canonical.py",),
    "hmer_suite.latex.canonical.row_rewrites": ("tests/latex/test_canonical.py",),
    "hmer_suite.repairs.cheapest": ("tests/repairs/test_cheapest.py",),
    "hmer_suite.equiv.decide": ("tests/equiv/test_decide.py",),
    "hmer_suite.train.checkpoint": ("tests/train/test_checkpoint.py",),
}
"""Modules in which a mutant would change a published number, and their own tests."""

OTHERS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
"""Operators and what takes their place."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change: its text, the line of the change, and the line before and after."""

    module: str
    line: int
    change: str
    source: str


def mutants_of(module: str) -> list[Mutant]:
    """All mutants of a module."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    tree = ast.parse(path.read_text())
    found = []
    for place, node in enumerate(_changeable(tree)):
        changed = copy.deepcopy(tree)
        before = ast.unparse(node)
        target = list(_changeable(changed))[place]
        _change(target)
        after = ast.unparse(target)
        if after != before:
            text = ast.unparse(ast.fix_missing_locations(changed))
            found.append(Mutant(module, node.lineno, f"{before} -> {after}", text))
    return found


def _changeable(tree: ast.AST) -> Iterator[ast.expr | ast.Return]:
    """Nodes that `_change` changes, in a fixed order; not those of annotations and docstrings."""
    decorators = {
        id(part)
        for one in ast.walk(tree)
        for name in getattr(one, "decorator_list", ())
        for part in ast.walk(name)
    }
    for node in ast.walk(tree):
        if id(node) in decorators:  # slots and sizes of caches: no caller sees them
            continue
        match node:
            case ast.Compare() | ast.BoolOp() | ast.BinOp() if _operator(node) in OTHERS:
                yield node
            case ast.UnaryOp(op=ast.Not()):
                yield node
            case ast.Constant(value=bool() | int()):
                yield node
            case ast.IfExp():
                yield node


def _operator(node: ast.Compare | ast.BoolOp | ast.BinOp) -> type[ast.AST]:
    return type(node.ops[0] if isinstance(node, ast.Compare) else node.op)


def _change(node: ast.AST) -> None:
    match node:
        case ast.Compare():
            node.ops[0] = OTHERS[type(node.ops[0])]()  # type: ignore[call-overload]
        case ast.BoolOp() | ast.BinOp():
            node.op = OTHERS[type(node.op)]()  # type: ignore[assignment]
        case ast.UnaryOp():
            node.op = ast.UAdd() if isinstance(node.operand, ast.Constant) else ast.Not()
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int()):
            node.value += 1
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a mutant in the place of its module."""

    def __init__(self, mutant: Mutant):
        self.mutant = mutant

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(ROOT / f"{self.mutant.module.replace('.', '/')}.py")
        exec(compile(self.mutant.source, module.__file__, "exec"), module.__dict__)


def survives(mutant: Mutant | None, module: str) -> bool:
    """Whether the tests of a module pass with a mutant, or without one if it is None."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        if mutant is not None:
            sys.meta_path.insert(0, _Instead(mutant))
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
        code = int(pytest.main([*options, *(str(ROOT / name) for name in TESTS[module])]))
    finally:
        os._exit(code)


def explained() -> dict[str, str]:
    """Explanations of survivors by module, and the change."""
    rows = [line.split("\t") for line in EXPLAINED.read_text().splitlines() if line]
    return {f"{module}: {change}": reason for module, change, reason in rows}


def measured(module: str, each: int) -> tuple[list[Mutant], list[Mutant]]:
    """A sample of the mutants of a module, and those of them that survive."""
    every = mutants_of(module)
    chosen = random.Random(f"{SEED} {module}").sample(every, min(each, len(every)))
    if not survives(None, module):
        raise SystemExit(f"{module}: its tests fail without a mutant")
    left = []
    for number, mutant in enumerate(chosen, start=1):
        if survives(mutant, module):
            left.append(mutant)
            print(f"survives: {module}:{mutant.line}: {mutant.change}", file=sys.stderr)
        print(f"{module}: {number} of {len(chosen)}", file=sys.stderr)
    return chosen, left


def report(found: dict[str, tuple[list[Mutant], list[Mutant]]], command: str) -> str:
    """The report on all modules."""
    known = explained()
    rows, survivors = [], []
    for module, (tried, left) in found.items():
        without = [one for one in left if f"{module}: {one.change}" not in known]
        rows.append(
            (
                module,
                len(mutants_of(module)),
                len(tried),
                len(tried) - len(left),
                len(left) - len(without),
                len(without),
            )
        )
        survivors += [
            (f"{module}:{one.line}", f"`{one.change}`", known.get(f"{module}: {one.change}", "not explained"))
            for one in left
        ]
    head = ("module", "mutants", "tried", "noticed", "explained", "not explained")
    about = "A mutant is noticed if a test of its module's own fails, or runs out of time."
    listed = section("Survivors", table(("place", "change", "why"), survivors)) if survivors else ""
    return page("Mutants", command, about, table(head, rows), listed)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = report_parser(__doc__)
    parser.add_argument(
        "--each", type=int, default=40, help="mutants of each module that are tried (default 40)"
    )
    parser.add_argument("--only", nargs="*", default=list(TESTS), choices=list(TESTS), metavar="MODULE")
    given = parser.parse_args(arguments)
    found = {module: measured(module, given.each) for module in given.only}
    only = "" if given.only == list(TESTS) else " --only " + " ".join(given.only)
    write_or_print(report(found, f"python -m tools.mutants --each {given.each}{only}"), given.out)


if __name__ == "__main__":
    main()
