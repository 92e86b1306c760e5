r"""The formula in the output of a language model: in fences, ``\[ \]``, ``\boxed``, ``equation``, prose.

It is taken only on request (``--extract``), never silently, and the signature names `VERSION`. In order:

1. Reasoning before ``</think>`` and special tokens at the ends go; ``<answer>`` is opened.
2. Fences of Markdown are opened, then a JSON object with one text.
3. Of formulas in delimiters the first of these kinds counts: ``\boxed``, displays (``\[ \]``, ``$$``, ``equation`` and
   its like), inline (``\( \)``, ``$``), code in backticks; of several of one kind the longest. Delimiters within
   braces, as in ``\text{if $x$}``, belong to the formula.
4. Without delimiters the text is the formula; from prose a line is taken that is none, or that follows a colon.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from hmer_suite.latex.leftovers import SPECIAL_TOKEN
from hmer_suite.predictions.files import PredictionFile, ReferenceFile
from hmer_suite.predictions.layouts import show
from hmer_suite.predictions.reading import place

VERSION = "1"
"""Version of the rules, named in the signature."""

SHOWN = 20
"""Most lines named in warnings."""

_DISPLAYS = {"equation": "", "displaymath": "", "math": "", "align": "aligned", "gather": "gathered",
             "multline": "", "flalign": "aligned", "dmath": ""}  # fmt: skip
"""Environments that set a display, and the one that keeps lines and columns inside a formula."""

_THOUGHT = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|$)", re.DOTALL | re.IGNORECASE)
_FIRST = re.compile(rf"(?:{SPECIAL_TOKEN})\s*", re.IGNORECASE)
_LAST = re.compile(rf"(?:{SPECIAL_TOKEN})$", re.IGNORECASE)
_LONGEST_SPECIAL = 60
_DEEPEST = 8
"""Most delimiters around each other that are opened."""
_FENCE = re.compile(
    r"(```+|^~~~+(?=[ \t]*[\w+-]*\n))[ \t]*([\w+-]*)[ \t]*\n?(.*?)(?:\1|\Z)", re.DOTALL | re.MULTILINE
)
_OPENING = re.compile(
    r"\\\[|\\\(|(?<!\\)\$\$?|`|\\boxed\s*\{|\\begin\s*\{(" + "|".join(_DISPLAYS) + r")(\*?)\}|(?<!\\)[{}]"
)
_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}[,;]?\s+(?:[a-z]{1,2}\s+){0,3}[A-Za-z]{3,}")
_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}(?![A-Za-z}])|[\u3040-\u30ff\u4e00-\u9fff]|:\s*$")
_PREFIX = re.compile(r"^[^\\$^_{}=]{0,80}?[A-Za-z]{3,}[^\\$^_{}=]{0,80}?[:\uff1a]\s*")
_VERB = re.compile(r"^[^\\$^_{}=]{0,80}?[A-Za-z]{3,}\s+(?:is|reads)\s+(?=.*[\\^_=+0-9-])")
_ARGUMENT = re.compile(r"\\(?:text\w*|math\w+|operatorname\*?|begin|end|mbox|label)\s*\{[^{}]*\}")
_NUMBERING = re.compile(r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![A-Za-z])")


class _Kind(IntEnum):
    """Kinds of delimiters, the most telling last."""

    CODE = 0
    INLINE = 1
    DISPLAY = 2
    BOX = 3


@dataclass(frozen=True, slots=True)
class _Delimited:
    """A formula in delimiters, and its place with these in the text."""

    kind: _Kind
    start: int
    end: int
    inside: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The formula in a text, None where none was found; `others` counts formulas of its kind that were not taken."""

    formula: str | None
    others: int = 0


