"""Math styles: the style that each part of a construct is set in (TeXbook, ch. 17)."""

from __future__ import annotations

from hmer_suite.latex.constructs import DISPLAY_ENVIRONMENTS, SCRIPT_ENVIRONMENTS
from hmer_suite.latex.general_fractions import general_fraction
from hmer_suite.latex.nodes import Command
from hmer_suite.latex.token_classes import CLASSES

DISPLAY, TEXT, SCRIPT = "display", "text", "script"

STYLE_SWITCHES = {
    "\\displaystyle": DISPLAY,
    "\\textstyle": TEXT,
    "\\scriptstyle": SCRIPT,
    "\\scriptscriptstyle": SCRIPT,
}

SMALLER = {DISPLAY: TEXT, TEXT: SCRIPT, SCRIPT: SCRIPT}
"""Style of the parts of a fraction, by its own."""

_FRACTION_STYLES = {"\\dfrac": TEXT, "\\dbinom": TEXT, "\\cfrac": TEXT, "\\tfrac": SCRIPT, "\\tbinom": SCRIPT}

_GENERAL_STYLES = {"0": DISPLAY, "1": TEXT, "2": SCRIPT, "3": SCRIPT}


def environment_style(name: str, style: str) -> str:
    """Style of the cells of an environment that is itself set in *style*."""
    if name in DISPLAY_ENVIRONMENTS:
        return style
    return SCRIPT if name in SCRIPT_ENVIRONMENTS else TEXT


def argument_styles(node: Command, style: str) -> tuple[str, ...]:
    """Style of each argument of a command that is itself set in *style*."""
    count = len(node.arguments)
    cls = CLASSES.get(node.name)
    if cls in ("FRAC", "CFRAC"):
        return (_FRACTION_STYLES.get(node.name, SMALLER[style]),) * count
    if cls == "GENFRAC":
        inner = SMALLER[_GENERAL_STYLES.get(general_fraction(node).style, style)]
        return (style,) * (count - 2) + (inner,) * 2
    if cls in ("SIDESET", "PRESCRIPT"):
        return (SCRIPT,) * (count - 1) + (style,) if cls == "PRESCRIPT" else (DISPLAY,) * count
    if cls == "STACK":
        return (SCRIPT, style)
    if cls == "XARROW" or node.name == "\\substack":
        return (SCRIPT,) * count
    return (style,) * count


def optional_style(node: Command, style: str) -> str:
    """Style of the optional argument of a command that is itself set in *style*."""
    return SCRIPT if node.name == "\\sqrt" or CLASSES.get(node.name) == "XARROW" else style
