"""Parts of the reports on meaning: causes, cases, other tools, public suites, and the tables of the test beds."""

from __future__ import annotations

import ast

import pytest

from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from hmer_suite.latex.tokens import split
from hmer_suite.scores.score import score
from tests.equiv.bed.pairs import APART, MUTATION, SAME, SAME_LABEL, Pair
from tools.benchmark import contest, public_suites
from tools.reports.shared_cases import cases_table, judged_cases, lines, open_cases, wrong_cases
from tools.reports.undecided_causes import CAUSES, cause
from tools.soundness import known_answers
from tools.soundness.trial import Trial, failures, forbidden

CAUSE_OF = {
    "a+b=c": "single equations",
    "a=b=c": "chains of relations",
    "a<b": "inequalities",
    "a_{k=1}+2": "expressions",
    "1,2": "lists",
    r"1+\cdots+n=2": "dots",
    r"\angle A=\angle B": "figure signs",
    r"\sum_{k=1}^na_k=2": "sums, products, integrals and limits",
    r"x\in A": "sets, logic and arrows",
    r"\text{if }x": "words, units and reasoning",
}


@pytest.mark.parametrize("reference", CAUSE_OF)
def test_cause_of_an_undecided_pair(reference):
    assert cause(split(reference), "unproven") == CAUSE_OF[reference]
    assert CAUSE_OF[reference] in CAUSES


def test_cause_told_by_the_reason():
    assert cause(["x"], "unparsed") == "invalid LaTeX"
    assert cause(["x"], "timeout") == "limits of time and memory"


def test_cases_are_wrong_open_or_right(tmp_path):
    file = tmp_path / "cases.tsv"
    rows = [
        "right\tfirst\tsecond",
        "EQUAL\tx+1\t1+x",
        "EQUAL\tx\ty",
        "EQUAL\t0^0\t1",
        "EQUAL or UNDECIDED\t0^0\t1",
    ]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    cases = judged_cases(file, 1)
    assert [case.said for case in cases] == [EQUAL, DIFFERENT, UNDECIDED, UNDECIDED]
    assert (lines(wrong_cases(cases)), lines(open_cases(cases))) == ("3", "4")
    assert "| EQUAL | 3 | 1 | 1 | 1 | 1 |" in cases_table(cases)


# --- other tools ------------------------------------------------------------------------------------------------


def said(*verdicts: str) -> tuple[Verdict, ...]:
    return tuple(Verdict(verdict, "symbolic", seconds=0.002) for verdict in verdicts)


def test_a_contest_counts_what_contradicts_the_words(monkeypatch):
    samples = score(["x", "y", "a+b", "c"], ["x", "z", "b+a", "d"], repair=False, semantics=False).samples
    truth = {
        contest.key(s): word for s, word in zip(samples, ("same", "other", "same", "debatable"), strict=True)
    }
    monkeypatch.setattr(contest, "words", lambda: truth)
    ours = contest.Contender("ours", said(EQUAL, DIFFERENT, EQUAL, UNDECIDED))
    theirs = contest.Contender("theirs", said(EQUAL, EQUAL, DIFFERENT, EQUAL))
    held = contest.Contest(tuple(samples), (ours, theirs))
    first, second = contest.contest_table(held).splitlines()[2:]
    assert [cell.strip() for cell in first.split("|")[3:9]] == [
        "2 of 3 (66.7 %)",
        "1",
        "0",
        "1",
        "0",
        "0.0 %",
    ]
    assert [cell.strip() for cell in second.split("|")[3:9]] == [
        "3 of 3 (100.0 %)",
        "2",
        "1",
        "1",
        "1",
        "66.7 %",
    ]
    assert not contest.unjudged(held)
    truth.clear()
    assert len(contest.unjudged(held)) == 3
    assert "3 wait for a judgement" in contest.contest_section(held, "a file")


def test_a_sample_is_drawn_by_seed_in_order():
    samples = score([*"abcdefgh"], [*"abcdefgh"], repair=False, semantics=False).samples
    some = contest.drawn(samples, 4, "seed")
    assert some == contest.drawn(samples, 4, "seed") != contest.drawn(samples, 4, "other")
    assert [s.id for s in some] == sorted(s.id for s in some)


# --- public suites ----------------------------------------------------------------------------------------------

SOURCE = r"""
@pytest.mark.parametrize("gold,pred,expected", [
    ("$1/3$", "$\\frac13$", 1), ("$x$", "Therefore the answer is $x$", 1), ("$2$", r"\(3\)", 0), ("2", "3 apples", 0),
])
def test(gold, pred, expected): ...
"""


def test_cases_of_formulas_alone_are_found():
    found = list(public_suites._cases("suite 1.0", ast.parse(SOURCE)))
    assert [(e.left, e.right, e.same) for e in found] == [("1/3", r"\frac13", True), ("2", "3", False)]


def test_expressions_that_latex_says_whole():
    sympy = pytest.importorskip("sympy")
    for text, written in (("x", True), ("theta", True), ("x_{good}", False), ("xbar", False)):
        assert public_suites._can_be_written(sympy.Symbol(text)) == written
    assert not public_suites._can_be_written(sympy.log(sympy.Symbol("x"), 2, evaluate=False))


def test_sympy_has_pairs():
    found = list(public_suites.sympy())
    assert len(found) > 200 and all(example.same for example in found)


# --- test beds --------------------------------------------------------------------------------------------------


def made(kind: str, *steps: str) -> Pair:
    return Pair(kind, 7, "group", steps, "x", "y", source="random")


def test_what_each_kind_must_never_be():
    assert forbidden(SAME) == forbidden(SAME_LABEL) == DIFFERENT
    assert forbidden(MUTATION) == forbidden(APART) == EQUAL


def test_a_trial_counts_and_names_what_is_unsound():
    trial = Trial(SAME)
    for verdict in said(EQUAL, DIFFERENT, UNDECIDED):
        trial.add(made(SAME, "synonyms", "spaces"), verdict)
    trial.add(None, None)
    assert trial.all.verdicts == {EQUAL: 1, DIFFERENT: 1, UNDECIDED: 1}
    assert (len(trial.unsound), len(trial.undecided), trial.given_up) == (1, 1, 1)
    assert set(trial.steps) == {"synonyms"}
    (line,) = failures(iter(trial.unsound))
    assert line.startswith("same:7 [group, synonyms, spaces]") and "`` x `` and `` y ``: DIFFERENT" in line


def test_the_section_of_a_bed():
    trial = Trial(SAME)
    trial.add(made(SAME, "synonyms"), *said(DIFFERENT))
    text = known_answers.bed_section("Bed", [trial], ["what is left out"])
    assert "Unsound: 1." in text and "- what is left out" in text
    assert "| drawn alike | synonyms | Two commands" in text


def test_shares_of_a_bed_without_labels(monkeypatch):
    monkeypatch.setattr(known_answers, "has_labels", lambda: False)
    counts = known_answers.counts(DIFFERENT, 1000)
    assert SAME_LABEL not in counts and abs(sum(counts.values()) - 1000) < 3


def test_one_pair_is_shown_again(capsys):
    assert known_answers.show("identity:3") == 0
    assert "Verdict" in capsys.readouterr().out
    assert known_answers.show("nothing:3") == 2
