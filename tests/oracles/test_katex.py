"""Independent judges, where they are installed: `make oracle` installs KaTeX, `latex` comes with any TeX."""

from __future__ import annotations

import random
import shutil

import pytest

from hmer_suite.latex.canonical.canoniser import REWRITES, canonical
from hmer_suite.latex.canonical.unicode import UNICODE
from hmer_suite.latex.constructs import SYNONYMS
from hmer_suite.latex.problems import PROBLEMS, validate
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import split
from tools.oracle.canonical_fuzz import broken_promises, mutants
from tools.oracle.judges import HERE, KatexOracle, OracleMissing, as_typed, tex_verdicts
from tools.oracle.unicode_table import OF_UNICODE_MATH

KATEX_DIFFERS = {
    r"x ^ & y": "KaTeX and we refuse it for different reasons",
    r"5 %": "a comment to KaTeX: the rest of the label would be lost",
}
"""Examples of problems on which KaTeX is not the judge, with the reason."""


@pytest.fixture(scope="module")
def katex():
    if shutil.which("node") is None or not (HERE / "node_modules" / "katex").is_dir():
        pytest.skip("needs node and KaTeX: run `make oracle` once")
    with KatexOracle() as oracle:
        yield oracle


@pytest.mark.parametrize("rewrite", [r for r in REWRITES if r.default], ids=lambda rewrite: rewrite.name)
def test_katex_draws_both_sides_of_every_rewrite_alike(katex, rewrite):
    spellings = (rewrite.before, rewrite.after, canonical(rewrite.before))
    before, after, spelled = katex.drawings([as_typed(spelling) for spelling in spellings])
    assert before.marks is not None
    assert before.marks == after.marks == spelled.marks


def test_katex_draws_synonyms_alike(katex):
    pairs = [(a, b) for a, b in SYNONYMS.items() if CLASSES[a] not in ("ROWBREAK",)]
    before = katex.drawings([f"x {a} y" for a, _ in pairs])
    after = katex.drawings([f"x {b} y" for _, b in pairs])
    assert [
        p for p, x, y in zip(pairs, before, after, strict=True) if x.marks is None or x.marks != y.marks
    ] == []


def test_katex_draws_unicode_characters_like_their_spelling(katex):
    signs = [sign for sign in UNICODE if sign not in OF_UNICODE_MATH]
    before = katex.drawings([as_typed(f"x {sign} y") for sign in signs])
    after = katex.drawings([as_typed(canonical(f"x {sign} y")) for sign in signs])
    pairs = zip(signs, before, after, strict=True)
    drawn = [(sign, a.marks == b.marks) for sign, a, b in pairs if a.marks is not None and not a.foreign]
    assert len(drawn) > 800
    assert [sign for sign, alike in drawn if not alike] == []


def test_canonical_spelling_keeps_its_promises_on_mutants(katex):
    labels = [
        split(label) for label in (r"\frac{a_{1}}{2} + {b}^{x}", r"\sqrt[3]{y} = \mathrm{A_2}", "f(x)=x²")
    ]
    tried = list(mutants(labels, random.Random(7), 300))
    assert list(broken_promises(tried)) == []


def test_katex_refuses_every_malformed_example(katex):
    examples = [
        e for _, examples in PROBLEMS.values() for e in examples if e not in KATEX_DIFFERS and len(e) < 200
    ]
    verdicts = katex.verdicts(examples)
    assert [e for e, verdict in zip(examples, verdicts, strict=True) if verdict.valid] == []


def test_different_drawings_are_told_apart(katex):
    pairs = [
        ("x ^ 2", "x _ 2"),
        ("{ = }", "a = b"),
        ("a { = } b", "a = b"),
        ("x", "X"),
        (r"\dfrac 1 2", r"\tfrac 1 2"),
    ]
    drawn = [katex.drawings(pair) for pair in pairs]
    assert all(a.marks != b.marks for a, b in drawn)


def test_tex_refuses_what_we_refuse():
    if shutil.which("latex") is None:
        pytest.skip("needs TeX: the command `latex`")
    formulas = [r"x ^ 2 ^ 3", r"\frac { 1", r"\left ( x", r"x ^ 2", r"\frac 1 2", r"x ^ \mathrm { T }"]
    try:
        verdicts = tex_verdicts(formulas)
    except OracleMissing as error:
        pytest.skip(str(error))
    assert [error is None for error in verdicts] == [validate(f).valid for f in formulas]
