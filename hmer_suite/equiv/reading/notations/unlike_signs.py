r"""Pairs in which each side has a sign that the other lacks, one of them rare: perhaps two notations of one thing.

Of most signs nothing is known but their look. Where one side says with a rare sign or word what the other says with
something else, ``\#A`` and ``|A|``, ``\operatorname{sen}`` and ``\sin``, the two may say the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from hmer_suite.equiv.reading.notations.sets import RANGE
from hmer_suite.equiv.reading.operators import CONNECTIVES
from hmer_suite.equiv.terms import Term

Sign = tuple[str, str]
"""What a sign is used as, and the sign itself."""

WORD, RELATION, SIGN, KIND = "word", "relation", "sign", "kind"


def may_be_two_notations(left: Term, right: Term) -> bool:
    """Whether each side has a sign that the other lacks, at least one of these is rare, and not all are words."""
    ours, theirs = set(_signs(left)), set(_signs(right))
    ours, theirs = ours - theirs, theirs - ours
    if not ours or not theirs or {use for use, _ in ours | theirs} == {WORD}:
        return False
    return any(map(_is_rare, ours | theirs))


def _signs(term: Term) -> Iterator[Sign]:
    for part in term.walk():
        if part.op == "chain":
            yield from ((RELATION, relation) for relation in part.relations)
        elif (part.op == "text" and part.label not in CONNECTIVES) or (
            part.op == "name" and _is_word(part.label)
        ):
            yield WORD, part.label.partition("{")[2].rstrip("}") or part.label
        elif part.op == "op" or (part.op == "name" and part.label in _SIGNS_AS_LETTERS):
            yield SIGN, part.label
        elif part.op in _KINDS:
            yield KIND, part.label if part.op == "fn" else part.op


def _is_word(label: str) -> bool:
    """Whether a name is several letters in a font."""
    return label[-1:] == "}" and len(label.partition("{")[2]) > 2


def _is_rare(sign: Sign) -> bool:
    use, label = sign
    if use == SIGN:
        return label in _RARE or (_is_command(label) and label not in _SIGNS)
    if use == WORD:
        return len(label) > 1 and label.replace(" ", "").isalpha()
    return use == RELATION and " " not in label and label not in _RELATIONS


def _is_command(label: str) -> bool:
    """Whether a sign is one command with a name; brackets without a partner say nothing."""
    return label[:1] == "\\" and label[1:].isalpha()


_RARE = frozenset(("<|<", r"\#", RANGE))
"""What stands in angle brackets, the number of elements, and an ellipsis between square brackets."""

_KINDS = frozenset("fn sub pow tuple set list matrix cases det deriv lim sum prod big int app ac".split())
"""Ops of terms that count as signs; a known function by its name."""

_RELATIONS = frozenset(
    r"""= \neq < > \leq \geq \in \notin \subset \supset \subseteq \supseteq \subsetneq \supsetneq \prec \succ
    \rightarrow \leftarrow \Rightarrow \Leftarrow \Leftrightarrow \leftrightarrow \perp \parallel \sim \approx
    \equiv \cong \mid \nmid \mapsto
    """.split()
)
_SIGNS = frozenset(
    r"""\bar \hat \tilde \vec \dot \ddot \overrightarrow \overleftarrow \neg \forall \exists \partial
    \nabla \cup \cap \setminus \sqcup \sqcap \uplus \wedge \vee \sum \prod \int \lim \angle
    \triangle \hbar \overset \underset
    """.split()
)
"""Signs that everybody uses for the same, so that a pair with two of them differs."""
_SIGNS_AS_LETTERS = frozenset(
    r"""\complement \surd \hslash \hbar \wp \Re \Im \mho \aleph \beth \top \bot \natural \flat \sharp \square
    """.split()
)
"""Signs that are read as letters."""
