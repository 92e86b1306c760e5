"""Arguments of data sources: numbers after a path, and series of samples."""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.errors import UsageError

DEFAULT_SAMPLES = 2_000


def path_and_numbers(argument: str, most: int) -> tuple[str, list[int]]:
    """The path, which may hold commas itself, and at most `most` whole numbers after it, in ``PATH[,N[,N...]]``."""
    words = argument.split(",")
    numbers: list[int] = []
    while len(words) > 1 and len(numbers) < most and words[-1].strip().isdecimal():
        numbers.insert(0, int(words.pop()))
    return ",".join(words), numbers


@dataclass(frozen=True, slots=True)
class Series:
    """The first `count` samples of the series of a seed, of at most `longest` tokens unless that is 0."""

    count: int = DEFAULT_SAMPLES
    seed: int = 0
    longest: int = 0

    @classmethod
    def of(cls, source: str, argument: str) -> Series:
        """The series of ``N[,SEED[,LONGEST]]``, which may be empty; a `UsageError` names the source."""
        words = argument.split(",") if argument else []
        if len(words) > 3 or not all(word.strip().isdecimal() for word in words):
            raise UsageError(f"{source}:{argument}: expected {source}[:N[,SEED[,LONGEST]]], whole numbers")
        series = cls(*map(int, words))
        if series.count < 1:
            raise UsageError(f"{source}:{argument}: at least one sample is needed")
        return series
