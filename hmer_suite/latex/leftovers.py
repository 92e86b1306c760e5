"""Text around a formula that is no LaTeX mathematics: tokens of decoders, fences of Markdown, markup.

The grammar reads their characters as symbols (``<``, ``e``, ``o``, ``s``, ``>``), so it calls them valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SPECIAL_TOKEN = (
    r"</?s>|</?\s?(?:sos|bos|eos|pad|unk|mask|sep|cls|start|end|go|blank|image|img|endoftext|bos_token|eos_token|pad_token)\s?>"
    r"|<\|[^|<>\s]{1,40}\|>|<[｜|][^｜|<>]{1,40}[｜|]>"
    r"|\[(?:PAD|UNK|CLS|SEP|MASK|BOS|EOS|SOS|INST)\]|\[/INST\]"
)
"""Pattern of the special tokens of decoders."""

_FENCE = r"```+\s?[A-Za-z]*|~~~+\s?[A-Za-z]*"
_MARKUP = r"</?\s?m(?:ath|row|i|o|n|sup|sub|subsup|frac|sqrt|root|text|over|under|stack|fenced|table|tr|td)\b[^>]*>?"
_HTML = r"</?(?:html|body|div|span|p|br|pre|code|latex|formula|answer|think)\s?/?>|&(?:lt|gt|amp|nbsp|quot);"
_LEFTOVER = re.compile(
    rf"(?P<special>{SPECIAL_TOKEN})|(?P<fence>{_FENCE})|(?P<markup>{_MARKUP}|{_HTML})", re.IGNORECASE
)
_KINDS = {
    "special": "a special token of a decoder",
    "fence": "a fence of Markdown",
    "markup": "markup of MathML or HTML",
}
_HINTS = ("<", "```", "~~~", "[", "&")


def leftover(text: str) -> tuple[str, str] | None:
    """The first thing in *text* that is no LaTeX mathematics and its kind; None if there is nothing of the sort.

    >>> leftover("x + 1 <eos>")
    ('<eos>', 'a special token of a decoder')
    """
    if not any(hint in text for hint in _HINTS):
        return None
    match = _LEFTOVER.search(text)
    return None if match is None else (match.group(), _KINDS[match.lastgroup or ""])


def first_leftover(texts: Iterable[str | None]) -> tuple[int, str] | None:
    """Index of the first of *texts* with something left over, and a sentence on it; None if there is none."""
    found = [None if text is None else leftover(text) for text in texts]
    indices = [index for index, thing in enumerate(found) if thing is not None]
    first = next(filter(None, found), None)
    if first is None:
        return None
    more = f" (and {len(indices) - 1} more like it)" if len(indices) > 1 else ""
    return indices[0], f"{first[0]!r} is {first[1]}, not LaTeX, but counts as symbols{more}"
