from __future__ import annotations

import json

import pytest

from hmer_suite.errors import PairingError, UsageError
from hmer_suite.scores.bootstrap import (
    Resampling,
    in_order_of_ids,
    mcnemar,
    paired_bootstrap,
    paired_permutation,
)
from hmer_suite.scores.comparison import TESTED, compare
from hmer_suite.scores.rates import count

PLAN = Resampling(resamples=300, permutations=2000)


@pytest.fixture(scope="module")
def crohme(real):
    """Three systems on CROHME 2014, all against WAP's captions, raw tokens."""
    ids, wap, references = real("wap")
    systems = {"wap": [count(p, r) for p, r in zip(wap, references, strict=True)]}
    for name in ("3b", "7b"):
        names, texts, _ = real(name)
        predictions = dict(zip(names, texts, strict=True))
        systems[name] = [count(predictions.get(i), r) for i, r in zip(ids, references, strict=True)]
    return ids, systems


def test_three_systems(crohme):
    ids, systems = crohme
    found = compare(ids, systems, PLAN)
    assert found.n == 986
    assert [system.name for system in found.systems] == ["wap", "3b", "7b"]
    assert [(pair.first, pair.second) for pair in found.pairs] == [("wap", "3b"), ("wap", "7b"), ("3b", "7b")]
    assert round(found.systems[0].rates.exprate, 2) == 40.67
    for system in found.systems:
        low, high = system.intervals["exprate"]
        assert low < system.rates.exprate < high
    assert found.systems[1].concentration.runaways == ("34_em_244",)


def test_the_order_of_samples_changes_nothing(crohme):
    ids, systems = crohme
    backwards = compare(ids[::-1], {name: counts[::-1] for name, counts in systems.items()}, PLAN)
    found = compare(ids, systems, PLAN)
    assert [system.intervals for system in backwards.systems] == [s.intervals for s in found.systems]
    assert [pair.tests for pair in backwards.pairs] == [pair.tests for pair in found.pairs]


def test_wins_and_losses_account_for_the_difference(crohme):
    ids, systems = crohme
    right = {
        name: {i for i, c in zip(ids, counts, strict=True) if c.exact} for name, counts in systems.items()
    }
    found = compare(ids, systems, PLAN)
    for pair in found.pairs:
        assert set(pair.only_first) == right[pair.first] - right[pair.second]
        assert set(pair.only_second) == right[pair.second] - right[pair.first]
        exprate = pair.tests[0]
        assert exprate.p_mcnemar == mcnemar(len(pair.only_first), len(pair.only_second))
        assert exprate.difference == pytest.approx(100 * (len(pair.only_second) - len(pair.only_first)) / 986)
    assert found.all_right == len(set.intersection(*right.values()))
    assert found.none_right == 986 - len(set.union(*right.values()))


def test_tests_are_the_pairwise_ones_whoever_else_is_there(crohme):
    ids, systems = crohme
    both = {name: systems[name] for name in ("3b", "7b")}
    alone, among_three = compare(ids, both, PLAN).pairs[0], compare(ids, systems, PLAN).pairs[2]
    for rate, two, three in zip(TESTED, alone.tests, among_three.tests, strict=True):
        bootstrap = paired_bootstrap(*(in_order_of_ids(ids, both[name]) for name in both), rate, PLAN)
        permutation = paired_permutation(systems["3b"], systems["7b"], rate, PLAN)
        for test in (two, three):
            assert (test.rate, test.difference, test.interval) == (
                rate,
                bootstrap.difference,
                bootstrap.interval,
            )
            assert (test.p_bootstrap, test.p_permutation) == (bootstrap.p, permutation)
        assert two.p_permutation_holm == two.p_permutation
        assert three.p_permutation_holm >= three.p_permutation
        assert three.p_bootstrap_holm >= three.p_bootstrap
    assert among_three.tests[1].p_mcnemar is None


def test_a_clear_and_an_unclear_difference(crohme):
    ids, systems = crohme
    wap_3b, _, sizes = compare(ids, systems, PLAN).pairs
    assert wap_3b.tests[0].p_permutation_holm < 0.01
    assert sizes.tests[0].p_permutation > 0.05


def test_json(crohme):
    ids, systems = crohme
    document = json.loads(json.dumps(compare(ids, systems, PLAN).to_json()))
    assert list(document) == ["schema", "n", "systems", "pairs", "all_right", "none_right", "resampling"]
    first = document["systems"][0]
    assert (first["name"], first["exprate"], len(first["confidence"]["wer"])) == ("wap", 40.67, 2)
    pair = document["pairs"][2]
    assert pair["tests"][0]["rate"] == "exprate"
    assert set(pair["only_first"]).isdisjoint(pair["only_second"])
    assert document["resampling"]["seed"] == PLAN.seed


def test_hand_made():
    references = [["x"], ["y"], ["z"], ["w"]]
    a = [count(p, r) for p, r in zip([["x"], ["y"], ["q"], ["q"]], references, strict=True)]
    b = [count(p, r) for p, r in zip([["x"], ["q"], ["z"], None], references, strict=True)]
    found = compare(["1", "2", "3", "4"], {"a": a, "b": b}, PLAN)
    (pair,) = found.pairs
    assert (pair.only_first, pair.only_second) == (("2",), ("3",))
    assert (found.all_right, found.none_right) == (1, 1)
    assert pair.tests[0].p_mcnemar == pair.tests[0].p_permutation == 1.0


def test_one_system():
    with pytest.raises(UsageError, match="at least two systems, got 1"):
        compare(["1"], {"a": [count(["x"], ["x"])]})


def test_systems_on_other_references():
    one, other = [count(["x"], ["x"])], [count(["x"], ["x", "y"])]
    with pytest.raises(PairingError, match="b: the reference of sample-1 has 2 tokens, for a it has 1"):
        compare(["sample-1"], {"a": one, "b": other})
    with pytest.raises(PairingError, match="b: 2 samples for 1 ids"):
        compare(["sample-1"], {"a": one, "b": one * 2})
