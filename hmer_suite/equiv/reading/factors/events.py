r"""Probabilities and expectations: functions that obey rules, so that not any function may stand for them.

``P(\bar A)`` is 1 - P(A), ``P(A|B)P(B)`` is ``P(B|A)P(A)``, ``E[2X]`` is ``2E[X]``; none of this is computed.
"""

from __future__ import annotations

from hmer_suite.equiv.terms import Term, op, rewrite

_PROBABILITIES = frozenset(
    r"""P p \Pr \mathbb{P} \mathbf{P} \mathrm{P} \mathcal{P} \operatorname{P} \mathrm{Pr} \operatorname{Pr}""".split()
)
EXPECTATIONS = frozenset(
    r"""E D V \mathbb{E} \mathbf{E} \mathrm{E} \mathrm{D} \mathbb{D} \mathbb{V} \operatorname{E} \operatorname{Var}
    \operatorname{Cov} \operatorname{var} \operatorname{cov} \operatorname{Corr} \mathrm{Var} \mathrm{Cov}
    \mathrm{var} \mathrm{cov}""".split()
)
OF_EVENTS = _PROBABILITIES | EXPECTATIONS
BLACKBOARD_HEADS = frozenset(head for head in OF_EVENTS if head.startswith(r"\mathbb"))
"""Letters that nobody multiplies by what follows in brackets."""
_ORDERS = frozenset(("O", "o", r"\mathcal{O}", r"\mathcal{o}", r"\mathrm{O}", r"\Theta"))
"""Letters of an order of growth, in which constants do not count."""
_COMPLEMENT = "complement"
_COMPLEMENT_MARKS = frozenset((r"\bar", r"\tilde", "'", r"\neg"))
_COMPLEMENT_EXPONENTS = frozenset(("c", "C", r"\complement", r"\mathrm{c}", r"\mathsf{c}"))


def obeys_rules(term: Term) -> bool:
    """Whether a value of a function is a probability or an expectation of more than a letter."""
    head = _head(term)
    args = term.args[1:]
    if is_order(term):
        return any(arg.op in ("num", "add", "mul") for arg in args)
    if head in _PROBABILITIES:
        return any(map(_is_compound_event, args)) or (len(args) > 1 and all(map(_is_event, args)))
    return head in EXPECTATIONS and any(_has_capital(arg) and not _is_event(arg) for arg in args)


def is_order(term: Term) -> bool:
    """Whether a term is an order of growth: ``O(n^2)``."""
    return _head(term) in _ORDERS


def is_of_events(term: Term) -> bool:
    """Whether a term is a probability or an expectation."""
    return _head(term) in OF_EVENTS


def _head(term: Term) -> object:
    head = term.args[0]
    while head.op == "sub":
        head = head.args[0]
    return head.data if head.op == "name" else None


def _is_compound_event(term: Term) -> bool:
    if term.op in ("ac", "chain") or (term.op == "op" and term.data in (r"\setminus", _COMPLEMENT)):
        return True
    return is_complement(term) or (term.op == "mul" and all(map(_is_event, term.args)))


def _is_event(term: Term) -> bool:
    """Whether a term is a capital letter, perhaps with an index."""
    letter = term.args[0] if term.op == "sub" else term
    return letter.op == "name" and len(letter.label) == 1 and letter.label.isupper()


def _has_capital(term: Term) -> bool:
    return any(map(_is_event, term.walk()))


def is_complement(term: Term) -> bool:
    r"""Whether a term is the complement of an event: ``\bar A``, ``A'``, ``A^c``."""
    if term.op == "op":
        return term.data in _COMPLEMENT_MARKS and (_has_capital(term.args[0]) or term.args[0].op == "ac")
    return term.op == "pow" and term.args[1].data in _COMPLEMENT_EXPONENTS and _has_capital(term.args[0])


def with_complements(term: Term) -> Term:
    """An event with all its complements written alike."""
    return rewrite(term, one_complement)


def one_complement(part: Term) -> Term:
    """The complement of an event in the sign for all complements; any other term as it is."""
    return op(_COMPLEMENT, part.args[0]) if is_complement(part) else part
