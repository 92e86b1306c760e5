r"""Token model that chooses among repairs of equal cost: which of them looks most like a formula?

A back-off n-gram model whose history follows the formula's structure. Inside a group the history is what the
group was opened for (``^``, the second argument of ``\frac`` ...), how long it has grown, whether a round
bracket is open, and the last tokens; behind a closed group it is that group as one item and what stood before
it. What is predicted is a token's *category* (digit, relation, ``}`` ...): repairs of one input share nearly
all their tokens and differ in where groups end.

Counts come from training captions (``python -m hmer_suite.repair.prior TRAIN.txt OUT``), smoothed by
Witten-Bell interpolation from the longest history down to the shortest (Chen and Goodman 1999, sec. 2.4).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import resources
from math import log
from pathlib import Path

from hmer_suite.latex.grammar import CLASS_OF
from hmer_suite.latex.tokens import split

TABLE = "captions.tsv"
"""The shipped table: a history, a tab, then ``category count`` pairs; one history a line."""

END = "END"
"""Category of the end of a formula."""

MAX_LENGTH = 6
"""Group lengths from here on count as one."""

MAX_CONTEXTS = 40_000
"""Histories kept before the model starts afresh; bounds memory at some 30 MB."""

FLOOR = 1 / 64
"""Probability of a category in a history that says nothing."""

_CATEGORIES = {
    "DIGIT": "0 1 2 3 4 5 6 7 8 9",
    "OPEN": r"( \{ \langle \lfloor \lceil \lbrace \lbrack \lparen",
    "CLOSE": r") \} \rangle \rfloor \rceil \rbrace \rbrack \rparen",
    "ADD": r"+ - \pm \mp",
    "TIMES": r"\times \div \cdot \ast * /",
    "RELATION": r"""= < > \leq \le \geq \ge \lt \gt \neq \ne \rightarrow \to \in \equiv \approx \sim \leftarrow
        \Rightarrow \subset \subseteq \cong \propto \ll \gg : \mid""",
    "COMMA": r", . ; ! ?",
    "DOTS": r"\ldots \cdots \dots \vdots \ddots",
    "INFTY": r"\infty",
    "PRIME": r"\prime '",
}
_CATEGORY_OF = {token: name for name, words in _CATEGORIES.items() for token in words.split()}
_FIRST_OF_TWO = ("FRAC", "STACK")


def category(token: str) -> str:
    """What the model predicts in place of *token*: a finer grouping than the grammar's token classes."""
    known = _CATEGORY_OF.get(token)
    if known is not None:
        return known
    cls = CLASS_OF[token]
    if cls in ("CHAR", "COLUMN"):
        return "UPPER" if token.isupper() else "LOWER" if token.isalpha() else "CHAR"
    return cls


class Context(dict):
    """History of a formula's prefix; ``context[token]`` is (log-probability, context behind the token).

    Contexts are interned and fill themselves, like `hmer_suite.latex.grammar.Configuration`.
    """

    __slots__ = ("items", "kind", "length", "model", "outer", "rounds")

    def __init__(self, model: Model, outer: Context | None, kind: str, length: int, rounds: int, items: tuple):
        self.model = model
        self.outer = outer  # context in which the group began, before its brace
        self.kind = kind  # what the group was opened for
        self.length = length  # items in the group so far
        self.rounds = rounds  # round brackets open in the group
        self.items = items  # the last three

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __missing__(self, token: str) -> tuple[float, Context]:
        result = self[token] = (self.model.score(self, category(token)), self.after(token))
        return result

    def after(self, token: str) -> Context:
        """The context behind *token*."""
        cls = CLASS_OF[token]
        if cls == "LBRACE":
            return self.model.context(self, self.items[-1], 0, 0, ("", *self.items[-2:]))
        if cls == "RBRACE" and self.outer is not None:
            first = CLASS_OF[self.kind] in _FIRST_OF_TWO
            return self.outer.moved("first{}" if first else f"{generic(self.kind)}{{}}", self.outer.rounds)
        name = category(token)
        change = (name == "OPEN") - (name == "CLOSE")
        return self.moved(token, max(-1, min(2, self.rounds + change)))

    def moved(self, item: str, rounds: int) -> Context:
        """The context with one more item in the same group."""
        items = (*self.items[1:], item)
        return self.model.context(self.outer, self.kind, min(self.length + 1, MAX_LENGTH), rounds, items)

    def histories(self) -> tuple[str, ...]:
        """Keys to look counts up by, from the most general to the most specific."""
        third, second, first = self.items
        a, b, kind = generic(first), generic(second), generic(self.kind)
        place = f"{kind} {self.rounds} {self.length}"
        return (
            kind,
            f"{kind} {a}",
            f"{kind} {self.rounds} {a}",
            f"{place} {b} {a}",
            f"{place} {b} {first}",
            f"{place} {second} {first}",
            f"{place} {third} {second} {first}",
        )


