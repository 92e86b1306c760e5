r"""One tokeniser for spaced labels (``x ^ { 2 }``) and for LaTeX as people type it (``x^2``).

Both yield the same tokens, each with its place in the user's own string. A token is

- a control word or control symbol (``\alpha``, ``\,``, ``\operatorname*``); a control space is the lone
  backslash that white-space splitting makes of it;
- an environment delimiter with its name (``\begin{cases}``);
- a length without braces together with its command (``\kern3pt``);
- any other single character.

White space separates. Only in the arguments of ``\text{...}`` and similar commands, written with the brace
touching the command, is it kept, as ``~``, which draws the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hmer_suite.latex.token_classes import CLASSES

CONTROL_SPACE = "\\"


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its half-open span in the text it was read from."""

    text: str
    start: int
    end: int


_UNIT = "|".join(r"\s*".join(unit) for unit in "em ex pt pc cm mm in bp dd cc sp mu".split())
_LENGTH = rf"[-+]?\s*(?:\d\s*)*(?:[.,]\s*(?:\d\s*)*)?(?:{_UNIT})"
_STRETCH = rf"(?:p\s*l\s*u\s*s|m\s*i\s*n\s*u\s*s) \s* {_LENGTH}"
_TOKEN = re.compile(
    rf"""
      (?P<environment> \\(?:begin|end) \s* \{{ \s* [A-Za-z](?:\s*[A-Za-z])* \s* \*? \s* \}} )
    | (?P<length> \\(?:kern|mkern|hskip|mskip) \s* {_LENGTH} (?:\s* {_STRETCH})* )
    | (?P<starred> \\(?:operatorname|hspace|vspace|tag)\s*\* )
    | (?P<word> \\[A-Za-z]+ )
    | (?P<break> \\\\ (?: \[ \s* {_LENGTH} \s* \] )? )
    | (?P<space> \\ (?:\s|$) )
    | (?P<control> \\. )
    | (?P<character> \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_TEXT_OPENING = re.compile(r"\\(?:text[a-z]*|mbox|hbox|fbox|emph)\{")
_WRAPPERS = (("$$", "$$"), ("$", "$"), ("\\[", "\\]"), ("\\(", "\\)"))
_WHITE = re.compile(r"\s+")

# Every listed token is one piece of spaced text, but for those that need their neighbours to be read.
MAY_TAKE_STAR = frozenset((r"\operatorname", r"\hspace", r"\vspace", r"\tag"))
"""Commands of which a star right after them is a part."""
_NEED_NEIGHBOURS = MAY_TAKE_STAR | {"$"}
_PLAIN_PIECES = (frozenset(CLASSES) | {chr(code) for code in range(33, 127)}) - _NEED_NEIGHBOURS
_NOT_ALONE = frozenset((r"\begin", r"\end", r"\[", r"\]", r"\(", r"\)"))
"""Tokens that take a name from further on, or that may be wrapped around the whole formula."""

_LENGTH_COMMAND = re.compile(r"\\(?:kern|mkern|hskip|mskip)(?![A-Za-z])")
_FUSED = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?:\\[A-Za-z]+|\\.|.)")


def split(text: str) -> list[str]:
    """Token texts of *text*, as from `tokens` but without places (much faster on spaced labels)."""
    pieces = text.split()
    if _PLAIN_PIECES.issuperset(pieces):
        return pieces
    others = set(pieces).difference(_PLAIN_PIECES)
    if _starred(others, text) or None in map(_PIECES.__getitem__, others):
        return [token.text for token in tokens(text)]
    found: list[str] = []
    for piece in pieces:
        if piece in others:
            found.extend(_PIECES[piece] or ())
        else:
            found.append(piece)
    return found


def _starred(pieces: set[str], text: str) -> bool:
    """Whether a star further on may belong to one of the pieces."""
    return "*" in text and not MAY_TAKE_STAR.isdisjoint(pieces)


class _Pieces(dict[str, "tuple[str, ...] | None"]):
    r"""The tokens of pieces between white space; None where they depend on other pieces. Fills itself.

    ``\left(`` is two tokens wherever it stands; ``\text{a`` begins text, and ``\kern`` takes a length.
    """

    def __missing__(self, piece: str) -> tuple[str, ...] | None:
        found = _tokens_of_piece(piece)
        if len(self) < MAX_PIECES:
            self[piece] = found
        return found


MAX_PIECES = 10_000
"""Pieces of which the tokens are kept."""


def _tokens_of_piece(piece: str) -> tuple[str, ...] | None:
    if "$" in piece or _TEXT_OPENING.search(piece):
        return None
    found = list(_scan(piece, 0, len(piece), False))
    if any(token.text in _NOT_ALONE or _LENGTH_COMMAND.match(token.text) for token in found):
        return None
    return tuple([token.text for token in found])


def tokens(text: str) -> tuple[Token, ...]:
    """Tokens of *text* with their places in it; a ``$...$`` around the whole is left out.

    Every character of the text is in a token or is white space (or that wrapper): nothing is lost.
    """
    start, end = _inside_wrapper(text)
    found: list[Token] = []
    for begin, stop, in_text in _regions(text, start, end):
        found.extend(_scan(text, begin, stop, in_text))
    return tuple(found)


_PIECES = _Pieces()


def join(token_texts: list[str] | tuple[str, ...]) -> str:
    """The spaced form: tokens with one space between."""
    return " ".join(token_texts)


def raw_tokens(text: str) -> list[str]:
    """Tokens as published scores count them: split on white space if the text is spaced, else `split`.

    A text is spaced when each piece between white space is one token, or a delimiter fused with its
    ``\\left``, ``\\right`` or size, as im2latex writes them; or when, whatever else its pieces are, its braces
    stand alone, which nobody types.
    """
    pieces = text.split()
    if _PLAIN_PIECES.issuperset(pieces):
        return pieces
    others = _SPACED_ENVIRONMENT.sub("", text).split()
    return pieces if all(map(_is_piece, others)) or _braces_stand_alone(others) else split(text)


def _is_piece(piece: str) -> bool:
    return piece in _PLAIN_PIECES or bool(_FUSED.fullmatch(piece) or _TOKEN.fullmatch(piece))


def _braces_stand_alone(pieces: list[str]) -> bool:
    return "{" in pieces and not any(_INNER_BRACE.search(piece) for piece in pieces if not _is_piece(piece))


_SPACED_ENVIRONMENT = re.compile(r"\\(?:begin|end) \{[A-Za-z]+\*?\}")
_INNER_BRACE = re.compile(r"(?<!\\)[{}]")


def _inside_wrapper(text: str) -> tuple[int, int]:
    """Span of *text* without outer white space and without one pair of mathematics delimiters around it."""
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    for opening, closing in _WRAPPERS:
        inner = text[start + len(opening) : max(end - len(closing), start + len(opening))]
        if (
            text.startswith(opening, start)
            and text.endswith(closing, start + len(opening), end)
            and "$" not in inner.replace("\\$", "")
            and not inner.endswith("\\")
        ):
            return start + len(opening), end - len(closing)
    return start, end


def _regions(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Split ``[start, end)`` into stretches of mathematics and of typed text, in order."""
    while True:
        match = _TEXT_OPENING.search(text, start, end)
        if match is None:
            break
        close = _closing_brace(text, match.end(), end)
        yield start, match.end(), False
        yield match.end(), close, True
        start = close
    yield start, end, False


def _closing_brace(text: str, start: int, end: int) -> int:
    """Position of the brace that closes the group opened just before *start*, or *end* if none does."""
    depth = 1
    position = start
    while position < end:
        character = text[position]
        if character == "\\":
            position += 1
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    return end


def _scan(text: str, start: int, end: int, in_text: bool) -> Iterator[Token]:
    """Tokens of one stretch; in typed text each run of white space outside ``$...$`` is a token ``~``."""
    position = start
    spaces_count = in_text
    while position < end:
        match = _WHITE.match(text, position, end)
        if match is not None:
            if spaces_count:
                yield Token("~", position, match.end())
            position = match.end()
            continue
        match = _TOKEN.match(text, position, end)
        assert match is not None, "any character but white space is a token"
        if in_text and match.group() == "$":
            spaces_count = not spaces_count
        yield Token(_spelling(match), position, match.end())
        position = match.end()


def _spelling(match: re.Match[str]) -> str:
    """Token text of a match: without inner white space; a control space is the lone backslash."""
    if match.lastgroup == "space":
        return CONTROL_SPACE
    if match.lastgroup in ("environment", "length", "starred", "break"):
        return _WHITE.sub("", match.group())
    return match.group()
