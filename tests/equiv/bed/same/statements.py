r"""Rewritings of equations, with side conditions, in systems, in chains, and logic."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.equiv.bed.formula import (
    BARS,
    Rule,
    Sides,
    Tokens,
    equation,
    expression,
    is_balanced,
    is_letter,
    rule_of,
)

RULES: list[Rule] = []
GROUP = "statements and side conditions"

Made = Callable[[Tokens, random.Random], Sides | None]


def _rule(*needed: str, about_labels: bool = True) -> Callable[[Made], Made]:
    def register(made: Made) -> Made:
        RULES.append(Rule(rule_of(made), GROUP, made, needed, about_labels))
        return made

    return register


def _letter(tokens: Tokens, rng: random.Random) -> str:
    return rng.choice([token for token in tokens if is_letter(token)] or ["x"])


@_rule("=")
def _sides_exchanged(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Equality is symmetric."""
    sides = equation(tokens)
    return None if sides is None else (tokens, (*sides[1], "=", *sides[0]))


CONDITIONS = (
    ("{} > 0", "0 < {}"),
    (r"{} \ne 0", r"0 \neq {}"),
    (r"{} \ge 1", r"1 \le {}"),
    (r"{} < 2", "2 > {}"),
    (r"{} \in \mathbb {{ R }}", r"{} \in \mathbb R"),
)
"""Conditions on a letter, each in two spellings."""
SETTINGS = (
    "( {} )",
    ", {}",
    r", \quad {}",
    r"\quad ( {} )",
    r"\text{{ if }} {}",
    r"\text{{ for }} {}",
    r"\, ( {} )",
    r"\quad \text{{when }} {}",
    "（ {} ）",
)


@_rule("=")
def _side_conditions(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A condition in brackets, after a comma or after a word is no factor: the equation may be turned before it."""
    sides = equation(tokens)
    if sides is None:
        return None
    letter, setting = _letter(tokens, rng), rng.choice(SETTINGS)
    spelt = rng.choice(CONDITIONS)
    one, other = (_remark(setting, condition, letter) for condition in (spelt[0], rng.choice(spelt)))
    return (*tokens, *one), (*sides[1], "=", *sides[0], *other)


def _remark(setting: str, condition: str, letter: str) -> Tokens:
    return tuple(setting.format(condition.format(letter)).split())


@_rule("=")
def _terms_reordered_before_a_condition(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A sum may be reordered in front of a side condition."""
    sides = equation(tokens)
    if sides is None or (parts := summands(sides[1])) is None or len(parts) < 2:
        return None
    remark = _remark(rng.choice(SETTINGS), rng.choice(CONDITIONS)[0], _letter(tokens, rng))
    rng.shuffle(parts)
    return (*tokens, *remark), (*sides[0], "=", *joined(parts), *remark)


def summands(tokens: Tokens) -> list[Tokens] | None:
    """The terms of a sum, each with its sign; None where a sign may belong to something else."""
    if not is_balanced(tokens) or any(token in REACHING or token in BARS for token in tokens):
        return None
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in ("{", "(", "[", "\\{")) - (token in ("}", ")", "]", "\\}"))
        if token in "+-" and not depth and parts[-1]:
            parts.append([])
        parts[-1].append(token)
    plain = [tuple(part) for part in parts]
    return None if any(part[-1] in ("+", "-", "\\times", "\\cdot", "\\div", "/") for part in plain) else plain


REACHING = frozenset(r"\sum \prod \int \lim \log \sin \cos \tan \ln \oint \langle \bigcup \max \min".split())
"""Signs whose argument may reach over a plus, or pair otherwise."""


def joined(parts: list[Tokens]) -> Tokens:
    """A sum of signed terms."""
    out: list[str] = []
    for place, part in enumerate(parts):
        if place and part[0] not in "+-":
            out.append("+")
        out += part[1:] if not place and part[0] == "+" else part
    return tuple(out)


