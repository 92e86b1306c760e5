"""Token lists that parsers find hard, for the property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from hmer_suite.latex.token_classes import CLASSES

STRUCTURE = r"""
    { } { } { } ^ _ ^ _ \frac \sqrt \left \right ( ) [ ] | . & \\ \limits \sum \sin x 2 ' \hat \text $ \over
    \middle \begin{matrix} \end{matrix} \begin{cases} \end{cases} \begin{array} c \foo % \big \mathrm \hline
    \hspace
""".split()

structural_tokens = st.lists(st.sampled_from(STRUCTURE), max_size=30)
any_tokens = st.lists(st.sampled_from(sorted(CLASSES)), max_size=30)
