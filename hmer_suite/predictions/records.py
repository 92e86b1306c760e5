"""JSON and JSON lines: one record for each sample, under the names that recognisers and language models use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from hmer_suite.errors import InputError, PairingError
from hmer_suite.predictions.candidates import SEVERAL, first_candidate
from hmer_suite.predictions.layouts import (
    Block,
    Candidates,
    Origin,
    Reading,
    Rewrite,
    Row,
    filled_lines,
    first_duplicate,
    show,
)
from hmer_suite.predictions.names import (
    NO_COLUMNS,
    PREDICTIONS,
    REFERENCES,
    RESPONSES,
    TEXTS,
    Columns,
    Roles,
    normal,
    roles_of,
)
from hmer_suite.predictions.responses import Place, has_failed, text_in
from hmer_suite.predictions.tables import is_header


def read_jsonl(block: Block, columns: Columns = NO_COLUMNS) -> Reading:
    """One object a line with ``id``, ``pred`` and perhaps ``gt`` and ``nbest``, or with other usual names.

    A line may also be a prediction alone, as a string of JSON.
    """
    lines = filled_lines(block)
    numbers = block.numbers(len(lines))
    values = [_loads(block.name, line, number) for number, line in zip(numbers, lines, strict=True)]
    records = _Records(columns, block.first)
    for index, value in enumerate(values):
        if isinstance(value, str):
            records.add_text(block.at(index), values, index)
        else:
            records.add(block.at(index), value)

    def rewrite(texts: Sequence[str]) -> str:
        records.fill(texts)
        return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)

    return records.reading(rewrite, numbers)


def read_json(name: str, text: str, columns: Columns = NO_COLUMNS) -> Reading:
    """A document in any of these shapes; an object with ``id`` and ``pred`` is a single record.

    ``{id: {"pred", "gt"}}``; ``{id: prediction}``; a list of objects with an id or without; a list of predictions; a
    list of rows, under a row of names or with id, prediction and reference; ``{"pred": [..], "gt": [..]}`` or the same
    with objects of one key for each sample, or names apart from values, as data frames write it; any of the lists as
    the only list in an object.
    """
    value = _loads(name, text)
    records = _Records(columns)
    if isinstance(value, dict):
        records.add_object(name, value)
    elif isinstance(value, list):
        records.add_list(name, value)
    else:
        raise InputError(f"{name}: JSON holds {_kind(value)}, expected an object or a list of objects")

    def rewrite(texts: Sequence[str]) -> str:
        records.fill(texts)
        return json.dumps(value, ensure_ascii=False, indent=_indent(text)) + "\n" * text.endswith("\n")

    return records.reading(rewrite, None)


class _Records:
    """The rows of a document, with the places of their texts in it; those without ids count from *first*."""

    def __init__(self, columns: Columns, first: int = 1) -> None:
        self.columns = columns
        self.first = first
        self.rows: list[Row] = []
        self.confidences: dict[int, float] = {}
        self.holders: list[dict[str, object] | list[object]] = []
        self.keys: list[str | int | None] = []
        self.without_id: list[str] = []
        self.remarks: dict[str, str] = {}
        self.roles: dict[tuple[str, ...], Roles] = {}

    def add_object(self, where: str, value: dict[str, object]) -> None:
        """Add the records of an object: one record, columns, a list among other things, or a table by id."""
        roles = self._roles("", value)
        lists = [
            entry for key, entry in value.items() if isinstance(entry, list) and _are_samples(key, entry)
        ]
        if _is_split(value):
            self._add_split(where, value["columns"], value["data"])
        elif _are_columns(value, roles):
            self._add_columns(where, value, roles)
        elif roles.id is not None and (roles.pred or roles.ref) is not None:
            self.add(where, value)
        elif len(lists) == 1 and not all(isinstance(entry, dict) for entry in value.values()):
            self.add_list(where, lists[0])
        else:
            for identifier in value:
                self.add_entry(where, identifier, value)

    def add_list(self, where: str, values: list[object]) -> None:
        """Add a list of records, of rows, or of predictions without ids."""
        if values and all(isinstance(entry, list) for entry in values):
            return self._add_rows(where, values)
        for number, entry in enumerate(values, 1):
            if isinstance(entry, str):
                self.add_text(f"{where}: entry {number}", values, number - 1)
            else:
                self.add(f"{where}: entry {number}", entry)

    def add_text(self, where: str, values: list[object], index: int) -> None:
        """Add a prediction without an id, item *index* of *values*."""
        self.without_id.append(where)
        self._append((self._number(), str(values[index]), None, ()), values, index)

    def add(self, where: str, value: object) -> None:
        """Add the record *value*."""
        if not isinstance(value, dict):
            raise InputError(f'{where}: {_kind(value)}, expected an object with "id" and "pred"')
        roles = self._roles(where, value)
        if roles.id is None:
            self.without_id.append(where)
            return self._add(where, self._number(), value, roles)
        self._add(where, _identifier(where, value[roles.id]), value, roles)

    def _number(self) -> str:
        return str(self.first + len(self.rows))

    def add_entry(self, where: str, identifier: str, table: dict[str, object]) -> None:
        """Add the entry *identifier* of a table, a prediction or a record."""
        value = table[identifier]
        if isinstance(value, str):
            self._append((identifier, value, None, ()), table, identifier)
        elif isinstance(value, dict):
            self._add(where, identifier, value, self._roles(where, value))
        elif (place := self._first_of(f"{where}: {show(identifier)}", Place(table, identifier))) is not None:
            self._append((identifier, str(place.value), None, ()), place.holder, place.key)
        else:
            raise InputError(
                f"{where}: {show(identifier)} has {_kind(value)}, expected a string or an object"
            )

    def _add_split(self, where: str, columns: object, data: object) -> None:
        """Add records whose names stand apart from their values, as data frames write it with ``orient="split"``."""
        names = [str(name) for name in _items(columns)]
        for number, cells in enumerate(_items(data), 1):
            if not isinstance(cells, list) or len(cells) != len(names):
                raise InputError(
                    f"{where}: row {number} of the data has not as many values as there are columns"
                )
            record = dict(zip(names, cells, strict=True))
            self.add(f"{where}: row {number}", record)
            key = self.keys[-1]
            if self.holders[-1] is record and key is not None:
                self.holders[-1], self.keys[-1] = cells, names.index(str(key))

    def _add_rows(self, where: str, rows: list[object]) -> None:
        """Add rows of id, prediction and perhaps reference, or of other columns under a row of their names."""
        first = [str(cell) for cell in _items(rows[0])]
        if is_header(first, self.columns):
            return self._add_split(where, first, rows[1:])
        if len(first) not in (2, 3):
            raise InputError(f"{where}: row 1 has {len(first)} values, expected id, prediction and reference")
        self._add_split(where, ["id", "pred", "gt"][: len(first)], rows)

    def _add_columns(self, where: str, value: dict[str, object], roles: Roles) -> None:
        """Add records whose columns are lists, or objects with one key for each sample."""
        names = [name for name in (roles.id, roles.pred, roles.ref) if name is not None]
        keys = _keys(value[names[0]])
        for name in names:
            if _keys(value[name]) != keys:
                raise InputError(f"{where}: columns {show(names[0])} and {show(name)} have other samples")
        for number, key in enumerate(keys, 1):
            record = {name: Place(_holder(value[name]), key).value for name in names}
            identifier = str(number) if roles.id is None else _identifier(where, record[roles.id])
            if roles.id is None:
                self.without_id.append(where)
            self._add(where, identifier, record, replace(roles, confidence=None))
            self.holders[-1], self.keys[-1] = _holder(value[roles.pred or roles.ref or ""]), key

    def _roles(self, where: str, value: dict[str, object]) -> Roles:
        names = tuple(value)
        roles = self.roles.get(names)
        if roles is None:
            roles = self.roles[names] = roles_of(names, self.columns)
            if where and (remark := roles.remark()):
                self.remarks.setdefault(remark, f"{where}: {remark}")
        return roles

    def _add(self, where: str, identifier: str, value: dict[str, object], roles: Roles) -> None:
        holder, key, prediction = self._prediction(where, identifier, value, roles)
        reference = None if roles.ref is None else value[roles.ref]
        if not isinstance(reference, str) and reference is not None:
            kind = _kind(reference)
            raise InputError(f'{where}: "{roles.ref}" of {show(identifier)} is {kind}, expected a string')
        candidates = value.get("nbest")
        nbest: Candidates = ()
        if candidates is not None and (normal(roles.pred or "") != "nbest" or _are_scored(candidates)):
            nbest = _nbest(where, identifier, candidates)
        confidence = None if roles.confidence is None else value[roles.confidence]
        self._append((identifier, prediction, reference, nbest), holder, key, confidence)

    def _prediction(
        self, where: str, identifier: str, value: dict[str, object], roles: Roles
    ) -> tuple[dict[str, object] | list[object], str | int | None, str | None]:
        """Holder and key of the text that may be rewritten, and the prediction, None where there is none."""
        if roles.pred is None:
            return value, roles.ref, None
        given = value[roles.pred]
        if isinstance(given, str):
            return value, roles.pred, given
        place = self._first_of(where, Place(value, roles.pred)) or text_in(Place(value, roles.pred))
        if place is not None:
            return place.holder, place.key, str(place.value)
        if has_failed(value) or has_failed(given):
            self.remarks[identifier] = f"{where}: the request of {show(identifier)} failed: read as empty"
            return value, None, ""
        raise InputError(
            f'{where}: "{roles.pred}" of {show(identifier)} is {_kind(given)}, expected a string'
        )

    def _first_of(self, where: str, place: Place) -> Place | None:
        """The place of the first of several candidates; None if there are none at *place*."""
        found = first_candidate(where, place)
        if found is not None and isinstance(place.value, list) and len(place.value) > 1:
            self.remarks.setdefault("", f"{where}: {SEVERAL}")
        return found

    def _append(
        self,
        row: Row,
        holder: dict[str, object] | list[object],
        key: str | int | None,
        confidence: object = None,
    ) -> None:
        self.rows.append(row)
        self.holders.append(holder)
        self.keys.append(key)
        if isinstance(confidence, int | float) and not isinstance(confidence, bool):
            self.confidences[len(self.rows) - 1] = float(confidence)

    def fill(self, texts: Sequence[str]) -> None:
        """Put *texts* in the places of those that were read."""
        for holder, key, text in zip(self.holders, self.keys, texts, strict=True):
            if key is not None:
                Place(holder, key).put(text)

    def reading(self, rewrite: Rewrite, lines: Sequence[int] | None) -> Reading:
        """The rows; `InputError` if some have an id and others have none."""
        numbered = bool(self.without_id) and len(self.without_id) == len(self.rows)
        if self.without_id and not numbered:
            raise InputError(f'{self.without_id[0]}: no "id" or "img_id"')
        origin = Origin(lines, numbered, tuple(self.remarks.values()))
        confidences = (
            [self.confidences.get(index) for index in range(len(self.rows))] if self.confidences else None
        )
        return Reading(self.rows, origin, rewrite, confidences=confidences)


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


def _identifier(where: str, value: object) -> str:
    if type(value) is int:
        return str(value)
    if not isinstance(value, str):
        raise InputError(f"{where}: the id is {_kind(value)}, expected a string")
    return value


def _are_samples(key: str, values: list[object]) -> bool:
    """Whether a list in an object holds its samples: records under any name, texts under the name of predictions."""
    if not values:
        return False
    named = normal(key) in (*PREDICTIONS, *TEXTS, *REFERENCES, *RESPONSES)
    return all(isinstance(value, dict) or (named and isinstance(value, str)) for value in values)


def _is_split(value: dict[str, object]) -> bool:
    return {"columns", "data"} <= value.keys() <= {"columns", "index", "data"} and isinstance(
        value["data"], list
    )


def _are_columns(value: dict[str, object], roles: Roles) -> bool:
    """Whether the texts of an object are lists of samples, or objects with equal keys."""
    texts = [value[name] for name in (roles.pred, roles.ref) if name is not None]
    if len(value) < 2 or not texts:
        return False
    if all(isinstance(text, list) for text in texts):
        return all(isinstance(item, str) for text in texts for item in _items(text))
    return all(isinstance(column, dict) for column in value.values()) and all(
        all(isinstance(item, str) for item in _items(text)) and list(_items(text)) for text in texts
    )


def _keys(column: object) -> list[str | int]:
    return list(column) if isinstance(column, dict) else list(range(len(list(_items(column)))))


def _items(column: object) -> Iterable[object]:
    if isinstance(column, dict):
        return column.values()
    return column if isinstance(column, list) else ()


def _holder(column: object) -> dict[str, object] | list[object]:
    if isinstance(column, dict | list):
        return column
    raise KeyError


def _nbest(where: str, identifier: str, value: object) -> Candidates:
    if not isinstance(value, list) or not _are_scored(value):
        raise InputError(f'{where}: "nbest" of {show(identifier)} is not a list of [text, log probability]')
    return tuple((text, float(score)) for text, score in value)


def _are_scored(value: object) -> bool:
    return isinstance(value, list) and all(_is_candidate(candidate) for candidate in value)


def _is_candidate(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    text, score = value
    # NaN is unequal to itself; minus infinity, the logarithm of probability zero, is allowed.
    return isinstance(text, str) and type(score) in (int, float) and score == score


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
