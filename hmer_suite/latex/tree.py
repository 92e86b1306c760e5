r"""Parsing and writing: tokens to the tree of `hmer_suite.latex.nodes`, built by the LALR reductions, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, assert_never

from hmer_suite.errors import InputError
from hmer_suite.latex.automaton import CLASS_OF, DEAD, grammar
from hmer_suite.latex.nodes import (
    Command,
    Environment,
    Fenced,
    Group,
    Infix,
    Line,
    Math,
    Node,
    Primes,
    Row,
    Scripts,
    Sized,
    Symbol,
    Text,
)
from hmer_suite.latex.table import END
from hmer_suite.latex.tokens import split


class LatexSyntaxError(InputError):
    """The grammar refuses the formula; `position` is the index of the first token that is not possible."""

    def __init__(self, tokens: Sequence[str], position: int):
        self.position = position
        at = f"token {position + 1} ({tokens[position]})" if position < len(tokens) else "the end"
        super().__init__(f"not valid LaTeX at {at}: {' '.join(tokens)[:200]}")


def parse(formula: str | Sequence[str]) -> Row:
    """The tree of a formula, given as text or as tokens.

    Raises:
        LatexSyntaxError: the grammar refuses it.
    """
    tokens = split(formula) if isinstance(formula, str) else formula
    steps = _steps()
    configuration = grammar().start
    values: Values = []
    for position, token in enumerate(tokens):
        cls = CLASS_OF[token]
        following = configuration[cls]
        if following is DEAD:
            raise LatexSyntaxError(tokens, position)
        if rules := configuration.reductions(cls):
            _reduce(values, steps, rules)
        values.append(token)
        configuration = following
    if not configuration.accepts:
        raise LatexSyntaxError(tokens, len(tokens))
    _reduce(values, steps, configuration.reductions(END))
    return Row(tuple(values[0]))


Values = list[Any]
"""Values of the symbols on the parser's stack: tokens, nodes, lists of items, pairs of scripts. Which one a builder
finds where is for the grammar to say, which no type checker reads."""

Builder = Callable[[Values], object]


def _reduce(values: Values, steps: list[tuple[int, Builder]], rules: tuple[int, ...]) -> None:
    """Let each rule in turn replace the values of its right-hand side, at the end of *values*, by what it builds."""
    for rule in rules:
        size, build = steps[rule]
        if build is _append:  # the most frequent one by far
            item = values.pop()
            values[-1].append(item)
        elif build is _symbol:
            values[-1] = _SYMBOLS[values[-1]]
        elif size:
            values[-size:] = (build(values[-size:]),)
        else:
            values.append(build([]))


# --- builders: one a rule alias of grammars/latex.lark; each takes the values of its right-hand side ----------


class _Symbols(dict[str, Symbol]):
    """The symbol of each token, made once: nodes are immutable, and most of them are symbols."""

    def __missing__(self, token: str) -> Symbol:
        symbol = Symbol(token)
        if len(self) < 100_000:
            self[token] = symbol
        return symbol


_SYMBOLS = _Symbols()


def _symbol(v: Values) -> Symbol:
    return _SYMBOLS[v[0]]


def _append(v: Values) -> list[Node]:
    items: list[Node] = v[0]
    items.append(v[1])
    return items


def _fenced(v: Values) -> Fenced:
    rows, middles = _fence_parts(v[2])
    return Fenced(v[1], rows, middles, v[4])


FenceParts = tuple[tuple[Row, ...], tuple[Symbol, ...]]


def _fence_parts(body: list[Node] | FenceParts) -> FenceParts:
    return body if isinstance(body, tuple) else ((Row(tuple(body)),), ())


def _middle(v: Values) -> FenceParts:
    rows, middles = _fence_parts(v[0])
    return (*rows, Row(tuple(v[3]))), (*middles, v[2])


def _root(v: Values) -> Command:
    r"""``\root 3 \of x`` as ``\sqrt [ 3 ] x``, the degree in braces where a bracket in it would end it."""
    degree = tuple(v[1])
    bases = (item.base if isinstance(item, Scripts) else item for item in degree)
    return Command("\\sqrt", (v[3],), Row((Group(degree),) if _SYMBOLS["]"] in bases else degree))


def _line(separator: str, hlines: list[Node], cell: list[Node]) -> Line:
    return Line(separator, Row(tuple(hlines)), (Row(tuple(cell)),))


def _next_cell(v: Values) -> list[Line]:
    lines: list[Line] = v[0]
    last = lines[-1]
    lines[-1] = Line(last.separator, last.hlines, (*last.cells, Row(tuple(v[2]))))
    return lines


def _next_row(v: Values) -> list[Line]:
    lines: list[Line] = v[0]
    lines.append(_line(v[1], v[2], v[3]))
    return lines


def _environment_name(token: str) -> str:
    return token[len("\\begin{") : -1]


_BUILDERS: dict[str, Builder] = {
    "append": _append,
    "append_symbol": lambda v: [*v[0], _SYMBOLS[v[1]]],
    "braced": lambda v: Group((v[1],)),
    "broken": lambda v: [*v[0], _SYMBOLS[v[1]], *v[2]],
    "column_width": lambda v: Command(v[0], (Text(tuple(v[2])),)),
    "command_one": lambda v: Command(v[0], (v[1],)),
    "command_optional": lambda v: Command(v[0], tuple(v[4:]), Row(tuple(v[2]))),
    "command_three": lambda v: Command(v[0], (v[1], v[2], v[3])),
    "command_two": lambda v: Command(v[0], (v[1], v[2])),
    "command_with_model": lambda v: Command(v[0], tuple(v[2:]), Row(tuple(v[1]))),
    "count_more": lambda v: v[0] + v[1],
    "empty": lambda v: [],
    "environment": lambda v: Environment(_environment_name(v[0]), None, tuple(v[1])),
    "environment_columns": lambda v: Environment(_environment_name(v[0]), v[1], tuple(v[2])),
    "environment_position": lambda v: Environment(_environment_name(v[0]), v[2], tuple(v[3])),
    "fenced": _fenced,
    "first_cell": lambda v: [_line("", v[0], v[1])],
    "general_fraction": lambda v: Command(v[0], (*v[1], *v[2:])),
    "group": lambda v: Group(tuple(v[1])),
    "infix": lambda v: [Infix(v[1], Row(tuple(v[0])), Row(tuple(v[2])))],
    "leading_scripts": lambda v: [Scripts(None, *v[0])],
    "listed": lambda v: [v[0]],
    "middle": _middle,
    "next_cell": _next_cell,
    "next_row": _next_row,
    "no_fences": lambda v: (Group(), Group()),
    "no_limits": lambda v: "",
    "only_sub": lambda v: (v[0], None),
    "only_sup": lambda v: (None, v[0]),
    "operator_alone": lambda v: Scripts(v[0], None, None, v[1]) if v[1] else v[0],
    "operator_sub": lambda v: Scripts(v[0], v[2], None, v[3] or v[1]),
    "operator_sub_sup": lambda v: Scripts(v[0], v[2], v[4], v[5] or v[3] or v[1]),
    "operator_sup": lambda v: Scripts(v[0], None, v[2], v[3] or v[1]),
    "operator_sup_sub": lambda v: Scripts(v[0], v[4], v[2], v[5] or v[3] or v[1]),
    "position": lambda v: v[1],
    "primes": lambda v: Primes(len(v[0])),
    "primes_sup": lambda v: Primes(len(v[0]), v[2]),
    "root": _root,
    "scripted": lambda v: Scripts(v[0], *v[1]),
    "second": lambda v: v[1],
    "single": lambda v: Group((v[0],)),
    "sized": lambda v: Sized(v[0], v[1]),
    "sized_braced": lambda v: Sized(v[0], v[2]),
    "sub_sup": lambda v: (v[0], v[1]),
    "sup_sub": lambda v: (v[1], v[0]),
    "symbol": _symbol,
    "text_group": lambda v: Text(tuple(v[1])),
    "text_math": lambda v: Math(tuple(v[1])),
    "text_single": lambda v: Text((_SYMBOLS[v[0]],)),
    "two_fences": tuple,
}


@lru_cache(maxsize=1)
def _steps() -> list[tuple[int, Builder]]:
    """Size and builder of every rule of the table, in its numbering. Rules that only rename are never reduced by."""
    return [(rule.size, _BUILDERS.get(rule.builder, _append)) for rule in grammar().table.rules]


# --- writing ---------------------------------------------------------------------------------------------------


def unparse(node: Node) -> list[str]:
    """Tokens of a tree; `parse` turns them into the same tree again."""
    out: list[str] = []
    _write(node, out)
    return out


def _write(node: Node, out: list[str]) -> None:
    match node:
        case Symbol():
            out.append(node.name)
        case Group() | Text():
            out.append("{")
            _write_items(node.items, out)
            out.append("}")
        case Scripts():
            _write_scripts(node, out)
        case Command():
            _write_command(node, out)
        case Fenced():
            _write_fenced(node, out)
        case Row():
            _write_items(node.items, out)
        case Sized():
            out += (node.name, node.delimiter.name)
        case Primes():
            out += node.name
            if node.raised is not None:
                out.append("^")
                _write(node.raised, out)
        case Infix():
            _write_items(node.before.items, out)
            out.append(node.name)
            _write_items(node.after.items, out)
        case Environment():
            _write_environment(node, out)
        case Line():
            _write_line(node, out)
        case Math():
            out.append("$")
            _write_items(node.items, out)
            out.append("$")
        case _:
            assert_never(node)


def _write_items(items: Sequence[Node], out: list[str]) -> None:
    for item in items:
        if isinstance(item, Symbol):
            out.append(item.name)
        else:
            _write(item, out)


def _write_scripts(node: Scripts, out: list[str]) -> None:
    if node.base is not None:
        _write(node.base, out)
    if node.limits:
        out.append(node.limits)
    if node.sub is not None:
        out.append("_")
        _write_argument(node.sub, out)
    if node.sup is not None:
        if not isinstance(node.sup, Primes):
            out.append("^")
        _write_argument(node.sup, out)


def _write_argument(node: Node, out: list[str]) -> None:
    if isinstance(node, Group):  # nearly all of them are
        out.append("{")
        _write_items(node.items, out)
        out.append("}")
    else:
        _write(node, out)


def _write_command(node: Command, out: list[str]) -> None:
    out.append(node.name)
    if node.optional is not None:
        out.append("[")
        _write_items(node.optional.items, out)
        out.append("]")
    for argument in node.arguments:
        _write_argument(argument, out)


def _write_fenced(node: Fenced, out: list[str]) -> None:
    out += ("\\left", node.left.name)
    for part in node.inside:
        if isinstance(part, Row):
            _write_items(part.items, out)
        else:
            out += ("\\middle", part.name)
    out += ("\\right", node.right.name)


def _write_environment(node: Environment, out: list[str]) -> None:
    out.append(f"\\begin{{{node.name}}}")
    if node.columns is not None:
        _write(node.columns, out)
    for line in node.lines:
        _write_line(line, out)
    out.append(f"\\end{{{node.name}}}")


def _write_line(node: Line, out: list[str]) -> None:
    if node.separator:
        out.append(node.separator)
    _write_items(node.hlines.items, out)
    for index, cell in enumerate(node.cells):
        if index:
            out.append("&")
        _write_items(cell.items, out)
