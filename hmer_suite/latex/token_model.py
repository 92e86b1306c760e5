r"""Token model that chooses among repairs of equal cost the one most like a formula.

A back-off n-gram model whose history follows the formula's structure. Inside a group the history is what the
group was opened for (``^``, the second argument of ``\frac`` ...), how long it has grown, whether a round
bracket is open, and the last tokens; after a closed group it is that group as one item and what came before
it. What is predicted is a token's *category* (digit, relation, ``}`` ...): repairs of one input share nearly
all their tokens and differ in where groups end.

Counts come from training captions (``python -m hmer_suite.latex.token_model TRAIN.txt OUT``), smoothed by
Witten-Bell interpolation from the longest history down to the shortest (Chen and Goodman 1999, sec. 2.4).
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import resources
from itertools import takewhile
from math import log
from typing import NamedTuple

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.caption_tables import write_table

TABLE = "captions.tsv"
"""The shipped table: a history, a tab, then ``category count`` pairs; one history a line."""

END = "END"
"""Category of the end of a formula."""

MAX_LENGTH = 6
"""Group lengths from here on count as one."""

MAX_CONTEXTS = 10_000
"""Histories kept before the model starts afresh; bounds memory at some 15 MB."""

SMOOTHING = 2.0
"""Witten-Bell's estimate of the unseen is too low on formulas; this factor was tuned on held-out captions."""

TOTAL = ""
"""Name under which a history's counts are summed."""

FLOOR = 1 / 64
"""Probability of a category in a history that says nothing."""

_CATEGORIES = {
    "DIGIT": "0 1 2 3 4 5 6 7 8 9",
    "OPEN": r"( \{ \langle \lfloor \lceil \lbrace \lbrack \lparen",
    "CLOSE": r") \} \rangle \rfloor \rceil \rbrace \rbrack \rparen",
    "ADD": r"+ - \pm \mp",
    "TIMES": r"\times \div \cdot \ast * /",
    "RELATION": r"""= < > \leq \le \geq \ge \lt \gt \neq \ne \rightarrow \to \in \equiv \approx \sim
        \leftarrow \Rightarrow \subset \subseteq \cong \propto \ll \gg : \mid""",
    "COMMA": r", . ; ! ?",
    "DOTS": r"\ldots \cdots \dots \vdots \ddots",
    "INFTY": r"\infty",
    "PRIME": r"\prime '",
    "FRAC": r"\cfrac",
    "RAW": r"\color \pagecolor",
    "RAWTEXT": r"\colorbox",
}
"""Categories of single tokens. The shipped counts were taken with these very lists, so they stay as they are, though
`hmer_suite.latex.constructs` knows more brackets and relations."""

_CATEGORY_OF = {token: name for name, words in _CATEGORIES.items() for token in words.split()}
_FIRST_OF_TWO = ("FRAC", "CFRAC", "STACK")


def category(token: str) -> str:
    """The category that the model predicts for *token*, finer than the grammar's token classes."""
    known = _CATEGORY_OF.get(token)
    if known is not None:
        return known
    cls = CLASS_OF[token]
    if cls in ("CHAR", "COLUMN"):
        return "UPPER" if token.isupper() else "LOWER" if token.isalpha() else "CHAR"
    return cls


class GroupContext(NamedTuple):
    """A place in a group, as far as the model looks back."""

    kind: str
    """Token that opened the group: a command, ``^`` ..."""
    length: int
    """Items in the group so far."""
    rounds: int
    """Round brackets open in the group."""
    items: tuple[str, str, str]
    """The last three items."""

    def moved(self, item: str, change: int = 0) -> GroupContext:
        """The place after one more item of the group."""
        rounds = max(-1, min(2, self.rounds + change))
        return GroupContext(self.kind, min(self.length + 1, MAX_LENGTH), rounds, (*self.items[1:], item))

    def histories(self) -> tuple[str, ...]:
        """Keys to look counts up by, from the most general to the most specific."""
        third, second, first = self.items
        a, b, kind = generic(first), generic(second), generic(self.kind)
        here = f"{kind} {self.rounds} {self.length}"
        return (
            kind,
            f"{kind} {a}",
            f"{kind} {self.rounds} {a}",
            f"{here} {b} {a}",
            f"{here} {b} {first}",
            f"{here} {second} {first}",
            f"{here} {third} {second} {first}",
        )


START = GroupContext("START", 0, 0, ("", "", "START"))


