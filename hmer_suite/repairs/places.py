"""Where in a formula a lost bracket most likely stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.braces import match_brackets, match_tokens
from hmer_suite.latex.constructs import BARS, BRACKETS, NO_DELIMITER, OPENING_OF
from hmer_suite.latex.token_classes import SPACING_CLASSES

_ENVIRONMENT_STEPS = {"BEGI": 1, "END_": -1}
_OF_LINES = frozenset(
    "ALIGNED ALIGN FLALIGN SPLIT ALIGNAT ALIGNEDAT GATHERED GATHER EQNARRAY EQUATION MULTLINE".split()
)
"""Environments whose cells hold relations."""

_PLAIN = frozenset(("CHAR", "COLUMN", "SYMBOL"))
_EQUAL = frozenset(r"= < > \lt \gt \le \leq \ge \geq \ne \neq \equiv \approx \sim \simeq \cong".split())


def environment_steps(tokens: Iterable[str]) -> list[int]:
    """For each token whether it begins an environment (1), ends one (-1), or neither."""
    return [_ENVIRONMENT_STEPS.get(CLASS_OF[token][:4], 0) for token in tokens]


def is_relation(token: str) -> bool:
    """Whether a token relates what stands on both sides of it."""
    return token in ("=", "<", ">") or SPACING_CLASSES.get(token) == "rel"


def ends_of_scripts(tokens: Sequence[str]) -> frozenset[int]:
    """Positions of the first sign of equality or order in each script of a letter whose brace is never closed."""
    found: list[int] = []
    for opening in match_tokens(tokens).unmatched_openings:
        if opening > 1 and tokens[opening - 1] in ("_", "^") and tokens[opening - 2].isalnum():
            end = opening + 1
            while end < len(tokens) and tokens[end] not in _EQUAL and CLASS_OF[tokens[end]] in _PLAIN:
                end += 1
            content = tokens[opening + 1 : end]
            if end < len(tokens) and tokens[end] in _EQUAL and _is_one_script(tokens[opening - 1], content):
                found.append(end)
    return frozenset(found)


def _is_one_script(sign: str, content: Sequence[str]) -> bool:
    """Whether all of *content* was raised or lowered, rather than what it begins with."""
    if len(content) < 2 or sign == "_":
        return len(content) > 0
    return content[1] in ("+", "-") and not content[0].isdigit()


def beginnings_of_arguments(tokens: Sequence[str]) -> frozenset[int]:
    """Positions behind an accent or a font, of what the next brace, which nothing opens, ends the argument."""
    found: list[int] = []
    for closing in match_tokens(tokens).unmatched_closings:
        start = closing
        while start and tokens[start - 1] not in ("{", "}") and not is_relation(tokens[start - 1]):
            start -= 1
        commands = [at for at in range(start, closing - 1) if CLASS_OF[tokens[at]] in ("ACCENT", "FONT")]
        found += [at + 1 for at in commands[-1:]]
    return frozenset(found)


def first_cell(tokens: Sequence[str], name: str) -> int | None:
    r"""Where the first cell begins of a table, an environment of class *name*, that lacks its ``\begin``."""
    steps = environment_steps(tokens)
    end = next(iter(match_brackets(steps).unmatched_closings), None)
    if end is None:
        return None
    brackets = [_bracket_step(token) for token in tokens[:end]]
    start = max(match_brackets(brackets).unmatched_openings, default=-1) + 1
    depth = 0
    relation = start
    for place in range(start, end):
        depth += steps[place] + brackets[place]
        if depth == 0 and CLASS_OF[tokens[place]] in ("AMP", "ROWBREAK"):
            return start if name.removesuffix("_STAR") in _OF_LINES else relation
        if depth == 0 and is_relation(tokens[place]):
            relation = place + 1
    return None


def _bracket_step(token: str) -> int:
    return (token == "{" or token in BRACKETS) - (token == "}" or token in OPENING_OF)


def lefts(tokens: Sequence[str]) -> dict[int, int]:
    r"""For each ``\right`` where its ``\left`` stands."""
    steps = [(token == "\\left") - (token == "\\right") for token in tokens]
    return {closing: opening for opening, closing in match_brackets(steps).pairs.items()}


def closing_delimiter(tokens: Sequence[str], left: int, right: int) -> str:
    r"""The delimiter that the ``\right`` at *right* lacks: the partner of that of its ``\left``."""
    opening = tokens[left + 1] if left + 1 < right else ""
    if opening in ("\\{", "\\lbrace") and _is_one_environment(tokens[left + 2 : right]):
        return NO_DELIMITER
    if opening == NO_DELIMITER:
        return "|"  # as in the value at a place
    return BRACKETS.get(opening) or (opening if opening in BARS else ")")


def _is_one_environment(tokens: Sequence[str]) -> bool:
    pairs = match_brackets(environment_steps(tokens)).pairs
    return len(tokens) > 0 and pairs.get(0) == len(tokens) - 1
