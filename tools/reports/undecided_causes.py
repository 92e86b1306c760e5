"""Causes for which pairs stay undecided, told by what their reference contains."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.verdict import AMBIGUOUS, UNPROVEN

_GROUPS = {
    "dots": r"\cdots \ldots \dots \vdots \ddots",
    "figure signs": r"\angle \triangle \parallel \perp \bot \odot \cong \sim \square \overset \overrightarrow",
    "sums, products, integrals and limits": r"\sum \prod \int \iint \oint \lim \limits \bigcup \bigcap",
    "sets, logic and arrows": r"\{ \} \in \notin \cup \cap \subset \subseteq \forall \exists \Rightarrow \rightarrow "
    r"\Leftrightarrow \to \mapsto \wedge \vee \neg \emptyset \varnothing \xrightarrow \rightleftharpoons",
    "words, units and reasoning": r"\text \mathrm \therefore \because \textcircled \xlongequal \boxed \hspace",
}
_TOKENS = {name: frozenset(tokens.split()) for name, tokens in _GROUPS.items()}
_INEQUALITIES = frozenset(
    r"< > \le \ge \leq \geq \leqslant \geqslant \ne \neq \ll \gg \approx \equiv \simeq".split()
)
_RELATIONS = _INEQUALITIES | {"="}

UNREAD = "invalid LaTeX"
LIMITS = "limits of time and memory"
CHAINS, EQUATIONS, INEQUALITIES = "chains of relations", "single equations", "inequalities"
LISTS, EXPRESSIONS = "lists", "expressions"
CAUSES = (EQUATIONS, UNREAD, CHAINS, *_GROUPS, INEQUALITIES, LISTS, EXPRESSIONS, LIMITS)
"""All causes, in the order of the tables."""


def cause(reference: Sequence[str], reason: str) -> str:
    """The cause, one of `CAUSES`, of an undecided pair: the first that fits the reference's tokens and the reason."""
    if reason == "unparsed":
        return UNREAD
    if reason not in (AMBIGUOUS, UNPROVEN):
        return LIMITS
    for name, tokens in _TOKENS.items():
        if tokens.intersection(reference):
            return name
    relations = _outer_relations(reference)
    if len(relations) > 1:
        return CHAINS
    if relations:
        return EQUATIONS if relations[0] == "=" else INEQUALITIES
    return LISTS if "," in reference or ";" in reference else EXPRESSIONS


def _outer_relations(tokens: Sequence[str]) -> list[str]:
    """The relations that stand in no group."""
    depth, found = 0, []
    for token in tokens:
        depth += (token == "{") - (token == "}")
        if not depth and token in _RELATIONS:
            found.append(token)
    return found
