r"""Formulas as tuples of tokens, and where in them something may be changed.

A token that stands for more than one of LaTeX's, such as ``\text{ and }``, may be put in by a rewriting; none is
ever taken apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Tokens = tuple[str, ...]
Sides = tuple[Tokens, Tokens]
Rewriting = Callable[[Tokens, random.Random], Sides | None]

RELATIONS = frozenset(
    r"= < > \le \leq \ge \geq \leqslant \geqslant \ne \neq \in \notin \ni \subset \supset \subseteq \supseteq \approx "
    r"\sim \cong \equiv \simeq \propto \parallel \perp \bot \ll \gg \not \to \rightarrow \leftarrow \Rightarrow "
    r"\Leftarrow \Leftrightarrow \mapsto \xrightarrow \xlongequal \rightleftharpoons \vdash \models \lt \gt "
    r"\longrightarrow \uparrow \downarrow \therefore \because \Vdash \sqsubseteq \stackrel \overset \mid".split()
)
SEPARATORS = frozenset(
    r", ; : . ? ! 、 。 \\ & \quad \qquad \text \textcircled \forall \exists \pm \mp".split()
)
"""Signs after which another statement, or a remark, may begin; signs that stand for two."""
NAMING = frozenset(
    r"\mathrm \mathbf \mathit \mathcal \mathbb \mathfrak \mathsf \mathtt \boldsymbol \operatorname \text \textrm "
    r"\mbox \textbf \bf \rm \it \cal \hspace \vspace \tag \label \color \textcolor".split()
)
"""Commands in whose argument letters are no letters of a formula."""
TAKING = NAMING | frozenset(
    r"\frac \dfrac \tfrac \cfrac \sqrt \binom \hat \bar \vec \tilde \dot \ddot \widehat \widetilde \overline "
    r"\underline \overrightarrow \boxed \textcircled \overset \underset \stackrel \xrightarrow \xlongequal \left "
    r"\right \middle \begin{array} ^ _ \overbrace \underbrace \overleftarrow \check \acute \grave \breve \limits "
    r"\nolimits \not \big \Big \bigl \bigr \bigg \Bigg \mathop \mathrel \mathbin \phantom \vphantom".split()
)
"""Tokens to which what follows belongs."""
OPENING, CLOSING = (
    frozenset(r"{ ( [ \{ \langle \lfloor \lceil".split()),
    frozenset(r"} ) ] \} \rangle \rfloor \rceil".split()),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to make a pair of formulas.

    Attributes:
        name, group: what the reports call it.
        rewriting: what it makes of a formula; None where it does not apply.
        needed: it applies only where one of these tokens occurs, if there are any.
        about_labels: whether it keeps the formula, so that real ones are worth giving it.
    """

    name: str
    group: str
    rewriting: Rewriting
    needed: tuple[str, ...] = ()
    about_labels: bool = True

    def apply(self, tokens: Tokens, rng: random.Random) -> Sides | None:
        """The pair made of a formula; None if the rule does not apply to it, or changes nothing."""
        if self.needed and not any(token in tokens for token in self.needed):
            return None
        sides = self.rewriting(tokens, rng)
        return None if sides is None or sides[0] == sides[1] else sides

    @property
    def why(self) -> str:
        """The reason why the meaning stays."""
        return " ".join((self.rewriting.__doc__ or "").split())


def rule_of(function: Callable[..., object]) -> str:
    """The name of a rule: that of its function, in words."""
    return function.__name__.strip("_").replace("_", " ")


def text(tokens: Sequence[str]) -> str:
    """LaTeX of the tokens."""
    return " ".join(tokens)


def is_letter(token: str) -> bool:
    """Whether a token is a Latin letter."""
    return len(token) == 1 and token.isascii() and token.isalpha()


def is_digit(token: str) -> bool:
    """Whether a token is a digit."""
    return len(token) == 1 and token.isascii() and token.isdigit()


def end_of_argument(tokens: Tokens, start: int) -> int | None:
    """The place after the token or the braced group at *start*; None if there is none, or it is not closed."""
    if start >= len(tokens):
        return None
    if tokens[start] != "{":
        return start + 1
    depth = 0
    for place in range(start, len(tokens)):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        if not depth:
            return place + 1
    return None


