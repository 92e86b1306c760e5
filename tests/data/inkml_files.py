"""InkML written for the tests."""

from __future__ import annotations

from collections.abc import Sequence

NAMESPACE = 'xmlns="http://www.w3.org/2003/InkML"'
MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def inkml(
    traces: Sequence[str] = ("0 0, 0 10", "5 0, 9 10", "9 0, 5 10"),
    truth: str | None = "$1x$",
    mathml: str = "",
    groups: Sequence[tuple[str, Sequence[int]]] = (),
    head: str = "",
    namespace: str = NAMESPACE,
) -> bytes:
    """A file of traces numbered from 0; `mathml` is what stands within the ``math`` element."""
    parts = [f"<ink {namespace}>", head]
    if truth is not None:
        parts.append(f'<annotation type="truth">{truth}</annotation>')
    if mathml:
        parts.append(f'<annotationXML type="truth"><math {MATHML}>{mathml}</math></annotationXML>')
    parts += [f'<trace id="{number}">\n{points}\n</trace>' for number, points in enumerate(traces)]
    if groups:
        parts.append('<traceGroup xml:id="7"><annotation type="truth">Segmentation</annotation>')
        for label, places in groups:
            views = "".join(f'<traceView traceDataRef="{place}"/>' for place in places)
            parts.append(f'<traceGroup><annotation type="truth">{label}</annotation>{views}</traceGroup>')
        parts.append("</traceGroup>")
    return "\n".join([*parts, "</ink>"]).encode()
