"""The LALR(1) table of a grammar: compiled by lark, shipped as JSON. The only importer of lark."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from hmer_suite.files import write_whole

END = "$END"
"""Class of the end of the input, as lark names it."""


RENAMING = "first"
"""Builder of the rules that only rename what they reduce."""


@dataclass(frozen=True, slots=True)
class Production:
    """A rule of the grammar: *size* symbols on the right become *origin*; *builder* names the tree-building step."""

    origin: str
    size: int
    builder: str


@dataclass(frozen=True, slots=True)
class Table:
    """LALR(1) table. ``actions[state][class]`` is a state to shift to (>= 0) or ``~i`` to reduce by rule i.

    ``accessing[state]`` is the symbol, class or rule, that every transition into the state reads.
    """

    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[Production]
    accessing: list[str]
    start: int
    accept: int


class GrammarError(ValueError):
    """A grammar that does not compile; the message is what lark says of it, on one line."""


def compile_table(source: str) -> Table:
    """Compile a grammar over token classes.

    States and rules are numbered in the order of a breadth-first walk, so that equal grammars have equal tables.

    Raises:
        GrammarError: the source is no Lark grammar, or has an LALR conflict that lark cannot resolve.
    """
    from lark import Lark, Token
    from lark.exceptions import LarkError
    from lark.grammar import Rule
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):
        def __init__(self, _config: object) -> None:
            pass

        def lex(self, _state: object, _parser_state: object) -> Iterator[Token]:
            raise NotImplementedError(
                "token classes come from hmer_suite.latex.token_classes, not from a lexer"
            )

    try:
        parsed = Lark(source, parser="lalr", lexer=NoLexer).parser.parser._parse_table
    except LarkError as error:
        raise GrammarError(" ".join(str(error).split())) from error
    order, end = [parsed.start_states["start"]], parsed.end_states["start"]
    numbers = {order[0]: 0}
    accessing = [""]
    for state in order:
        for symbol, (kind, target) in sorted(parsed.states[state].items()):
            if kind is Shift and target not in numbers:
                numbers[target] = len(order)
                order.append(target)
                accessing.append(str(symbol))  # lark's own string type compares slowly
    rules: dict[Rule, int] = {}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in order:
        action: dict[str, int] = {}
        goto: dict[str, int] = {}
        for symbol, (kind, target) in sorted(parsed.states[state].items()):
            if kind is not Shift:
                action[str(symbol)] = ~rules.setdefault(target, len(rules))
            elif symbol.isupper() or symbol == END:
                action[str(symbol)] = numbers[target]
            else:
                goto[str(symbol)] = numbers[target]
        actions.append(action)
        gotos.append(goto)
    compiled = [
        Production(str(r.origin.name), len(r.expansion), str(r.alias or r.origin.name)) for r in rules
    ]
    return Table(actions, gotos, compiled, accessing, 0, numbers[end])


def write_table(table: Table, source: str) -> str:
    """The table as JSON, with the digest of the grammar that it was compiled from."""
    document = {"grammar": _digest(source), **asdict(table)}
    document["rules"] = [[rule.origin, rule.size, rule.builder] for rule in table.rules]
    return json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n"


def read_table(text: str, source: str) -> Table | None:
    """The table that `write_table` wrote, or None if it was compiled from another grammar."""
    document = json.loads(text)
    if document.pop("grammar") != _digest(source):
        return None
    document["rules"] = [Production(*rule) for rule in document["rules"]]
    return Table(**document)


def _digest(source: str) -> str:
    return hashlib.sha256(without_comments(source).encode()).hexdigest()


_COMMENT = re.compile(r"""(?:^|(?<=\s))//.*""")


def without_comments(source: str) -> str:
    """A grammar without comments, blank lines and blanks at line ends, none of which changes what it accepts.

    A comment after code is left where the code has a quote or slash, in which ``//`` may be part of a terminal.
    """
    lines = []
    for line in source.splitlines():
        code = _COMMENT.sub("", line)
        lines.append((line if '"' in code or "/" in code else code).rstrip())
    return "\n".join(filter(None, lines))


def main() -> None:
    """``python -m hmer_suite.latex.table`` compiles the grammar anew into the table beside it (`make grammar`)."""

    folder = Path(str(resources.files("grammars")))
    source = (folder / "latex.lark").read_text(encoding="utf-8")
    write_whole(folder / "latex.table.json", write_table(compile_table(source), source))


if __name__ == "__main__":
    main()