def has_braces(tokens: Tokens) -> bool:
    """Whether the arguments of every fraction and binomial stand in braces, so that none is taken for a factor."""
    for place, token in enumerate(tokens):
        if token in ("\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\binom"):
            middle = end_of_argument(tokens, place + 1)
            if middle is None or tokens[place + 1] != "{" or tokens[middle : middle + 1] != ("{",):
                return False
    return True


def free_places(tokens: Tokens) -> Iterator[int]:
    """Places of tokens that stand for themselves: not in the argument of a font, a name, an environment or a size."""
    place = 0
    while place < len(tokens):
        if tokens[place] in NAMING or tokens[place].startswith("\\begin{array"):
            end = end_of_argument(tokens, place + 1)
            place = len(tokens) if end is None else end
            continue
        yield place
        place += 1


def depths(tokens: Tokens) -> list[int]:
    """How many brackets, groups and environments are open around each token."""
    found, depth = [], 0
    for token in tokens:
        closes = token in CLOSING or token.startswith("\\end{")
        depth -= closes
        found.append(depth)
        depth += token in OPENING or token.startswith("\\begin{")
    return found


def is_bare(tokens: Tokens, place: int) -> bool:
    """Whether nothing before the token at *place* takes it as its argument."""
    return place == 0 or tokens[place - 1] not in TAKING


def exchanged(tokens: Tokens, spellings: Mapping[str, Sequence[Tokens]], rng: random.Random) -> Tokens | None:
    """The tokens with some of those that have other *spellings* spelt so, at least one; None if none has."""
    places = [place for place in free_places(tokens) if tokens[place] in spellings and is_bare(tokens, place)]
    if not places:
        return None
    chosen = set(rng.sample(places, rng.randint(1, len(places))))
    out: list[str] = []
    for place, token in enumerate(tokens):
        out += rng.choice(list(spellings[token])) if place in chosen else (token,)
    return tuple(out)


def equation(tokens: Tokens) -> Sides | None:
    """The sides of a lone equation; None of anything else.

    Excluded are labels with another relation outside a script, with a comma or another sign that may part
    statements, with dots, and with plus-minus.
    """
    found = depths(tokens)
    places = [
        place for place, token in enumerate(tokens) if token in RELATIONS and _is_outside(tokens, place)
    ]
    if len(places) != 1 or tokens[places[0]] != "=" or found[places[0]]:
        return None
    left, right = tokens[: places[0]], tokens[places[0] + 1 :]
    if (
        not left
        or not right
        or not is_balanced(left)
        or any(token in SEPARATORS or _dots(token) for token in tokens)
    ):
        return None
    return left, right


def expression(tokens: Tokens) -> bool:
    """Whether a label is a formula without relations, or signs that may part statements."""
    return is_balanced(tokens) and not any(
        token in RELATIONS or token in SEPARATORS or _dots(token) or token in BARS for token in tokens
    )


BARS = frozenset(r"| \| \vert \Vert \lvert \rvert \lVert \rVert".split())
"""Brackets that do not show which way they face, or are seldom closed by their like."""


def _dots(token: str) -> bool:
    return token in ("\\cdots", "\\ldots", "\\dots", "\\vdots", "\\ddots")


def _is_outside(tokens: Tokens, place: int) -> bool:
    """Whether no brace is open at *place*: relations in scripts say nothing about the whole."""
    return tokens[:place].count("{") == tokens[:place].count("}")


def is_balanced(tokens: Tokens) -> bool:
    """Whether every bracket closes, none before it opens, each by one of its own kind."""
    pairs = {"{": "}", "(": ")", "[": "]", "\\{": "\\}"}
    waiting: list[str] = []
    for token in tokens:
        if token in pairs:
            waiting.append(pairs[token])
        elif token in pairs.values() and (not waiting or waiting.pop() != token):
            return False
    return not waiting and not any(
        token.startswith(("\\left", "\\right", "\\begin", "\\end")) for token in tokens
    )
