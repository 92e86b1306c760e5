"""Sampled formulas: canonical, of every class, of plausible lengths, the same for ever."""

from __future__ import annotations

import random
from statistics import median

import pytest

from hmer_suite import canonical, validate
from hmer_suite.handwriting.formulas import LONGEST, sample_formula

# The classes of CROHME's labels (Mouchère et al. 2016, table 2), with the tokens of structure.
CROHME = set(
    r"""0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u v w x y z A B C E F G H I L M N P R S T V X Y
    \alpha \beta \gamma \Delta \theta \lambda \mu \pi \sigma \phi \sin \cos \tan \log \lim \sum \int \sqrt \frac
    \infty \rightarrow \in \forall \exists \neq \leq \geq \times \div \pm \cdot \cdots \ldots \prime \limits
    ( ) [ ] \{ \} | + - = < > / ! , . _ ^ { }""".split()
)


@pytest.fixture(scope="module")
def formulas() -> list[str]:
    return [sample_formula(random.Random(number)) for number in range(6000)]


def test_every_formula_is_valid_and_canonical(formulas: list[str]):
    assert [text for text in formulas if canonical(text) != text or not validate(text).valid] == []


def test_every_class_of_crohme_is_reached_and_no_other(formulas: list[str]):
    assert {token for text in formulas for token in text.split()} == CROHME


def test_lengths_are_like_crohmes(formulas: list[str]):
    lengths = sorted(len(text.split()) for text in formulas)
    assert 10 <= median(lengths) <= 15
    assert lengths[-1] <= LONGEST + 15
    assert 25 <= lengths[int(0.9 * len(lengths))] <= 38


def test_formulas_vary(formulas: list[str]):
    long = [text for text in formulas if len(text.split()) > 8]
    assert len(set(long)) > 0.99 * len(long)


def test_the_same_seed_gives_the_same_formula():
    # Written down: a change here changes every synthetic data set, and the digests that runs carry.
    assert [sample_formula(random.Random(f"0 {number}")) for number in range(3)] == [
        r"A ^ { \sqrt { a } }",
        r"\frac { r n } { k } - 9 4 x",
        "c x - E m = 2 ^ { 1 } - 2 y",
    ]