@_rule("+")
def _terms_reordered(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Addition of numbers is commutative."""
    if not expression(tokens) or (parts := summands(tokens)) is None or len(parts) < 2:
        return None
    rng.shuffle(parts)
    return tokens, joined(parts)


ROWS = (
    (r"\begin{cases}", r"\end{cases}", ""),
    (r"\left \{ \begin{aligned}", r"\end{aligned} \right .", "&"),
    (r"\left \{ \begin{array} { l }", r"\end{array} \right .", ""),
    (r"\left \{ \begin{matrix}", r"\end{matrix} \right .", ""),
    (r"\left \{ \begin{array} { r c l }", r"\end{array} \right .", "&&"),
    (r"\{ \begin{array} { l }", r"\end{array}", ""),
    (r"\left \lbrace \begin{split}", r"\end{split} \right .", "&"),
)
"""Ways to open and close a system, and the alignment of its relations."""


def _system(rows: list[Sides], rng: random.Random) -> Tokens:
    opening, closing, marks = rng.choice(ROWS)
    relation = {"": ["="], "&": ["&", "="], "&&": ["&", "=", "&"]}[marks]
    lines = [[*left, *relation, *right] for left, right in rows]
    out = list(lines[0])
    for line in lines[1:]:
        out += ["\\\\", *line]
    return (*opening.split(), *out, *closing.split())


@_rule("=")
def _systems_in_other_environments(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A brace with rows is a system of equations in whatever environment the rows stand."""
    rows = _rows(tokens, rng)
    return None if rows is None else (_system(rows, rng), _system(rows, rng))


@_rule("=")
def _rows_of_a_system_reordered(tokens: Tokens, rng: random.Random) -> Sides | None:
    """The order of equations in a system says nothing, nor that of their sides."""
    rows = _rows(tokens, rng)
    if rows is None:
        return None
    other = rows[::-1]
    if rng.random() < 0.3:
        other = [(right, left) for left, right in other]
    return _system(rows, rng), _system(other, rng)


def _rows(tokens: Tokens, rng: random.Random) -> list[Sides] | None:
    """The label's equation and another one of its letters."""
    sides = equation(tokens)
    if sides is None or len(tokens) > 30:
        return None
    second = (_letter(tokens, rng), rng.choice("+-"), "y"), (str(rng.randint(2, 9)),)
    return [sides, second]


@_rule("=")
def _aligned_equation(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A lone equation in an environment, or at an alignment mark, is the equation."""
    sides = equation(tokens)
    if sides is None:
        return None
    opening, closing = rng.choice(
        (("aligned", "aligned"), ("align*", "align*"), ("split", "split"), ("gathered", "gathered"))
    )
    marks = () if opening == "gathered" else ("&",)
    return tokens, (rf"\begin{{{opening}}}", *sides[0], *marks, "=", *sides[1], rf"\end{{{closing}}}")


@_rule()
def _chains_of_inequalities(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A chain is the conjunction of its links."""
    low, high = sorted(rng.sample(range(-9, 20), 2))
    if not expression(tokens) or len(tokens) > 12:
        return None
    first, second = rng.choice(("<", r"\le")), rng.choice(("<", r"\le"))
    word = rng.choice((r"\text{ and }", r"\land", ",", r"\wedge"))
    chain = (str(low), first, *tokens, second, str(high))
    parts = (*tokens, {"<": ">", r"\le": r"\ge"}[first], str(low)), (*tokens, second, str(high))
    if rng.random() < 0.5:
        parts = parts[::-1]
    return chain, (*parts[0], word, *parts[1])


@_rule("<", ">", "\\leq", "\\geq")
def _inequality_turned(tokens: Tokens, rng: random.Random) -> Sides | None:
    """An inequality is turned with its sides."""
    signs = {"<": ">", ">": "<", "\\leq": "\\geq", "\\geq": "\\leq"}
    places = [p for p, token in enumerate(tokens) if token in signs]
    if len(places) != 1 or "=" in tokens:
        return None
    left, right = tokens[: places[0]], tokens[places[0] + 1 :]
    if not (left and right and expression(left) and expression(right)):
        return None
    return tokens, (*right, signs[tokens[places[0]]], *left)


@_rule()
def _negated_relations(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Of two real numbers that are not less the first is at least the second."""
    if not expression(tokens) or len(tokens) > 14:
        return None
    number = str(rng.randint(2, 30))
    struck, plain = rng.choice(
        ((r"\nless", r"\ge"), (r"\ngtr", r"\le"), (r"\not <", r"\geq"), (r"\nleq", ">"), (r"\ngeq", "<"))
    )
    return (*tokens, *struck.split(), number), (*tokens, plain, number)


@_rule(about_labels=False)
def _logic(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Laws of propositional logic."""
    p, q = rng.sample("pqrs", 2)
    left, right = rng.choice(
        (
            (rf"\neg ( {p} \land {q} )", rf"\neg {p} \lor \neg {q}"),
            (rf"\lnot ( {p} \lor {q} )", rf"\neg {p} \wedge \neg {q}"),
            (rf"{p} \Rightarrow {q}", rf"\neg {q} \Rightarrow \neg {p}"),
            (rf"{p} \to {q}", rf"\lnot {q} \to \lnot {p}"),
            (rf"{p} \Rightarrow {q}", rf"{q} \Leftarrow {p}"),
            (rf"{p} \implies {q}", rf"\neg {p} \lor {q}"),
            (rf"{p} \Leftrightarrow {q}", rf"{q} \iff {p}"),
            (rf"\neg \neg {p}", p),
            (rf"{p} \Rightarrow {q}", rf"{p} \implies {q}"),
            (rf"\overline {{ {p} \land {q} }}", rf"\overline {p} \lor \overline {q}"),
            (rf"{p} \land ( {q} \lor {p} )", p),
        )
    )
    return tuple(left.split()), tuple(right.split())


@_rule(about_labels=False)
def _implications_between_inequalities(tokens: Tokens, rng: random.Random) -> Sides | None:
    """An implication is its contrapositive."""
    (a, b), (x, y) = sorted(rng.sample(range(1, 20), 2)), rng.sample("xyztu", 2)
    left = f"{x} > {b} \\Rightarrow {y} > {a}"
    return tuple(left.split()), tuple(f"{y} \\le {a} \\Rightarrow {x} \\le {b}".split())


@_rule(about_labels=False)
def _set_algebra(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Laws of sets, with the usual signs for complements and differences."""
    a, b = rng.sample("ABCMNS", 2)
    left, right = rng.choice(
        (
            (rf"{a} \cap {b} ^ c", rf"{a} \setminus {b}"),
            (rf"( {a} \cup {b} ) ^ c", rf"{a} ^ c \cap {b} ^ c"),
            (rf"\overline {{ {a} \cup {b} }}", rf"\overline {a} \cap \overline {b}"),
            (rf"{a} \backslash {b}", rf"{a} \setminus {b}"),
            (rf"P ( {a} ) + P ( \bar {a} )", "1"),
            (rf"{a} \cup \emptyset", a),
            (rf"{a} \cap {b}", rf"{b} \cap {a}"),
            (rf"{a} \subset {b}", rf"{b} \supset {a}"),
            (rf"x \in {a} \cap {b}", rf"x \in {a} \land x \in {b}"),
            (rf"\complement _ U {a}", rf"U \setminus {a}"),
            (rf"{a} - {b}", rf"{a} \setminus {b}"),
            (rf"{a} \triangle {b}", rf"{b} \triangle {a}"),
        )
    )
    return tuple(left.split()), tuple(right.split())
