"""Make the files of `hmer-suite demo`: formulas of our own, and two imagined recognisers' readings of them.

The readings come from a seeded error model (look-alike symbols, lost braces, a loop, an empty line, spelling
habits), not from a recogniser: the demo shows what the tool does and claims nothing about anybody's system.

    python tools/make_demo.py        # writes hmer_suite/data/demo/{references,first,second}.tsv
"""

from __future__ import annotations

import random
from pathlib import Path

from hmer_suite.data.predictions import write_predictions
from hmer_suite.latex.canonical import canonical_tokens
from hmer_suite.latex.tokens import join, split

FORMULAS = r"""
x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
a^2 + b^2 = c^2
e^{i\pi} + 1 = 0
\sum_{k=1}^{n} k = \frac{n(n+1)}{2}
\int_0^1 x^2 \, dx = \frac13
\lim_{n \to \infty} \left(1 + \frac1n\right)^n = e
\sin^2\theta + \cos^2\theta = 1
f'(x) = \lim_{h\to 0}\frac{f(x+h)-f(x)}{h}
\sqrt[3]{27} = 3
\log_2 8 = 3
\frac{d}{dx} \ln x = \frac{1}{x}
A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
|x| = \begin{cases} x & x \ge 0 \\ -x & x < 0 \end{cases}
\binom{n}{k} = \frac{n!}{k!(n-k)!}
\int_{-\infty}^{\infty} e^{-x^2} dx = \sqrt{\pi}
x_{n+1} = x_n - \frac{f(x_n)}{f'(x_n)}
\prod_{p} \frac{1}{1-p^{-s}} = \sum_{n=1}^\infty \frac{1}{n^s}
\nabla \times \vec{E} = -\frac{\partial \vec{B}}{\partial t}
P(A \mid B) = \frac{P(B \mid A) P(A)}{P(B)}
\overline{z_1 z_2} = \overline{z_1}\,\overline{z_2}
3x + 2y \le 12
y = mx + b
\frac{1}{2} + \frac{1}{3} = \frac{5}{6}
2^{10} = 1024
\alpha + \beta + \gamma = 180^\circ
\tan x = \frac{\sin x}{\cos x}
a_n = a_1 + (n-1)d
\forall \varepsilon > 0 \exists \delta > 0
V = \frac43 \pi r^3
\hat{y} = X (X^T X)^{-1} X^T y
E = mc^2
F = G \frac{m_1 m_2}{r^2}
\sum_{n=0}^\infty \frac{x^n}{n!} = e^x
(x+y)^2 = x^2 + 2xy + y^2
\frac{x^2}{a^2} + \frac{y^2}{b^2} = 1
\phi = \frac{1+\sqrt5}{2}
\det(A - \lambda I) = 0
\int u \, dv = uv - \int v \, du
x \in A \cup B
7 \times 8 = 56
""".strip().splitlines()

LOOK_ALIKES = {
    "x": r"\times",
    "1": "l",
    "z": "2",
    "0": "O",
    r"\alpha": "a",
    "+": "t",
    "9": "g",
    "5": "s",
    "n": "h",
}


def misread(tokens: list[str], generator: random.Random, rate: float) -> list[str]:
    """A reading with look-alikes, and now and then a brace lost or doubled."""
    read = [LOOK_ALIKES.get(t, t) if generator.random() < rate else t for t in tokens]
    braces = [i for i, t in enumerate(read) if t in "{}"]
    if braces and generator.random() < 2 * rate:
        at = generator.choice(braces)
        read[at : at + 1] = [] if generator.random() < 0.6 else [read[at]] * 2
    return read


def main() -> None:
    folder = Path(__file__).parents[1] / "hmer_suite" / "data" / "demo"
    ids = [f"formula-{number:02}" for number in range(1, len(FORMULAS) + 1)]
    write_predictions(folder / "references.tsv", ids, FORMULAS)
    for name, rate in (("first", 0.10), ("second", 0.04)):
        generator = random.Random(name)
        # The second system learnt other labels: same drawings, other spelling.
        spell = canonical_tokens if name == "second" else list
        readings = [join(misread(spell(split(formula)), generator, rate)) for formula in FORMULAS]
        if name == "first":
            readings[29] += " + 1" * 40  # a decoder that loops
            readings[12] = ""
        write_predictions(folder / f"{name}.tsv", ids, readings)


if __name__ == "__main__":
    main()
