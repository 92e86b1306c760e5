"""JSON and JSON lines: one record for each sample, under the names that recognisers and language models use."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial

from hmer_suite.errors import InputError, PairingError
from hmer_suite.predictions.layouts import (
    Candidates,
    Origin,
    Reading,
    Rewrite,
    Row,
    filled_lines,
    first_duplicate,
    show,
)
from hmer_suite.predictions.names import NO_COLUMNS, Columns, Roles, roles_of


def read_jsonl(name: str, lines: list[str], columns: Columns = NO_COLUMNS) -> Reading:
    """One object a line with ``id``, ``pred`` and perhaps ``gt`` and ``nbest``, or with other usual names."""
    values = [_loads(name, line, number) for number, line in enumerate(filled_lines(name, lines), 1)]
    records = _Records(columns)
    for number, value in enumerate(values, 1):
        records.add(f"{name}:{number}", value)

    def rewrite(texts: Sequence[str]) -> str:
        records.fill(texts)
        return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)

    return records.reading(rewrite, range(1, len(values) + 1))


def read_json(name: str, text: str, columns: Columns = NO_COLUMNS) -> Reading:
    """``{id: {"pred", "gt"}}``, ``{id: prediction}``, or a list of objects with ``id`` or ``img_id``, or none.

    An object with ``id`` and ``pred`` is a single record: no table has predictions with the ids "id" and "pred".
    """
    value = _loads(name, text)
    records = _Records(columns)
    if isinstance(value, list):
        for number, entry in enumerate(value, 1):
            records.add(f"{name}: entry {number}", entry)
    elif not isinstance(value, dict):
        raise InputError(f"{name}: JSON holds {_kind(value)}, expected an object or a list of objects")
    elif records.is_record(value):
        records.add(name, value)
    else:
        for identifier in value:
            records.add_entry(name, identifier, value)

    def rewrite(texts: Sequence[str]) -> str:
        records.fill(texts)
        return json.dumps(value, ensure_ascii=False, indent=_indent(text)) + "\n" * text.endswith("\n")

    return records.reading(rewrite, None)


class _Records:
    """The rows of a document, with the places of their texts in it."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.rows: list[Row] = []
        self.holders: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        self.without_id: list[str] = []
        self.remarks: dict[str, str] = {}
        self.roles: dict[tuple[str, ...], Roles] = {}

    def is_record(self, value: dict[str, object]) -> bool:
        """Whether an object is one record rather than a table of them."""
        roles = self._roles("", value)
        return roles.id is not None and (roles.pred or roles.ref) is not None

    def add(self, where: str, value: object) -> None:
        """Add the record *value*."""
        if not isinstance(value, dict):
            raise InputError(f'{where}: {_kind(value)}, expected an object with "id" and "pred"')
        roles = self._roles(where, value)
        if roles.id is None:
            self.without_id.append(where)
            return self._add(where, str(len(self.rows) + 1), value, roles)
        identifier = value[roles.id]
        if type(identifier) is int:
            identifier = str(identifier)
        if not isinstance(identifier, str):
            raise InputError(f"{where}: the id is {_kind(identifier)}, expected a string")
        self._add(where, identifier, value, roles)

    def add_entry(self, where: str, identifier: str, table: dict[str, object]) -> None:
        """Add the entry *identifier* of a table, a prediction or a record."""
        value = table[identifier]
        if isinstance(value, str):
            self.rows.append((identifier, value, None, ()))
            self.holders.append(table)
            self.keys.append(identifier)
        elif isinstance(value, dict):
            self._add(where, identifier, value, self._roles(where, value))
        else:
            raise InputError(
                f"{where}: {show(identifier)} has {_kind(value)}, expected a string or an object"
            )

    def _roles(self, where: str, value: dict[str, object]) -> Roles:
        names = tuple(value)
        roles = self.roles.get(names)
        if roles is None:
            roles = self.roles[names] = roles_of(names, self.columns)
            if where and (remark := roles.remark()):
                self.remarks.setdefault(remark, f"{where}: {remark}")
        return roles

    def _add(self, where: str, identifier: str, value: dict[str, object], roles: Roles) -> None:
        holder, key = value, roles.pred
        prediction = None if key is None else value[key]
        if key is not None and not isinstance(prediction, str):
            holder, key = _message(value, key)
            prediction = holder[key]
        reference = None if roles.ref is None else value[roles.ref]
        if not isinstance(prediction, str) and (prediction is not None or key is not None):
            kind = _kind(prediction)
            raise InputError(f'{where}: "{roles.pred}" of {show(identifier)} is {kind}, expected a string')
        if not isinstance(reference, str) and reference is not None:
            kind = _kind(reference)
            raise InputError(f'{where}: "{roles.ref}" of {show(identifier)} is {kind}, expected a string')
        candidates = value.get("nbest")
        nbest = () if candidates is None else _nbest(where, identifier, candidates)
        self.rows.append((identifier, prediction, reference, nbest))
        self.holders.append(holder)
        self.keys.append(roles.ref if key is None else key)

    def fill(self, texts: Sequence[str]) -> None:
        """Put *texts* in the places of those that were read."""
        for holder, key, text in zip(self.holders, self.keys, texts, strict=True):
            if key is not None:
                holder[key] = text

    def reading(self, rewrite: Rewrite, lines: Sequence[int] | None) -> Reading:
        """The rows; `InputError` if some have an id and others have none."""
        numbered = bool(self.without_id) and len(self.without_id) == len(self.rows)
        if self.without_id and not numbered:
            raise InputError(f'{self.without_id[0]}: no "id" or "img_id"')
        return Reading(self.rows, Origin(lines, numbered, tuple(self.remarks.values())), rewrite)


def _indent(text: str) -> int | str | None:
    """Indentation of a JSON document that has line breaks, None for one that has none."""
    match = re.match(r"\s*[\[{][ \t]*\r?\n([ \t]*)", text)
    if match is None:
        return None
    return match[1] if "\t" in match[1] else len(match[1])


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


def _message(where: dict[str, object], key: str) -> tuple[dict[str, object], str]:
    """The object and key of a prediction: those given, or in a response of OpenAI's interface those of its message."""
    inner: object = where[key]
    for step in ("body", "choices"):
        inner = inner.get(step) if isinstance(inner, dict) else None
    first = inner[0] if isinstance(inner, list) and inner else None
    message = first.get("message") if isinstance(first, dict) else None
    return (message, "content") if isinstance(message, dict) and "content" in message else (where, key)


def _nbest(where: str, identifier: str, value: object) -> Candidates:
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
