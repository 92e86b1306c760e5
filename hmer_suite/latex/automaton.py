"""The automaton that walks the LALR(1) table of a grammar, `grammars/latex.lark` unless another is named.

A *configuration* is a stack of LALR states. Configurations are interned: each is one `Configuration` object, a
dictionary from token class to the next configuration that fills itself on first use. Walking a formula is then
one dictionary look-up a token, and verdict, repair and masks share what any of them has computed.
"""

from __future__ import annotations

import hashlib
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path

from hmer_suite.errors import UsageError
from hmer_suite.latex import token_classes
from hmer_suite.latex.table import END, RENAMING, Table, compile_table, read_table, without_comments

MAX_NESTING = 64
"""Groups, fences and environments that may be open at once. TeX itself gives up at 255 (tex.web, §11 and §274)."""

MAX_CONFIGURATIONS = 60_000
"""Configurations kept before the automaton starts afresh; bounds memory at some 30 MB."""


def opens(token_class: str) -> bool:
    """Whether tokens of the class open something that another token must close."""
    return token_class in ("LBRACE", "LEFT") or token_class.startswith("BEGIN_")


class Configuration(dict[str, "Configuration"]):
    """A stack of LALR states; ``configuration[token_class]`` is the configuration after that token.

    Where the grammar has no action the result is `DEAD`, from which nothing leads out.
    """

    __slots__ = ("__dict__", "_reductions", "grammar", "nesting", "parent", "pushed", "state")

    def __init__(self, grammar: Grammar, state: int, parent: Configuration | None):
        self.grammar = grammar
        self.state = state
        self.parent = parent
        self.pushed: dict[int, Configuration] = {}
        self._reductions: dict[str, tuple[int, ...]] = {}
        self.nesting: int = (0 if parent is None else parent.nesting) + opens(grammar.table.accessing[state])

    def __hash__(self) -> int:  # type: ignore[override]  # interned: equal to itself alone
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __bool__(self) -> bool:
        return True  # also before any transition is known

    def push(self, state: int) -> Configuration:
        """The interned configuration with *state* on top of this one."""
        known = self.pushed.get(state)
        if known is None:
            known = self.pushed[state] = Configuration(self.grammar, state, self)
            self.grammar.size += 1
        return known

    def __missing__(self, token_class: str) -> Configuration:
        configuration = self.reduced(token_class)
        if configuration is None:
            result: Configuration = DEAD
        else:
            result = configuration.push(self.grammar.table.actions[configuration.state][token_class])
            if result.nesting > MAX_NESTING:
                result = DEAD
        self[token_class] = result
        return result

    def reduced(self, token_class: str) -> Configuration | None:
        """This configuration after all reductions that *token_class* calls for; None if it has no action."""
        return self._reduce(token_class)[0]

    def reductions(self, token_class: str) -> tuple[int, ...]:
        """Rules that *token_class* reduces by here, in order, but for those that only rename what they reduce."""
        known = self._reductions.get(token_class)
        if known is None:
            known = self._reductions[token_class] = self._reduce(token_class)[1]
        return known

    def _reduce(self, token_class: str) -> tuple[Configuration | None, tuple[int, ...]]:
        table = self.grammar.table
        configuration = self
        rules: list[int] = []
        while True:
            action = table.actions[configuration.state].get(token_class)
            if action is None:
                finished = token_class == END and configuration.state == table.accept
                return configuration if finished else None, tuple(rules)
            if action >= 0:
                return configuration, tuple(rules)
            rule = table.rules[~action]
            if rule.builder != RENAMING:
                rules.append(~action)
            for _ in range(rule.size):
                below = configuration.parent
                assert below is not None, "a reduction takes no more states than there are"
                configuration = below
            configuration = configuration.push(table.gotos[configuration.state][rule.origin])

    @cached_property
    def accepts(self) -> bool:
        """Whether the input may end here."""
        return self.reduced(END) is not None

    @cached_property
    def allowed(self) -> frozenset[str]:
        """Token classes that may follow, without `END`; exact, since every reduction is carried out."""
        classes = self.grammar.table.actions[self.state]
        return frozenset(cls for cls in classes if cls != END and self[cls] is not DEAD)


class DeadEnd(Configuration):
    """The configuration after a token that the grammar refuses; every token leads back to it."""

    accepts = False
    allowed: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.state = -1
        self.parent = None
        self.nesting = 0

    def __missing__(self, token_class: str) -> DeadEnd:
        return self


DEAD = DeadEnd()


class Grammar:
    """A compiled grammar: its table and the root of its automaton. *name* is for messages."""

    def __init__(self, source: str, table: Table | None = None, name: str = ""):
        self.source = source
        self.name = name
        self.table = table or compile_table(source)
        self.size = 0
        self._root = Configuration(self, self.table.start, None)

    @property
    def start(self) -> Configuration:
        """Configuration before the first token. Fetch it anew for each formula: old ones may be discarded."""
        if self.size > MAX_CONFIGURATIONS:
            self.size = 0
            self._root = Configuration(self, self.table.start, None)
        return self._root

    @cached_property
    def digest(self) -> str:
        """Eight hexadecimal digits that name this grammar, comments apart, and its token classes, for signatures."""
        classes = "\n".join(f"{token} {cls}" for token, cls in sorted(token_classes.CLASSES.items()))
        return hashlib.sha256(f"{without_comments(self.source)}\0{classes}".encode()).hexdigest()[:8]


def shipped() -> tuple[str, ...]:
    """Names of the grammars in ``grammars/``."""
    files = (Path(str(file)) for file in resources.files("grammars").iterdir())
    return tuple(sorted(file.stem for file in files if file.suffix == ".lark"))


def grammar(name: str = "latex") -> Grammar:
    """The grammar ``grammars/NAME.lark``. Those of plugins: `hmer_suite.registry.compiled_grammar`.

    The table shipped beside it is used if it was compiled from this very grammar: compiling takes half a second,
    which a command that looks at one formula would spend for nothing.

    Raises:
        UsageError: no such grammar is shipped.
    """
    return _shipped_grammar(name)


@lru_cache(maxsize=8)
def _shipped_grammar(name: str) -> Grammar:
    if name not in shipped():
        raise UsageError(f"no grammar named {name} ships with hmer-suite; there is: {', '.join(shipped())}")
    folder = resources.files("grammars")
    source = folder.joinpath(f"{name}.lark").read_text(encoding="utf-8")
    table = folder.joinpath(f"{name}.table.json")
    return Grammar(source, read_table(table.read_text("utf-8"), source) if table.is_file() else None, name)


class _ClassOf(dict[str, str]):
    """Token to class; fills itself with the classes of tokens that no table lists."""

    def __missing__(self, token: str) -> str:
        cls = token_classes.token_class(token)
        if len(self) < 100_000:
            self[token] = cls
        return cls


CLASS_OF = _ClassOf(token_classes.CLASSES)
"""Class of every token, as a self-filling dictionary: the fast form of `token_classes.token_class`."""


def is_valid(tokens: list[str] | tuple[str, ...]) -> bool:
    """Whether the grammar accepts the token sequence."""
    configuration = grammar().start
    for cls in map(CLASS_OF.__getitem__, tokens):
        configuration = configuration[cls]
    return configuration.accepts
