"""Math styles: which style each part of a construct is set in."""

from __future__ import annotations

from hmer_suite.latex.constructs import DISPLAY_ENVIRONMENTS, SCRIPT_ENVIRONMENTS
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node

DISPLAY, TEXT, SCRIPT = "display", "text", "script"


STYLE_SWITCHES = {
    "\\displaystyle": DISPLAY,
    "\\textstyle": TEXT,
    "\\scriptstyle": SCRIPT,
    "\\scriptscriptstyle": SCRIPT,
}


_SMALLER = {DISPLAY: TEXT, TEXT: SCRIPT, SCRIPT: SCRIPT}


_FRACTION_STYLES = {"\\dfrac": TEXT, "\\dbinom": TEXT, "\\cfrac": TEXT, "\\tfrac": SCRIPT, "\\tbinom": SCRIPT}


def child_styles(node: Node, style: str) -> tuple[str, ...]:
    """Style of each child of *node*, which itself stands in *style*."""
    count = len(node.children)
    if node.kind == "scripts":
        return (style, SCRIPT, SCRIPT)
    if node.kind == "primes":
        return (SCRIPT,) * count
    if node.kind == "infix":
        return (_SMALLER[style],) * count
    if node.kind == "command":
        return _argument_styles(node, style)
    if node.kind == "environment":
        inner = (
            style
            if node.name in DISPLAY_ENVIRONMENTS
            else SCRIPT
            if node.name in SCRIPT_ENVIRONMENTS
            else TEXT
        )
        return (inner,) * count
    return (style,) * count


def _argument_styles(node: Node, style: str) -> tuple[str, ...]:
    count = len(node.children)
    cls = CLASSES.get(node.name)
    if cls == "FRAC":
        return (_FRACTION_STYLES.get(node.name, _SMALLER[style]),) * count
    if cls == "STACK":
        return (style, SCRIPT, style)
    if cls == "XARROW":
        return (SCRIPT,) * count
    if node.name == "\\sqrt":
        return (SCRIPT, style)
    if node.name == "\\substack":
        return (SCRIPT,) * count
    return (style,) * count
