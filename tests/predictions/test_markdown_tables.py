r"""Tables of Markdown: cells, bars in formulas, text around the table, and what comes back when it is written again."""

from __future__ import annotations

import pytest

from hmer_suite.errors import InputError
from hmer_suite.predictions.documents import read_document
from hmer_suite.predictions.files import read_predictions
from hmer_suite.predictions.names import Columns

TABLE = (
    "# Run 7\n\nSee | below.\n\n| id | prediction | reference |\n|----|:----------:|---|\n"
    "| s1 | `x ^ 2` | $x ^ 2$ |\n| s2 | \\|y\\| |  |\n\nThat | is | all.\n"
)


def read(put, content: str, **options):
    file = read_predictions(put("p.md", content), **options)
    references = file.references or [None] * len(file)
    return list(zip(file.ids, file.predictions, references, strict=True)), file.origin.warnings


def test_a_table_among_other_text(put) -> None:
    rows, warnings = read(put, TABLE)
    assert rows == [("s1", "x ^ 2", "x ^ 2"), ("s2", "|y|", "")]
    assert warnings == ("p.md:8: '\\|' in the table is read as a bar, as Markdown has it",)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("id | pred\n---|---\na1 | x\na2 | y\n", [("a1", "x", None), ("a2", "y", None)]),
        ("| pred |\n|------|\n| x |\n| $$y$$ |\n", [("1", "x", None), ("2", "y", None)]),
        ("|**id**|pred\\_latex|gt|\n|-|-|-|\n|a|$|x|$|`\\|x\\|`|\n", [("a", "|x|", "\\|x\\|")]),
        ("| id | pred |\n|--|--|\n| a | $x$ and $y$ |\n", [("a", "$x$ and $y$", None)]),
        ("| id | pred | gt |\n|--|--|--|\n| a | $5 | $6 |\n", [("a", "$5", "$6")]),
        ("| id | pred |\n|--|--|\n| a | a &#124; b |\n", [("a", "a | b", None)]),
        ("| set | rate |\n|--|--|\n| 2014 | 50 |\n\n| id | pred |\n|--|--|\n| a | x |\n", [("a", "x", None)]),
    ],
)
def test_shapes_of_tables(put, content: str, rows: list[tuple[str, str, str | None]]) -> None:
    assert read(put, content)[0] == rows


def test_columns_under_any_names(put) -> None:
    content = "| shot | ours | truth |\n|--|--|--|\n| a | x | y |\n"
    assert read(put, content, columns=Columns("shot", "ours", "truth"))[0] == [("a", "x", "y")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "| id | pred |\n|--|--|\n| a | |x| |\n",
            "p.md:3: 4 cells, the table has 2 columns: a bar within a cell is",
        ),
        ("| id | pred | gt |\n|--|--|--|\n| a | $a|b$ |\n", "p.md:3: 2 cells, the table has 3 columns"),
        (
            "| id | pred |\n|--|--|\n| a | x |\n\n| id | pred |\n|--|--|\n| b | y |\n",
            "p.md:5: a second table of",
        ),
        (
            "| one | two |\n|--|--|\n| a | x |\n",
            "p.md:1: no column of predictions among one, two: say --columns",
        ),
        ("| id | pred |\n|--|--|\n", "p.md: no samples"),
    ],
)
def test_no_table_is_guessed(put, content: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(put, content)
    assert str(error.value).startswith(message)


def test_a_table_is_written_again_around_other_formulas(put) -> None:
    document = next(read_document(put("p.md", TABLE)))
    assert (document.formulas, document.lines, document.offsets) == (("x ^ 2", "|y|"), [7, 8], [8, 0])
    assert document.rewritten(document.formulas) == TABLE
    assert document.rewritten(["z", "a|b"]) == TABLE.replace("x ^ 2`", "z`").replace("\\|y\\|", "a\\|b")


def test_the_layout_may_be_named(put) -> None:
    with pytest.raises(InputError, match="no table of Markdown, a row of names above a row of hyphens"):
        read(put, "x\ny\n", format="markdown")
