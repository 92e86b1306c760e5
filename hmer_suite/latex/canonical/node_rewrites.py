"""Rewrites of single nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hmer_suite.latex.canonical.rewrite_types import NodeRewrites
from hmer_suite.latex.canonical.spacing import ORD_FONTS, UPRIGHT, has_switch, is_ord, plain_name
from hmer_suite.latex.canonical.styles import DISPLAY, SCRIPT, STYLE_SWITCHES, TEXT
from hmer_suite.latex.canonical.unicode import attached
from hmer_suite.latex.constructs import DISPLAY_LIMITS, FONT_SYNONYMS, INTEGRALS
from hmer_suite.latex.general_fractions import general_fraction
from hmer_suite.latex.nodes import (
    Command,
    Environment,
    Group,
    Infix,
    Line,
    Node,
    Primes,
    Row,
    Scripts,
    Symbol,
    Text,
)
from hmer_suite.latex.token_classes import CLASSES

COMMANDS = NodeRewrites(Command)
SCRIPTS = NodeRewrites(Scripts)
ENVIRONMENTS = NodeRewrites(Environment)


@COMMANDS.add("argument-braces", r"\frac 1 2", r"\frac { 1 } { 2 }")
def _argument_braces(node: Command, style: str) -> Node | None:
    r"""Every argument of a command is in exactly one pair of braces, but for the operator of ``\sideset``."""
    if node.name == "\\sideset":
        arguments: tuple[Node, ...] = (*map(_braced, node.arguments[:-1]), node.arguments[-1])
    else:
        arguments = tuple(map(_braced, node.arguments))
    return None if arguments == node.arguments else Command(node.name, arguments, node.optional)


@SCRIPTS.add("script-braces", "x ^ 2", "x ^ { 2 }")
def _script_braces(node: Scripts, style: str) -> Node | None:
    """Every script is in exactly one pair of braces."""
    sub, sup = (
        script if script is None or script == _SPACED_COLON else _braced(script)
        for script in (node.sub, node.sup)
    )
    return None if sub is node.sub and sup is node.sup else Scripts(node.base, sub, sup, node.limits)


_SPACED_COLON = Symbol(r"\colon")
"""A colon with white space before it: KaTeX raises or lowers that space alone, unless there are braces."""


def _braced(node: Node) -> Node:
    """An argument or script in one pair of braces; text has its own, primes need none."""
    return node if isinstance(node, Group | Row | Text | Primes) else Group((node,))


@SCRIPTS.add("primes", "f ' ^ 2", r"f ^ { \prime 2 }")
def _primes(node: Scripts, style: str) -> Node | None:
    """An apostrophe is a prime at the start of the superscript."""
    primes = node.sup
    if not isinstance(primes, Primes):
        return None
    raised = primes.raised
    after = () if raised is None else raised.items if isinstance(raised, Group) else (raised,)
    # The last prime may carry a raised ².
    raised_primes = attached((*[Symbol("\\prime")] * primes.count, *after))
    return Scripts(node.base, node.sub, Group(tuple(raised_primes)), node.limits)


@SCRIPTS.add("empty-base", "^ 2", "{ } ^ { 2 }")
def _empty_base(node: Scripts, style: str) -> Node | None:
    """A script without a base has an empty one."""
    return Scripts(Group(), node.sub, node.sup, node.limits) if node.base is None else None


@SCRIPTS.add("base-braces", "{ x } ^ 2", "x ^ { 2 }")
def _base_braces(node: Scripts, style: str) -> Node | None:
    """A base of one ordinary symbol needs no braces, unless a subscript depends on its slant."""
    base = _bare_base(node.base)
    if base is None or (node.sub is not None and base.name not in UPRIGHT):
        return None
    return Scripts(base, node.sub, node.sup, node.limits)


@SCRIPTS.add("slanted-base-braces", "{ f } _ 2", "f _ { 2 }", default=False)
def _slanted_base_braces(node: Scripts, style: str) -> Node | None:
    """The same for any base: TeX draws both alike, KaTeX sets the subscript further left without the braces."""
    base = _bare_base(node.base)
    return base and Scripts(base, node.sub, node.sup, node.limits)


def _bare_base(base: Node | None) -> Symbol | None:
    """The one ordinary symbol inside the braces of a base, or None for anything else."""
    inner = base
    while isinstance(inner, Group) and len(inner.items) == 1:
        (inner,) = inner.items
    return inner if inner is not base and isinstance(inner, Symbol) and is_ord(inner) else None


@SCRIPTS.add("default-limits", r"\sum \limits _ { i }", r"\sum _ { i }")
def _default_limits(node: Scripts, style: str) -> Node | None:
    r"""``\limits`` and ``\nolimits`` are dropped where the operator does the same in this style anyway."""
    if not node.limits:
        return None
    without_scripts = node.sub is None and node.sup is None
    name = node.base.name if isinstance(node.base, Symbol | Command) else ""
    stacks = name in DISPLAY_LIMITS and style == DISPLAY
    if node.limits == "\\displaylimits" or (node.limits == "\\limits") == stacks or without_scripts:
        return node.base if without_scripts else Scripts(node.base, node.sub, node.sup)
    return None


@COMMANDS.add("general-fraction", r"\genfrac ( ) { 0 p t } { } { n } { k }", r"\binom { n } { k }")
def _general_fraction(node: Command, style: str) -> Node | None:
    r"""``\genfrac`` is the fraction or binomial, or the ``\atop``, ``\brack`` or ``\brace``, that draws the same."""
    if node.name != "\\genfrac":
        return None
    said = general_fraction(node)
    infix, prefix = said.infix, _PREFIXES.get(said.style)
    name = "frac" if not (said.thickness or said.is_fenced) else "binom" if infix == "\\choose" else None
    if name is not None and prefix is not None:
        return Command(f"\\{prefix}{name}", (said.above, said.below))
    if name is None and infix is not None and prefix in ("", _PREFIX_IN_STYLE[style]):
        parts = [part.items if isinstance(part, Group) else (part,) for part in (said.above, said.below)]
        if not any(map(_switches_more_than_style, parts)):
            return Group((Infix(infix, *map(infix_part, parts)),))
    return None


_PREFIXES = {"": "", "0": "d", "1": "t"}
_PREFIX_IN_STYLE = {DISPLAY: "d", TEXT: "t", SCRIPT: ""}


def _switches_more_than_style(items: Sequence[Node]) -> bool:
    """Whether a switch among the items would reach beyond an infix command, as one of the style does not."""
    return has_switch([item for item in items if not isinstance(item, Infix) and not _is_style(item)])


def _is_style(item: Node) -> bool:
    return isinstance(item, Symbol) and item.name in STYLE_SWITCHES


def infix_part(items: Sequence[Node]) -> Row:
    """One side of an infix command, in braces where an infix command is in it."""
    return Row((Group(tuple(items)),)) if any(isinstance(i, Infix) for i in items) else Row(tuple(items))


@COMMANDS.add("display-fraction", r"\dfrac { 1 } { 2 }", r"\frac { 1 } { 2 }")
def _display_fraction(node: Command, style: str) -> Node | None:
    r"""``\dfrac`` in display style and ``\tfrac`` in text style are ``\frac``; binomials likewise."""
    plain = _FRACTION_IN_STYLE.get((node.name, style))
    return None if plain is None else replace(node, name=plain)


_FRACTION_IN_STYLE = {
    ("\\dfrac", DISPLAY): "\\frac",
    ("\\tfrac", TEXT): "\\frac",
    ("\\dbinom", DISPLAY): "\\binom",
    ("\\tbinom", TEXT): "\\binom",
}


@COMMANDS.add("fraction-position", r"\cfrac [ c ] { 1 } { 2 }", r"\cfrac { 1 } { 2 }")
def _fraction_position(node: Command, style: str) -> Node | None:
    r"""The position of the numerator of ``\cfrac`` is left out, unless it is the left or the right end."""
    if node.name != "\\cfrac" or node.optional is None or node.optional.items in _AT_AN_END:
        return None
    return replace(node, optional=None)


_AT_AN_END = ((Symbol("l"),), (Symbol("r"),))


@COMMANDS.add("operator-name", r"\operatorname { s i n }", r"\sin")
def _operator_name(node: Command, style: str) -> Node | None:
    r"""``\operatorname`` of a name that has a command of its own is that command."""
    if node.name not in ("\\operatorname", "\\operatorname*"):
        return None
    word = plain_name(node.arguments[0])
    name = f"\\{word}"
    if word is None or CLASSES.get(name) != "NAMEDOP" or name in _WITHOUT_OWN_NAME:
        return None
    return Symbol(name) if (name in DISPLAY_LIMITS) == node.name.endswith("*") else None


_WITHOUT_OWN_NAME = INTEGRALS | frozenset(r"\injlim \projlim \liminf \limsup".split())
"""Named operators that draw something else than the letters of their command."""


@COMMANDS.add("font-synonyms", r"\Bbb { R }", r"\mathbb { R }")
def _font_synonyms(node: Command, style: str) -> Node | None:
    r"""``\Bbb`` is ``\mathbb``, ``\bold`` is ``\mathbf``, ``\frak`` is ``\mathfrak``, ``\bm`` is ``\boldsymbol``."""
    synonym = FONT_SYNONYMS.get(node.name)
    return None if synonym is None else replace(node, name=synonym)


@COMMANDS.add("font-scripts", r"\mathrm { H _ 2 S }", r"{ \mathrm { H } _ { 2 } \mathrm { S } }")
def _font_scripts(node: Command, style: str) -> Node | None:
    """A font command around letters of which some have scripts is set around these letters and these scripts."""
    (argument,) = node.arguments[-1:]
    if node.name not in ORD_FONTS or not isinstance(argument, Group):
        return None
    if not any(isinstance(item, Scripts) for item in argument.items) or not all(
        map(_is_lettered, argument.items)
    ):
        return None
    font = node.name
    out: list[Node] = []
    run: list[Symbol] = []
    for item in argument.items:
        letter = item.base if isinstance(item, Scripts) else item
        assert isinstance(letter, Symbol), "as _is_lettered says"
        if isinstance(item, Scripts) and not _on_word(font, [*run, letter], item):
            out += _set(font, run)
            run = []
        run.append(letter)
        if isinstance(item, Scripts):
            (word,) = _set(font, run)
            run = []
            out.append(Scripts(word, _in_font(font, item.sub), _in_font(font, item.sup)))
    return Group((*out, *_set(font, run)))


def _set(font: str, letters: Sequence[Symbol]) -> tuple[Node, ...]:
    return (Command(font, (Group(tuple(letters)),)),) if letters else ()


def _on_word(font: str, letters: Sequence[Symbol], scripts: Scripts) -> bool:
    """Whether scripts are set at the same place on all of the letters as on the last of them."""
    return font == "\\mathrm" and scripts.sup is None and all(letter.name in _LEVEL for letter in letters)


def _is_lettered(item: Node) -> bool:
    """Whether the item is a letter or digit, which may have scripts."""
    base = item.base if isinstance(item, Scripts) else item
    limits = isinstance(item, Scripts) and item.limits
    return not limits and isinstance(base, Symbol) and len(base.name) == 1 and base.name.isalnum()


def _in_font(font: str, script: Node | None) -> Node | None:
    """A script in a font of letters; digits and signs are the same in ``\\mathrm`` as without."""
    if script is None or not isinstance(script, Group):
        return script
    upright = all(isinstance(item, Symbol) and item.name in UPRIGHT | {"+", "-"} for item in script.items)
    return script if font == "\\mathrm" and upright else Group((Command(font, (script,)),))


_LEVEL = frozenset("abcdehiklmnorstuxzABCDEFGHIJKLMNOPRSTUXZ") | UPRIGHT
"""Letters and digits that reach neither below the line nor, in ``\\mathrm``, beyond their width."""


@ENVIRONMENTS.add("empty-last-row", r"\begin{matrix} a \\ \end{matrix}", r"\begin{matrix} a \end{matrix}")
def _empty_last_row(node: Environment, style: str) -> Node | None:
    r"""A ``\\`` after the last row of an environment starts no row, unless that row is empty too."""
    if len(node.lines) < 2 or not _is_empty(node.lines[-1]) or _is_empty(node.lines[-2]):
        return None
    return replace(node, lines=node.lines[:-1])


def _is_empty(line: Line) -> bool:
    return not line.hlines.items and len(line.cells) == 1 and not line.cells[0].items


@ENVIRONMENTS.add("one-cell", r"\begin{aligned} x \end{aligned}", "{ x }", default=False)
def _one_cell(node: Environment, style: str) -> Node | None:
    """A one-cell `aligned` is replaced by its content, which is drawn slightly lower."""
    if node.name not in ("aligned", "gathered", "split") or style != DISPLAY or len(node.lines) != 1:
        return None
    (line,) = node.lines
    return None if line.hlines.items or len(line.cells) != 1 else Group(line.cells[0].items)