def extract(text: str) -> Extracted:
    r"""The formula in the output of a language model.

    >>> extract("The formula reads: $x^2$.").formula
    'x^2'
    """
    thoughts = [match.end() for match in _THOUGHT.finditer(text)]
    text = _without_specials(text[thoughts[-1] :] if thoughts else text)
    if (answer := _ANSWER.search(text)) is not None:
        text = answer[1].strip()
    if not text:
        return Extracted("")
    fences = [match[3] for match in _FENCE.finditer(text) if match[3].strip()]
    if fences:
        found = max(fences, key=len)
        inside = Extracted(found.strip()) if _FENCE.search(found) else extract(found)
        return replace(inside, others=inside.others + len(fences) - 1)
    quoted = _text_of_json(text)
    return _from_prose(text if quoted is None else quoted.strip())


def _without_specials(text: str) -> str:
    """*text* without white space and special tokens of decoders at its ends."""
    text = text.strip()
    while (first := _FIRST.match(text)) is not None:
        text = text[first.end() :]
    while (last := _LAST.search(text, max(0, len(text) - _LONGEST_SPECIAL))) is not None:
        text = text[: last.start()].rstrip()
    return text


def extracted(text: str) -> str:
    """The formula in a text, the text itself if there is none."""
    found = extract(text).formula
    return text if found is None else found


def unwrap(text: str) -> str:
    r"""*text* without what delimits all of it: dollars, ``\[ \]``, ``\( \)``, ``equation`` and its like."""
    for _ in range(_DEEPEST):
        found = _whole(text)
        if found is None or found.kind not in (_Kind.INLINE, _Kind.DISPLAY):
            break
        text = found.inside
    return text


def _whole(text: str) -> _Delimited | None:
    """What delimits all of a text; None if nothing does."""
    found = list(_delimited(text))
    return found[0] if len(found) == 1 and not _around(text, found) else None


def _text_of_json(text: str) -> str | None:
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    texts = [entry for entry in value.values() if isinstance(entry, str)] if isinstance(value, dict) else []
    return texts[0] if len(texts) == 1 else None


def _from_prose(text: str) -> Extracted:
    found = list(_delimited(text))
    around = _around(text, found)
    if found and (not around or _WORD.search(_ARGUMENT.sub(" ", around))):
        kind = max(one.kind for one in found)
        best = [one for one in found if one.kind == kind]
        chosen = max(best, key=lambda one: len(one.inside))
        return Extracted(_inside(chosen), len({one.inside.strip() for one in best}) - 1)
    if not _is_prose(text):
        return Extracted(_one_line(text))
    lines = list(map(_without_prose, text.split("\n")))
    formulas = [line for line in lines if line and not _is_prose(line) and not line.endswith(":")]
    formulas = [line for line in formulas if not re.fullmatch(r"[A-Za-z]{3,}[.!]?", line)]
    if not formulas:
        return Extracted(None)
    return Extracted(max(formulas, key=len), len(formulas) - 1)


def _without_prose(line: str) -> str:
    """A line without the words that introduce a formula."""
    line = line.strip().strip("*>#- \t")
    found = _PREFIX.sub("", line)
    if found != line:
        return found.strip()
    found = _VERB.sub("", line)
    return found.rstrip(". ") if found != line else line


def _inside(found: _Delimited) -> str:
    """What the delimiters enclose, without further ones around all of it."""
    text = _one_line(found.inside)
    for _ in range(_DEEPEST):
        again = _whole(text)
        if again is None:
            break
        text = _one_line(again.inside)
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def _is_prose(text: str) -> bool:
    return _WORDS.search(_ARGUMENT.sub(" ", text)) is not None or bool(_PREFIX.match(text))


def _around(text: str, found: list[_Delimited]) -> str:
    """The text outside of what was found, without marks of Markdown and punctuation at its ends."""
    parts = []
    start = 0
    for one in found:
        parts.append(text[start : one.start])
        start = one.end
    parts.append(text[start:])
    return " ".join(parts).strip(" \t\n*_#>.,;\u3002")


