from __future__ import annotations

import json
import runpy
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.latex import table, token_classes
from hmer_suite.latex.automaton import (
    CLASS_OF,
    DEAD,
    MAX_NESTING,
    Configuration,
    Grammar,
    grammar,
    is_valid,
)
from hmer_suite.latex.table import END, compile_table, read_table, without_comments, write_table
from hmer_suite.latex.tokens import split

TOKENS = st.lists(
    st.sampled_from(
        r"a 1 + | ( ) [ ] { } ^ _ ' \frac \sqrt \sum \sin \limits \hat \left \right \over & \\ \text \mathrm \,"
        r" \begin{matrix} \end{matrix} \begin{array} \end{array} \hline c $ \foo \big".split()
    ),
    max_size=14,
)


@pytest.mark.parametrize(
    "latex",
    r"""
    x^2_1 ; x_1^2 ; x'^2_3 ; f'' ; ^2 ; {}_a^b ; \sum\limits_{i}^n x ; \int\nolimits_0\limits^1 ; \lim\limits_{x\to0}
    \sqrt[3]{x} ; \sqrt x ; \sqrt[n+1]2 ; \hat a ; \vec{ab} ; \overline{x} ; \xrightarrow[a]{b} ; \xrightarrow b
    \left( x \right] ; \left. x \right| ; \left\{ a \middle| b \right\} ; \left< x \right>
    {a \over b} ; a \choose b ; \binom n k ; \underset{a}{b} ; \overset a b ; \stackrel{a}{=} ; \frac\alpha\beta
    \begin{matrix} a & b \\ c & d \end{matrix} ; \begin{cases} a & b \\ c \end{cases} ; \begin{aligned} a &= b \\ &= c \end{aligned}
    \begin{array}{c|c} a & b \\ \hline c & d \end{array} ; \begin{array} { l r } a & b \end{array} ; \begin{array}[t]{c} a \end{array}
    \text{if } x ; \mathrm{d}x ; \mbox{a $x$} ; \bf x ; {\cal N} ; \textcolor{red}{x} ; \color{red} x ; \hspace{1cm} ; \displaystyle x
    \not= ; \quad ; \, ^2 ; x^\frac12 ; x^\mathrm{T} ; \root 3 \of x ; \root n+1\of{x} ; \root \of 2 ; \sideset{}{'}\sum_{n} x ; \sideset{_a^b}{_c^d}\prod\limits^n ; \sideset{}{^*}{\lim}_n ; \prescript{14}{6}{C}_2 ; \begin{flalign} a &= b & c &= d \\ e \end{flalign} ; \begin{flalign*} a \end{flalign*} ;
    \begin{tabular}{c|c} \hline $a_1$ & b ^ 2 \\ x $=$ y \end{tabular} ; \begin{tabular}[t]{c} a \over b \end{tabular} ; \textcolor[rgb]{1,0,0}{x} ; \color[HTML]{FF0000}x ; \colorbox[gray]{.5}{x} ; \fcolorbox{red}{blue}{$x$} ;
    \fcolorbox[rgb]{1,0,0}{0,1,0}{x} ; \text{\color[rgb]{1,0,0}x} ; \genfrac{}{}{}{}{a}{b} ; \genfrac(){0pt}{}ab ; \genfrac{\lbrace}{.}{1pt}0ab ; \root [3] \of \sum ; x^\frak T ; \cfrac[l]{1}{2} ; \cfrac[r]12 ; \cfrac1{2} ; x^\cfrac12 ; \bigl( x \bigr) ; \Big\{ ; \operatorname{sin} x ; \substack{a\\b}
    [a, b] ; ]a, b[ ; |x| ; a \\ b ; \rule{1pt}{2pt} ; \overbrace{a}^{b} ; \underbrace{a}_{b} ; 中文 ; \circ ; x^\sum
    """.replace("\n", ";").split(";"),
)
def test_accepts(latex: str):
    assert is_valid(split(latex)), latex


