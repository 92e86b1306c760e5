r"""Token model that chooses among repairs of equal cost: which of them looks most like a formula?

A back-off n-gram model whose history follows the formula's structure. Inside a group the history is what the
group was opened for (``^``, the second argument of ``\frac`` ...), how long it has grown, whether a round
bracket is open, and the last tokens; behind a closed group it is the closed group as one item and what stood
before it. What is predicted is a token's *category* (digit, relation, ``}`` ...): repairs of one input share
nearly all tokens and differ in where groups end.

Counts come from training captions (``python -m hmer_suite.repair.prior TRAIN.txt OUT``) and are smoothed by
Witten-Bell interpolation from the longest context down to the shortest (Chen and Goodman 1999, sec. 2.4).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from functools import lru_cache
from importlib import resources
from math import log
from pathlib import Path

from hmer_suite.latex.grammar import CLASS_OF

TABLE = "captions.tsv"
END = "END"
LONGEST = 6
"""Group lengths from here on count as one."""

_CATEGORIES = {
    "DIGIT": "0 1 2 3 4 5 6 7 8 9",
    "OPEN": r"( \{ \langle \lfloor \lceil \lbrace \lbrack \lparen",
    "CLOSE": r") \} \rangle \rfloor \rceil \rbrace \rbrack \rparen",
    "ADD": r"+ - \pm \mp",
    "TIMES": r"\times \div \cdot \ast * /",
    "REL": r"= < > \leq \le \geq \ge \lt \gt \neq \ne \rightarrow \to \in \equiv \approx \sim \leftarrow "
    r"\Rightarrow \subset \subseteq \cong \propto \ll \gg : | \mid",
    "COMMA": r", . ; ! ?",
    "DOTS": r"\ldots \cdots \dots \vdots \ddots",
    "INFTY": r"\infty",
    "PRIME": r"\prime '",
}
_CATEGORY = {token: name for name, words in _CATEGORIES.items() for token in words.split()}


def category(token: str) -> str:
    """What the model predicts in place of *token*: its category, or its token class."""
    known = _CATEGORY.get(token)
    if known is not None:
        return known
    cls = CLASS_OF[token]
    if cls in ("CHAR", "COLUMN"):
        return "UPPER" if token.isupper() else "LOWER" if token.isalpha() else "CHAR"
    if cls == "LARGEOP":
        return "\\sum"
    return cls


class Context(dict):
    """History of a formula's prefix; ``context[token]`` is (log-probability, context behind the token).

    Contexts are interned and fill themselves, like `hmer_suite.latex.grammar.Configuration`.
    """

    __slots__ = ("closed", "history", "kind", "length", "model", "outer", "round")

    def __init__(self, model: Model, outer: Context | None, kind: str, length: int, rounds: int, history: tuple):
        self.model = model
        self.outer = outer
        self.kind = kind
        self.length = length
        self.round = rounds
        self.history = history

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __missing__(self, token: str) -> tuple[float, Context]:
        what = category(token)
        result = self[token] = (self.model.score(self, what), self.after(token, what))
        return result

    def after(self, token: str, what: str) -> Context:
        """The context behind *token*."""
        if what == "LBRACE":
            kind = self.history[-1]
            return self.model.context(self, kind, 0, 0, (self.history[-2], kind))
        if what == "RBRACE" and self.outer is not None:
            outer = self.outer
            closed = f"{self.kind}{{}}"
            if self.kind == "\\frac" : closed = "\\frac1"
            return outer.moved(closed, outer.round)
        rounds = self.round
        if what == "OPEN":
            rounds += 1
        elif what == "CLOSE":
            rounds -= 1
        return self.moved(token, max(-1, min(2, rounds)))

    def moved(self, item: str, rounds: int) -> Context:
        history = (*self.history, item)[-3:]
        return self.model.context(self.outer, self.kind, min(self.length + 1, LONGEST), rounds, history)

    def keys(self) -> tuple[str, ...]:
        """Names of the contexts to look counts up in, from the shortest to the longest."""
        third, second, first = ("", "", "", *self.history)[-3:]
        a, b = generic(first), generic(second)
        kind = generic(self.kind)
        return (
            f"{kind}",
            f"{kind} {a}",
            f"{kind} {self.round} {a}",
            f"{kind} {self.round} {self.length} {b} {a}",
            f"{kind} {self.round} {self.length} {b} {first}",
            f"{kind} {self.round} {self.length} {second} {first}",
            f"{kind} {self.round} {self.length} {third} {second} {first}",
        )


@lru_cache(maxsize=10_000)
def generic(item: str) -> str:
    """Category of a token; a closed group or a mark of the model stands for itself."""
    return item if item.endswith("{}") or item in ("START", "\\frac1", "") else category(item)


class Model:
    """Counts by context, with smoothed log-probabilities and the root context."""

    def __init__(self, counts: dict[str, dict[str, int]], channel: dict[str, float] | None = None):
        self.counts = counts
        self.totals: dict[str, tuple[int, int]] = {}
        self.interned: dict[tuple, Context] = {}
        self.cache={}

    def start(self) -> Context:
        return self.context(None, "START", 0, 0, ("START", "START"))

    def context(self, outer, kind, length, rounds, history) -> Context:
        key = (outer, kind, length, rounds, history)
        known = self.interned.get(key)
        if known is None:
            known = self.interned[key] = Context(self, *key)
        return known

    def score(self, context: Context, what: str) -> float:
        probability = 1 / 40
        for key in dict.keys(context) if False else Context.keys(context):
            seen = self.counts.get(key)
            if seen is None:
                break
            total = self.totals.get(key)
            if total is None:
                total = self.totals[key] = (sum(seen.values()), len(seen))
            count, kinds = total
            weight = kinds * SMOOTH
            probability = (seen.get(what, 0) + weight * probability) / (count + weight)
        return log(probability)

SMOOTH=1.0

def train(lines: list[list[str]]) -> Model:
    counts: dict[str, Counter] = defaultdict(Counter)
    model = Model({})
    model.score = lambda c, w: 0.0
    for tokens in lines:
        context = model.start()
        for token in [*tokens, END]:
            what = category(token) if token != END else END
            for key in Context.keys(context):
                counts[key][what] += 1
            if token != END:
                context = context[token][1]
    return Model({k: dict(v) for k, v in counts.items()})
