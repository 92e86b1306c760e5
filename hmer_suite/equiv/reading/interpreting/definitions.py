r"""Letters that a statement defines or numbers: ``f(x)=2x`` and ``f(t)=2t``, ``x_1=3, x_2=-3`` and ``x=\pm3``."""

from __future__ import annotations

from hmer_suite.equiv.terms import Term, name, replace, rewrite

_COUNTERS = frozenset("ijkmn")
"""Letters that count the members of a sequence."""
_DEFINED = name("#defined")


def defined_alike(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with the letters that do not matter in a definition or a list of solutions written alike."""
    ours, theirs = _numbered(left), _numbered(right)
    joint = _has_joint_number(left) != _has_joint_number(right)
    if left.op == right.op == "chain" and (ours is None) == (theirs is None) and not joint:
        return _definitions_alike(left, right)
    if (ours is None) == (theirs is None) and not (joint and ours == theirs):
        return left, right
    letter = ours or theirs
    if letter is None or letter not in left.walk() or letter not in right.walk():
        return left, right

    def change(term: Term) -> Term:
        if (
            term.op == "chain"
            and term.args[:1] * (len(term.args) - 1) == term.args[:-1]
            and _is_equation(term)
        ):
            return Term("chain", ("=",), term.args[-2:])  # x = x = 2
        return (
            term.args[0] if term.op == "sub" and term.args[0] == letter and _is_count(term.args[1]) else term
        )

    return rewrite(left, change), rewrite(right, change)


def _numbered(term: Term) -> Term | None:
    """The letter of a list of equations of one letter with numbers for indices, each with its value; else None."""
    statements = term.args if term.op == "list" else (term,)
    letters = {_numbered_letter(statement) for statement in statements}
    return letters.pop() if len(letters) == 1 else None


def _has_joint_number(term: Term) -> bool:
    """Whether a letter has the numbers of two solutions: ``x_{1,2}``."""
    return any(
        part.op == "sub" and part.args[1].op != "num" and _is_count(part.args[1]) for part in term.walk()
    )


def _is_equation(term: Term) -> bool:
    return term.op == "chain" and set(term.relations) == {"="}


def _numbered_letter(statement: Term) -> Term | None:
    if not _is_equation(statement):
        return None
    *firsts, value = statement.args
    letters = {_letter_with_number(first, value) for first in firsts}
    return letters.pop() if len(letters) == 1 else None


def _letter_with_number(first: Term, value: Term) -> Term | None:
    if first.op != "sub" or first.args[0].op != "name" or not _is_count(first.args[1]):
        return None
    return None if any(part.op == "sub" for part in value.walk()) else first.args[0]


def _is_count(index: Term) -> bool:
    r"""Whether an index is a number, in a font or not, or a list of numbers."""
    if index.op == "list" or index.data == "digits":
        return all(part.op == "num" for part in index.args)
    if index.op == "op" and index.data == "index":
        return all(digit.isdecimal() for digit in index.args[0].label.strip("{} ").split(" / "))
    return index.op == "num"


def _definitions_alike(left: Term, right: Term) -> tuple[Term, Term]:
    if left.data != ("=",) or right.data != ("=",):
        return left, right
    ours, theirs = _defined(left), _defined(right)
    if ours is not None and theirs is not None:
        if ours[0] == theirs[0] and ours[1] != theirs[1]:
            return _with_letter(left, ours[1]), _with_letter(right, theirs[1])
        return left, right
    for definition, plain, first in ((ours, right, True), (theirs, left, False)):
        if definition is not None and plain.args[0].op == "name" and definition[1] != plain.args[0]:
            named = [_named(left if first else right), _named(plain)]
            return (named[0], named[1]) if first else (named[1], named[0])
    return left, right


def _defined(chain: Term) -> tuple[Term, Term] | None:
    r"""The function and its letter that an equation defines: ``f(x)=``, ``a_n=``; None for any other equation."""
    first, value = chain.args
    if first.op not in ("app", "sub") or len(first.args) != 2 or any(arg.op != "name" for arg in first.args):
        return None
    letter = first.args[1]
    usual = letter.label.islower() if first.op == "app" else letter.data in _COUNTERS
    if not usual or letter not in value.walk() or first.args[0] in value.walk():
        return None
    return first.args[0], letter


def _with_letter(chain: Term, letter: Term) -> Term:
    return replace(chain, letter, _DEFINED)


def _named(chain: Term) -> Term:
    """An equation with a name in place of what it defines."""
    return chain.with_args((name("#value"), chain.args[1]))
