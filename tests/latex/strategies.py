"""Hypothesis strategies for valid formulas, written independently of the grammar."""

from __future__ import annotations

from hypothesis import strategies as st

SYMBOLS = st.sampled_from(
    r"""a b x y 1 2 7 + - = < , . ( ) [ ] | ! \alpha \pi \leq \le \to \infty \in \ldots \dots \dotso \, \quad ~
    π ≤ ℝ 𝑥 ² ₁ ⁿ ″ ⋯ ＝ \rbrack""".split()
)
ARGUMENTS = st.sampled_from(r"a x 1 2 \alpha \pi \dots ℝ β ″".split())


@st.composite
def _braced(draw, inner) -> list[str]:
    return ["{", *draw(inner), "}"]


def _argument(inner):
    return st.one_of(ARGUMENTS.map(lambda token: [token]), _braced(inner))


@st.composite
def _scripted(draw, inner) -> list[str]:
    base = draw(st.one_of(ARGUMENTS.map(lambda token: [token]), _braced(inner)))
    sub, sup = ["_", *draw(_argument(inner))], ["^", *draw(_argument(inner))]
    primes = ["'"] * draw(st.integers(1, 2))
    return base + draw(st.sampled_from([sub, sup, sub + sup, sup + sub, primes, primes + sup, sub + primes]))


@st.composite
def _command(draw, inner) -> list[str]:
    name, count = draw(
        st.sampled_from(
            [(r"\frac", 2), (r"\dfrac", 2), (r"\binom", 2), (r"\hat", 1), (r"\overline", 1), (r"\sqrt", 1),
             (r"\mathrm", 1), (r"\mathbf", 1), (r"\underset", 2), (r"\stackrel", 2)]
        )
    )  # fmt: skip
    return [name, *(token for _ in range(count) for token in draw(_argument(inner)))]


@st.composite
def _optional(draw, inner) -> list[str]:
    name = draw(st.sampled_from([r"\sqrt", r"\smash", r"\xrightarrow"]))
    return [name, "[", *draw(_braced(inner)), "]", *draw(_braced(inner))]


@st.composite
def _broken(draw, inner) -> list[str]:
    return ["{", *draw(inner), "\\\\", *draw(inner), "}"]


@st.composite
def _operator(draw, inner) -> list[str]:
    name = draw(st.sampled_from([r"\sum", r"\int", r"\lim", r"\max", r"\sin"]))
    limits = draw(st.sampled_from([[], [r"\limits"], [r"\nolimits"]]))
    return [
        name,
        *limits,
        *draw(st.sampled_from([[], ["_"], ["^"]]).flatmap(lambda s: _with_argument(s, inner))),
    ]


def _with_argument(script: list[str], inner):
    return _argument(inner).map(lambda argument: script + argument) if script else st.just([])


@st.composite
def _fenced(draw, inner) -> list[str]:
    left, right = draw(st.sampled_from(["()", "[]", "||", ".|"]))
    return [r"\left", left, *draw(inner), r"\right", right]


@st.composite
def _matrix(draw, inner) -> list[str]:
    name = draw(st.sampled_from(["matrix", "pmatrix", "cases", "aligned"]))
    rows = [[draw(inner) for _ in range(draw(st.integers(1, 2)))] for _ in range(draw(st.integers(1, 2)))]
    out = [f"\\begin{{{name}}}"]
    for number, row in enumerate(rows):
        out += ["\\\\"] if number else []
        for place, cell in enumerate(row):
            out += ["&", *cell] if place else cell
    return [*out, f"\\end{{{name}}}"]


@st.composite
def _switched(draw, inner) -> list[str]:
    return ["{", draw(st.sampled_from([r"\bf", r"\cal", r"\rm", r"\displaystyle"])), *draw(inner), "}"]


@st.composite
def _infix(draw, inner) -> list[str]:
    return ["{", *draw(inner), draw(st.sampled_from([r"\over", r"\choose"])), *draw(inner), "}"]


def _row(item):
    return st.lists(item, max_size=4).map(lambda items: [token for item in items for token in item])


def _extend(inner):
    simple = (_braced, _scripted, _command, _optional, _operator)
    kinds = (*simple, _broken, _fenced, _matrix, _switched, _infix)
    return _row(st.one_of(SYMBOLS.map(lambda token: [token]), *(kind(inner) for kind in kinds)))


def formulas():
    """Token lists of valid formulas of bounded depth."""
    return st.recursive(_row(SYMBOLS.map(lambda token: [token])), _extend, max_leaves=8)
