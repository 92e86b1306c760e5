"""The writer of Markdown reports."""

from __future__ import annotations

import pytest

from tools.reports.markdown import bullets, code, image, page, section, table


def test_a_page_has_heading_command_and_the_blocks_that_are_not_empty():
    text = page("Speed", "make bench", "First.", "", section("Part", "Second."), note="; one core")
    assert text == "# Speed\n\nWritten by `make bench`; one core.\n\nFirst.\n\n## Part\n\nSecond.\n"


def test_sections_nest_by_level():
    assert section("A", section("B", "text", level=3)) == "## A\n\n### B\n\ntext"


def test_a_section_without_blocks_is_its_heading():
    assert section("Empty", "", bullets([])) == "## Empty"


def test_numbers_are_formatted_and_their_columns_aligned_to_the_right():
    rows = [["wap", 12_386, 36.207, None], ["ctc-crnn", 5, 25.0, "-"]]
    assert table(["name", "n", "rate", "hours"], rows).splitlines() == [
        "| name | n | rate | hours |",
        "|---|---:|---:|---|",
        "| wap | 12,386 | 36.21 | |",
        "| ctc-crnn | 5 | 25.00 | - |",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "1,234",
        "-0.5",
        "+12",
        "97.8 %",
        "87.9%",
        "1 to 20",
        "25 (4.3 %)",
        "**0.76** ms",
        "52 / 109 / 160",
        "2.1 M",
    ],
)
def test_ranges_shares_and_units_count_as_numbers(cell):
    assert "---:" in table(["figure"], [[cell]])


@pytest.mark.parametrize("cell", ["28_em_126", "wap", "2,000 tokens", "", "-", None])
def test_other_cells_are_aligned_to_the_left(cell):
    assert "---:" not in table(["figure"], [[cell]])


def test_bars_in_cells_are_escaped_once():
    lines = table(["token"], [["`|`"], [r"`\|`"]]).splitlines()
    assert lines[2:] == [r"| `\|` |", r"| `\|` |"]


def test_a_row_of_another_length_than_the_head_is_refused():
    with pytest.raises(ValueError):
        table(["a", "b"], [["1"]])


def test_a_table_without_rows_is_its_head():
    assert table(["a", "b"], []) == "| a | b |\n|---|---|"


def test_lists_code_and_images():
    assert bullets(["a", "b"]) == "- a\n- b"
    assert code("x\ny") == "```\nx\ny\n```"
    assert image("curves", "wap.png") == "![curves](wap.png)"
