"""The command that an unknown name was meant to be."""

from __future__ import annotations

from functools import lru_cache

from hmer_suite.latex.token_classes import CLASSES, FORBIDDEN

_COMMANDS = [token for token in CLASSES if len(token) > 3]

OTHER_NAMES = {
    f"\\{other}": f"\\{name}"
    for other, name in (
        pair.split("=")
        for pair in """
        infinity=infty infinite=infty integral=int integrate=int limit=lim overbar=bar summation=sum product=prod
        union=cup intersect=cap intersection=cap squareroot=sqrt fraction=frac plusminus=pm degrees=degree
        cosine=cos sine=sin tangent=tan del=nabla grad=nabla
        rarr=rightarrow larr=leftarrow arrow=rightarrow approximately=approx
        begin{tabular*}=begin{array}
        """.split()
    )
}
"""What some names of other systems, and words in full, are called here."""

FUNCTIONS = frozenset(
    "sech csch arcsinh arccosh arctanh arsinh arcosh artanh arccot arcsec arccsc cosec sgn".split()
)
"""Functions that have no command."""


@lru_cache(maxsize=10_000)
def nearest(token: str) -> str:
    """The one listed command that an unknown *token* may be a misspelling of, or the empty string."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if token in FORBIDDEN:
        return f"\\{token}"
    if token in OTHER_NAMES:
        return OTHER_NAMES[token]
    if len(token) < 4 or len(token) > 40:
        return ""
    most = 1 if len(token) < 7 else 2
    matches = process.extract(token, _COMMANDS, scorer=OSA.distance, score_cutoff=most, limit=8)
    if matches:
        return min(matches, key=lambda match: (match[1], _kinship(token, match[0])))[0]
    return "\\begin{matrix}" if token.startswith("\\begin{") else ""


def _kinship(token: str, command: str) -> int:
    """0 if *token* is cut off from *command*, 1 if it is longer by something, 2 otherwise."""
    return 0 if command.startswith(token) else 1 if token.startswith(command) else 2
