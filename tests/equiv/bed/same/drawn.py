r"""Rewritings of labels into what is drawn alike, or with another size or space only."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.equiv.bed.formula import (
    RELATIONS,
    TAKING,
    Rewriting,
    Rule,
    Sides,
    Tokens,
    end_of_argument,
    exchanged,
    expression,
    free_places,
    is_balanced,
    is_bare,
    is_digit,
    is_letter,
    rule_of,
)

RULES: list[Rule] = []
GROUP = "drawn alike"

Respelling = Callable[[Tokens, random.Random], Tokens | None]


def _rule(*needed: str) -> Callable[[Respelling], Respelling]:
    """Makes a rule of a function that spells a label in another way."""

    def register(respelling: Respelling) -> Respelling:
        RULES.append(Rule(rule_of(respelling), GROUP, sided(respelling), needed))
        return respelling

    return register


def sided(respelling: Respelling) -> Rewriting:
    """The label beside its other spelling."""

    def rewriting(tokens: Tokens, rng: random.Random) -> Sides | None:
        other = respelling(tokens, rng)
        return None if other is None or other == tokens else (tokens, other)

    rewriting.__doc__ = respelling.__doc__
    return rewriting


def spellings(*groups: str) -> dict[str, list[Tokens]]:
    """From groups of tokens apart by ``/``, each token's other spellings; several tokens may spell one."""
    found: dict[str, list[Tokens]] = {}
    for group in groups:
        ways = [tuple(way.split()) for way in group.split(" / ")]
        for way in ways:
            if len(way) == 1:
                found.setdefault(way[0], []).extend(other for other in ways if other != way)
    return found


SYNONYMS = spellings(
    r"\le / \leq",
    r"\ge / \geq",
    r"\ne / \neq / \not =",
    r"\to / \rightarrow",
    r"\land / \wedge",
    r"\lor / \vee",
    r"\neg / \lnot",
    r"\gets / \leftarrow",
    r"\ni / \owns",
    r"\{ / \lbrace",
    r"\} / \rbrace",
    r"[ / \lbrack",
    r"] / \rbrack",
    r"\| / \Vert",
    r"\vert / |",
    r"\ast / *",
    r"\notin / \not \in",
    r"< / \lt",
    r"> / \gt",
    r"\iint / \int \int",
    r"\bot / \perp",
    r"\backslash / \setminus",
    r"\square / \Box",
)
DOTS = spellings(r"\cdots / \cdot \cdot \cdot", r"\ldots / . . .")
SIZES = {"\\frac": [("\\dfrac",), ("\\tfrac",), ("\\cfrac",)], "\\binom": [("\\dbinom",), ("\\tbinom",)]}
ACCENTS = {
    a: b
    for one, other in (
        ("\\hat", "\\widehat"),
        ("\\bar", "\\overline"),
        ("\\vec", "\\overrightarrow"),
        ("\\tilde", "\\widetilde"),
    )
    for a, b in ((one, other), (other, one))
}


