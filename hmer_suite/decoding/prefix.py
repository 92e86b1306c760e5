"""The given beginning of a formula."""

from __future__ import annotations

from hmer_suite.decoding.constraint import Constraint
from hmer_suite.errors import UsageError
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.vocabulary import Vocabulary


def prefix_numbers(vocabulary: Vocabulary, how: Decoding, grammar: Constraint | None) -> tuple[int, ...]:
    """Numbers of the tokens of `how.prefix`.

    Raises `UsageError` for a token that the vocabulary does not have, and for a prefix that is longer than a formula
    may be or with which no formula of the grammar begins.
    """
    for token in how.prefix:
        if token not in vocabulary:
            raise UsageError(f"prefix: the recogniser does not write {token}")
    numbers = tuple(vocabulary.encode(" ".join(how.prefix)))
    if len(numbers) > how.max_length:
        raise UsageError(f"prefix: {len(numbers)} tokens, where a formula has at most {how.max_length}")
    if grammar is not None:
        state, room = grammar.start(), how.max_length
        for token, number in zip(how.prefix, numbers, strict=True):
            if not grammar.mask(state, room)[number]:
                raise UsageError(
                    f"prefix: no valid formula begins like this: {' '.join(how.prefix)} (at {token})"
                )
            state, room = grammar.advance(state, number), room - 1
    return numbers
