"""Language model of the CTC search: the model of token categories that repairs use, shared among their tokens."""

from __future__ import annotations

from math import log

from hmer_suite.latex import token_model
from hmer_suite.specs.vocabulary import Vocabulary


class Language:
    """Log-probabilities of tokens in their context, relative to a uniform choice from the vocabulary, times `weight`.

    Relative to a uniform choice a common token costs nothing, so that the search does not prefer short readings.
    """

    def __init__(self, vocabulary: Vocabulary, weight: float):
        self._weight = weight
        self._model = token_model.shipped()
        self._symbols = vocabulary.symbols
        self._categories = [token_model.category(symbol) for symbol in vocabulary.symbols]
        size = len(vocabulary.symbols)
        self._even = [log(size / self._categories.count(name)) for name in self._categories]
        self._end = log(size)

    def start(self) -> token_model.Context:
        """The context before the first token."""
        return self._model.start

    def gain(self, context: token_model.Context, token: int) -> float:
        """Score of a token in a context."""
        logprob = self._model.scores(context.place)[self._categories[token - 1]]
        return self._weight * (logprob + self._even[token - 1])

    def after(self, context: token_model.Context, token: int) -> token_model.Context:
        """The context after a token."""
        return context[self._symbols[token - 1]][1]

    def end(self, context: token_model.Context) -> float:
        """Score of ending in a context."""
        return self._weight * (self._model.scores(context.place)[token_model.END] + self._end)
