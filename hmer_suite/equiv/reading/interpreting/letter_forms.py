r"""Forms of one letter or name: ``\phi`` and ``\varphi``, vectors in bold and under arrows, expectations, degrees.

Many authors, and most hands, have one form for both. Where each side of a pair has one form of a letter, and not the
same one, a difference must not rest on that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from hmer_suite.equiv.reading.units import is_unit, unit
from hmer_suite.equiv.terms import Term, const, is_fixed, mul, name, power, rewrite

_GREEK = frozenset(rf"\{letter}" for letter in "epsilon theta kappa rho sigma phi".split()) | frozenset(
    rf"\{letter}" for letter in "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
_BOLD = frozenset((r"\mathbf", r"\boldsymbol", r"\pmb"))
_SCRIPT = frozenset((r"\mathcal", r"\mathscr"))
_FONTS_OF_LETTERS = _SCRIPT | {r"\mathbb", r"\mathfrak"}
_ARROWS = frozenset((r"\vec", r"\overrightarrow"))
_SETS = frozenset("NZQRCF")
_RELATIONS_OF_SETS = frozenset((r"\in", r"\notin", r"\subset", r"\subseteq", r"\ni"))
_WORDS_OF_FUNCTIONS = {
    **dict.fromkeys(("P", "E", "Pr"), ""),
    "D": "var", "V": "var", "r": "rank", "R": "rank", "rk": "rank", "rg": "rank", "Sp": "tr",
}  # fmt: skip
"""Names of functions in letters, and the word that they may stand for; empty for the letter itself."""

_COMMANDS = frozenset("ker arg det dim deg hom".split())
"""Names of functions that have a command, ``\\ker``, and are also written with a capital letter."""

_GROUPS = {
    spelt: letter
    for letter in "SA"
    for spelt in (letter, *(rf"{font}{{{letter}}}" for font in (r"\mathrm", *_SCRIPT, r"\mathfrak")))
}
"""Letters of the symmetric and the alternating group, which have an index: ``S_n``."""

Key = tuple[str, str]


def with_one_form(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with the forms of one letter that each side has alone written alike."""
    left, right = _with_degrees(left, right), _with_degrees(right, left)
    left, right = _with_units(left, right), _with_units(right, left)
    ours, theirs = _forms(left), _forms(right)
    letters: dict[Term, Term] = {}
    heads: dict[Term, Term] = {}
    for key in ours.keys() & theirs.keys():
        if len(ours[key]) == len(theirs[key]) == 1 and ours[key] != theirs[key]:
            (form,), (other,) = ours[key], theirs[key]
            if key[0] != "head":
                letters[other] = form
            elif _is_word(form) or _is_word(other):
                heads[other] = form
    right = _changed(right, letters)
    if heads:
        right = rewrite(right, lambda part: _with_head(part, heads))
    word = _word_for_a_letter(left, right) or _word_for_a_letter(right, left)
    return (_changed(left, word), _changed(right, word)) if word else (left, right)


_LETTERS_O = (name("o"), name(r"\mathrm{o}"), Term("text", "o"))
_DEGREE = const("deg")


def _with_degrees(term: Term, other: Term) -> Term:
    """A term with a raised letter o as the sign of degrees, unless the other has the letter too: ``30^o``."""
    if _DEGREE in term.walk() or any(part in _LETTERS_O for part in other.walk()):
        return term
    return rewrite(term, _with_degree)


def _with_degree(part: Term) -> Term:
    return mul(part.args[0], _DEGREE) if part.op == "pow" and part.args[1] in _LETTERS_O else part


def _with_units(term: Term, other: Term) -> Term:
    """A term with letters after a number as units, if only the other has units: ``3m``."""
    if any(map(_is_unit, term.walk())) or not any(map(_is_unit, other.walk())):
        return term
    return rewrite(term, _with_unit)


def _is_unit(part: Term) -> bool:
    return part.op == "name" and part.label.startswith(r"\mathrm{") and is_unit(part.label[8:-1])


def _with_unit(part: Term) -> Term:
    """A product of a number and letters that name one unit, or each a unit: ``3km``, ``3m/s``."""
    numbers = [factor for factor in part.args if is_fixed(factor)]
    letters = [factor for factor in part.args if not is_fixed(factor)]
    if part.op != "mul" or not numbers or not letters:
        return part
    *before, last = letters
    last, *exponent = last.args if last.op == "pow" else (last,)
    word = "".join(letter.label if letter.op == "name" else " " for letter in (*before, last))
    if is_unit(word):
        return mul(*numbers, power(unit(word), *exponent) if exponent else unit(word))
    units = [_unit_to_a_power(letter) for letter in letters]
    return part if None in units else mul(*numbers, *(factor for factor in units if factor is not None))


def _unit_to_a_power(letter: Term) -> Term | None:
    base = letter.args[0] if letter.op == "pow" else letter
    if base.op != "name" or not is_unit(base.label):
        return None
    return letter.with_args((unit(base.label), *letter.args[1:])) if letter.op == "pow" else unit(base.label)


def with_letters_apart(term: Term) -> Term:
    r"""Words in a script, Fraktur or blackboard font as products of letters: ``\mathfrak a\mathfrak b^2``."""
    if (found := _apart(term)) is not None:
        return mul(*found[0], found[1])
    args = tuple(map(with_letters_apart, term.args))
    return term if args == term.args else term.with_args(args)


