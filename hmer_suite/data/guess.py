"""Which layout a prediction file has, judged by its content.

JSON shows in its first characters and tab-separated lines in their tabs. What is hard is ``id token token``
against bare LaTeX lines: there the first word of every line is weighed. Ids are distinct, longer than one
character and free of LaTeX's signs; formulas begin with one character, a command or a bracket, again and again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from hmer_suite.data.formats import show
from hmer_suite.errors import InputError

_JSON = re.compile(r'\s*(\{\s*"|\[\s*("|\{\s*"))')
_ID = re.compile(r"[A-Za-z0-9][\w.:/@-]+", re.ASCII)
_FORMULA = re.compile(r"[\^_] ?\{|\\[A-Za-z]+ ?\{| [\^_=+<>-] ")

MANY = 20
"""Lines from which distinct first words without a LaTeX sign count as ids, however short they are."""


def guess(name: str, text: str, known_ids: Collection[str] | None, lines: list[str]) -> str:
    """One of ``json``, ``jsonl``, ``tsv``, ``spaced``, ``plain``.

    `known_ids` are the ids of the references: empty where those are plain, None where there are none.
    Raises `InputError` where the content fits two layouts.
    """
    if _looks_json(name, text):
        return "jsonl" if _looks_jsonl(name, text) else "json"
    filled = [line for line in lines if line.strip(" \t\r")]
    if _looks_tsv(filled):
        _check_id_column(name, filled)
        return "tsv"
    return _spaced_or_plain(name, filled, known_ids)


def _looks_json(name: str, text: str) -> bool:
    if _JSON.match(text) or text.strip() in ("{}", "[]"):
        return True
    # A formula may begin with a brace or bracket as well; in a file called .json that is JSON gone wrong.
    return name.lower().endswith((".json", ".jsonl")) and text.lstrip().startswith(("{", "["))


def _looks_jsonl(name: str, text: str) -> bool:
    head, _, rest = text.lstrip().partition("\n")
    if not head.startswith("{"):
        return False
    if name.lower().endswith(".jsonl"):
        return True
    return bool(rest.strip()) and head.rstrip().endswith("}") and _is_json(head)


def _is_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _looks_tsv(filled: list[str]) -> bool:
    untabbed = [line for line in filled if "\t" not in line]
    if len(untabbed) == len(filled):
        return False
    # An editor may have stripped the tab behind an id whose prediction is empty.
    return 2 * len(untabbed) <= len(filled) or not any(" " in line for line in untabbed)


def _check_id_column(name: str, filled: list[str]) -> None:
    columns = [line.partition("\t")[0] for line in filled]
    formulas = [column for column in columns if _FORMULA.search(column)]
    if 10 * len(formulas) > len(columns):
        raise InputError(
            f"{name}: the first column holds formulas ({show(formulas[0])}), expected ids: if ids, --format tsv"
        )


class _Shares(NamedTuple):
    """What share of the first words is ... (0 to 1)."""

    distinct: float
    surely_id: float
    never_id: float


def _spaced_or_plain(name: str, filled: list[str], known_ids: Collection[str] | None) -> str:
    pairs = [re.split("[ \t]", line, maxsplit=1) for line in filled]
    words = [pair[0] for pair in pairs]
    alone = all(len(pair) < 2 or not pair[1].strip() for pair in pairs)
    layout = _by_known_ids(words, known_ids) or _by_digits(words) or _by_shape(words, alone)
    if layout is None and known_ids is not None and not known_ids:
        layout = "plain"
    if layout in (None, "unclear"):
        examples = ", ".join(show(word) for word in words[:3])
        raise InputError(
            f"{name}: cannot tell whether lines begin with an id ({examples}): --format spaced or --format plain"
        )
    return layout


def _by_known_ids(words: list[str], known_ids: Collection[str] | None) -> str | None:
    known = set(known_ids or ()) & set(words)
    # Distinct ones are counted: ids may be numbers, and many formulas begin with a "1".
    return "spaced" if known and 2 * len(known) >= len(words) else None


def _by_digits(words: list[str]) -> str | None:
    if len(words) < 2 or not all(word.isascii() and word.isdigit() for word in words):
        return None
    if len(words) >= MANY and len(set(words)) == len(words):
        return "spaced"
    first = int(words[0][:9])
    counting = first in (0, 1) and [int(word[:9]) for word in words] == list(range(first, first + len(words)))
    return "unclear" if counting else None


def _by_shape(words: list[str], alone: bool) -> str | None:
    shares = _shares(words)
    if shares.surely_id >= 0.9:
        return "spaced"
    if (shares.never_id >= 0.1 and shares.surely_id < 0.1) or alone or shares.distinct < 0.5:
        return "plain"
    if len(words) >= MANY and shares.never_id == 0 and shares.distinct >= 0.95:
        return "spaced"
    return None


def _shares(words: list[str]) -> _Shares:
    n = len(words) or 1
    ids = [word for word in words if _ID.fullmatch(word)]
    sure = [word for word in ids if len(word) >= 6 and re.search("[0-9]", word)]
    return _Shares(len(set(words)) / n, len(sure) / n, 1 - len(ids) / n)
