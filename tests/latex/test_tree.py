from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.nodes import (
    Command,
    Environment,
    Fenced,
    Group,
    Infix,
    Line,
    Math,
    Node,
    Primes,
    Row,
    Scripts,
    Sized,
    Symbol,
    Text,
    walk,
)
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse, unparse
from tests.latex.strategies import formulas


def symbols(names: str) -> tuple[Symbol, ...]:
    return tuple(map(Symbol, names.split()))


def row(names: str = "") -> Row:
    return Row(symbols(names))


A, ONE, TWO, X = symbols("a 1 2 x")


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("x", X),
        ("{x 1}", Group((X, ONE))),
        ("x^2_1", Scripts(X, ONE, TWO)),
        ("x_1^2", Scripts(X, ONE, TWO)),
        ("^2", Scripts(None, None, TWO)),
        ("f''^2", Scripts(Symbol("f"), None, Primes(2, TWO))),
        (r"\sum\limits_1", Scripts(Symbol("\\sum"), ONE, None, "\\limits")),
        (r"\sqrt[3]{x}", Command("\\sqrt", (Group((X,)),), row("3"))),
        (r"\root 3 \of x", Command("\\sqrt", (X,), row("3"))),
        (r"\root [3] \of x", Command("\\sqrt", (X,), Row((Group(symbols("[ 3 ]")),)))),
        (
            r"\genfrac(){0}1ax",
            Command(
                "\\genfrac",
                (Group(symbols("(")), Group(symbols(")")), Text(symbols("0")), Text((ONE,)), A, X),
            ),
        ),
        (r"\textcolor[rl]1x", Command("\\textcolor", (Text((ONE,)), X), row("r l"))),
        (
            r"\sideset{_1}{}{\sum}",
            Command("\\sideset", (Group((Scripts(None, ONE, None),)), Group(), Symbol("\\sum"))),
        ),
        (r"\frac12", Command("\\frac", (ONE, TWO))),
        (r"\cfrac[l]12", Command("\\cfrac", (ONE, TWO), row("l"))),
        (r"a \over b", Infix("\\over", row("a"), row("b"))),
        (r"\left( x \right.", Fenced(Symbol("("), (row("x"),), (), Symbol("."))),
        (
            r"\left( x \middle| a \right)",
            Fenced(Symbol("("), (row("x"), row("a")), (Symbol("|"),), Symbol(")")),
        ),
        (r"\big(", Sized("\\big", Symbol("("))),
        (
            r"\begin{matrix} a & b \\ c \end{matrix}",
            Environment(
                "matrix",
                None,
                (Line("", row(), (row("a"), row("b"))), Line("\\\\", row(), (row("c"),))),
            ),
        ),
        (
            r"\begin{array}[t]{c} \hline a \end{array}",
            Environment("array", Text(symbols("c")), (Line("", row("\\hline"), (row("a"),)),)),
        ),
        (
            r"\begin{tabular}{c} $x$ \end{tabular}",
            Environment("tabular", Text(symbols("c")), (Line("", row(), (Row((Math((X,)),)),)),)),
        ),
        (r"\text{a $x$}", Command("\\text", (Text((A, Symbol("~"), Math((X,)))),))),
    ],
)
def test_shapes(latex: str, expected: Node):
    assert parse(latex) == Row((expected,))


@pytest.mark.parametrize("latex", [r"\left( x \middle| a \right)", r"\begin{matrix} a & b \\ c \end{matrix}"])
def test_children_are_in_reading_order(latex: str):
    written = [node.name for node in walk(parse(latex)) if isinstance(node, Symbol)]
    assert written == [token for token in split(latex) if token in ("(", "x", "|", "a", ")", "b", "c")]


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
    names = [node.name for node in walk(parse("a ^ b c")) if isinstance(node, Symbol)]
    assert names == ["a", "b", "c"]


def test_nodes_compare_by_content():
    assert parse("x^2") == parse("x ^ 2") != parse("x_2")
    assert len({parse("x^2"), parse("x ^ 2")}) == 1
    assert Symbol("x") != "x"
    assert Group((X,)) != Row((X,)) != Text((X,))


def test_nodes_are_frozen():
    with pytest.raises(AttributeError):
        X.name = "y"  # type: ignore[misc]  # that it is refused is the point


def test_every_caption_survives_the_round_trip(shared: Path):
    for line in (shared / "crohme" / "captions-train.txt").read_text("utf-8").splitlines():
        tree = parse(split(line.partition("\t")[2]))
        assert parse(unparse(tree)) == tree
