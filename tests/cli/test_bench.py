"""Speed of a recogniser: what is measured, and that it adds up."""

from __future__ import annotations

import json


def test_speeds_of_a_recogniser(run):
    code, out, _ = run("bench", "symbol-cnn", "--data", "synthetic:6,0,1@train", "--beam", "3", "--json")
    found = json.loads(out)
    cold, *searches = found["speeds"]
    assert code == 0 and found["recogniser"] == "symbol-cnn" and found["cores"] >= 1
    assert (cold["search"], cold["formulas"]) == ("cold start", 1) and cold["cpu_seconds"] > 0
    assert [(one["search"], one["formulas"]) for one in searches] == [("greedy", 6), ("beam 3", 6)]
    for one in searches:
        assert abs(one["formulas_per_second"] * one["seconds"] - 6) < 1


def test_a_recogniser_that_nobody_offers(run):
    code, out, err = run("bench", "strok")
    assert (code, out) == (2, "") and "did you mean stroke" in err and err.count("\n") == 1
