r"""Where the answer stands in a text.

A text that says its answer twice, and differently, has two candidates: none is preferred in silence. (Graders that take
the last box, or any of several, mark retracted and partial answers as right; those that join all boxes read 8 and 8 as
88.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from hmer_suite.equiv.answers.switches import Answers
from hmer_suite.equiv.verdict import Answer

_BOX = re.compile(r"\\(?:boxed|fbox)\s*(?=\{)")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BETWEEN_BOXES = re.compile(
    r"(?:[ \t,;.$&]|\\[()\[\],;!: ]|\\\\|\\q?quad|\\text\s*\{\s*(?:and|or|,|;)?\s*\}|\band\b|\bor\b)*"
)
_THOUGHT = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_FENCE = re.compile(r"(?:```|~~~)[ \t]*[A-Za-z]*[ \t]*\n?(.*?)(?:```|~~~)", re.DOTALL)
_DISPLAY = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(?<!\\)\$(.+?)(?<!\\)\$", re.DOTALL)
_IS = r"[\s*]*(?:[:=]|(?:is|are|equals?|(?:should|would|must)\s+be)\b\s*:?)"
_SAYING = (
    re.compile(rf"\b(?:final|correct)\s+answers?\b(?:{_IS}|\**[ \t]*\n)", re.IGNORECASE),
    re.compile(r"####|<answer>", re.IGNORECASE),
    re.compile(rf"\banswers?\b{_IS}|答案(?:是|为)?\s*[:：]?", re.IGNORECASE),
)
"""Words that announce an answer; the first that occur in a text are the ones that count."""
_SENTENCE = re.compile(r"(?:[.!?](?=[\s\"'*)]|$)|。|</answer>|\n)")
_FORMULA_AT = re.compile(r"```[A-Za-z]*\s(.*?)```|" + _DISPLAY.pattern, re.DOTALL)
_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{3,}(?![A-Za-z])(?:\s+[A-Za-z]{2,}(?![A-Za-z]))*")
_FUNCTIONS = frozenset(
    "sin cos tan cot sec csc log exp lim max min sup inf det gcd lcm mod sqrt sinh cosh tanh arcsin arctan".split()
)
_OTHER_WORDS = re.compile(r"\\text\{ (?!(?:and|or) \})")
_PROSE = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}\s+[A-Za-z]{2,}(?![A-Za-z])")
_COMMAND = re.compile(r"\\[A-Za-z]+\s*(?:\{[^{}]*\})?")


def candidates(text: str, answers: Answers) -> tuple[Answer, ...]:
    r"""What may be the answer in *text*, without repetitions, with the switch that found it.

    A box that is not closed, as in an output cut short, and a text in words where nothing is found have none.

    >>> candidates(r"So \boxed{\frac12}.", Answers(boxed=True))
    (Answer(text='\\frac12', by=('boxed',)),)
    """
    if not (answers.boxed or answers.prose or answers.fences):
        return (Answer(text),)
    text = text[max((match.end() for match in _THOUGHT.finditer(text)), default=0) :]
    if answers.boxed and _BOX.search(text):
        return _distinct(_boxes(text), "boxed")
    if answers.prose and (said := [*_said(text)]):
        return _distinct(said, "prose")
    if answers.fences and (fenced := [*_fenced(text)]):
        return _distinct(fenced, "fences")
    return () if _in_words(text) else (Answer(text),)


def _distinct(texts: list[str], switch: str) -> tuple[Answer, ...]:
    found: dict[str, Answer] = {}
    for text in texts:
        found.setdefault("".join(text.split()), Answer(text, (switch,)))
    return tuple(found.values())


# --- boxes -------------------------------------------------------------------------------------------------------


def _boxes(text: str) -> list[str]:
    """Contents of the boxes; those with nothing but commas or "and" between them are one list."""
    lists: list[list[str]] = []
    closings = _closings(text)
    end = 0
    for match in _BOX.finditer(text):
        if match.start() < end:
            continue  # a box within a box
        if match.end() not in closings:
            return []
        if lists and _BETWEEN_BOXES.fullmatch(text, end, match.start()):
            lists[-1].append(_content(text, match.end(), closings))
        else:
            lists.append([_content(text, match.end(), closings)])
        end = closings[match.end()] + 1
    joined = [", ".join(contents) for contents in lists]
    parts = dict.fromkeys(joined)
    return joined if len(parts) < 2 else [*parts, ", ".join(parts)]


def _content(text: str, opening: int, closings: dict[int, int]) -> str:
    """What the brace at *opening* holds, out of all boxes that hold nothing but a box."""
    while True:
        content = text[opening + 1 : closings[opening]]
        start = opening + 1 + len(content) - len(content.lstrip())
        inner = _BOX.match(text, start)
        if inner is None or text[closings.get(inner.end(), 0) + 1 : closings[opening]].strip():
            return content.strip()
        opening = inner.end()


def _closings(text: str) -> dict[int, int]:
    """Indices of opening braces, each with that of the brace that closes it; those never closed are left out."""
    found: dict[int, int] = {}
    open_braces: list[int] = []
    for match in _BRACES.finditer(text):
        if match.group() == "{":
            open_braces.append(match.start())
        elif match.group() == "}" and open_braces:
            found[open_braces.pop()] = match.start()
    return found


# --- words -------------------------------------------------------------------------------------------------------


def _said(text: str) -> Iterator[str]:
    """What follows the words that announce an answer."""
    for pattern in _SAYING:
        starts = [match.span() for match in pattern.finditer(text)]
        found = []
        for (_, start), (following, _) in zip_longest(starts, starts[1:], fillvalue=(len(text), len(text))):
            phrase, end = _phrase(text, start)
            if phrase and end <= following:  # else "Final answer: the final answer is 5"
                found.append(phrase)
        if found:
            yield from found
            return


def _phrase(text: str, start: int) -> tuple[str, int]:
    """The rest of the sentence as LaTeX, formulas without their signs and words as text, and its end."""
    parts: list[str] = []
    place = start
    while place < len(text) and text[place] in " \t\n*_:":
        place += 1
    while place < len(text):
        formula = _FORMULA_AT.match(text, place)
        if formula:
            parts.append(next(filter(None, formula.groups()), "").strip() + " ")
            place = formula.end()
        elif _SENTENCE.match(text, place):
            break
        else:
            parts.append(text[place])
            place += 1
    return _latex(parts), place


def _latex(parts: list[str]) -> str:
    """Formulas, and single characters of the words between them, as one formula."""
    plain: list[str] = []
    made: list[str] = []
    for part in [*parts, ""]:
        if len(part) == 1:
            plain.append(part)
            continue
        made.append(_words_as_text("".join(plain)))
        plain = []
        made.append(part)
    return " ".join(part for part in (piece.strip() for piece in made) if part)


def _words_as_text(plain: str) -> str:
    plain = plain.strip("*_` \t").strip()
    if re.fullmatch(r"[.,;:!?]*", plain):
        return ""
    plain = re.sub(r"(?<!\\)([%$])", r"\\\1", plain)
    return _WORD.sub(_as_text, plain)


def _as_text(match: re.Match[str]) -> str:
    word = match.group()
    return word if word in _FUNCTIONS else rf"\text{{ {word} }}"


def has_words(answer: Answer) -> bool:
    """Whether words other than "and" and "or" were taken from prose with the answer."""
    return "prose" in answer.by and bool(_OTHER_WORDS.search(answer.text))


def _in_words(text: str) -> bool:
    """Whether a text has words side by side, outside commands."""
    return bool(_PROSE.search(_COMMAND.sub(" ", text)))


# --- fences ------------------------------------------------------------------------------------------------------


def _fenced(text: str) -> Iterator[str]:
    """Contents of Markdown's fences; without any, of the signs around formulas, if no words are around them."""
    blocks = [match.group(1).strip() for match in _FENCE.finditer(text)]
    if blocks:
        yield from (_inside(block) for block in blocks)
        return
    text = text.strip().strip("`")
    if not re.search(r"[^\W_]", _DISPLAY.sub(" ", text)):
        for match in _DISPLAY.finditer(text):
            yield next(filter(None, match.groups())).strip()


def _inside(block: str) -> str:
    match = _DISPLAY.fullmatch(block)
    return next(filter(None, match.groups())).strip() if match else block
