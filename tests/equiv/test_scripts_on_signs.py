r"""Scripts on what seldom has any: they are drawn, so no sign may lose them: ``M,_\alpha``, ``\sum' a_n``, ``n!_2``."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import split

SIGNS = [
    token for token, cls in CLASSES.items() if cls in ("SYMBOL", "LARGEOP", "NAMEDOP") and token[0] == "\\"
]
TYPED = [*"+-*/=<>|!%:;,.?()[]", "...", "..", r"\cdot\cdot\cdot", r"\int\int", "::", ":=", "sin", r"\arg\max"]
BRACES = [rf"\{place}{sign}{{h}}" for place in ("over", "under") for sign in ("brace", "bracket")]
SCRIPTS = [("_2", "_3"), ("^3", "^5"), ("'", ""), ("'", "''")]
PLACES = ["{}", "t{}", "{}h", "t,{}h", "t={}h"]


@pytest.mark.parametrize("sign", [*SIGNS, *TYPED, *BRACES])
def test_no_sign_loses_its_scripts(sign):
    for one, other in SCRIPTS:
        for place in PLACES:
            pair = [place.format(f"{sign} {script} ") for script in (one, other)]
            if all(is_valid(split(side)) for side in pair):
                assert decide(*pair).verdict != EQUAL, pair


@pytest.mark.parametrize(
    "left, right, verdict",
    [
        (r"M,_\alpha", r"M,_\beta", DIFFERENT),
        ("(n!)^2", "n!^2", EQUAL),
        (r"\sin't", r"\cos t", UNDECIDED),
        (r"\sum_{\mathrm{cyc}}t", r"\sum_{\mathrm{sym}}t", UNDECIDED),
        (r"\sum_Sf(t)", r"\sum_Tf(t)", UNDECIDED),
        (r"\sum_{t}tv", r"\sum_{h}hv", EQUAL),
        (r"\sum_{i}v", r"\sum_{j}v", EQUAL),
        (r"\sum_{t\in S}f(t)", r"\sum_{h\in S}f(h)", EQUAL),
        (r"t\textsuperscript{h}", r"t\text{h}", DIFFERENT),
        (r"t^3\textsuperscript{h}", r"t^3\text{h}", DIFFERENT),
        (r"4\textsuperscript{th}", r"4^{\text{th}}", EQUAL),
        ("+", ";", DIFFERENT),
        (r"\int'f(t)dt", r"\int f(t)dt", DIFFERENT),
        (r"\forall_tv", r"\forall_hv", DIFFERENT),
    ],
)
def test_verdicts(left, right, verdict):
    assert decide(left, right).verdict == decide(right, left).verdict == verdict
