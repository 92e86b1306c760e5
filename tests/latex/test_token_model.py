"""The token model: what it learns, how it is written, and what ships."""

from __future__ import annotations

from math import exp

import pytest

from hmer_suite.latex import token_model

FORMULAS = [r"x ^ { 2 } + y", r"\frac { a } { b } + y", r"\sqrt { x } = 2", r"( x ^ { 2 } )"]


@pytest.fixture(scope="module")
def model():
    return token_model.Model(token_model.table(token_model.train(formula.split() for formula in FORMULAS)))


def behind(model, text):
    context = model.start
    for token in text.split():
        context = context[token][1]
    return context


def test_histories_follow_the_groups(model):
    closed = behind(model, r"\frac { x ^ { 2 } }").place
    assert closed.items == ("START", r"\frac", "first{}")
    assert behind(model, r"\frac { x ^ { 2 } } {").place.kind == "first{}"
    inner = behind(model, r"\frac { ( x ^ { 2").place
    assert (inner.kind, inner.length, inner.rounds, inner.items) == ("^", 1, 0, ("x", "^", "2"))


def test_surplus_closing_braces_are_read(model):
    assert behind(model, "} } x").place.items == ("}", "}", "x")


@pytest.mark.parametrize("text", ["", "x ^ {", r"\frac { a }", "unseen + tokens"])
def test_probabilities_sum_to_less_than_one(model, text):
    names = {
        name
        for line in token_model.table(token_model.train(map(str.split, FORMULAS)))
        for name in line.split("\t")[1].split()[::2]
    }
    scores = model.scores(behind(model, text).place)
    assert 0.5 < sum(exp(scores[name]) for name in names) <= 1


def test_a_seen_continuation_is_likelier(model):
    scores = model.scores(behind(model, "x ^ { 2").place)
    assert scores["RBRACE"] > scores["ADD"]


def test_the_table_does_not_depend_on_order_or_repetition():
    once = token_model.table(token_model.train(map(str.split, FORMULAS)))
    assert once == token_model.table(token_model.train(map(str.split, [*FORMULAS[::-1], FORMULAS[0]])))


def test_main_writes_the_table(tmp_path, capsys):
    source, target = tmp_path / "train.txt", tmp_path / "table.tsv"
    source.write_text("".join(f"id{i}\t{formula}\n" for i, formula in enumerate(FORMULAS)), encoding="utf-8")
    assert token_model.main([str(source), str(target)]) == 0
    assert target.read_text(encoding="utf-8").splitlines() == token_model.table(
        token_model.train(map(str.split, FORMULAS))
    )
    assert token_model.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_shipped_table_is_the_one_of_the_training_captions(shared, tmp_path):
    target = tmp_path / "table.tsv"
    token_model.main([str(shared / "crohme/captions-train.txt"), str(target)])
    shipped = token_model.resources.files("hmer_suite.latex").joinpath(token_model.TABLE)
    assert shipped.read_bytes() == target.read_bytes()
    assert len(target.read_bytes()) < 2_000_000
