"""The LALR(1) table of `grammars/latex.lark` and the automaton that walks it. The only importer of lark.

A *configuration* is a stack of LALR states. Configurations are interned: each is one `Configuration` object, a
dictionary from token class to the next configuration that fills itself on first use. Walking a formula is then
one dictionary look-up a token, and verdict, repair and masks share what any of them has computed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources

from hmer_suite.latex import commands

END = "$END"
"""Class of the end of the input, as lark names it."""

MAX_NESTING = 128
"""Groups, fences and environments that may be open at once. TeX itself gives up at 255 (tex.web, §11 and §274)."""

MAX_CONFIGURATIONS = 60_000
"""Configurations kept before the automaton starts afresh; bounds memory at some 30 MB."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A production: *size* symbols on the right become *origin*; *builder* names the tree-building step."""

    origin: str
    size: int
    builder: str


@dataclass(frozen=True, slots=True)
class Table:
    """LALR(1) table. ``actions[state][class]`` is a state to shift to (>= 0) or ``~i`` to reduce by rule i.

    ``accessing[state]`` is the symbol, class or rule, that every way into the state ends with.
    """

    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[Rule]
    accessing: list[str]
    start: int
    accept: int


def compile_table(source: str) -> Table:
    """Compile a grammar over token classes; lark raises on any LALR conflict that it cannot resolve."""
    from lark import Lark
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):
        def __init__(self, _config):
            pass

        def lex(self, _state, _parser_state):
            raise NotImplementedError("token classes come from hmer_suite.latex.commands, not from a lexer")

    parsed = Lark(source, parser="lalr", lexer=NoLexer).parser.parser._parse_table
    numbers = {state: index for index, state in enumerate(parsed.states)}
    rules: dict[object, int] = {}
    compiled: list[Rule] = []

    def rule_number(rule) -> int:
        if rule not in rules:
            rules[rule] = len(compiled)
            origin, alias = str(rule.origin.name), str(rule.alias or rule.origin.name)
            compiled.append(Rule(origin, len(rule.expansion), alias))
        return rules[rule]

    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for entries in parsed.states.values():
        action: dict[str, int] = {}
        goto: dict[str, int] = {}
        for key, (kind, target) in entries.items():
            symbol = str(key)  # lark's own string type compares slowly
            if kind is not Shift:
                action[symbol] = ~rule_number(target)
            elif symbol.isupper() or symbol == END:
                action[symbol] = numbers[target]
            else:
                goto[symbol] = numbers[target]
        actions.append(action)
        gotos.append(goto)
    accessing = [""] * len(actions)
    for entries in parsed.states.values():
        for symbol, (kind, target) in entries.items():
            if kind is Shift:
                accessing[numbers[target]] = str(symbol)
    start, accept = numbers[parsed.start_states["start"]], numbers[parsed.end_states["start"]]
    return Table(actions, gotos, compiled, accessing, start, accept)


def opens(token_class: str) -> bool:
    """Whether tokens of the class open something that another token must close."""
    return token_class in ("LBRACE", "LEFT") or token_class.startswith("BEGIN_")


class Configuration(dict):
    """A stack of LALR states; ``configuration[token_class]`` is the configuration behind that token.

    Where the grammar has no action the result is `DEAD`, from which nothing leads out.
    """

    __slots__ = ("__dict__", "grammar", "nesting", "parent", "pushed", "state")

    def __init__(self, grammar: Grammar, state: int, parent: Configuration | None):
        self.grammar = grammar
        self.state = state
        self.parent = parent
        self.pushed: dict[int, Configuration] = {}
        self.nesting: int = (0 if parent is None else parent.nesting) + opens(grammar.table.accessing[state])

    def __hash__(self) -> int:
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

    def __missing__(self, token_class: str) -> Configuration | DeadEnd:
        configuration = self.reduced(token_class)
        if configuration is None:
            result: Configuration | DeadEnd = DEAD
        else:
            result = configuration.push(self.grammar.table.actions[configuration.state][token_class])
            if result.nesting > MAX_NESTING:
                result = DEAD
        self[token_class] = result
        return result

    def reduced(self, token_class: str) -> Configuration | None:
        """This configuration after all reductions that *token_class* calls for; None if it has no action."""
        table = self.grammar.table
        configuration = self
        while True:
            action = table.actions[configuration.state].get(token_class)
            if action is None:
                return configuration if token_class == END and configuration.state == table.accept else None
            if action >= 0:
                return configuration
            rule = table.rules[~action]
            for _ in range(rule.size):
                configuration = configuration.parent
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


class DeadEnd(dict):
    """Where a walk goes on that the grammar has refused."""

    accepts = False
    allowed: frozenset[str] = frozenset()

    def __missing__(self, token_class: str) -> DeadEnd:
        return self


DEAD = DeadEnd()


class Grammar:
    """A compiled grammar: its table and the root of its automaton."""

    def __init__(self, source: str):
        self.source = source
        self.table = compile_table(source)
        self.size = 0
        self._root = Configuration(self, self.table.start, None)

    @property
    def start(self) -> Configuration:
        """Configuration before the first token. Fetch it anew for each formula: old ones may be let go."""
        if self.size > MAX_CONFIGURATIONS:
            self.size = 0
            self._root = Configuration(self, self.table.start, None)
        return self._root

    @cached_property
    def digest(self) -> str:
        """Eight hexadecimal digits that name this grammar and its token classes, for signatures."""
        classes = "\n".join(f"{token} {cls}" for token, cls in sorted(commands.CLASSES.items()))
        return hashlib.sha256(f"{self.source}\0{classes}".encode()).hexdigest()[:8]


@lru_cache(maxsize=8)
def grammar(name: str = "latex") -> Grammar:
    """The grammar ``grammars/NAME.lark``, compiled once a process.

    Raises:
        FileNotFoundError: there is no such grammar.
    """
    return Grammar(resources.files("grammars").joinpath(f"{name}.lark").read_text(encoding="utf-8"))


class _ClassOf(dict):
    """Token to class; remembers what `commands.token_class` says of tokens that no table lists."""

    def __missing__(self, token: str) -> str:
        cls = commands.token_class(token)
        if len(self) < 100_000:
            self[token] = cls
        return cls


CLASS_OF = _ClassOf(commands.CLASSES)
"""Class of every token, as a self-filling dictionary: the fast form of `commands.token_class`."""


def is_valid(tokens: list[str] | tuple[str, ...]) -> bool:
    """Whether the grammar accepts the token sequence."""
    configuration = grammar().start
    for cls in map(CLASS_OF.__getitem__, tokens):
        configuration = configuration[cls]
    return configuration.accepts


def permitted(tokens: list[str] | tuple[str, ...]) -> frozenset[str]:
    """Token classes that may follow the prefix *tokens*, with `END` where it may stop; the decoder's mask."""
    configuration = grammar().start
    for cls in map(CLASS_OF.__getitem__, tokens):
        configuration = configuration[cls]
    return configuration.allowed | {END} if configuration.accepts else configuration.allowed