@pytest.mark.parametrize(
    "latex",
    r"""
    x^2^3 ; x_1_2 ; x^2' ; x'_3^2 ; x^ ; ^ ; _ ; \frac{1} ; \frac ; \hat ; { ; } ; {x}} ; \left( x ; x \right) ; \left x \right)
    x\limits_2 ; \mathrm{lim}\limits_2 ; a \over b \over c ; a & b ; \hline ; \begin{matrix} a ; \begin{matrix} a \end{cases}
    \sqrt[3 ; x^\sqrt2 ; x^\sin ; x^\hat a ; x^\, ; \frac\sqrt2 3 ; \hat\mathbf x ; \sideset{}{'}x ; \sideset{}{'} ; \sideset{}\sum ; \sideset{}{'}{x} ; x^\sideset{}{'}\sum ; \prescript{14}{6} ; \begin{tabular} a \end{tabular} ; \begin{tabular}{c} $a \end{tabular} ; \begin{array}{c} $a$ \end{array} ; \begin{flalign} a \end{align} ; \textcolor[rgb]{1,0,0} ; \color[rgb{1,0,0}x ; \color[]{red}x ; \fcolorbox{red}{blue} ; \raisebox[rgb]{1ex}{x} ; \genfrac{}{}{}{}{a} ; \genfrac{(}{}{}{}{a}{b} ; \genfrac{x}{y}{}{}{a}{b} ; \genfrac ; \root 3 x ; \root 3 \of ; 3 \of x ; { \root 3 } \of x ; \root 3 \of \frac12 ; x^\root 3 \of x ; \frak ; {\frak} ; \cfrac[l]{1} ; \cfrac[l{1}{2} ; x^\cfrac[l]12 ; \text{a_b} ; \text{\alpha} ; \big x ; \foo ; 5% ; # ; a $ b
    \begin{array} a \end{array} ; \middle| ; \begin{matrix} a \hline b \end{matrix} ; \sqrt\sqrt 2
    """.replace("\n", ";").split(";")[1:-1],
)
def test_rejects(latex: str):
    if latex.strip():
        assert not is_valid(split(latex)), latex


def test_nesting_is_bounded_and_deep_input_does_not_recurse():
    deep = "{ " * MAX_NESTING + "x" + " }" * MAX_NESTING
    assert is_valid(deep.split())
    assert not is_valid(("{ " + deep + " }").split())
    assert not is_valid(["{"] * 100_000 + ["x"] + ["}"] * 100_000)


def test_a_million_tokens():
    assert is_valid(["x", "+"] * 500_000)


@given(TOKENS)
def test_the_mask_is_exactly_what_the_verdict_accepts(tokens: list[str]):
    """A class is permitted after a prefix if and only if the walk survives it."""
    configuration = grammar().start
    for token in tokens:
        allowed = configuration.allowed
        following = configuration[CLASS_OF[token]]
        assert (CLASS_OF[token] in allowed) == (following is not DEAD)
        if following is DEAD:
            return
        configuration = following
    assert configuration.accepts == is_valid(tokens)


@given(TOKENS)
def test_every_living_prefix_can_be_completed(tokens: list[str]):
    """Decoding under the mask can never run into a corner: some way out exists behind every prefix."""
    configuration = grammar().start
    for token in tokens:
        following = configuration[CLASS_OF[token]]
        if following is DEAD:
            break
        configuration = following
    for _ in range(6 * len(tokens) + 6):
        if configuration.accepts:
            return
        configuration = configuration[way_out(configuration)]
    raise AssertionError(f"no way out behind {tokens}")


def way_out(configuration: Configuration) -> str:
    """A class that closes something if one may stand here, else the plainest one that may."""
    settled = configuration.reduced(min(configuration.allowed)) or configuration
    optional = grammar().table.accessing[settled.state] == "optional_seq"
    closing = [cls for cls in configuration.allowed if cls.startswith("END_")]
    order = [
        "RIGHT",
        "RBRACE",
        "DOLLAR",
        *closing,
        *(["RBRACK"] if optional else []),
        "DELIM",
        "COLUMN",
        "CHAR",
        "LBRACE",
        "RBRACK",
    ]
    return next(cls for cls in order if cls in configuration.allowed)


