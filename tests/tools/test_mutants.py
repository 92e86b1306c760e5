"""The tool that changes modules to see whether their tests notice."""

from __future__ import annotations

import pytest

from tools.mutants.__main__ import Kept, explained, place_of, report, sampled
from tools.mutants.changes import ROOT, function_changed, mutants_of, original_of
from tools.mutants.modules import TESTS, Suite
from tools.mutants.trials import ENDLESS, NOTICED, SURVIVED

MODULE = "hmer_suite.scores.layout_rows"


@pytest.fixture(scope="module")
def mutants():
    return mutants_of(MODULE)


def test_a_mutant_is_another_module_in_one_place(mutants):
    assert len(mutants) > 20
    assert len({mutant.code for mutant in mutants}) > 0.9 * len(
        mutants
    )  # few changes compile to the same code
    assert all(before != after for before, after in (mutant.change.split(" -> ") for mutant in mutants))


def test_the_function_that_a_mutant_changes_is_found(mutants):
    original = original_of(MODULE)
    pairs = [function_changed(original, mutant.code) for mutant in mutants]
    changed = [pair for pair in pairs if pair is not None]
    assert len(changed) > 10
    assert all(before.co_qualname == after.co_qualname and before != after for before, after in changed)


def test_a_larger_sample_holds_the_smaller_of_the_same_seed():
    few, many = (sampled(MODULE, number, 3) for number in (5, 15))
    assert many[:5] == few
    assert sampled(MODULE, 5, 4) != few


@pytest.mark.parametrize("module", TESTS)
def test_modules_and_their_tests_exist(module: str):
    assert all((ROOT / name).exists() for name in (*TESTS[module].own, *TESTS[module].wide))


def test_every_explanation_is_of_a_mutant_that_there_is():
    known = explained()
    places = {place_of(mutant) for module in {place[0] for place in known} for mutant in mutants_of(module)}
    assert set(known) <= places
    assert all(known.values())


def test_survivors_are_tried_again_when_tests_change(tmp_path, mutants):
    kept = Kept(tmp_path, Suite(("tests/tools/test_mutants.py",)))
    kept.add(mutants[0], NOTICED)
    kept.add(mutants[1], SURVIVED)
    later = Kept(tmp_path, Suite(("tests/tools/test_chaos.py",)))
    assert [kept.of(mutant) for mutant in mutants[:3]] == [NOTICED, SURVIVED, None]
    assert [later.of(mutant) for mutant in mutants[:3]] == [NOTICED, None, None]


def test_the_report_lists_survivors(mutants):
    text = report(dict(zip(mutants, [NOTICED, ENDLESS, SURVIVED], strict=False)), "Some.", "python")
    assert f"| scores.layout_rows | {len(mutants)} | 3 | 1 | 1 | 0 | 0 | 1 |" in text
    assert f"| scores.layout_rows:{mutants[2].line} |" in text and "not explained" in text