class Context(dict[str, "tuple[float, Context]"]):
    """History of a formula's prefix; ``context[token]`` is (log-probability, context after the token).

    Contexts are interned and fill themselves, like `hmer_suite.latex.automaton.Configuration`.
    """

    __slots__ = ("model", "outer", "place")
    __hash__ = object.__hash__  # type: ignore[assignment]  # interned: equal to itself alone
    __eq__ = object.__eq__

    def __init__(self, model: Model, outer: Context | None, place: GroupContext):
        self.model = model
        self.outer = outer  # the context in which the group began, before its brace
        self.place = place

    def __missing__(self, token: str) -> tuple[float, Context]:
        result = self[token] = (self.model.scores(self.place)[category(token)], self.after(token))
        return result

    def after(self, token: str) -> Context:
        """The context after *token*."""
        cls = CLASS_OF[token]
        place = self.place
        if cls == "LBRACE":
            return self.model.context(self, GroupContext(place.items[-1], 0, 0, ("", *place.items[-2:])))
        if cls == "RBRACE" and self.outer is not None:
            first = CLASS_OF[place.kind] in _FIRST_OF_TWO
            item = "first{}" if first else f"{generic(place.kind)}{{}}"
            return self.model.context(self.outer.outer, self.outer.place.moved(item))
        name = category(token)
        return self.model.context(self.outer, place.moved(token, (name == "OPEN") - (name == "CLOSE")))


@lru_cache(maxsize=10_000)
def generic(item: str) -> str:
    """Category of a token; closed groups and the model's own marks are their own."""
    return item if item.endswith("{}") or item in ("", "START") else category(item)


class LogProbabilities(dict[str, float]):
    """Category to smoothed log-probability in one place; fills itself."""

    __slots__ = ("levels",)

    def __init__(self, levels: Iterable[dict[str, int] | None]):
        self.levels = [counts for counts in takewhile(bool, levels) if counts]

    def __missing__(self, name: str) -> float:
        probability = FLOOR
        for counts in self.levels:
            trust = SMOOTHING * (len(counts) - 1)
            probability = (counts.get(name, 0) + trust * probability) / (counts[TOTAL] + trust)
        result = self[name] = log(probability)
        return result


class Model:
    """Counts of categories by history, and the contexts that have come up so far.

    *lines* are those of a table, in order; each is parsed when its history first comes up.
    """

    def __init__(self, lines: Sequence[str]):
        self._lines = lines
        self._counts: dict[str, dict[str, int] | None] = {}
        self._scores: dict[GroupContext, LogProbabilities] = {}
        self._contexts: dict[tuple[Context | None, GroupContext], Context] = {}

    @property
    def start(self) -> Context:
        """Context before the first token. Fetch it anew for each formula: old ones may be discarded."""
        if len(self._contexts) + len(self._scores) > MAX_CONTEXTS:
            self._contexts, self._scores = {}, {}
        return self.context(None, START)

    def context(self, outer: Context | None, place: GroupContext) -> Context:
        """The one context with this *place* in the group that began in *outer*."""
        key = (outer, place)
        known = self._contexts.get(key)
        if known is None:
            known = self._contexts[key] = Context(self, outer, place)
        return known

    def scores(self, place: GroupContext) -> LogProbabilities:
        """Log-probability of each category that may follow in *place*."""
        known = self._scores.get(place)
        if known is None:
            known = self._scores[place] = LogProbabilities(map(self.counts, place.histories()))
        return known

    def counts(self, history: str) -> dict[str, int] | None:
        """Counts after *history*, with their sum under `TOTAL`; None if it never came up in training."""
        try:
            return self._counts[history]
        except KeyError:
            found = self._counts[history] = self._look_up(history)
            return found

    def _look_up(self, history: str) -> dict[str, int] | None:
        start = f"{history}\t"
        index = bisect_left(self._lines, start)
        if index == len(self._lines) or not self._lines[index].startswith(start):
            return None
        words = self._lines[index][len(start) :].split(" ")
        counts = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        counts[TOTAL] = sum(counts.values())
        return counts


def train(formulas: Iterable[Sequence[str]]) -> dict[str, Counter[str]]:
    """Counts of categories by history over token sequences; formulas that repeat count once."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    silent = Model([])
    for tokens in sorted(set(map(tuple, formulas))):
        context = silent.start
        for token in tokens:
            _count(counts, context, category(token))
            context = context.after(token)
        _count(counts, context, END)
    return counts


def _count(counts: dict[str, Counter[str]], context: Context, name: str) -> None:
    for history in context.place.histories():
        counts[history][name] += 1


def table(counts: dict[str, Counter[str]]) -> list[str]:
    """Lines of the table: see `TABLE`. Deterministic."""
    lines = []
    for history, following in counts.items():
        pairs = " ".join(f"{name} {count}" for name, count in sorted(following.items()))
        lines.append(f"{history}\t{pairs}")
    return sorted(lines)


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model that ships with the package, read on first use."""
    table_file = resources.files("hmer_suite.latex").joinpath(TABLE)
    return Model(table_file.read_text(encoding="utf-8").splitlines())


def main(arguments: Sequence[str]) -> int:
    """``TRAIN.txt OUT``: write the table OUT of the captions of TRAIN.txt."""
    return write_table(arguments, "hmer_suite.latex.token_model", lambda captions: table(train(captions)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
