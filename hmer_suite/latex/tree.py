r"""The parse tree, built by the reductions of the LALR table.

Kinds of `Node`, with what ``name`` and ``children`` hold:

| kind | name | children |
|---|---|---|
| ``symbol`` | the token | none |
| ``row`` | | items in reading order; ``\\`` outside environments is a symbol |
| ``group`` | | the items between braces |
| ``text`` | | the items between the braces of a text-mode argument |
| ``math`` | | the items between ``$`` signs within text |
| ``scripts`` | ``\limits``, ``\nolimits`` or empty | base, subscript, superscript; each may be None |
| ``primes`` | one ``'`` a prime | the superscript behind them, or None (``f'^2``) |
| ``command`` | the command | optional argument or None, then the arguments |
| ``sized`` | ``\big`` ... | the delimiter |
| ``fenced`` | ``\left`` | delimiter, row, (delimiter, row)..., delimiter |
| ``infix`` | ``\over`` ... | row before, row behind |
| ``environment`` | its name | column specification or None, then a ``line`` a row |
| ``line`` | the ``\\`` in front, empty for the first | a row of ``\hline``, then a ``row`` a cell |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from hmer_suite.errors import InputError
from hmer_suite.latex.automaton import CLASS_OF, DEAD, grammar
from hmer_suite.latex.table import END
from hmer_suite.latex.tokens import split


class LatexSyntaxError(InputError):
    """The grammar refuses the formula; `position` is the index of the first token that cannot stand there."""

    def __init__(self, tokens: Sequence[str], position: int):
        self.position = position
        at = f"token {position + 1} ({tokens[position]})" if position < len(tokens) else "the end"
        super().__init__(f"not valid LaTeX at {at}: {' '.join(tokens)[:200]}")


class Node:
    """A node of the parse tree; immutable by convention, compared by content."""

    __slots__ = ("children", "kind", "name")

    def __init__(self, kind: str, name: str = "", children: tuple[Node | None, ...] = ()):
        self.kind = kind
        self.name = name
        self.children = children

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Node)
            and (self.kind, self.name) == (other.kind, other.name)
            and self.children == other.children
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.name, self.children))

    def __repr__(self) -> str:
        inner = ", ".join(filter(None, [repr(self.name) if self.name else "", *map(repr, self.children)]))
        return f"{self.kind}({inner})"

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first, left to right."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(child for child in reversed(node.children) if child is not None)


def parse(formula: str | Sequence[str]) -> Node:
    """The tree of a formula, given as text or as tokens: a ``row``.

    Raises:
        LatexSyntaxError: the grammar refuses it.
    """
    tokens = split(formula) if isinstance(formula, str) else formula
    steps = _steps()
    configuration = grammar().start
    values: list = []
    for position, token in enumerate(tokens):
        cls = CLASS_OF[token]
        following = configuration[cls]
        if following is DEAD:
            raise LatexSyntaxError(tokens, position)
        if rules := configuration.reductions(cls):
            _build(values, steps, rules)
        values.append(token)
        configuration = following
    if not configuration.accepts:
        raise LatexSyntaxError(tokens, len(tokens))
    _build(values, steps, configuration.reductions(END))
    return Node("row", "", tuple(values[0]))


def _build(values: list, steps: list[tuple[int, Callable]], rules: tuple[int, ...]) -> None:
    """Let each rule in turn replace the values of its right-hand side, at the end of *values*, by what it builds."""
    for rule in rules:
        size, build = steps[rule]
        if size == 1:
            values[-1] = build(values[-1:])
        elif size:
            values[-size:] = (build(values[-size:]),)
        else:
            values.append(build(()))


def unparse(node: Node) -> list[str]:
    """Tokens of a tree; `parse` of them gives the tree back."""
    out: list[str] = []
    _WRITERS[node.kind](node, out)
    return out


# --- builders: one a rule alias of grammars/latex.lark; each takes the values of its right-hand side ----------


def _scripts(base: Node | None, sub: Node | None, sup: Node | None, limits: str = "") -> Node:
    return Node("scripts", limits, (base, sub, sup))


def _symbol(v) -> Node:
    return Node("symbol", v[0])


def _append(v) -> list:
    v[0].append(v[1])
    return v[0]


def _broken(v) -> list:
    return [*v[0], Node("symbol", v[1]), *v[2]]


def _infix(v) -> list:
    return [Node("infix", v[1], (Node("row", "", tuple(v[0])), Node("row", "", tuple(v[2]))))]


def _optional(v) -> Node:
    return Node("command", v[0], (Node("row", "", tuple(v[2])), *v[4:]))


def _fenced(v) -> Node:
    return Node("fenced", v[0], (v[1], *_fence_parts(v[2]), v[4]))


def _fence_parts(body: list | tuple) -> tuple:
    return body if isinstance(body, tuple) else (Node("row", "", tuple(body)),)


def _middle(v) -> tuple:
    return (*_fence_parts(v[0]), v[2], Node("row", "", tuple(v[3])))


def _line(separator: str, hlines: list, cell: list) -> Node:
    return Node("line", separator, (Node("row", "", tuple(hlines)), Node("row", "", tuple(cell))))


def _next_cell(v) -> list[Node]:
    line = v[0][-1]
    v[0][-1] = Node("line", line.name, (*line.children, Node("row", "", tuple(v[2]))))
    return v[0]


def _next_row(v) -> list[Node]:
    v[0].append(_line(v[1], v[2], v[3]))
    return v[0]


def _environment(v) -> Node:
    return Node("environment", _environment_name(v[0]), (None, *v[1]))


def _environment_columns(v) -> Node:
    return Node("environment", _environment_name(v[0]), (v[1], *v[2]))


def _environment_name(token: str) -> str:
    return token[len("\\begin{") : -1]


_BUILDERS: dict[str, Callable] = {
    "append": _append,
    "append_symbol": lambda v: [*v[0], Node("symbol", v[1])],
    "broken": _broken,
    "column_width": lambda v: Node("command", v[0], (None, Node("text", "", tuple(v[2])))),
    "command_one": lambda v: Node("command", v[0], (None, v[1])),
    "command_optional": _optional,
    "command_two": lambda v: Node("command", v[0], (None, v[1], v[2])),
    "count_more": lambda v: v[0] + "'",
    "empty": lambda v: [],
    "environment": _environment,
    "environment_columns": _environment_columns,
    "environment_position": lambda v: _environment_columns([v[0], v[2], v[3]]),
    "fenced": _fenced,
    "first_cell": lambda v: [_line("", v[0], v[1])],
    "group": lambda v: Node("group", "", tuple(v[1])),
    "infix": _infix,
    "leading_scripts": lambda v: [_scripts(None, *v[0])],
    "middle": _middle,
    "next_cell": _next_cell,
    "next_row": _next_row,
    "no_limits": lambda v: "",
    "only_sub": lambda v: (v[0], None),
    "only_sup": lambda v: (None, v[0]),
    "operator_alone": lambda v: _scripts(v[0], None, None, v[1]) if v[1] else v[0],
    "operator_sub": lambda v: _scripts(v[0], v[2], None, v[3] or v[1]),
    "operator_sub_sup": lambda v: _scripts(v[0], v[2], v[4], v[5] or v[3] or v[1]),
    "operator_sup": lambda v: _scripts(v[0], None, v[2], v[3] or v[1]),
    "operator_sup_sub": lambda v: _scripts(v[0], v[4], v[2], v[5] or v[3] or v[1]),
    "position": lambda v: v[1],
    "primes": lambda v: Node("primes", v[0], (None,)),
    "primes_sup": lambda v: Node("primes", v[0], (v[2],)),
    "scripted": lambda v: _scripts(v[0], *v[1]),
    "second": lambda v: v[1],
    "sized": lambda v: Node("sized", v[0], (v[1],)),
    "sized_braced": lambda v: Node("sized", v[0], (v[2],)),
    "sub_sup": lambda v: (v[0], v[1]),
    "sup_sub": lambda v: (v[1], v[0]),
    "symbol": _symbol,
    "text_group": lambda v: Node("text", "", tuple(v[1])),
    "text_math": lambda v: Node("math", "", tuple(v[1])),
    "text_single": lambda v: Node("text", "", (Node("symbol", v[0]),)),
}


@lru_cache(maxsize=1)
def _steps() -> list[tuple[int, Callable]]:
    """Size and builder of every rule of the table, in its numbering."""
    return [(rule.size, _BUILDERS.get(rule.builder)) for rule in grammar().table.rules]


# --- writers: one a kind --------------------------------------------------------------------------------------


def _write_symbol(node: Node, out: list[str]) -> None:
    out.append(node.name)


def _write_items(node: Node, out: list[str]) -> None:
    for child in node.children:
        if child.kind == "symbol":
            out.append(child.name)
        else:
            _WRITERS[child.kind](child, out)


def _write_braced(node: Node, out: list[str]) -> None:
    out.append("{")
    _write_items(node, out)
    out.append("}")


def _write_math(node: Node, out: list[str]) -> None:
    out.append("$")
    _write_items(node, out)
    out.append("$")


def _write_scripts(node: Node, out: list[str]) -> None:
    base, sub, sup = node.children
    if base is not None:
        _WRITERS[base.kind](base, out)
    if node.name:
        out.append(node.name)
    if sub is not None:
        out.append("_")
        _WRITERS[sub.kind](sub, out)
    if sup is not None:
        if sup.kind != "primes":
            out.append("^")
        _WRITERS[sup.kind](sup, out)


def _write_primes(node: Node, out: list[str]) -> None:
    out.extend(node.name)
    (superscript,) = node.children
    if superscript is not None:
        out.append("^")
        _WRITERS[superscript.kind](superscript, out)


def _write_command(node: Node, out: list[str]) -> None:
    out.append(node.name)
    optional, *arguments = node.children
    if optional is not None:
        out.append("[")
        _write_items(optional, out)
        out.append("]")
    for argument in arguments:
        _WRITERS[argument.kind](argument, out)


def _write_sized(node: Node, out: list[str]) -> None:
    out.append(node.name)
    out.append(node.children[0].name)


def _write_fenced(node: Node, out: list[str]) -> None:
    *parts, right = node.children
    for index, part in enumerate(parts):
        if part.kind == "row":
            _write_items(part, out)
        else:
            out += ["\\middle" if index else "\\left", part.name]
    out += ["\\right", right.name]


def _write_infix(node: Node, out: list[str]) -> None:
    before, behind = node.children
    _write_items(before, out)
    out.append(node.name)
    _write_items(behind, out)


def _write_environment(node: Node, out: list[str]) -> None:
    columns, *lines = node.children
    out.append(f"\\begin{{{node.name}}}")
    if columns is not None:
        _WRITERS[columns.kind](columns, out)
    for line in lines:
        _write_line(line, out)
    out.append(f"\\end{{{node.name}}}")


def _write_line(node: Node, out: list[str]) -> None:
    if node.name:
        out.append(node.name)
    hlines, *cells = node.children
    _write_items(hlines, out)
    for index, cell in enumerate(cells):
        if index:
            out.append("&")
        _write_items(cell, out)


_WRITERS: dict[str, Callable[[Node, list[str]], None]] = {
    "command": _write_command,
    "environment": _write_environment,
    "fenced": _write_fenced,
    "group": _write_braced,
    "infix": _write_infix,
    "line": _write_line,
    "math": _write_math,
    "primes": _write_primes,
    "row": _write_items,
    "scripts": _write_scripts,
    "sized": _write_sized,
    "symbol": _write_symbol,
    "text": _write_braced,
}