@lru_cache(maxsize=10_000)
def generic(item: str) -> str:
    """Category of a token; a closed group and the marks of the model stand for themselves."""
    return item if item.endswith("{}") or item in ("", "START") else category(item)


class Model:
    """Counts of categories by history, and the contexts that have come up so far."""

    def __init__(self, counts: dict[str, str] | dict[str, Counter]):
        self._counts = counts
        self._contexts: dict[tuple, Context] = {}

    @property
    def start(self) -> Context:
        """Context before the first token. Fetch it anew for each formula: old ones may be let go."""
        if len(self._contexts) > MAX_CONTEXTS:
            self._contexts = {}
        return self.context(None, "START", 0, 0, ("", "", "START"))

    def context(self, *description) -> Context:
        """The interned context of this description: see `Context`."""
        known = self._contexts.get(description)
        if known is None:
            known = self._contexts[description] = Context(self, *description)
        return known

    def score(self, context: Context, name: str) -> float:
        """Log-probability that a token of category *name* follows."""
        probability = FLOOR
        for history in context.histories():
            counts = self.counts(history)
            if counts is None:
                break
            seen = len(counts) - 1
            probability = (counts.get(name, 0) + seen * probability) / (counts[""] + seen)
        return log(probability)

    def counts(self, history: str) -> dict[str, int] | None:
        """Counts behind *history*, with their total under the empty name; parsed on first use."""
        entry = self._counts.get(history)
        if isinstance(entry, str):
            words = entry.split(" ")
            entry = dict(zip(words[::2], map(int, words[1::2]), strict=True))
            entry[""] = sum(entry.values())
            self._counts[history] = entry
        return entry


def train(formulas: Iterable[Sequence[str]]) -> dict[str, Counter]:
    """Counts of categories by history over token sequences."""
    counts: dict[str, Counter] = defaultdict(Counter)
    silent = Model({})
    for tokens in formulas:
        context = silent.start
        for token in tokens:
            _count(counts, context, category(token))
            context = context.after(token)
        _count(counts, context, END)
    return counts


def _count(counts: dict[str, Counter], context: Context, name: str) -> None:
    for history in context.histories():
        counts[history][name] += 1


def render(counts: dict[str, Counter]) -> str:
    """The table as text: see `TABLE`. The same captions give the same text."""
    lines = []
    for history in sorted(counts):
        pairs = " ".join(f"{name} {count}" for name, count in sorted(counts[history].items()))
        lines.append(f"{history}\t{pairs}\n")
    return "".join(lines)


def read(text: str) -> Model:
    """The model of a rendered table."""
    return Model(dict(line.split("\t") for line in text.splitlines()))


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model that ships with the package, read on first use."""
    return read(resources.files(__package__).joinpath(TABLE).read_text(encoding="utf-8"))


def main(arguments: Sequence[str]) -> int:
    """``TRAIN.txt OUT``: count the captions (``id<TAB>tokens`` a line) of TRAIN.txt and write the table OUT."""
    if len(arguments) != 2:
        print("usage: python -m hmer_suite.repair.prior TRAIN.txt OUT", file=sys.stderr)
        return 2
    source, target = map(Path, arguments)
    lines = source.read_text(encoding="utf-8").splitlines()
    target.write_text(render(train(split(line.partition("\t")[2]) for line in lines)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
