"""Arguments of data sources: numbers and options after a path, and series of samples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.errors import UsageError, did_you_mean

DEFAULT_SAMPLES = 2_000


def path_and_numbers(argument: str, most: int) -> tuple[str, list[int]]:
    """The path, which may hold commas itself, and at most `most` whole numbers after it, in ``PATH[,N[,N...]]``."""
    words = argument.split(",")
    numbers: list[int] = []
    while len(words) > 1 and len(numbers) < most and words[-1].strip().isdecimal():
        numbers.insert(0, int(words.pop()))
    return ",".join(words), numbers


def path_and_options(source: str, argument: str, known: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The path, which may hold commas itself, and the options after it, in ``PATH[,NAME=VALUE...]``.

    Raises `UsageError` for an option that is not `known`, given twice, or empty.
    """
    words = argument.split(",")
    options: dict[str, str] = {}
    while len(words) > 1 and (found := re.fullmatch(r"\s*([a-z_]+)\s*=(.*)", words[-1])):
        if Path(",".join(words)).exists():
            break
        name, value = found[1], found[2].strip()
        if name not in known:
            hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
            raise UsageError(f"{source}:{argument}: no option {name}{hint}")
        if name in options or not value:
            raise UsageError(f"{source}:{argument}: option {name} is {'given twice' if value else 'empty'}")
        options[name] = value
        words.pop()
    return ",".join(words), options


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
