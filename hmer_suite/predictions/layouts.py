"""Readers of the text layouts of prediction and reference files, from text to one row for each sample.

Every reader takes the name of the file for its messages. In the layouts with one sample a line, sample i is on line i:
a blank line between samples is an error (it has no id), blank lines at the end are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial

from hmer_suite.errors import InputError, PairingError

Candidates = tuple[tuple[str, float], ...]
"""Candidates (text, natural-log probability) of one sample, in the order of the file."""

Row = tuple[str, str | None, str | None, Candidates]
"""One sample of a file: id, prediction, reference and candidates; None or () if missing."""


def show(text: str) -> str:
    """`text` quoted for a message, escaped to one line and truncated to 60 characters."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def first_duplicate(items: Iterable[str]) -> str:
    """The first item that repeats an earlier one; `ValueError` if there is none."""
    seen: set[str] = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    raise ValueError("no duplicate among the items")


# ---------------------------------------------------------------- one sample a line


def read_tsv(name: str, lines: list[str]) -> list[Row]:
    """``id<TAB>prediction[<TAB>reference]``; an id alone has an empty prediction."""
    rows: list[Row] = []
    for number, line in enumerate(_samples(name, lines), 1):
        identifier, *texts = line.split("\t")
        if len(texts) > 2:
            columns = len(texts) + 1
            raise InputError(f"{name}:{number}: {columns} columns, expected id, prediction and reference")
        if not texts and " " in line:
            raise InputError(f"{name}:{number}: no tab between id and prediction: {show(line)}")
        rows.append((identifier, texts[0] if texts else "", texts[1] if len(texts) == 2 else None, ()))
    return rows


def read_spaced(name: str, lines: list[str]) -> list[Row]:
    """``id token token ...``, as WAP writes it; an id alone has an empty prediction."""
    rows: list[Row] = []
    for number, line in enumerate(_samples(name, lines), 1):
        if "\t" in line:
            raise InputError(f"{name}:{number}: tab in a line of 'id token token ...': say --format tsv?")
        identifier, _, prediction = line.partition(" ")
        rows.append((identifier, prediction.lstrip(" "), None, ()))
    return rows


def read_plain(name: str, lines: list[str]) -> list[Row]:
    """One prediction a line, blank lines included; the ids are the line numbers from 1."""
    return [(str(number), line, None, ()) for number, line in enumerate(lines, 1)]


def read_jsonl(name: str, lines: list[str]) -> list[Row]:
    """One object a line with ``id``, ``pred`` and perhaps ``gt`` and ``nbest``."""
    return [
        _record(f"{name}:{number}", _loads(name, line, number))
        for number, line in enumerate(_samples(name, lines), 1)
    ]


def _samples(name: str, lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip(" \r"):
        end -= 1
    lines = lines[:end]
    if "" in lines:
        raise InputError(f"{name}:{lines.index('') + 1}: blank line, expected a sample with its id")
    return lines


# ---------------------------------------------------------------- JSON


def read_json(name: str, text: str) -> list[Row]:
    """``{id: {"pred", "gt"}}``, ``{id: prediction}``, or a list of objects with ``id`` or ``img_id``.

    An object with ``id`` and ``pred`` is a single record: no table has predictions with the ids "id" and "pred".
    """
    value = _loads(name, text)
    if isinstance(value, list):
        return [_record(f"{name}: entry {number}", entry) for number, entry in enumerate(value, 1)]
    if not isinstance(value, dict):
        raise InputError(f"{name}: JSON holds {_kind(value)}, expected an object or a list of objects")
    if ("id" in value or "img_id" in value) and ("pred" in value or "gt" in value):
        return [_record(name, value)]
    return [_entry(name, identifier, entry) for identifier, entry in value.items()]


def _loads(name: str, text: str, line: int | None = None) -> object:
    where = name if line is None else f"{name}:{line}"
    try:
        return json.loads(text, object_pairs_hook=partial(_unique, where))
    except json.JSONDecodeError as error:
        where = f"{name}:{line or error.lineno}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise InputError(f"{where}: JSON breaks off: is the file cut short?") from None
        raise InputError(f"{where}: not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise InputError(f"{where}: JSON is nested too deeply") from None
    except ValueError:
        # The only other ValueError of the json module: Python does not convert integers of over 4300 digits.
        raise InputError(f"{where}: JSON holds a number of too many digits") from None


def _unique(where: str, pairs: list[tuple[str, object]]) -> dict[str, object]:
    # The json module silently keeps the last of two equal keys.
    table = dict(pairs)
    if len(table) < len(pairs):
        raise PairingError(f"{where}: duplicate id or key {show(first_duplicate(key for key, _ in pairs))}")
    return table


def _record(where: str, value: object) -> Row:
    if not isinstance(value, dict):
        raise InputError(f'{where}: {_kind(value)}, expected an object with "id" and "pred"')
    identifier = value.get("id", value.get("img_id"))
    if identifier is None:
        raise InputError(f'{where}: no "id" or "img_id"')
    if type(identifier) is int:
        identifier = str(identifier)
    if not isinstance(identifier, str):
        raise InputError(f"{where}: the id is {_kind(identifier)}, expected a string")
    return _entry(where, identifier, value)


def _entry(where: str, identifier: str, value: object) -> Row:
    if isinstance(value, str):
        return identifier, value, None, ()
    if not isinstance(value, dict):
        raise InputError(f"{where}: {show(identifier)} has {_kind(value)}, expected a string or an object")
    prediction, reference = value.get("pred"), value.get("gt")
    if not isinstance(prediction, str) and "pred" in value:
        raise InputError(f'{where}: "pred" of {show(identifier)} is {_kind(prediction)}, expected a string')
    if not isinstance(reference, str) and reference is not None:
        raise InputError(f'{where}: "gt" of {show(identifier)} is {_kind(reference)}, expected a string')
    return identifier, prediction, reference, _nbest(where, identifier, value.get("nbest"))


def _nbest(where: str, identifier: str, value: object) -> Candidates:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_candidate(candidate) for candidate in value):
        raise InputError(f'{where}: "nbest" of {show(identifier)} is not a list of [text, log probability]')
    return tuple((text, float(score)) for text, score in value)


def _is_candidate(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    text, score = value
    # NaN is unequal to itself; minus infinity, the logarithm of probability zero, is allowed.
    return isinstance(text, str) and type(score) in (int, float) and score == score


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
