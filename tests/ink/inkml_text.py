"""InkML of the W3C's features, written for the tests."""

from __future__ import annotations

from hmer_suite.ink.inkml import InkDocument, parse_inkml


def parse(body: str) -> InkDocument:
    """The ink of a file with this content of its ``ink`` element."""
    return parse_inkml(f'<ink xmlns="http://www.w3.org/2003/InkML">{body}</ink>'.encode(), "f", "f.inkml")


def traces(body: str) -> list[list[list[float]]]:
    """The traces of such a file as lists of points."""
    return [trace.tolist() for trace in parse(body).traces]


def channel(name: str, **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<channel name="{name}"{written}/>'


def trace_format(*channels: str, id: str = "") -> str:
    written = "".join(one if one.startswith("<") else channel(one) for one in channels)
    name = f' xml:id="{id}"' if id else ""
    return f"<traceFormat{name}>{written}</traceFormat>"