def _apart(term: Term) -> tuple[tuple[Term, ...], Term] | None:
    """The letters of a word but the last, and the last with the scripts of the word; None for all else."""
    if term.op in ("pow", "sub") and (found := _apart(term.args[0])) is not None:
        scripts = map(with_letters_apart, term.args[1:])
        return found[0], term.with_args((found[1], *scripts))
    if term.op != "name" or term.label[-1] != "}":
        return None
    font, _, word = term.label[:-1].partition("{")
    if font not in _FONTS_OF_LETTERS or len(word) < 2 or not word.isalpha():
        return None
    letters = [name(f"{font}{{{letter}}}") for letter in word]
    return tuple(letters[:-1]), letters[-1]


def _changed(term: Term, changed: Mapping[Term, Term]) -> Term:
    return rewrite(term, lambda part: changed.get(part, part)) if changed else term


def _with_head(term: Term, heads: Mapping[Term, Term]) -> Term:
    if term.op != "app" or term.args[0] not in heads:
        return term
    return term.with_args((heads[term.args[0]], *term.args[1:]))


def _forms(term: Term) -> dict[Key, set[Term]]:
    """The forms of each letter that a term has."""
    found: defaultdict[Key, set[Term]] = defaultdict(set)
    for part in term.walk():
        for key in _keys(part):
            found[key].add(part)
        if part.op == "app" and (head := part.args[0]).op == "name" and (key_of_head := _head(head.label)):
            found[key_of_head].add(head)
        if part.op == "sub" and (letter := part.args[0]).op == "name" and letter.label in _GROUPS:
            found["group", _GROUPS[letter.label]].add(letter)
        if part.op == "chain" and part.data == (r"\sim",) and (law := part.args[-1]).op == "app":
            letter = law.args[0].args[0] if law.args[0].op == "sub" else law.args[0]
            if letter.op == "name":
                found["distribution", letter.label.rpartition("{")[2][:1]].add(letter)
        if part.op == "chain" and part.relations[-1] in _RELATIONS_OF_SETS:
            for letter in part.args[-1].walk():
                if letter.op == "name" and letter.data in _SETS:
                    found["set", letter.label].add(letter)
    return found


def _keys(part: Term) -> Iterator[Key]:
    """What a letter is a form of."""
    if part.op == "op":
        if (vector := _vector(part)) is not None:
            yield "vector", vector
        return
    if part.op == "ordered" and all(map(_is_bold_capital, part.args)):
        yield (
            "vector",
            "".join(factor.label[-2] for factor in part.args),
        )  # from one point to another, or a product
    if part.data in ("l", r"\ell"):
        yield "letter", "l"
    if part.op != "name" or part.label[0] != "\\":
        return
    label = part.label
    if label[-1] != "}":
        plain = label.replace(r"\var", "\\", 1)
        if plain in _GREEK:
            yield "letter", plain
        return
    font, _, letter = label[:-1].partition("{")
    if font in _BOLD:
        yield "vector", letter
    if font in _SCRIPT:
        yield "script", letter
    if letter == "1":
        yield "indicator", letter
    if font in (r"\mathbb", r"\mathbf") and letter in _SETS:
        yield "set", letter


def _vector(part: Term) -> str | None:
    """The letter under an arrow, that of a unit vector, or the points that an arrow joins; None for all else."""
    if len(part.args) != 1:
        return None
    base = part.args[0]
    if part.data in _ARROWS and base.op == "juxt" and all(point.op == "name" for point in base.args):
        return "".join(point.label for point in base.args)
    is_vector = (
        base.op == "name" if part.data in _ARROWS else part.data == r"\hat" and base.data in ("i", "j", "k")
    )
    return base.label if is_vector else None


def _is_bold_capital(part: Term) -> bool:
    return (
        part.op == "name" and part.label[:-2] in {f"{font}{{" for font in _BOLD} and part.label[-2].isupper()
    )


def _head(label: str) -> Key | None:
    """What the name of a function is a form of."""
    font, _, word = label.removesuffix("}").rpartition("{")
    word = word.removeprefix("\\")
    if word in _COMMANDS or label in (r"\mathcal{O}", "O"):
        return "head", word
    if font not in ("", r"\operatorname", r"\mathrm", r"\mathbb", r"\mathbf", r"\mathsf"):
        return None
    meant = _WORDS_OF_FUNCTIONS.get(word)
    if meant == "":
        return "head", word[0]
    if meant is None and (len(word) == 1 or font == ""):
        return None
    return "head", meant or word.lower()


def _is_word(head: Term) -> bool:
    return not head.label.isalpha()


def _word_for_a_letter(side: Term, other: Term) -> dict[Term, Term]:
    r"""The only word of one side, where the other has a letter: ``\text{speed}=5`` and ``v=5``; else empty."""
    words = {part for part in side.walk() if _names_a_quantity(part)}
    if len(words) != 1 or any(map(_names_a_quantity, other.walk())):
        return {}
    ours, theirs = _letters(side) - words, _letters(other)
    extra = theirs - ours
    return {words.pop(): extra.pop()} if len(extra) == 1 and ours <= theirs else {}


def _names_a_quantity(part: Term) -> bool:
    if part.op == "text":
        return any(map(str.isalpha, part.label))
    if part.op != "name" or not part.label.startswith(r"\mathrm{"):
        return False
    word = part.label[8:-1]
    return len(word) > 2 and not is_unit(word)


def _letters(term: Term) -> set[Term]:
    return {part for part in term.walk() if part.op == "name"}
