"""Texts that are no lines of formulas though they hold some: logs, lists, markup, records of ``key: value``.

Every line of text might be a formula, so a text is refused only for signs that formulas do not have (`_SIGNS`, on any
line) or for what all of its lines have in common (`_COMMON`), such as a number that counts them. What is known by its
first line or its header as a table, JSON or JSON lines is not asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from hmer_suite.errors import InputError
from hmer_suite.predictions.ids import has_file_suffix
from hmer_suite.predictions.layouts import show
from hmer_suite.predictions.names import is_known, normal
from hmer_suite.predictions.tables import is_header, is_title

_WORD = r"[A-Za-z][\w.-]*"

_SIGNS = (
    ("a Markdown fence", "give the lines inside it alone", r"\s*(?:```|~~~)\s*\w*\s*$"),
    ("HTML or XML", "write id, tab, LaTeX", r"\s*<(?:!DOCTYPE\b|!--|\?xml\b)"),
    ("a LaTeX document", "give its formulas alone", r"\s*\\(?:documentclass\b|usepackage\b|begin\{document\})"),
    ("a LaTeX table", "write it as CSV", r"\s*\\(?:toprule|midrule|bottomrule)\b"),
    ("BibTeX", "give formulas alone", rf"\s*@{_WORD}\s*\{{\s*[\w:.-]+\s*,"),
    ("a diff", "give the file itself", r"(?:diff --git |@@ -\d+(?:,\d+)? \+\d|--- [ab]/|\+\+\+ [ab]/)"),
    ("a log", "give the formulas alone", r"\W{0,2}\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d|\b)"),
    ("a log", "give the formulas alone", r"\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)\b\]?[:| -]"),
    ("a log", "give the formulas alone", r"Traceback \(most recent call last\):"),
    ("a log", "give the formulas alone", r".{0,60}\b\d{1,3}%\|[^|]*\|\s*\d+/\d+"),
    ("a drawn table", "write it as CSV", r"\s*[+|]?[-=]{2,}(?:[+|][-=]{2,})*\+(?:[-=]{2,}[+|])*[-=]{2,}[+|]?\s*$"),
    ("a drawn table", "write it as CSV", r"\s*\+[-=]{3,}\+\s*$"),
    ("a drawn table", "write it as CSV", r"\s*={2,}(?: +={2,})+\s*$"),
    ("a drawn table", "write it as CSV", r"\s*[\u2500-\u257f]"),
    ("a table of AsciiDoc", "write it as CSV", r"\|={3,}\s*$"),
    ("a table of MediaWiki", "write it as CSV", r"\{\|\s*class="),
    ("JSON lines among other lines", "give the JSON alone", r'\s*\{\s*"[\w .-]+"\s*:'),
    ("Python's own notation", "write JSON (json.dumps)", r"\s*[\[{(]\s*'[^']*'\s*[:,]\s*['{\[]"),
    ("RTF", "save it as plain text", r"\{\\rtf1"),
    ("a PDF", "give text", r"%PDF-\d"),
    ("an n-best list of Moses", "write JSON lines with \"nbest\"", r"\S+ \|\|\| .* \|\|\| "),
)  # fmt: skip
"""A kind of text, the remedy, and an expression for the beginning of a line that only such a text has."""

_ANY_SIGN = re.compile("|".join(f"^(?:{pattern})" for _, _, pattern in _SIGNS), re.MULTILINE)
_TAG = re.compile(r"^\s*<([A-Za-z][\w:-]*)(?:\s[^<>]*)?>", re.MULTILINE)
_OPENED = re.compile(
    r"^[ \t]*(?:\\begin\{([a-zA-Z]+\*?)\}(?:\[[^\]]*\]|\{[^}]*\})*|(\\\[)|(\$\$))[ \t\r]*$", re.MULTILINE
)
_NUMBER = re.compile(r"\(?\[?(\d{1,7})(?:[.):\]]|\.\))\s+\S")
_LETTER = re.compile(r"([a-z])[.)]\s+\S")
_BULLET = re.compile(r"[-*\u2022\u00b7]\s+(\S.*)")
_KEYED = re.compile(r"[\"']?([A-Za-z0-9][\w./@-]*)[\"']?(?::\s|\s*(?:=>|->|\u2192|\|)\s*)\s*\S", re.ASCII)
_ASSIGNED = re.compile(r"([A-Za-z]{3,}[\w-]*[0-9])\s*=\s*\S", re.ASCII)
_ENTRY = re.compile(r'\s*"(?:[^"\\]|\\.)*"\s*(?::|,?\s*$)')
_FIELD = re.compile(rf"\s*(?:- )?[\"']?({_WORD}(?: id)?)[\"']?\s*[:=](?:\s|$)", re.ASCII)
_SECTION = re.compile(r"\[\[?[A-Za-z][\w. -]+\]\]?\s*$")
_LABEL = re.compile(r"[>%#]?\s*([A-Za-z0-9][\w./@-]*)\s*", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][\w.:/@-]*", re.ASCII)
_FAIRSEQ = re.compile(r"[HSTDP]-\d+\t")


def refuse_other_texts(name: str, lines: Sequence[str]) -> None:
    """Raise `InputError` if the first lines of a file are no lines of formulas, with the kind of text and a remedy."""
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not filled:
        return
    texts = [line for _, line in filled]
    tabbed = 2 * sum("\t" in line for line in texts) > len(texts)
    found = _fairseq(texts) if tabbed else next(_findings(lines, texts), None)
    if found is None:
        return
    kind, remedy, line = found
    number = next((number for number, text in filled if text.strip() == line.strip()), 1)
    raise InputError(
        f"{name}:{number}: {show(line.strip())} looks like {kind}, not like one formula a line: {remedy}; "
        "--layout plain takes every line for a formula"
    )


_Finding = tuple[str, str, str]
"""A kind of text, what to do, and the line that shows it."""


def _findings(lines: Sequence[str], filled: Sequence[str]) -> Iterator[_Finding]:
    text = "\n".join(lines)
    if _ANY_SIGN.search(text):
        yield from _signs(filled)
    yield from _elements(text)
    yield from _environments(text)
    if len(filled) > 1:
        for common in _COMMON:
            if found := common(filled):
                yield *found, filled[0]


def _signs(lines: Sequence[str]) -> Iterator[_Finding]:
    """Lines that begin as only another kind of text does."""
    for line in lines:
        for kind, remedy, pattern in _SIGNS:
            if re.match(pattern, line):
                yield kind, remedy, line


def _elements(text: str) -> Iterator[_Finding]:
    """Elements of markup that begin on one line and end on another; what does both on one is warned of elsewhere."""
    for tag in _TAG.finditer(text):
        line, _, rest = text[tag.end() :].partition("\n")
        ending = re.compile(rf"</{re.escape(tag[1])}\s*>")
        if not ending.search(line) and ending.search(rest):
            yield "HTML or XML", "write id, tab, LaTeX", f"{tag[0]}{line}".strip()


def _environments(text: str) -> Iterator[_Finding]:
    """An environment or display whose beginning and end stand on lines of their own."""
    for opened in _OPENED.finditer(text):
        end = rf"\\end\{{{re.escape(opened[1])}\}}" if opened[1] else r"\\\]" if opened[2] else r"\$\$"
        if re.compile(rf"^[ \t]*{end}[ \t\r]*$", re.MULTILINE).search(text, opened.end()):
            kind = "a LaTeX table" if opened[1] in ("tabular", "longtable", "table") else "a LaTeX document"
            yield kind, "write each formula on a line of its own", opened[0].strip()


_Common = Callable[[Sequence[str]], tuple[str, str] | None]


def _marked_up(lines: Sequence[str]) -> tuple[str, str] | None:
    ended = (re.match(r"\s*<([A-Za-z][\w:-]*)[^<>]*>.*</\1\s*>\s*$", line) for line in lines)
    return ("HTML or XML", "write id, tab, LaTeX") if all(ended) else None


def _numbered(lines: Sequence[str]) -> tuple[str, str] | None:
    found = list(map(_NUMBER.match, lines))
    if all(found):
        numbers = [int(match[1]) for match in found if match]
        if numbers[0] in (0, 1) and all(second == first + 1 for first, second in pairwise(numbers)):
            return "a numbered list", "remove the numbers, or write id, tab, LaTeX"
    letters = [match[1] for match in map(_LETTER.match, lines) if match]
    counted = "".join(letters) == "abcdefghijklmnopqrstuvwxyz"[: len(lines)]
    return ("a list", "remove the letters, or write id, tab, LaTeX") if counted else None


def _listed(lines: Sequence[str]) -> tuple[str, str] | None:
    found = [match[1] for match in map(_BULLET.match, lines) if match]
    if len(found) < len(lines) or len({line[0] for line in lines}) > 1:
        return None
    # Tokens apart by blanks may begin with a minus, two formulas by chance.
    spaced = all(re.fullmatch(r"(?:\\?[A-Za-z]+|.)(?: (?:\\[A-Za-z]+|.))*\s*", text) for text in found)
    return None if spaced and len(found) < 5 else ("a list", "remove the signs in front")


def _keyed(lines: Sequence[str]) -> tuple[str, str] | None:
    for pattern in (_KEYED, _ASSIGNED):
        keys = [match[1] for match in map(pattern.match, lines) if match]
        if len(keys) == len(set(keys)) == len(lines) and (_count(keys) or all(map(_is_id, keys))):
            return "ids and formulas", "write id, tab, LaTeX"
    return None


def _separated(lines: Sequence[str]) -> tuple[str, str] | None:
    """Records apart by commas or semicolons that are no table: of unequal widths, or under a header of any names."""
    for delimiter in ",;":
        titled = is_title(lines[0], delimiter)
        ids = [line.partition(delimiter)[0].strip(' "') for line in lines[titled:] if delimiter in line]
        whole = len(ids) == len(set(ids)) == len(lines) - titled and len(ids) > 0
        if whole and (all(map(_is_id, ids)) or (titled and len(ids) > 1 and _count(ids))):
            remedy = (
                "say --columns id=..,pred=..,ref=.."
                if titled
                else "a field that holds the separator needs quotes"
            )
            return f"records with {delimiter!r} between fields", f"{remedy}, and --layout csv"
    return None


def _count(keys: Sequence[str]) -> bool:
    return any(list(keys) == [str(first + index) for index in range(len(keys))] for first in (0, 1))


def _is_id(word: str) -> bool:
    sure = len(word) > 2 and re.search(r"[A-Za-z].*[0-9]|[0-9].*[A-Za-z]", word)
    return _NAME.fullmatch(word) is not None and (bool(sure) or has_file_suffix(word))


def _json_entries(lines: Sequence[str]) -> tuple[str, str] | None:
    entries = sum(_ENTRY.match(line) is not None for line in lines)
    return ("a piece of JSON", "give the whole document") if 2 * entries >= len(lines) else None


def _fields(lines: Sequence[str]) -> tuple[str, str] | None:
    """Records of ``key: value`` or ``key = value``, as YAML, TOML and INI have them."""
    keys = [match[1] for match in map(_FIELD.match, lines) if match]
    known = {key for key in keys if is_known(normal(key))}
    sections = sum(_SECTION.match(line) is not None for line in lines)
    if len(known) > 1 and len(keys) * 2 > len(lines):
        return "records of keys and values", "write CSV or JSON lines"
    if sections and len(keys) + sections == len(lines) and all(len(key) > 1 for key in keys):
        return "INI or TOML", "write CSV or JSON lines"
    return None


def _in_turn(lines: Sequence[str]) -> tuple[str, str] | None:
    """Ids and formulas on lines in turn."""
    found = [match[1] for match in map(_LABEL.fullmatch, lines[::2]) if match]
    alone = len(lines) % 2 == 0 and len(found) == len(set(found)) == len(lines[::2])
    if alone and all(map(_is_id, found)) and not any(_is_id(line.strip()) for line in lines[1::2]):
        sure = len(found) > 1 and min(map(len, found)) > 4
        return ("ids and formulas in turn", "write id, tab, LaTeX") if sure or lines[0][0] in ">%#" else None
    return None


def _barred(lines: Sequence[str]) -> tuple[str, str] | None:
    """Columns between vertical bars, under a header or after ids."""
    rows = [[cell.strip() for cell in re.split(r"\|+", line.strip().strip("|"))] for line in lines]
    first = [row[0] for row in rows]
    enclosed = all(line.strip().startswith("|") and line.strip().endswith("|") for line in lines)
    same = len({len(row) for row in rows}) == 1 and len(rows[0]) > 1 and len(set(first)) == len(first)
    if is_header(rows[0]) or (enclosed and same and (_count(first) or all(map(_is_id, first)))):
        return "columns between vertical bars", "write them with tabs, or as a Markdown table"
    return None


_COMMON: tuple[_Common, ...] = (
    _marked_up,
    _numbered,
    _listed,
    _fields,
    _keyed,
    _json_entries,
    _in_turn,
    _barred,
    _separated,
)


def _fairseq(lines: Sequence[str]) -> _Finding | None:
    found = [line for line in lines if _FAIRSEQ.match(line)]
    if 2 * len(found) > len(lines) and any(line.startswith("H-") for line in found):
        return (
            "the output of fairseq-generate",
            "keep the lines of hypotheses (H-): number, tab, text",
            found[0],
        )
    return None
