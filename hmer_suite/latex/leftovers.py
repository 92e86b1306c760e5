r"""Text around a formula that is no LaTeX mathematics: tokens of decoders, fences of Markdown, markup.

The grammar reads their characters as symbols (``<``, ``e``, ``o``, ``s``, ``>``), so it calls them valid; so it does
with ``\\frac``, which a program that escapes backslashes made of ``\frac``: a new line, and four letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hmer_suite.latex.token_classes import CLASSES

SPECIAL_TOKEN = (
    r"</?s>|</?\s?(?:sos|bos|eos|pad|unk|mask|sep|cls|start|end|go|blank|image|img|endoftext|bos_token|eos_token|pad_token)\s?>"
    r"|<\|[^|<>\s]{1,40}\|>|<[｜|][^｜|<>]{1,40}[｜|]>"
    r"|\[(?:PAD|UNK|CLS|SEP|MASK|BOS|EOS|SOS|INST)\]|\[/INST\]"
)
"""Pattern of the special tokens of decoders."""

_FENCE = r"```+\s?[A-Za-z]*|~~~+\s?[A-Za-z]*"
_MARKUP = r"</?\s?m(?:ath|row|i|o|n|sup|sub|subsup|frac|sqrt|root|text|over|under|stack|fenced|table|tr|td)\b[^>]*>?"
_HTML = r"</?(?:html|body|div|span|p|br|pre|code|latex|formula|answer|think)\s?/?>|&(?:lt|gt|amp|nbsp|quot);"
_ESCAPED = (
    r"(?<!\\)\\\\(?-i:"
    + "|".join(name[1:] for name in CLASSES if len(name) > 3 and name[1:].isalpha())
    + r")(?![A-Za-z])"
)
_LEFTOVER = re.compile(
    rf"(?P<special>{SPECIAL_TOKEN})|(?P<fence>{_FENCE})|(?P<markup>{_MARKUP}|{_HTML})|(?P<escaped>{_ESCAPED})",
    re.IGNORECASE,
)
_KINDS = {
    "special": "a special token of a decoder",
    "fence": "a fence of Markdown",
    "markup": "markup of MathML or HTML",
    "escaped": "a command with two backslashes",
}
_HINTS = ("<", "```", "~~~", "[", "&", "\\\\")


def leftover(text: str) -> tuple[str, str] | None:
    """The first thing in *text* that is no LaTeX mathematics and its kind; None if there is nothing of the sort.

    >>> leftover("x + 1 <eos>")
    ('<eos>', 'a special token of a decoder')
    """
    if not any(hint in text for hint in _HINTS):
        return None
    match = _LEFTOVER.search(text)
    return None if match is None else (match.group(), _KINDS[match.lastgroup or ""])


@dataclass(slots=True)
class Leftovers:
    """A count of texts in which something is left over; `first` is the index or line of the first of them."""

    count: int = 0
    first: int = 0
    _found: tuple[str, str] = ("", "")

    def add(self, text: str | None, index: int) -> None:
        """Look at the text with this index or on this line."""
        found = None if text is None else leftover(text)
        if found is None:
            return
        if not self.count:
            self.first, self._found = index, found
        self.count += 1

    def __str__(self) -> str:
        """A sentence on the first and the number of the others."""
        more = f" (and {self.count - 1} more like it)" if self.count > 1 else ""
        thing, kind = self._found
        return f"'{thing}' is {kind}, not LaTeX, but counts as symbols{more}"


def leftovers(texts: Iterable[str | None]) -> Leftovers:
    """What is left over in texts, by their indices."""
    found = Leftovers()
    for index, text in enumerate(texts):
        found.add(text, index)
    return found
