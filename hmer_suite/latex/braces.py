"""Parts of a formula that stand between braces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def braced_parts(tokens: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Role, start and end of each part between braces of canonical tokens.

    The role is the token in front of the braces; that of a second argument is the command's with a 2 behind it.
    """
    waiting: list[tuple[str, int]] = []
    last = ""
    for place, token in enumerate(tokens):
        if token == "{":
            before = tokens[place - 1] if place else ""
            # A second argument belongs to the command of the first.
            waiting.append((f"{last}2" if before == "}" else before, place + 1))
        elif token == "}" and waiting:
            last, start = waiting.pop()
            if place > start:
                yield last, start, place
