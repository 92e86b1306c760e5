"""Detection of a prediction file's layout from its content.

JSON is recognised by its first characters, tab-separated lines by their tabs, tables with a header, quotes or commas
before these (`hmer_suite.predictions.tables`). The difficult case is ``id token token`` against bare LaTeX lines, which
is decided by the first word of every line. Ids are distinct, longer than one character and free of LaTeX's signs;
formulas begin with one character, a command or a bracket, and often with the same. On thousands of samples drawn from
real files, down to single lines, the two were never confused; content that fits both (``1 + 1`` then ``2 + 2``: ids 1
and 2?) is an error that asks for the format, and what is read as formulas but might be records is doubted (`doubts`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence

from hmer_suite.errors import InputError
from hmer_suite.predictions.content import bare_suffix
from hmer_suite.predictions.ids import bare, has_file_suffix
from hmer_suite.predictions.layouts import is_transcript, show
from hmer_suite.predictions.tables import is_header_line, looks_separated

_JSON = re.compile(r'\s*(\{\s*"|\[\s*("|\{\s*"|\[\s*"))')
_ID = re.compile(r"[A-Za-z0-9][\w.:/@-]+", re.ASCII)
_SHORT_ID = re.compile(r"[A-Za-z0-9][\w.:/@-]*", re.ASCII)
_SURE_ID = re.compile(r"(?=.*[0-9]).{6,}")
_VARIABLE_OR_NUMBER = re.compile(r"[A-Za-z]?_?[0-9]+(?:[.:/-][0-9]+)*|[A-Za-z]_[A-Za-z0-9]+", re.ASCII)
_FORMULA = re.compile(r"[\^_] ?\{|\\[A-Za-z]+ ?\{| [\^_=+<>-] ")
_OPERATOR = re.compile(
    r"\s*(?:[\^_=<>+*/,;.)\]}!']|\\(?:leq?|geq?|neq?|approx|equiv|in|to|sim|cdot|times|div|pm)\b)"
)
"""Beginnings of what follows an operand; no formula begins so, but one with a plus."""

MANY = 20
"""Least number of lines for distinct first words without a LaTeX sign to count as ids even if they are short."""


def detect_json(name: str, text: str) -> str | None:
    """``json``, ``jsonl``, or None if `text` is neither."""
    if not _looks_json(name, text):
        return None
    head, _, rest = text.lstrip().partition("\n")
    if head.startswith('"'):
        return "jsonl"
    if not head.startswith("{"):
        return "json"
    if bare_suffix(name) in (".jsonl", ".ndjson"):
        return "jsonl"
    # JSON lines have a whole object on the first line and more after it; other JSON breaks lines within objects.
    return "jsonl" if rest.strip() and head.rstrip().endswith("}") and _is_json(head) else "json"


def _looks_json(name: str, text: str) -> bool:
    if _JSON.match(text) or text.strip() in ("{}", "[]"):
        return True
    # A formula may begin with a brace or bracket too; in a file called .json it is taken for invalid JSON.
    suffix = bare_suffix(name)
    return (suffix in (".json", ".jsonl", ".ndjson") and text.lstrip().startswith(("{", "["))) or (
        suffix in (".jsonl", ".ndjson") and text.lstrip().startswith('"')
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def detect_lines(name: str, lines: list[str], known_ids: Collection[str] | None = None) -> str:
    """``tsv``, ``spaced``, ``trn`` or ``plain``.

    `known_ids` are the ids of the references, empty if these are plain, None if there are none. Raises `InputError`
    if the lines fit two layouts.
    """
    filled = [line for line in lines if line.strip(" \t\r")]
    if bare_suffix(name) == ".trn" or is_transcript(filled):
        return "trn"
    if _looks_tsv(filled):
        _check_id_column(name, filled)
        return "tsv"
    pairs = [re.split("[ \t]", line, maxsplit=1) for line in filled]
    words = [pair[0] for pair in pairs]
    alone = all(len(pair) == 1 or not pair[1].strip() for pair in pairs)
    layout = _by_known_ids(words, known_ids) or _by_digits(words) or _by_shape(words, alone)
    if layout == "plain" and len(words) >= MANY and _may_be_ids(pairs):
        return "spaced"
    if layout == "unclear" and known_ids is not None and not known_ids:
        return "plain"
    if layout == "unclear":
        examples = ", ".join(show(word) for word in words[:3])
        question = f"cannot tell whether the first words ({examples}) are ids"
        raise InputError(f"{name}: {question}: say --layout spaced or --layout plain")
    return layout


def _looks_tsv(filled: list[str]) -> bool:
    untabbed = [line for line in filled if "\t" not in line]
    if len(untabbed) == len(filled):
        return False
    # An editor may have stripped the tab after an id with an empty prediction.
    return 2 * len(untabbed) <= len(filled) or not any(" " in line for line in untabbed)


def _check_id_column(name: str, filled: list[str]) -> None:
    """Raise `InputError` if the first column has formulas, as in predictions and references without ids."""
    columns = [line.partition("\t")[0] for line in filled]
    formulas = [column for column in columns if _FORMULA.search(column)]
    if 10 * len(formulas) > len(columns):
        problem = f"the first column holds formulas ({show(formulas[0])}), expected ids"
        raise InputError(
            f"{name}: {problem}: if these are ids, say --layout tsv; if each line is one formula, --layout plain"
        )


def _by_known_ids(words: list[str], known_ids: Collection[str] | None) -> str | None:
    known = {bare(identifier) for identifier in known_ids or ()} & {bare(word) for word in words}
    # Only distinct words count: ids may be numbers, and many formulas begin with a "1".
    return "spaced" if known and 2 * len(known) >= len(words) else None


def _by_digits(words: list[str]) -> str | None:
    if len(words) < 2 or not all(word.isascii() and word.isdigit() for word in words):
        return None
    if len(words) >= MANY and len(set(words)) == len(words):
        return "spaced"
    counted = [word.lstrip("0") or "0" for word in words]
    counts = any(counted == [str(first + i) for i in range(len(words))] for first in (0, 1))
    return "unclear" if counts else None


def _by_shape(words: list[str], alone: bool) -> str:
    n = len(words) or 1
    ids = [word for word in words if _ID.fullmatch(word)]
    sure = sum(_SURE_ID.match(word) is not None or has_file_suffix(word) for word in ids)
    if n == 1 and ids and not has_file_suffix(ids[0]) and _VARIABLE_OR_NUMBER.fullmatch(ids[0]):
        sure = 0  # a formula on its own may begin with x_1234 or 10.5000
    never = len(words) - len(ids)
    distinct = len(set(words))
    if 10 * sure >= 9 * n and not (alone and n == 1):
        return "spaced"
    if (10 * never >= n and 10 * sure < n) or alone or 2 * distinct < n:
        return "plain"
    return "spaced" if n >= MANY and never == 0 and 20 * distinct >= 19 * n else "unclear"


def _may_be_ids(pairs: list[list[str]]) -> bool:
    """Whether the first words of all lines, single characters included, are distinct and none is an operand."""
    words = [pair[0] for pair in pairs]
    if len(words) < 2 or len(set(words)) < len(words) or not all(map(_SHORT_ID.fullmatch, words)):
        return False
    rests = [pair[1] if len(pair) == 2 else "" for pair in pairs]
    return any(rest.strip() for rest in rests) and not any(map(_OPERATOR.match, rests))


def doubts(name: str, lines: Sequence[str]) -> Iterator[str]:
    """Warnings about lines that are read as formulas and might be a header or records."""
    if lines and len(lines) > 1 and is_header_line(lines[0]):
        yield f"{name}:1: {show(lines[0])} looks like a header and is read as a formula: remove it"
    filled = [line for line in lines if line.strip(" \t\r")]
    if looks_separated(filled):
        yield f"{name}:1: {show(filled[0])} is read as a formula: if it is a record, say --layout csv"
    elif _may_be_ids([re.split("[ \t]", line, maxsplit=1) for line in filled]):
        first = filled[0].split()[0]
        yield f"{name}:1: {show(first)} is read as part of a formula: if it is an id, say --layout spaced"
