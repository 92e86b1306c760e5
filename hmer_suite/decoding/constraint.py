"""Masks of the tokens that may come next, so that every decoded formula is valid and within its length.

    constraint = Constraint(vocabulary, max_length=200)
    state = constraint.start()
    allowed = constraint.mask(state, remaining=200)      # (V,), True where a token may follow
    state = constraint.advance(state, token)             # a token that was allowed

A token is allowed if the grammar accepts it and the formula can still be ended within the tokens that remain after it,
with tokens of the vocabulary alone (`hmer_suite.latex.shortest_ending` counts them exactly); the end is allowed
wherever the grammar accepts. So every allowed token is followed by another one or the end: there are no dead ends, and
no valid formula of that length is excluded. It is independent of the search: greedy, beam and CTC decoders use it.

Some tokens of a vocabulary are never allowed: padding and begin; commands that the grammar does not know; lengths
such as ``\\kern3pt``, which are read together with the text after them; and ``*`` after a command with a starred form:
their text would be split into other tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from hmer_suite.errors import UsageError
from hmer_suite.latex.automaton import CLASS_OF, Configuration, DeadEnd, Grammar, grammar
from hmer_suite.latex.shortest_ending import NEVER, ShortestEnding
from hmer_suite.latex.tokens import split
from hmer_suite.specs.grammar import CompiledGrammar
from hmer_suite.specs.vocabulary import END, SPECIAL, Vocabulary

_LENGTHS = ("\\kern", "\\mkern", "\\hskip", "\\mskip")


class Constraint:
    """The mask of a grammar (ours if None) over a vocabulary, for formulas of at most *max_length* tokens.

    Raises:
        UsageError: no formula of that length can be written with the vocabulary.
    """

    def __init__(self, vocabulary: Vocabulary, held_to: Grammar | None = None, max_length: int = 200):
        self.grammar = held_to or grammar()
        self.max_length = max_length
        self._starred = _classes_with_star(vocabulary)
        self._star = vocabulary.symbols.index("*") + len(SPECIAL) if "*" in vocabulary else None
        self._classes = _token_classes(vocabulary, bool(self._starred))
        known = sorted({cls for cls in self._classes if cls})
        self._closing = ShortestEnding(self.grammar, known, max_length)
        places = {cls: place for place, cls in enumerate(known)}
        self._place = np.array([places.get(cls, len(known)) for cls in self._classes])
        self._needs: dict[Configuration, np.ndarray] = {}
        self._root: Configuration | None = None
        if self._closing(self.start()) > max_length:
            raise UsageError(
                f"grammar {self.grammar.name} has no formula of at most {max_length} tokens of this vocabulary"
            )

    def start(self) -> Configuration:
        """The state before the first token. Fetch it anew for each image: the grammar lets old ones go."""
        root = self.grammar.start
        if root is not self._root:
            self._root = root
            self._needs = {}
            self._closing.forget()
        return root

    def advance(self, state: Configuration | DeadEnd, token: int) -> Configuration | DeadEnd:
        """The state after *token*, a number of the vocabulary but not the end; dead if it was not allowed."""
        return state[self._classes[token]]

    def needs(self, state: Configuration | DeadEnd) -> np.ndarray:
        """For each token (V,) the number that must remain for it to be allowed: itself and what must follow."""
        if isinstance(state, DeadEnd):
            return np.full_like(self._place, NEVER)
        known = self._needs.get(state)
        if known is None:
            known = self._needs[state] = self._count(state)
        return known

    def mask(self, state: Configuration | DeadEnd, remaining: int) -> np.ndarray:
        """True (V,) for the tokens allowed when *remaining* more may be written, the end not counted."""
        return self.needs(state) <= remaining

    def masks(self, states: Sequence[tuple[Configuration | DeadEnd, int]]) -> np.ndarray:
        """Masks (N, V) of several states, each with the number of tokens that may still be written."""
        needs, remaining = zip(*((self.needs(state), room) for state, room in states), strict=True)
        return np.stack(needs) <= np.array(remaining)[:, None]

    def _count(self, state: Configuration) -> np.ndarray:
        closing = self._closing
        counts = np.array([1 + closing(state[cls]) for cls in closing.classes] + [NEVER])
        needs = counts[self._place]
        needs[END] = 0 if state.accepts else NEVER
        if self._star is not None and self.grammar.table.accessing[state.state] in self._starred:
            needs[self._star] = NEVER
        return needs


def _token_classes(vocabulary: Vocabulary, has_starred: bool) -> list[str]:
    """Class of each token; "" for those that are never allowed."""
    classes = ["" if _reads_otherwise(token) else CLASS_OF[token] for token in vocabulary.symbols]
    if has_starred and "*" in vocabulary and classes.count("CHAR") == 1:
        # After a starred command the star must not represent all characters.
        classes[vocabulary.symbols.index("*")] = ""
    return [""] * len(SPECIAL) + classes


def _reads_otherwise(token: str) -> bool:
    return token.startswith(_LENGTHS) or split(token) != [token]


def _classes_with_star(vocabulary: Vocabulary) -> frozenset[str]:
    """Classes of the tokens that become another when a star follows, as ``\\operatorname *`` does."""
    return frozenset(CLASS_OF[token] for token in vocabulary.symbols if len(split(f"{token} *")) == 1)


@lru_cache(maxsize=8)
def constraint(vocabulary: Vocabulary, held_to: str | CompiledGrammar, max_length: int) -> Constraint:
    """The cached `Constraint` of these arguments: its counts serve all batches.

    *held_to* is that of `hmer_suite.specs.recogniser.Decoding`: the name of a grammar that ships, or a `Grammar`.

    Raises:
        UsageError: no such grammar is shipped, or that of `Constraint`.
    """
    if isinstance(held_to, str):
        held_to = grammar(held_to)
    if not isinstance(held_to, Grammar):
        raise TypeError(f"Decoding.grammar must be a name or a compiled grammar, not {held_to!r}")
    return Constraint(vocabulary, held_to, max_length)
