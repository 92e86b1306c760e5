"""Pairs of formulas from lines: two columns separated by a tab, or JSON objects with ids, one line at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hmer_suite.errors import InputError
from hmer_suite.predictions.names import IDS, PREDICTIONS, REFERENCES, TEXTS, normal

FIRST = ("first", "a", "left", "lhs", "one", *PREDICTIONS, "student", "candidate", "answer", *TEXTS)
"""Names of the first formula of a pair; the first that occurs counts."""

SECOND = (
    "second",
    "b",
    "right",
    "rhs",
    "other",
    *REFERENCES,
    "expected",
    "correct",
    "solution",
    "answer",
    *TEXTS,
)
"""Names of the second formula of a pair."""


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair with the number of its line from 1 and its id, any JSON value, if it has one; or what is wrong with it.

    A *blank* line has no pair, and nothing is wrong with it.
    """

    line: int
    first: str = ""
    second: str = ""
    has_id: bool = False
    id: object = None
    error: str | None = None
    blank: bool = False

    def names(self) -> dict[str, object]:
        """The id as a key of JSON, if there is one."""
        return {"id": self.id} if self.has_id else {}


def read_pairs(lines: Iterable[str | bytes], name: str) -> Iterator[PairLine]:
    """The pairs of *lines*, which may arrive one by one; one that is no pair says why.

    *name* is the file in messages.
    """
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8") if isinstance(line, bytes) else line
            text = text.removesuffix("\n").removesuffix("\r")
            if number == 1:
                text = text.removeprefix("\ufeff")
            if text.strip(" \r") == "":
                yield PairLine(number, blank=True)
            else:
                yield _pair(text, number)
        except UnicodeDecodeError as error:
            found = f"0x{error.object[error.start]:02x} at byte {error.start} of the line"
            yield PairLine(number, error=f"{name}:{number}: not UTF-8: {found}")
        except InputError as error:
            yield PairLine(number, error=f"{name}:{number}: {error}")


def _pair(text: str, number: int) -> PairLine:
    if "\0" in text:
        raise InputError(f"NUL byte at character {text.index(chr(0)) + 1}: not a text file")
    if text.lstrip().startswith(("{", "[")):
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            if text.count("\t") != 1 and text.lstrip().startswith('{"'):
                raise InputError(f"not a JSON object: {error}") from None
        else:
            if isinstance(record, dict) and record:
                return _of_record(record, number)
            if (
                isinstance(record, list)
                and len(record) == 2
                and all(isinstance(item, str) for item in record)
            ):
                return PairLine(number, record[0], record[1])
    columns = text.split("\t")
    if len(columns) != 2:
        raise InputError(f"expected two formulas separated by one tab, found {len(columns) - 1} tabs")
    return PairLine(number, columns[0], columns[1])


def _of_record(record: dict[str, object], number: int) -> PairLine:
    keys = {normal(key): key for key in reversed(record)}
    named = next((keys[name] for name in IDS if name and name in keys), None)
    first = next((keys[name] for name in FIRST if name in keys), None)
    second = next((keys[name] for name in SECOND if name in keys and keys[name] != first), None)
    if first is None or second is None:
        missing = "first" if first is None else "second"
        raise InputError(f"no {missing} formula (such as {missing!r}) among the keys {', '.join(record)}")
    texts = record[first], record[second]
    for key, text in zip((first, second), texts, strict=True):
        if not isinstance(text, str):
            raise InputError(f"{key}: expected a string, got {json.dumps(text)[:80]}")
    return PairLine(
        number, str(texts[0]), str(texts[1]), named is not None, None if named is None else record[named]
    )
