r"""Commands that what follows was glued to.

\cosx       ->  \cos x
\sin\thetab ->  \sin \theta b
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.token_classes import CLASSES, UNKNOWN
from hmer_suite.repairs.names import FUNCTIONS, OTHER_NAMES, nearest
from hmer_suite.repairs.rules.braces import ARITY
from hmer_suite.repairs.slips.change import Change

MOST_LETTERS = 3
"""Letters that may be glued to a command; more are a name that nobody knows."""

_NO_PREFIX = frozenset(("LEFT", "RIGHT", "MIDDLE", "STYLE", "SPACE", "TEXT", "RAW", "COLOR"))
_GLUED = "no command has this name; a shorter one and what follows it were written without a space"
_FUNCTION = "this function has no command of its own"


def changes(tokens: Sequence[str]) -> list[Change]:
    """Changes that part glued names."""
    found: list[Change] = []
    for index, token in enumerate(tokens):
        if CLASS_OF[token] != UNKNOWN or not token[1:].isalpha():
            continue
        if token[1:] in FUNCTIONS:
            written = ("\\operatorname", "{", *token[1:], "}")
            found.append(Change(index, index + 1, written, _FUNCTION))
        elif parts := _parts(token, "".join(tokens[index + 1 : index + 2])):
            found.append(Change(index, index + 1, parts, _GLUED))
    return found


def _parts(token: str, following: str) -> tuple[str, ...]:
    """The command that *token* begins with and what is glued to it; nothing if it is more likely misspelt."""
    for length in range(len(token) - 1, 2, -1):
        command, rest = token[:length], token[length:]
        cls = CLASSES.get(command, UNKNOWN)
        if cls == UNKNOWN or cls in _NO_PREFIX or (ARITY.get(cls) and following == "{"):
            continue
        two_commands = len(rest) > 1 and f"\\{rest}" in CLASSES
        letters = 1 if two_commands else len(rest)
        if letters <= MOST_LETTERS and not _is_misspelt(token, letters, two_commands):
            return (command, f"\\{rest}") if two_commands else (command, *rest)
    return ()


def _is_misspelt(token: str, letters: int, two_commands: bool) -> bool:
    """Whether a misspelling is a smaller mistake than *letters* glued to a command, or as small and likelier."""
    from rapidfuzz.distance import OSA

    near = nearest(token)
    if not near or token in OTHER_NAMES:
        return bool(near)
    distance = OSA.distance(token, near)
    return distance < letters or (distance == letters and (two_commands or near.startswith(token)))
