"""What has to hold, line by line: the attacks that try it, and the tests that hold it where no attack is needed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: what has to hold, names of attacks, and tests as file and function."""

    holds: str
    attacks: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


LINES = (
    Line(
        "ids never become paths that leave their folder",
        tests=(
            "tests/test_files.py::test_an_id_becomes_one_component_of_a_path",
            "tests/test_files.py::test_distinct_ids_have_distinct_names_that_stay_in_their_folder",
            "tests/predict/test_predict_command.py::test_ids_never_leave_the_folder_of_pictures",
        ),
    ),
    Line(
        "pictures of named formats and bounded size alone are opened; archives are bounded",
        ("flipped bytes",),
        (
            "tests/images/test_image_files.py::test_other_content_is_one_line_for_that_file",
            "tests/images/test_image_files.py::test_sizes",
            "tests/predictions/test_archives.py::test_a_bomb_is_bounded_by_what_it_declares",
            "tests/predictions/test_archives.py::test_a_bomb_that_lies_about_its_size_is_damaged",
            "tests/ink/test_ink_formats.py::test_what_is_unpacked_is_bounded",
        ),
    ),
    Line(
        "a checkpoint that was changed, or holds hostile values, is refused in one line",
        ("flipped bytes",),
        (
            "tests/train/test_checkpoint.py::test_the_digest_covers_every_value",
            "tests/train/test_checkpoint.py::test_a_hostile_value_is_one_line",
            "tests/train/test_checkpoint.py::test_hostile_text_is_one_line",
            "tests/train/test_checkpoint.py::test_weights_that_are_not_finite_are_refused",
        ),
    ),
    Line(
        "a plugin that raises, ends, prints, hangs or returns nonsense is one line and exit code 4",
        ("plugins that misbehave",),
        (
            "tests/test_registry.py::test_a_plugin_that_hangs_does_not_hang_the_search_for_another",
            "tests/test_registry.py::test_a_plugin_that_ends_the_process",
            "tests/test_registry.py::test_what_a_plugin_prints_goes_to_stderr",
            "tests/test_registry.py::test_what_breaks_the_contract",
        ),
    ),
    Line(
        "a signal ends the step, saves and says how to go on",
        tests=(
            "tests/train/test_interrupts.py::test_a_signal_ends_the_step_saves_and_says_how_to_go_on",
            "tests/train/test_interrupts.py::test_a_second_signal_ends_at_once",
            "tests/cli/test_limits.py::test_an_interrupted_command_says_so_and_leaves_nothing",
            "tests/predict/test_predict_command.py::test_a_signal_says_what_is_done_and_how_to_go_on",
        ),
    ),
    Line(
        "kill -9 at any moment leaves files whole, and what is resumed ends as if nothing had been",
        (
            "kill -9 of train",
            "kill -9 of predict",
            "kill -9 of data prepare",
            "kill -9 of score",
            "kill -9 of serve",
        ),
        ("tests/train/test_loop.py::test_killed_at_any_point_and_resumed",),
    ),
    Line(
        "two trainings do not write into one folder",
        tests=("tests/train/test_interrupts.py::test_two_trainings_do_not_write_into_one_folder",),
    ),
    Line(
        "a failure in a pool of workers ends the command in one line",
        tests=(
            "tests/cli/test_limits.py::test_workers_that_the_hard_limit_does_not_allow",
            "tests/cli/test_limits.py::test_a_soft_limit_is_raised",
            "tests/cli/test_limits.py::test_a_system_that_starts_no_processes",
        ),
    ),
    Line(
        "forks, killed workers, closed streams and readers that go away change no verdict",
        ("hostile pairs",),
        (
            "tests/equiv/test_many.py::test_a_fork_while_another_thread_decides",
            "tests/equiv/test_many.py::test_processes_killed_while_they_decide",
            "tests/cli/test_equal.py::test_a_reader_that_goes_away_and_closed_streams",
            "tests/cli/test_commands.py::test_a_reader_that_goes_away_is_no_error",
        ),
    ),
    Line(
        "a torn log does not stop a run; ruined weights are no good checkpoint; a full disk is one line",
        ("full disk",),
        (
            "tests/train/test_interrupts.py::test_a_torn_log_does_not_stop_a_run",
            "tests/train/test_interrupts.py::test_ruined_weights_are_no_good_checkpoint",
            "tests/cli/test_limits.py::test_stdout_on_a_full_disk",
            "tests/cli/test_limits.py::test_stdout_that_takes_a_part",
        ),
    ),
    Line(
        "ink of many traces and pictures of any shape are read in bounded memory, or refused",
        ("flipped bytes",),
        (
            "tests/ink/test_raster.py::test_memory_for_the_height_of_symbols_grows_with_the_number_of_traces",
            "tests/images/test_image_files.py::test_narrow_pictures_are_normalised",
        ),
    ),
    Line(
        "files longer than memory are read in parts",
        tests=("tests/predictions/test_parts.py::test_memory_does_not_grow_with_the_file",),
    ),
    Line(
        "repairs are valid, stable, cheapest on short inputs, of the cost they say, within a bounded search",
        ("mutated labels",),
        (
            "tests/repairs/test_cheapest.py::test_nothing_is_cheaper_than_the_cheapest_repair",
            "tests/repairs/test_repair.py::test_what_is_kept",
            "tests/repairs/test_repair.py::test_no_star_joins_the_command_before_it",
            "tests/repairs/test_repair.py::test_steps_of_500_random_tokens_have_a_bound",
        ),
    ),
    Line(
        "settings of hostile values are one line each",
        ("flipped bytes",),
        (
            "tests/settings/test_hostile.py::test_every_setting_with_every_hostile_value",
            "tests/settings/test_hostile.py::test_the_command_says_one_line_and_writes_nothing",
        ),
    ),
    Line(
        "scores do not depend on workers, on their loss, or on parts (growth to 1,000,000: `make scale`)",
        tests=(
            "tests/scores/test_backends.py::test_local_pool",
            "tests/scores/test_backends.py::test_work_lost_with_its_worker_is_done_here",
            "tests/predict/test_predict_command.py::test_shards_together_are_the_whole",
        ),
    ),
    Line(
        "of two training processes one may be killed: the other says so, and two or one resume",
        tests=(
            "tests/train/test_loop.py::test_two_processes_train_to_the_weights_of_one_with_twice_the_batch",
            "tests/train/test_loop.py::test_a_process_that_is_killed_ends_the_other_with_a_line_and_both_resume",
        ),
    ),
)
"""Lines of the second table, in order."""


