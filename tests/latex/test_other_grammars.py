"""A grammar of a plugin decides instead of ours, whatever it allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite import registry
from hmer_suite.errors import PluginError, UsageError
from hmer_suite.latex.automaton import grammar, shipped
from hmer_suite.latex.problems import validate
from hmer_suite.specs.grammar import GrammarSpec

SOURCES = {
    "pair": "start: CHAR CHAR\n%declare CHAR",
    "unbalanced": "start: (CHAR | RBRACE | RIGHT | DELIM)*\n%declare CHAR RBRACE RIGHT DELIM",
    "scripted": "start: (CHAR [SUP CHAR])+\n%declare CHAR SUP",
}
WORDS = ["a", "1", "{", "}", "^", "_", "\\frac", "\\left", "\\right", "(", "$", "\\text", "\\begin{matrix}",
         "\\end{matrix}", "&", "\\\\", "\\foo", "\\sqrt", "[", "]", "\\over", "'"]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def offered():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "grammar", lambda name: GrammarSpec(name, "of a test", SOURCES[name]))
        yield
    registry.compiled_grammar.cache_clear()


@pytest.mark.parametrize(
    ("name", "text", "valid"),
    [
        ("pair", "a b", True),
        ("pair", "a", False),
        ("pair", "a b d", False),
        ("unbalanced", "a } )", True),
        ("unbalanced", "{ a }", False),
        ("scripted", "a ^ b d", True),
        ("scripted", "a ^ { b }", False),
    ],
)
def test_its_verdict(name: str, text: str, valid: bool):
    assert validate(text, grammar=registry.compiled_grammar(name)).valid == valid


@given(st.sampled_from(sorted(SOURCES)), st.lists(st.sampled_from(WORDS), max_size=12))
def test_every_refusal_has_a_place_and_a_message(name: str, words: list[str]):
    text = " ".join(words)
    for problem in validate(text, grammar=registry.compiled_grammar(name)).problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        assert problem.message


def test_ours_is_not_asked_for_elsewhere():
    assert "latex" in shipped()
    assert validate("x ^ { 2 }").valid
    assert registry.compiled_grammar("latex") is grammar()


def test_a_name_alone_means_a_grammar_that_ships():
    with pytest.raises(UsageError, match="no grammar named pair ships"):
        validate("a b", grammar="pair")


def test_a_grammar_that_does_not_compile_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setitem(SOURCES, "broken", "start: a |\n")
    with pytest.raises(PluginError, match="grammar broken does not compile: ") as caught:
        registry.compiled_grammar("broken")
    assert "\n" not in str(caught.value)
