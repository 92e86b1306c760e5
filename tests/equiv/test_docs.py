"""The verdicts in docs/semantics.md are those of the engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hmer_suite.equiv.answers.decision import decide_answers
from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.reading.choices import ALTERNATIVES, ReadingChoices
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/semantics.md").read_text("utf-8")


def tables() -> list[list[str]]:
    """The cells of every row of a table."""
    rows = re.findall(r"^\| (.+) \|$", PAGE, flags=re.MULTILINE)
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", row)] for row in rows]


def examples() -> list[tuple[str, str, str, str]]:
    """Both formulas, the verdict, and the step or the reason, if given."""
    found = []
    for row in tables():
        verdict, _, more = (*row, "", "")[2].partition(", ")
        if verdict in (EQUAL, DIFFERENT, UNDECIDED):
            found.append((*(cell.removeprefix("`").removesuffix("`") for cell in row[:2]), verdict, more))
    return found


EXAMPLES = examples()
ANSWERS = [
    [cell.strip("`") for cell in row]
    for row in tables()
    if len(row) == 4 and row[3] in (EQUAL, DIFFERENT, UNDECIDED)
]


@pytest.mark.parametrize(("one", "other", "switches", "verdict"), ANSWERS)
def test_example_of_answers(one, other, switches, verdict):
    for pair in ((one, other), (other, one)):
        assert decide_answers(*pair, switches).verdict == verdict


def test_there_are_examples_of_answers():
    assert len(ANSWERS) > 10


@pytest.mark.parametrize(("one", "other", "verdict", "more"), EXAMPLES)
def test_example(one, other, verdict, more):
    for pair in ((one, other), (other, one)):
        found = decide(*pair)
        assert found.verdict == verdict
        assert more in ("", found.reason if verdict == UNDECIDED else found.how)


def test_there_are_examples_of_everything():
    assert len(EXAMPLES) > 80
    assert {verdict for *_, verdict, _ in EXAMPLES} == {EQUAL, DIFFERENT, UNDECIDED}
    assert {more for *_, more in EXAMPLES} >= {
        *("identical", "canonical", "structural", "symbolic", "numeric"),
        *("ambiguous", "unproven", "unparsed"),
    }


def test_the_witnesses_in_the_text_are_the_ones_found():
    assert decide(r"\sqrt{x^2}", "x").witness["x"].startswith("-")
    assert '{"x": "-6"}' in PAGE
    assert decide(r"\sqrt{x^2}", "x").witness == {"x": "-6"}
    assert decide("x^2=4", "x=2").witness == {"x": "-2"}


def test_every_choice_of_reading_is_listed():
    listed = {
        row[0].strip("`") for row in tables() if row[0].startswith("`") and row[0].strip("`") in ALTERNATIVES
    }
    assert listed == set(ALTERNATIVES) == set(ReadingChoices.__dataclass_fields__)


def test_every_link_leads_somewhere():
    for link in re.findall(r"\]\(([^)]+)\)", PAGE):
        path, _, anchor = link.partition("#")
        target = ROOT / "docs" / path if path else ROOT / "docs/semantics.md"
        assert target.exists(), link
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), flags=re.MULTILINE) if anchor else []
        assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}, link
