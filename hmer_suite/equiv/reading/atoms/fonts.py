r"""Fonts around more than a word: ``\mathrm{H_2S}`` sets the same as ``\mathrm{H}_2\mathrm{S}``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.operators import OPERATOR_NAMES
from hmer_suite.equiv.reading.units import is_unit
from hmer_suite.latex.nodes import Command, Group, Node, Row, Scripts, Symbol, Text
from hmer_suite.latex.token_classes import CLASSES

_OF_WORDS = frozenset((r"\mathrm", r"\mathit", r"\mathsf", r"\mathtt", r"\mathcal", r"\mathbb", r"\mathfrak",
                       r"\mathscr"))  # fmt: skip
"""Fonts in which letters side by side are a word."""
_OF_OPERATORS = frozenset((r"\operatorname", r"\text", r"\textrm", r"\mbox"))
r"""Commands that set words upright, as ``\mathrm`` does."""
_OF_LETTERS = frozenset((r"\mathbf", r"\boldsymbol", r"\bm", r"\pmb"))
"""Fonts in which letters side by side are vectors or matrices, each a name of its own."""


_CONSTANTS = frozenset("deij")
r"""Upright letters that mean something by themselves: ``\mathrm d x``, ``\mathrm e``."""


_SPREADING = _OF_WORDS | _OF_LETTERS | _OF_OPERATORS


def joined_word(flat: Sequence[Atom], index: int) -> tuple[Atom, int] | None:
    r"""Words side by side in one font as one, and where it ends: ``\mathrm C\mathrm O_2`` is ``\mathrm{CO}_2``."""
    font, parts, letters = "", 0, list[Node]()
    while index < len(flat):
        found = _word_in_font(flat[index]) or (_end_of_symbol(letters, flat[index]) if font else None)
        if found is None:
            break
        if parts and (found[0] != font or not flat[index - 1].plain):
            break
        font = found[0]
        letters += found[1]
        parts += 1
        index += 1
    if parts < 2:
        return None
    last = flat[index - 1]
    return Atom("cmd", Command(font, (Group(tuple(letters)),)), last.sub, last.sup, last.primes), index


def _end_of_symbol(letters: Sequence[Node], atom: Atom) -> tuple[str, tuple[Node, ...]] | None:
    """An upright e or i after the capital with which it is a chemical element, and its font; None for all else."""
    if not letters or not isinstance(atom.value, Command) or atom.value.name != r"\mathrm":
        return None
    content = atom.value.arguments[0]
    items = content.items if isinstance(content, Group | Row) else (content,)
    symbol = "".join(item.name for item in (letters[-1], *items) if isinstance(item, Symbol))
    return (r"\mathrm", tuple(items)) if symbol in _SYMBOLS else None


_SYMBOLS = frozenset("Be Ce Fe Ge He Ne Re Se Te Xe Bi Li Ni Si Ti".split())
"""Chemical elements whose second letter is a constant elsewhere."""


def _word_in_font(atom: Atom) -> tuple[str, tuple[Node, ...]] | None:
    """The font and the letters of a word in a font of words; None for all else."""
    if not isinstance(atom.value, Command) or atom.value.name not in _OF_WORDS:
        return None
    content = atom.value.arguments[0]
    items = content.items if isinstance(content, Group | Row) else (content,)
    letters = tuple(item for item in items if isinstance(item, Symbol) and item.name.isalpha())
    if not letters or len(letters) < len(items):
        return None
    is_constant = len(letters) == 1 and atom.value.name == r"\mathrm" and letters[0].name in _CONSTANTS
    return None if is_constant else (atom.value.name, letters)


def spread(command: Command) -> list[Node] | None:
    """What a font command holds, every letter or word in it in the font; None if it holds one name or a construct."""
    if command.name not in _SPREADING:
        return None
    content = command.arguments[0]
    items = content.items if isinstance(content, Group | Row | Text) else (content,)
    if command.name not in _OF_LETTERS and _spells(items, "mod"):
        return [Symbol(r"\bmod")]
    if command.name in _OF_OPERATORS:
        return None
    by_letter = command.name in _OF_LETTERS
    if len(items) == 1 and isinstance(items[0], Symbol) and items[0].name.lower() in _GREEK:
        return [items[0]] if command.name == r"\mathrm" else None  # Greek letters, which have no upright font
    if len(items) == 1 and isinstance(accent := items[0], Command) and CLASSES.get(accent.name) == "ACCENT":
        return [replace(accent, arguments=(Group((replace(command, arguments=accent.arguments),)),))]
    if len(items) < 2 and not isinstance(items[0] if items else None, Scripts):
        return None
    if _is_name(items, by_letter) or not all(map(_can_be_spread, items)):
        return None
    return _spread(command.name, items, by_letter)


def _spells(items: Sequence[Node], word: str) -> bool:
    letters = (item.name for item in items if isinstance(item, Symbol) and CLASSES.get(item.name) != "SPACE")
    return len(items) >= len(word) and "".join(letters) == word


def _is_name(items: Sequence[Node], by_letter: bool) -> bool:
    """Whether the items are one name or number."""
    names = [item.name if isinstance(item, Symbol) else "" for item in items]
    kept = [name for name in names if CLASSES.get(name) != "SPACE"]
    if kept and all(name.isdecimal() for name in kept):
        return True
    if _are_units_apart(names):
        return False
    if not kept or not all(name.isalnum() and len(name) == 1 for name in kept) or kept[0].isdecimal():
        return False
    return not by_letter or len(kept) < 2 or "".join(kept) in OPERATOR_NAMES


def _are_units_apart(names: Sequence[str]) -> bool:
    r"""Whether spaces part the letters of several units: ``\mathrm{m\,s}``."""
    words = "".join(" " if CLASSES.get(name) == "SPACE" else name for name in names).split()
    return len(words) > 1 and all(map(is_unit, words))


def _can_be_spread(item: Node) -> bool:
    if isinstance(item, Scripts):
        return isinstance(item.base, Symbol) or item.base in (None, Group())
    return isinstance(item, Symbol)


def _spread(font: str, items: Sequence[Node], by_letter: bool) -> list[Node]:
    out: list[Node] = []
    word: list[Node] = []
    for item in items:
        base = item.base if isinstance(item, Scripts) else item
        letter = isinstance(base, Symbol) and base.name.isalpha() and len(base.name) == 1
        if word and (by_letter or not letter):
            out.append(Command(font, (Group(tuple(word)),)))
            word = []
        if not letter:
            out.append(_in_font(font, item))
            continue
        word.append(base if isinstance(base, Symbol) else item)
        if isinstance(item, Scripts):
            name = Command(font, (Group(tuple(word)),))
            out.append(replace(item, base=name, sub=_script(font, item.sub), sup=_script(font, item.sup)))
            word = []
    if word:
        out.append(Command(font, (Group(tuple(word)),)))
    return out


def _in_font(font: str, item: Node) -> Node:
    """A sign in the font: a Greek letter changes with it, a digit or an operator does not."""
    if isinstance(item, Scripts):
        base = _in_font(font, item.base) if item.base is not None else None
        return replace(item, base=base, sub=_script(font, item.sub), sup=_script(font, item.sup))
    if isinstance(item, Symbol) and CLASSES.get(item.name) == "SYMBOL" and item.name[1:].isalpha():
        greek = font in _OF_LETTERS and item.name.lower() in _GREEK
        return Command(font, (Group((item,)),)) if greek else item
    return item


_GREEK = frozenset(
    rf"\{letter}"
    for letter in """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau
    upsilon phi chi psi omega varepsilon vartheta varpi varrho varsigma varphi varkappa""".split()
)


def _script(font: str, script: Node | None) -> Node | None:
    """A script in the font, if there are letters in it."""
    items = script.items if isinstance(script, Group) else (script,)
    if script is None or not any(isinstance(item, Symbol) and item.name.isalpha() for item in items):
        return script
    return Group((Command(font, (script,)),))