class Tests:
    """The tests of all lines, in a process of their own beside the attacks."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.results = Path(self.folder.name) / "results.xml"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml"),
                *(str(self.results), *dict.fromkeys(test for line in LINES for test in line.tests)),
            ],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def finish(self) -> tuple[Counter[str], Counter[str]]:
        """How many cases of each test were tried, and how many failed; skipped ones were not tried."""
        self.process.wait()
        tried, failed = results_of(self.results.read_text("utf-8"))
        self.folder.cleanup()
        return tried, failed


def results_of(text: str) -> tuple[Counter[str], Counter[str]]:
    """How many cases of each test a file of JUnit's layout says were tried, and how many failed."""
    tried: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for case in ElementTree.fromstring(text).iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        tried[name] += case.find("skipped") is None
        failed[name] += case.find("failure") is not None or case.find("error") is not None
    return tried, failed


def rows_of(
    tried: Counter[str], failed: Counter[str], lines: Iterable[Line] = LINES
) -> list[tuple[str, str, int, int]]:
    """Rows of the table: what has to hold, an attack or a file of tests, tried and failed."""
    rows = []
    for line in lines:
        files = dict.fromkeys(test.partition("::")[0] for test in line.tests)
        held = {name: [name] for name in line.attacks}
        held |= {f"`{file}`": [test for test in line.tests if test.startswith(f"{file}::")] for file in files}
        for number, (place, names) in enumerate(held.items()):
            counts = sum(tried[name] for name in names), sum(failed[name] for name in names)
            rows.append((line.holds if not number else "", place, *counts))
    return rows