@_rule(*SYNONYMS)
def _synonyms(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Two commands, or a command and signs, for one drawing."""
    if "\\not" in tokens or ("[" in tokens and any(token in ("\\sqrt", "\\\\") for token in tokens)):
        return None  # a bracket may hold an optional argument
    return exchanged(tokens, SYNONYMS, rng)


@_rule("\\parallel", "\\|")
def _double_bars(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Double bars are one glyph, as a relation or as brackets; all of a formula are spelt alike."""
    spelt = {"\\parallel": ("\\|",), "\\|": rng.choice((("\\parallel",), ("|", "|")))}
    if "\\left" in tokens or not {"\\parallel", "\\|"} & set(tokens):
        return None
    return tuple(piece for token in tokens for piece in spelt.get(token, (token,)))


@_rule("\\cdots", "\\ldots")
def _dots(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Three dots are dots, as one sign or as three; not beside a dot that multiplies."""
    beside = [tokens[p + k] for p in range(1, len(tokens) - 1) if tokens[p] in DOTS for k in (-1, 1)]
    return None if any(token in ("\\cdot", ".") for token in beside) else exchanged(tokens, DOTS, rng)


@_rule("\\frac", "\\binom")
def _sizes_of_fractions(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A fraction's size is no part of its meaning."""
    return exchanged(tokens, SIZES, rng)


def _repeated_integral_signs(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Two or three integral signs beside each other are drawn as one sign for all of them is."""
    if not expression(tokens) or "\\int" in tokens or "d" in tokens or len(tokens) > 24:
        return None
    count = rng.choice((2, 2, 3))
    tail = (*tokens, *(piece for letter in "xyz"[:count] for piece in ("d", letter)))
    return (*("\\int",) * count, *tail), ("\\" + "i" * count + "nt", *tail)


RULES.append(Rule(rule_of(_repeated_integral_signs), GROUP, _repeated_integral_signs))


@_rule(*ACCENTS)
def _accents_over_one_letter(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Over one letter a wide accent is as wide as a narrow one."""
    places = [
        place
        for place in free_places(tokens)
        if tokens[place] in ACCENTS
        and tokens[place + 1 : place + 2] == ("{",)
        and tokens[place + 3 : place + 4] == ("}",)
        and is_letter(tokens[place + 2])
    ]
    if not places:
        return None
    place = rng.choice(places)
    return (*tokens[:place], ACCENTS[tokens[place]], *tokens[place + 1 :])


@_rule("_", "^")
def _braces_around_the_base_of_a_script(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Braces are not seen: a script stands beside the last letter, or beside a group of letters, at one height."""
    places = [
        (start, end)
        for end in range(2, len(tokens))
        if tokens[end] in "_^"
        for start in (_start_of_run(tokens, end),)
        if end - start > 1 and (start == 0 or _is_apart(tokens[start - 1]))
    ]
    places = [run for run in places if {run[0], run[1] - 1} <= set(free_places(tokens))]
    if not places:
        return None
    start, end = rng.choice(places)
    start = rng.randrange(start, end - 1)
    return (*tokens[:start], "{", *tokens[start:end], "}", *tokens[end:])


def _start_of_run(tokens: Tokens, end: int) -> int:
    start = end
    while start > 0 and (is_letter(tokens[start - 1]) or is_digit(tokens[start - 1])):
        start -= 1
    return start


def _is_apart(token: str) -> bool:
    """Whether a sign takes nothing that follows it."""
    return token in RELATIONS or token in tuple("+-*/(),}|") or token in ("\\cdot", "\\times", "\\in")


@_rule()
def _braces_around_a_letter(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Braces around one letter or digit are not seen."""
    places = [p for p in free_places(tokens) if is_letter(tokens[p]) and is_bare(tokens, p)]
    if not places:
        return None
    place = rng.choice(places)
    return (*tokens[:place], "{", tokens[place], "}", *tokens[place + 1 :])


@_rule("{")
def _arguments_without_braces(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A lone letter or digit in braces after a script's sign, a fraction or a root needs none."""
    places = [
        p
        for p in free_places(tokens)
        if tokens[p] == "{"
        and tokens[p + 2 : p + 3] == ("}",)
        and p > 0
        and tokens[p - 1] in ("^", "_", "\\sqrt")
        and (is_letter(tokens[p + 1]) or is_digit(tokens[p + 1]))
    ]
    if not places:
        return None
    place = rng.choice(places)
    return (*tokens[:place], tokens[place + 1], *tokens[place + 3 :])


@_rule()
def _empty_scripts(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """An empty script draws nothing."""
    place = _after_a_letter(tokens, rng, frozenset("_^'"))
    return None if place is None else (*tokens[:place], rng.choice("^_"), "{", "}", *tokens[place:])


@_rule("^", "_")
def _scripts_on_an_empty_group(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A script on an empty group after a letter stands where the letter's own would stand."""
    places = [
        p
        for p in free_places(tokens)
        if tokens[p] in "^_" and p and is_letter(tokens[p - 1]) and is_bare(tokens, p - 1)
    ]
    if not places:
        return None
    place = rng.choice(places)
    return (*tokens[:place], "{", "}", *tokens[place:])


def _after_a_letter(tokens: Tokens, rng: random.Random, not_before: frozenset[str]) -> int | None:
    places = [
        p + 1
        for p in free_places(tokens)
        if is_letter(tokens[p])
        and is_bare(tokens, p)
        and (tokens[p + 1 : p + 2] or ("",))[0] not in not_before
    ]
    return rng.choice(places) if places else None


SPACES = ("\\,", "\\;", "\\:", "~", "\\ ", "\\!", "\\>")


@_rule()
def _spaces(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A space beside a relation, a plus or a minus says nothing."""
    signs = ("=", "<", ">", "+", "-", "\\leq", "\\geq", "\\neq", "\\in", "\\times")
    places = [p for p in free_places(tokens) if tokens[p] in signs and is_bare(tokens, p)]
    if not places:
        return None
    place = rng.choice(places) + rng.randint(0, 1)
    return (*tokens[:place], rng.choice(SPACES), *tokens[place:])


@_rule("(", "[")
def _sized_brackets(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """The size of brackets says nothing."""
    if not is_balanced(tokens) or any(token in ("\\sqrt", "\\xrightarrow") for token in tokens):
        return None  # a bracket may hold an optional argument
    place = rng.choice([p for p, token in enumerate(tokens) if token in "(["])
    depth, kind = 0, {"(": ")", "[": "]"}[tokens[place]]
    for end in range(place, len(tokens)):
        depth += (tokens[end] == tokens[place]) - (tokens[end] == kind)
        if not depth:
            break
    if not is_balanced(tokens[place + 1 : end]) or not {place, end} <= set(free_places(tokens)):
        return None
    left, right = rng.choice(
        (("\\left", "\\right"), ("\\bigl", "\\bigr"), ("\\Big", "\\Big"), ("\\bigg", "\\bigg"))
    )
    inside = tokens[place + 1 : end]
    return (*tokens[:place], left, tokens[place], *inside, right, kind, *tokens[end + 1 :])


@_rule("\\sum", "\\int", "\\lim", "\\prod")
def _limits(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Bounds stand above and below a sign, or beside it."""
    places = [
        p + 1
        for p in free_places(tokens)
        if tokens[p] in ("\\sum", "\\int", "\\lim", "\\prod") and tokens[p + 1 : p + 2] in (("_",), ("^",))
    ]
    if not places:
        return None
    place = rng.choice(places)
    return (*tokens[:place], rng.choice(("\\limits", "\\nolimits")), *tokens[place:])


@_rule("\\sum", "\\int", "\\frac")
def _display_style(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """The style of a whole formula is one of size."""
    return (rng.choice(("\\displaystyle", "\\textstyle")), *tokens)


@_rule("\\prime")
def _primes(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A prime is an apostrophe, or the sign as a script."""
    for place, token in enumerate(tokens):
        if token == "^" and tokens[place + 1 : place + 4] == ("{", "\\prime", "}") and is_bare(tokens, place):
            return (
                (*tokens[:place], "'", *tokens[place + 4 :])
                if "^" not in tokens[place + 4 : place + 5]
                else None
            )
    return None


@_rule("^")
def _order_of_scripts(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A lower and an upper script may be written in either order."""
    for place in free_places(tokens):
        middle = end_of_argument(tokens, place + 1) if tokens[place] in "_^" else None
        if middle is None or middle >= len(tokens) or {tokens[place], tokens[middle]} != {"_", "^"}:
            continue
        end = end_of_argument(tokens, middle + 1)
        if end is not None and "\\prime" not in tokens[place:end]:
            return (*tokens[:place], *tokens[middle:end], *tokens[place:middle], *tokens[end:])
    return None


@_rule("\\frac")
def _over(tokens: Tokens, rng: random.Random) -> Tokens | None:
    r"""Plain TeX writes a fraction with ``\over``."""
    places = [p for p in free_places(tokens) if tokens[p] == "\\frac"]
    place = rng.choice(places) if places else 0
    middle = end_of_argument(tokens, place + 1)
    end = None if middle is None else end_of_argument(tokens, middle)
    if (
        not places
        or middle is None
        or end is None
        or tokens[place + 1] != "{"
        or tokens[middle : middle + 1] != ("{",)
    ):
        return None
    above, below = tokens[place + 2 : middle - 1], tokens[middle + 1 : end - 1]
    bare = is_bare(tokens, place)
    return (*tokens[:place], "{", *above, "\\over", *below, "}", *tokens[end:]) if bare else None


@_rule()
def _punctuation_of_the_sentence(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A full stop or comma at the end belongs to the sentence around the formula."""
    usual = (
        is_balanced(tokens) and tokens[-1] not in TAKING and tokens[-1] not in (".", ",", ";", "?", "!", ":")
    )
    return (*tokens, rng.choice((".", ",", "\\,."))) if usual and tokens[-1] not in RELATIONS else None


@_rule("\\begin{matrix}")
def _array_for_matrix(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """An array with centred columns is a matrix."""
    if tokens.count("\\begin{matrix}") != 1:
        return None
    rows = tokens[tokens.index("\\begin{matrix}") + 1 : tokens.index("\\end{matrix}")]
    columns, widest = 1, 1
    for token in rows:
        columns = 1 if token == "\\\\" else columns + (token == "&")
        widest = max(widest, columns)
    ends = {
        "\\begin{matrix}": ("\\begin{array}", "{", *"c" * widest, "}"),
        "\\end{matrix}": ("\\end{array}",),
    }
    return tuple(piece for token in tokens for piece in ends.get(token, (token,)))