def _delimited(text: str) -> Iterator[_Delimited]:
    """Formulas in delimiters that are not within braces or other delimiters."""
    position = depth = 0
    unclosed: set[str] = set()
    while (match := _OPENING.search(text, position)) is not None:
        position = match.end()
        opening = match[0]
        if opening in "{}":
            depth = max(0, depth + (1 if opening == "{" else -1))
        elif depth:
            depth += opening.startswith("\\boxed")
        elif opening in unclosed:
            continue
        elif (found := _closed(text, match)) is not None:
            yield found
            position = found.end
        elif opening.startswith("\\boxed"):
            depth += 1
        else:
            # What is not closed from here is not closed from further on either.
            unclosed.add(opening)


def _closed(text: str, opening: re.Match[str]) -> _Delimited | None:
    """What begins with an opening delimiter; None if it is not closed."""
    start, begin = opening.start(), opening.end()
    if opening[1] is not None:
        return _environment(text, opening)
    if opening[0].startswith("\\boxed"):
        end = _closing_brace(text, begin)
        return None if end is None else _Delimited(_Kind.BOX, start, end + 1, text[begin:end])
    kind, closing = {
        "\\[": (_Kind.DISPLAY, "\\]"),
        "\\(": (_Kind.INLINE, "\\)"),
        "$$": (_Kind.DISPLAY, "$$"),
        "$": (_Kind.INLINE, "$"),
        "`": (_Kind.CODE, "`"),
    }[opening[0]]
    end = text.find(closing, begin)
    while end > 0 and text[end - 1] == "\\" and closing.startswith("$"):
        end = text.find(closing, end + 1)
    if end < 0:
        return None
    return _Delimited(kind, start, end + len(closing), text[begin:end])


def _environment(text: str, opening: re.Match[str]) -> _Delimited | None:
    name, star = opening[1], opening[2]
    closing = re.compile(r"\\end\s*\{" + re.escape(name + star) + r"\}").search(text, opening.end())
    if closing is None:
        return None
    inside = _NUMBERING.sub("", text[opening.end() : closing.start()]).strip()
    kept = _DISPLAYS[name]
    if kept and re.search(r"\\\\|(?<!\\)&", inside):
        inside = f"\\begin{{{kept}}} {inside} \\end{{{kept}}}"
    return _Delimited(_Kind.DISPLAY, opening.start(), closing.end(), inside)


def _closing_brace(text: str, begin: int) -> int | None:
    depth = 1
    for match in re.finditer(r"(?<!\\)[{}]", text[begin:]):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return begin + match.start()
    return None


# ---------------------------------------------------------------- files


def extract_predictions(file: PredictionFile) -> PredictionFile:
    """A prediction file with the formulas in its texts; warnings name the lines of what is doubtful.

    A text without a formula stays as it is. References in the file are unwrapped (`unwrap`).
    """
    found = [extract(text) for text in file.predictions]
    texts = tuple(
        [
            text if one.formula is None else one.formula
            for text, one in zip(file.predictions, found, strict=True)
        ]
    )
    references = file.references
    if references is not None:
        references = tuple([None if text is None else unwrap(text) for text in references])
    warnings = (*file.origin.warnings, *_doubts(file, found))
    return replace(
        file, predictions=texts, references=references, origin=replace(file.origin, warnings=warnings)
    )


def extract_references(file: ReferenceFile) -> ReferenceFile:
    """A reference file with its texts unwrapped (`unwrap`)."""
    return replace(file, references=tuple(map(unwrap, file.references)))


def _doubts(file: PredictionFile, found: list[Extracted]) -> list[str]:
    doubts = []
    for index, one in enumerate(found):
        where = f"{place(file.path, file.origin.lines, index)}: {show(file.ids[index])}"
        if one.formula is None:
            doubts.append(
                f"{where}: no formula found in {show(file.predictions[index])}, which stays as it is"
            )
        elif one.others:
            doubts.append(f"{where}: {one.others + 1} formulas, the longest is taken")
    more = len(doubts) - SHOWN
    return [*doubts[:SHOWN], *([f"{file.path}: {more} more samples of this kind"] if more > 0 else [])]
