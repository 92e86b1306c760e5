from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse
from tests.latex.strategies import formulas


def shape(latex: str) -> str:
    return repr(parse(latex))


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("x", "row(symbol('x'))"),
        ("x^2_1", "row(scripts(symbol('x'), symbol('1'), symbol('2')))"),
        ("x_1^2", "row(scripts(symbol('x'), symbol('1'), symbol('2')))"),
        ("^2", "row(scripts(None, None, symbol('2')))"),
        ("f''^2", "row(scripts(symbol('f'), None, primes(\"''\", symbol('2'))))"),
        (r"\sum\limits_1", r"row(scripts('\\limits', symbol('\\sum'), symbol('1'), None))"),
        (r"\sqrt[3]{x}", r"row(command('\\sqrt', row(symbol('3')), group(symbol('x'))))"),
        (r"\frac12", r"row(command('\\frac', None, symbol('1'), symbol('2')))"),
        (r"a \over b", r"row(infix('\\over', row(symbol('a')), row(symbol('b'))))"),
        (r"\left( x \right.", r"row(fenced('\\left', symbol('('), row(symbol('x')), symbol('.')))"),
        (r"\big(", r"row(sized('\\big', symbol('(')))"),
        (
            r"\begin{matrix} a & b \\ c \end{matrix}",
            r"row(environment('matrix', None, line(row(), row(symbol('a')), row(symbol('b'))), "
            r"line('\\\\', row(), row(symbol('c')))))",
        ),
        (r"\text{a $x$}", r"row(command('\\text', None, text(symbol('a'), symbol('~'), math(symbol('x')))))"),
    ],
)
def test_shapes(latex: str, expected: str):
    assert shape(latex) == expected


@pytest.mark.parametrize(("latex", "position"), [("x ^ 2 ^ 3", 3), (r"\frac { 1", 3), ("x }", 1)])
def test_refusal_names_the_token(latex: str, position: int):
    with pytest.raises(LatexSyntaxError) as caught:
        parse(latex)
    assert caught.value.position == position


@settings(deadline=None)
@given(formulas())
def test_writing_a_tree_and_reading_it_back_gives_the_same_tree(tokens: list[str]):
    tree = parse(tokens)
    written = unparse(tree)
    assert is_valid(written)
    assert parse(written) == tree


def test_walk_visits_parents_first_from_left_to_right():
    names = [node.name for node in parse("a ^ b c").walk() if node.kind == "symbol"]
    assert names == ["a", "b", "c"]


def test_nodes_compare_by_content():
    assert parse("x^2") == parse("x ^ 2") != parse("x_2")
    assert len({parse("x^2"), parse("x ^ 2")}) == 1
    assert Node("symbol", "x") != "x"


def test_every_caption_survives_the_round_trip(shared: Path):
    for line in (shared / "crohme" / "captions-train.txt").read_text("utf-8").splitlines():
        tree = parse(split(line.partition("\t")[2]))
        assert parse(unparse(tree)) == tree
