"""Tokens and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hmer_suite.errors import InputError

PAD, BEGIN, END = 0, 1, 2
"""Numbers of the special tokens: padding, begin and end of a sequence, in the order of every vocabulary."""

SPECIAL = ("<pad>", "<begin>", "<end>")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens that a recogniser can write; token i + 3 is `symbols[i]`, after the `SPECIAL` ones."""

    symbols: tuple[str, ...]
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = {symbol: number for number, symbol in enumerate(self.symbols, start=len(SPECIAL))}
        if len(numbers) != len(self.symbols):
            raise ValueError("a vocabulary names each symbol once")
        object.__setattr__(self, "_numbers", numbers)

    @classmethod
    def of(cls, labels: Iterable[str]) -> Vocabulary:
        """All tokens of spaced labels, sorted by code points."""
        return cls(tuple(sorted({token for label in labels for token in label.split()})))

    def __len__(self) -> int:
        return len(SPECIAL) + len(self.symbols)

    def __contains__(self, token: str) -> bool:
        return token in self._numbers

    def number(self, token: str) -> int:
        """The number of a token; `KeyError` for an unknown one."""
        return self._numbers[token]

    def encode(self, label: str) -> list[int]:
        """Numbers of a spaced label, without begin and end; `InputError` names an unknown token."""
        try:
            return [self._numbers[token] for token in label.split()]
        except KeyError as error:
            raise InputError(f"token {error.args[0]} is not in the vocabulary: {label[:200]}") from None

    def decode(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """The tokens of `numbers` up to the first end; padding and begin are skipped."""
        tokens: list[str] = []
        for number in numbers:
            if number == END:
                break
            if number >= len(SPECIAL):
                tokens.append(self.symbols[number - len(SPECIAL)])
        return tuple(tokens)
