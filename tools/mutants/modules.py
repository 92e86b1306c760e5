"""Modules in which a mutant would change a published number, and their tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suite:
    """Files and folders of tests: those of a module itself, and those of its neighbours."""

    own: tuple[str, ...]
    wide: tuple[str, ...] = ()
    without: str = ""
    """Tests that are left out, as an expression of pytest: those that count steps or memory, and take long for it."""

    def words(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Words of pytest for some of the files."""
        return (*names, "-k", f"not ({self.without})") if self.without else names


_LAYOUT = Suite(
    ("tests/scores/test_layout_scores.py", "tests/scores/test_label_graphs.py"),
    ("tests/scores/test_errors_by_kind.py", "tests/scores/test_lookalikes.py"),
)
_CANONICAL = Suite(("tests/latex/test_canonical.py",), ("tests/equiv/test_notation_pairs.py",))
_EQUIV = Suite(
    ("tests/equiv/test_decide.py", "tests/equiv/test_evidence.py"), ("tests/equiv/test_hard_cases.py",)
)
_REPAIR = Suite(
    ("tests/repairs/test_cheapest.py", "tests/repairs/test_repair.py"),
    ("tests/repairs/test_near_repairs.py", "tests/repairs/rules"),
    without="steps_of",
)

TESTS = {
    "hmer_suite.scores.edit_distance": Suite(
        ("tests/scores/test_edit_distance.py",), without="memory or million"
    ),
    "hmer_suite.scores.rates": Suite(
        ("tests/scores/test_rates.py",), ("tests/scores/test_edit_distance.py",)
    ),
    "hmer_suite.scores.layout_builder": _LAYOUT,
    "hmer_suite.scores.layout_commands": _LAYOUT,
    "hmer_suite.scores.layout_labels": _LAYOUT,
    "hmer_suite.scores.layout_rows": _LAYOUT,
    "hmer_suite.scores.layout_scores": _LAYOUT,
    "hmer_suite.scores.layout_tree": _LAYOUT,
    "hmer_suite.latex.canonical.canoniser": _CANONICAL,
    "hmer_suite.latex.canonical.node_rewrites": _CANONICAL,
    "hmer_suite.latex.canonical.row_rewrites": _CANONICAL,
    "hmer_suite.latex.canonical.spacing": _CANONICAL,
    "hmer_suite.latex.canonical.styles": _CANONICAL,
    "hmer_suite.latex.canonical.unicode": _CANONICAL,
    "hmer_suite.repairs.cheapest": _REPAIR,
    "hmer_suite.repairs.one_pass": _REPAIR,
    "hmer_suite.repairs.ranking": _REPAIR,
    "hmer_suite.repairs.double_scripts": _REPAIR,
    "hmer_suite.repairs.repair": _REPAIR,
    "hmer_suite.equiv.decide": _EQUIV,
    "hmer_suite.equiv.verdict": _EQUIV,
    "hmer_suite.train.checkpoint": Suite(("tests/train/test_checkpoint.py",)),
    "hmer_suite.train.description": Suite(("tests/train/test_checkpoint.py",)),
}
