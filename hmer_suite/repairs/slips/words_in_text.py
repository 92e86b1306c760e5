r"""Mathematics within text, put between dollars.

\text { a \in b }  ->  \text { a $ \in $ b }
\text { m ^ 2 }    ->  \text { m $ ^ 2 $ }

An underscore without braces stays what it is, a character of a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.braces import match_tokens
from hmer_suite.repairs.rules.braces import ARITY
from hmer_suite.repairs.slips.change import Change

_MATHEMATICS = frozenset("SYMBOL LARGEOP NAMEDOP MDELIM FRAC CFRAC SQRT ACCENT FONT STACK".split())
_LETTERS = frozenset("CHAR COLUMN SYMBOL".split())
Groups = Mapping[int, int]
"""Indices of the closing braces by those of the opening ones."""

_WHY = "this is mathematics, which stands between dollars within text"


def changes(tokens: Sequence[str]) -> list[Change]:
    """Changes that put mathematics within text between dollars."""
    found: list[Change] = []
    groups = match_tokens(tokens).pairs
    for start, end in _texts(tokens, groups):
        index = start
        while index < end:
            stop = _mathematics_end(tokens, index, groups)
            if tokens[index] == "$":
                index = next((at for at in range(index + 1, end) if tokens[at] == "$"), end) + 1
            elif index < stop <= end:
                found.append(Change(index, stop, ("$", *tokens[index:stop], "$"), _WHY))
                index = stop
            else:
                index += 1
    return found


def _texts(tokens: Sequence[str], groups: Groups) -> list[tuple[int, int]]:
    """Start and end of the words of each text that is closed."""
    found: list[tuple[int, int]] = []
    for index, token in enumerate(tokens[:-1]):
        if CLASS_OF[token] == "TEXT" and tokens[index + 1] == "{" and not (found and index < found[-1][1]):
            end = groups.get(index + 1)
            found += [(index + 2, end)] if end else []
    return found


def _mathematics_end(tokens: Sequence[str], index: int, groups: Groups) -> int:
    """Where the mathematics that begins at *index* ends; *index* if there is none."""
    end = index
    while (stop := _item_end(tokens, end, groups)) > end:
        end = stop
    return end


def _item_end(tokens: Sequence[str], index: int, groups: Groups) -> int:
    """The position behind one command or script with its arguments; *index* if there is none."""
    cls = CLASS_OF[tokens[index]] if index < len(tokens) else ""
    following = tokens[index + 1 : index + 2]
    if cls == "SUP" or (cls == "SUB" and following == ["{"]):
        return _arguments_end(tokens, index, 1, groups)
    return _arguments_end(tokens, index, ARITY.get(cls, 0), groups) if cls in _MATHEMATICS else index


def _arguments_end(tokens: Sequence[str], index: int, number: int, groups: Groups) -> int:
    end = index + 1
    for _ in range(number):
        if end < len(tokens) and tokens[end] == "{":
            end = groups.get(end, index - 1) + 1
        elif end < len(tokens) and CLASS_OF[tokens[end]] in _LETTERS:
            end += 1
        else:
            return index
    return end
