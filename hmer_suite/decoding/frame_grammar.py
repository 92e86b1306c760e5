"""The grammar over the classes of CTC frames: the blank is number 0, symbol i of the vocabulary number i + 1."""

from __future__ import annotations

from hmer_suite.decoding.constraint import Constraint, constraint
from hmer_suite.latex.automaton import Configuration, DeadEnd
from hmer_suite.nn.ctc import BLANK, SHIFT
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.vocabulary import Vocabulary


class FrameGrammar:
    """States of the grammar for prefixes of classes of frames."""

    def __init__(self, vocabulary: Vocabulary, how: Decoding):
        self._constraint: Constraint = constraint(vocabulary, how.grammar, how.max_length)
        self._max_length = how.max_length
        self._needs: dict[Configuration | DeadEnd, list[int]] = {}

    def start(self) -> Configuration:
        """The state before the first token; get it anew for each formula."""
        root = self._constraint.start()
        if root not in self._needs:
            self._needs = {}  # the grammar let its old states go
        return root

    def advance(self, state: Configuration | DeadEnd, token: int) -> Configuration | DeadEnd:
        """The state after a token."""
        return self._constraint.advance(state, token + SHIFT)

    def needs(self, state: Configuration | DeadEnd) -> list[int]:
        """For each class the number of tokens that must remain for it to be allowed; class 0 is the end here."""
        known = self._needs.get(state)
        if known is None:
            known = self._needs[state] = self._constraint.needs(state)[SHIFT:].tolist()
        return known

    def need(self, state: Configuration | DeadEnd) -> int:
        """Fewest tokens that a formula still needs to end."""
        return min(self.needs(state))

    def shortest(self, state: Configuration | DeadEnd) -> list[int]:
        """First tokens of the shortest ways to an end."""
        needs = self.needs(state)
        least = min(needs)
        return [token for token, need in enumerate(needs) if need == least and token != BLANK]

    def ending(self, state: Configuration | DeadEnd) -> tuple[int, ...]:
        """The tokens of a shortest way to an end."""
        tokens: list[int] = []
        while self.need(state):
            tokens.append(self.shortest(state)[0])
            state = self.advance(state, tokens[-1])
        return tuple(tokens)

    def accepts(self, reading: tuple[int, ...]) -> bool:
        """Whether a reading is a valid formula within the length."""
        state: Configuration | DeadEnd = self.start()
        for token in reading:
            if self.needs(state)[token] > self._max_length:
                return False
            state = self.advance(state, token)
        return not self.need(state)