def test_the_walk_agrees_with_lark_itself():
    """The automaton and lark's own parser give the same verdict on the same classes."""
    from lark import Lark, UnexpectedInput
    from lark import Token as LarkToken
    from lark.lexer import Lexer

    class Classes(Lexer):
        def __init__(self, _config):
            pass

        def lex(self, text):
            for cls in text:
                yield LarkToken(cls, cls)

    lark = Lark(grammar().source, parser="lalr", lexer=Classes)

    def accepts(classes: list[str]) -> bool:
        try:
            lark.parse(classes)
        except UnexpectedInput:
            return False
        return True

    known = set(token_classes.CLASSES.values())

    @given(TOKENS)
    def check(tokens: list[str]):
        classes = [CLASS_OF[token] for token in tokens]
        if set(classes) <= known:
            assert is_valid(tokens) == accepts(classes)

    check()


def test_letting_configurations_go_changes_no_verdict(monkeypatch):
    small = Grammar(grammar().source)
    monkeypatch.setattr("hmer_suite.latex.automaton.MAX_CONFIGURATIONS", 10)
    for text in ("x ^ { 2 }", r"\frac { 1 } { 2 }", r"\left ( x \right )"):
        configuration = small.start
        for token in text.split():
            configuration = configuration[CLASS_OF[token]]
        assert configuration.accepts


def test_grammar_and_command_table_name_the_same_classes():
    terminals = {cls for actions in grammar().table.actions for cls in actions} - {END}
    assert terminals == set(token_classes.CLASSES.values())


@pytest.mark.parametrize("name", ["captions-train.txt", "captions-test2014.txt"])
def test_accepts_every_crohme_caption(shared: Path, name: str):
    lines = (shared / "crohme" / name).read_text("utf-8").splitlines()
    assert [line for line in lines if not is_valid(split(line.partition("\t")[2]))] == []


@pytest.mark.parametrize(
    ("name", "field", "refused"),
    [("tamer-hme100k-a.json", "gt", 1), ("unimumer-3b-mathwriting-a.json", "gt", 2)],
)
def test_accepts_published_labels_but_those_that_tex_refuses(
    shared: Path, name: str, field: str, refused: int
):
    read = json.loads((shared / "predictions" / name).read_text("utf-8"))
    entries = read.values() if isinstance(read, dict) else read
    assert sum(not is_valid(split(entry[field])) for entry in entries) == refused


def test_the_shipped_table_is_what_the_grammar_compiles_to():
    """`make grammar` writes it anew after a change."""
    source = grammar().source
    shipped = resources.files("grammars").joinpath("latex.table.json").read_text("utf-8")
    assert shipped == write_table(compile_table(source), source)


def test_a_table_of_another_grammar_is_not_taken():
    table = compile_table("start: A\n%declare A\n")
    assert read_table(write_table(table, "x"), "x") == table
    assert read_table(write_table(table, "x"), "y") is None


def test_make_grammar_writes_the_table_that_ships(monkeypatch):
    written: dict[str, str] = {}
    monkeypatch.setattr("hmer_suite.files.write_whole", lambda path, text: written.update({path.name: text}))
    runpy.run_path(str(table.__file__), run_name="__main__")
    assert written == {
        "latex.table.json": resources.files("grammars").joinpath("latex.table.json").read_text("utf-8")
    }


def test_comments_and_blank_lines_do_not_change_a_digest():
    source = grammar().source
    commented = "// a remark\n\n" + source.replace("\n", "  // a remark\n\n", 1)
    assert commented != source
    assert Grammar(commented, grammar().table).digest == grammar().digest
    assert Grammar(source + "\nmore: CHAR\n", grammar().table).digest != grammar().digest
    assert without_comments('a: "x // y"  // z\n\n  // w\nb: /\\//\n') == 'a: "x // y"  // z\nb: /\\//'
