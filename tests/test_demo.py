"""The demonstration, with less data and time than `make demo` takes."""

from __future__ import annotations

import json
import re

import pytest

from hmer_suite.demo import PRESET, run_demo
from hmer_suite.errors import UsageError
from hmer_suite.registry import recogniser


def test_trains_reads_scores_and_draws(tmp_path):
    said: list[str] = []
    page = run_demo(None, tmp_path, minutes=0.05, report=said.append, data="synthetic:24,0,3")
    assert any(line.startswith("\n== score constrained") for line in said)
    for system in ("free", "constrained"):
        lines = (tmp_path / f"{system}.tsv").read_text("utf-8").splitlines()
        assert len(lines) == 64  # the test split, labels beside predictions
        assert all(line.count("\t") == 2 for line in lines)
    shown = page.read_text("utf-8")
    linked = re.findall(r'href="([^"#]+)"', shown)
    assert len(linked) == 2 and all((tmp_path / link).is_file() for link in linked)
    assert shown.count("data:image/png;base64,") >= 2 and "hmer-suite serve" in shown
    config = json.loads((tmp_path / "run/last/config.json").read_text("utf-8"))
    assert config["settings"]["minutes"] == 0.05 and config["seconds"] >= 3
    run_demo(None, tmp_path, minutes=9, report=said.append, data="synthetic:24,0,3")
    assert json.loads((tmp_path / "run/last/config.json").read_text("utf-8"))["step"] == config["step"]


def test_a_recogniser_that_nobody_offers(tmp_path):
    with pytest.raises(UsageError, match="nonesuch"):
        run_demo("nonesuch", tmp_path, minutes=0, report=print)


def test_some_recogniser_of_ours_has_the_preset():
    assert PRESET in recogniser("wap").presets
