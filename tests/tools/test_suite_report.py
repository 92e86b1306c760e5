"""The report on the slowest tests, from what pytest prints."""

from __future__ import annotations

from tools.reports.suite import DONE, ROOT, Entry, by_file, entries, promise

LOG = """
============ slowest 80 durations ============
5.00s setup    tests/tools/test_suite_report.py::test_seconds_are_added_up
2.50s call     tests/tools/test_suite_report.py::test_of_old[a-b]
1.25s call     tests/tools/test_suite_report.py::test_of_old[c d]
9.00s call     tests/tools/other.py::test_it
"""


def test_seconds_are_added_up():
    """Those of the parameters of a test."""
    found = entries(LOG)
    assert found[0] == Entry(9.0, "call", "tests/tools/other.py", "test_it")
    assert found[2] == Entry(3.75, "call", "tests/tools/test_suite_report.py", "test_of_old")
    assert [(e.file[12:], e.seconds) for e in by_file(found)] == [
        ("other.py", 9.0),
        ("test_suite_report.py", 8.75),
    ]
    assert [promise(e) for e in found] == [
        "(no longer a test of its own)",
        "Those of the parameters of a test",
        "(no longer a test of its own)",
    ]


def test_what_was_done_stands_beside_files_that_exist():
    assert all((ROOT / name).is_file() for name in DONE)
