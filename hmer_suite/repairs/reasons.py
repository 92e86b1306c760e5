"""One plain sentence for each edit: what was wrong where it was made."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.braces import match_brackets
from hmer_suite.latex.token_classes import UNKNOWN
from hmer_suite.repairs.cheapest import CLOSERS, DELETE, INSERT, OPENERS
from hmer_suite.repairs.ranking import Step

_PARTNER = ("}", "\\right", "\\end")
_OPENING = ("{", "\\left", "\\begin")


def why(step: Step, tokens: Sequence[str]) -> str:
    """The reason for *step*, an edit of *tokens*."""
    cls = CLASS_OF[step.token]
    if step.operation == INSERT:
        return _inserted(step, cls, tokens)
    old = tokens[step.position]
    if step.operation == DELETE:
        return _deleted(old, step.position, tokens)
    if CLASS_OF[old] == UNKNOWN:
        return f"`{old}` is not a known command; `{step.token}` is put in its place"
    return f"`{old}` does not fit here, `{step.token}` does"


def _inserted(step: Step, cls: str, tokens: Sequence[str]) -> str:
    if cls in CLOSERS:
        opening = _last_open(tokens[: step.position], CLOSERS[cls])
        return f"`{opening or _OPENING[CLOSERS[cls]]}` opened before was never closed"
    if cls in OPENERS:
        return f"`{_PARTNER[OPENERS[cls]]}` further on closes nothing unless something is opened here"
    if cls == "ROWBREAK":
        return "a line of a table belongs between its rows, and one has begun"
    before = tokens[step.position - 1] if step.position else ""
    if not before:
        return "something is missing at the beginning"
    return f"something must follow `{before}`"


def _last_open(tokens: Sequence[str], kind: int) -> str:
    """The innermost bracket of *kind* still open after *tokens*, a brace with the token before it."""
    classes = [CLASS_OF[token] for token in tokens]
    steps = [(OPENERS.get(cls) == kind) - (CLOSERS.get(cls) == kind) for cls in classes]
    still_open = match_brackets(steps).unmatched_openings
    if not still_open:
        return ""
    index = still_open[-1]
    return " ".join(tokens[max(0, index - 1) : index + 1]) if kind == 0 else tokens[index]


def _deleted(old: str, position: int, tokens: Sequence[str]) -> str:
    cls = CLASS_OF[old]
    if cls == UNKNOWN:
        return f"`{old}` is not a known command"
    if old in tokens[max(0, position - 1) : position] or old in tokens[position + 1 : position + 2]:
        return f"`{old}` is written twice"
    if cls in CLOSERS:
        return f"`{old}` closes nothing"
    if cls in OPENERS:
        return f"`{old}` is never closed"
    return f"`{old}` is not possible here"
