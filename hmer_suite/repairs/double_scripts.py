r"""Second scripts of one base, merged with the first.

f ^ { * } '  ->  f ^ { * \prime }
\phi _ 2 ^ { * } ^ { m , i }  ->  \phi _ 2 ^ { * m , i }

TeX refuses a second superscript. The cheapest edit would lose it or lower it; both were written raised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.token_classes import SPACING_CLASSES
from hmer_suite.repairs.rules.braces import ARITY, partners

WHY = "a base has one script of a kind: the second is joined to the first"
PRIME = "\\prime"

LOOP = 5
"""So many equal scripts on end are a loop of the recogniser, which wrote one."""

_OTHER = {"_": "^", "^": "_"}
_INTEGRALS = frozenset(r"\int \iint \iiint \iiiint \oint \oiint \oiiint \idotsint".split())


@dataclass(frozen=True, slots=True)
class Merged:
    """Tokens in which no base has two scripts of a kind, and the positions in the input of those merged."""

    tokens: tuple[str, ...]
    positions: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Script:
    kind: str
    start: int
    end: int
    content: tuple[str, ...]
    typed_primes: bool = False


def merged(tokens: Sequence[str]) -> Merged:
    """*tokens* with second scripts merged; unchanged where braces do not match, so that any pairing is a guess."""
    pairs = partners(tokens)
    if pairs is None:
        return Merged(tuple(tokens), frozenset())
    closing_of = {min(pair): max(pair) for pair in pairs.items()}
    done: list[str] = []
    positions: set[int] = set()
    index = 0
    while index < len(tokens):
        if (end := _text_end(tokens, index, closing_of)) > index:
            done += tokens[index:end]
            index = end
            continue
        scripts = _scripts_at(tokens, index, closing_of)
        if not _repeats(scripts):
            done.append(tokens[index])
            index += 1
            continue
        if _are_limits(tokens, index, scripts):
            done += [*tokens[index : scripts[1].start], _OTHER[scripts[1].kind]]
            done += tokens[scripts[1].start + 1 : scripts[1].end]
            positions.add(scripts[1].start)
            index = scripts[1].end
            continue
        if len(scripts) >= LOOP and len({(script.kind, script.content) for script in scripts}) == 1:
            done += tokens[index : scripts[0].end]
            positions.update(range(scripts[0].end, scripts[-1].end))
            index = scripts[-1].end
            continue
        for kind in dict.fromkeys(script.kind for script in scripts):
            content = [token for script in scripts if script.kind == kind for token in script.content]
            done += [kind, "{", *_merged_content(content), "}"]
        positions.update(range(index, scripts[-1].end))
        index = scripts[-1].end
    return Merged(tuple(done), frozenset(positions))


def _are_limits(tokens: Sequence[str], index: int, scripts: Sequence[_Script]) -> bool:
    """Whether these scripts from *index* on are the two limits of a large operator, with one sign for both."""
    while index and CLASS_OF[tokens[index - 1]] == "LIMITS":
        index -= 1
    base = tokens[index - 1] if index else " "
    large = CLASS_OF[base] == "LARGEOP" or base in _INTEGRALS
    primes = any(script.content[:1] == (PRIME,) for script in scripts)
    return large and len(scripts) == 2 and scripts[0].kind == scripts[1].kind and not primes


def _text_end(tokens: Sequence[str], index: int, closing_of: Mapping[int, int]) -> int:
    r"""The end of the text whose command is at *index*, in which ``_`` is no script; *index* if there is none."""
    if (
        CLASS_OF[tokens[index]] not in ("TEXT", "RAWTEXT", "COLORBOX")
        or "".join(tokens[index + 1 : index + 2]) != "{"
    ):
        return index
    return closing_of[index + 1] + 1


def _merged_content(content: Sequence[str]) -> Sequence[str]:
    """The contents of several scripts, in which further ones may be doubled."""
    return merged(content).tokens


def _repeats(scripts: Sequence[_Script]) -> bool:
    """Whether TeX refuses these scripts of one base: two of a kind, unless primes stand in front of a superscript."""
    kinds = [script.kind for script in scripts]
    allowed = len(scripts) > 1 and scripts[0].typed_primes and kinds[1] == "^" and not scripts[1].typed_primes
    return len(kinds) - allowed > len(set(kinds))


def _scripts_at(tokens: Sequence[str], index: int, closing_of: Mapping[int, int]) -> list[_Script]:
    """The scripts that follow each other from *index* on."""
    scripts: list[_Script] = []
    while index < len(tokens):
        cls = CLASS_OF[tokens[index]]
        if cls == "PRIME":
            end = index
            while end < len(tokens) and CLASS_OF[tokens[end]] == "PRIME":
                end += 1
            scripts.append(_Script("^", index, end, (PRIME,) * (end - index), True))
        elif cls in ("SUB", "SUP"):
            stop = _argument_end(tokens, index + 1, closing_of)
            if stop is None or _is_stray(tokens, index, scripts):
                break
            end = stop
            inner = slice(index + 2, end - 1) if tokens[index + 1] == "{" else slice(index + 1, end)
            scripts.append(_Script("_" if cls == "SUB" else "^", index, end, tuple(tokens[inner])))
        else:
            break
        index = scripts[-1].end
    return scripts


def _is_stray(tokens: Sequence[str], index: int, before: Sequence[_Script]) -> bool:
    """Whether the sign of a script at *index* was hardly meant: what it would raise or lower goes on with the line.

    That is an operator, a bracket or a function behind a script in braces, ``x ^ { 2 } ^ + y``, or a letter that
    carries the next script itself, ``( ^ y ^ { 2 } )``.
    """
    argument, *after = (*tokens[index + 1 : index + 3], "")
    if argument == "{":
        return False
    carries = CLASS_OF[after[0]] == CLASS_OF[tokens[index]] and tokens[index + 3 : index + 4] == ["{"]
    if not before:
        return carries and not _is_base(tokens[index - 1] if index else "")
    if tokens[before[-1].start + 1] != "{":
        return False
    if argument in "+-":
        return _is_base(after[0])
    operates = SPACING_CLASSES.get(argument) in _NO_SCRIPTS and argument not in _MARKS
    return carries or argument in "=<>" or operates


def _is_base(token: str) -> bool:
    """Whether a token can carry a script: no operator, no opening bracket, and not the beginning of a formula."""
    cls = CLASS_OF[token] if token else "END"
    operates = SPACING_CLASSES.get(token) in ("bin", "rel", "open", "punct") or token in "+-=<>([,"
    return not operates and cls not in _NO_ARGUMENT | {"END", "LBRACE"}


_NO_SCRIPTS = frozenset("bin rel op open close punct".split())
"""Spacing classes of signs that are no script by themselves."""

_MARKS = frozenset(r"* \ast \star \dagger \ddagger \circ \prime \bullet \perp \parallel".split())
"""Operators and relations that also mark a letter, raised."""


def _argument_end(tokens: Sequence[str], index: int, closing_of: Mapping[int, int]) -> int | None:
    """Where the argument that begins at *index* ends; None if there is none."""
    if index >= len(tokens):
        return None
    if tokens[index] == "{":
        return closing_of[index] + 1
    cls = CLASS_OF[tokens[index]]
    if cls in _NO_ARGUMENT or cls.startswith(("BEGIN_", "END_")):
        return None
    end: int | None = index + 1
    for _ in range(ARITY.get(cls, 0)):
        end = None if end is None else _argument_end(tokens, end, closing_of)
    return end


_NO_ARGUMENT = frozenset("RBRACE SUB SUP PRIME AMP ROWBREAK LEFT MIDDLE RIGHT".split())
"""Classes of tokens that are no argument."""
