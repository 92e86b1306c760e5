"""Mutants of a module: copies that differ from it in one operator, condition, number or call."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).parents[2]

OTHERS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
"""Operators and what takes their place."""

CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}
"""Functions and what takes their place where they are called."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change: its number among the module's mutants, its line, and what the change is."""

    module: str
    number: int
    line: int
    text: str
    change: str
    code: CodeType


def path_of(module: str) -> Path:
    """The file of a module of the project."""
    return ROOT / f"{module.replace('.', '/')}.py"


@cache
def original_of(module: str) -> CodeType:
    """The code of a module without a change."""
    return compile(path_of(module).read_text("utf-8"), str(path_of(module)), "exec", dont_inherit=True)


@cache
def mutants_of(module: str) -> tuple[Mutant, ...]:
    """All mutants of a module, in the order of a walk over its tree."""
    path = path_of(module)
    text = path.read_text("utf-8")
    lines = text.splitlines()
    found: list[Mutant] = []
    for place in range(sum(1 for _ in _changeable(ast.parse(text)))):
        changed = ast.parse(text)
        node = list(_changeable(changed))[place]
        before, line = ast.unparse(_shown(node)), node.lineno
        _change(node)
        change = " ".join(f"{before} -> {ast.unparse(_shown(node))}".split())
        code = compile(ast.fix_missing_locations(changed), str(path), "exec", dont_inherit=True)
        found.append(Mutant(module, len(found), line, lines[line - 1].strip(), change, code))
    return tuple(found)


def function_changed(original: CodeType, mutant: CodeType) -> tuple[CodeType, CodeType] | None:
    """The outermost function that differs in two copies of a module, in both; None if code outside functions does."""
    if original.co_flags & inspect.CO_NEWLOCALS and original.co_flags & inspect.CO_OPTIMIZED:
        return original, mutant
    ours, theirs = _parts(original), _parts(mutant)
    if original.co_code != mutant.co_code or original.co_names != mutant.co_names or ours[0] != theirs[0]:
        return None
    for before, after in zip(ours[1], theirs[1], strict=True):
        if before != after:
            return function_changed(before, after)
    return None


def _parts(code: CodeType) -> tuple[list[object], list[CodeType]]:
    """The constants of some code, and the functions and classes in it."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [constant for constant in code.co_consts if not isinstance(constant, CodeType)], inner


def _changeable(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Nodes that `_change` changes, in a fixed order; not those of decorators."""
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
            case ast.Compare() | ast.BoolOp() | ast.BinOp() | ast.AugAssign() if _operator(node) in OTHERS:
                yield node
            case ast.UnaryOp(op=ast.Not()):
                yield node
            case ast.Constant(value=bool() | int()):
                yield node
            case ast.IfExp() | ast.Continue() | ast.Break():
                yield node
            case ast.If(test=ast.Name() | ast.Call() | ast.Attribute() | ast.NamedExpr()):
                yield node
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield node


def _operator(node: ast.Compare | ast.BoolOp | ast.BinOp | ast.AugAssign) -> type[ast.AST]:
    return type(node.ops[0] if isinstance(node, ast.Compare) else node.op)


def _shown(node: ast.expr | ast.stmt) -> ast.AST:
    """The part of a node that stands in the list of changes: a condition without what depends on it."""
    if isinstance(node, ast.If):
        return ast.If(node.test, [ast.Expr(ast.Constant(...))], [])
    return node


def _change(node: ast.AST) -> None:
    match node:
        case ast.Compare():
            node.ops[0] = OTHERS[type(node.ops[0])]()  # type: ignore[call-overload]
        case ast.BoolOp() | ast.BinOp() | ast.AugAssign():
            node.op = OTHERS[type(node.op)]()  # type: ignore[assignment]
        case ast.UnaryOp():
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int()):
            node.value += 1
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body
        case ast.If():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Call(func=ast.Name() as function):
            function.id = CALLS[function.id]
        case ast.Continue() | ast.Break():
            other = ast.Break if isinstance(node, ast.Continue) else ast.Continue
            node.__class__ = other
