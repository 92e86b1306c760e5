"""A stranger's distribution in an environment of its own, by the public route."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.third_party.environment import Environment, new_environment

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Environment:
    """An environment that sees the libraries of this one, with the stranger's distribution installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = new_environment(folder)
    shutil.copytree(HERE / "hmer-stranger", folder / "hmer-stranger")
    environment.install(folder / "hmer-stranger")
    return environment


def test_it_is_listed_beside_ours_and_not_imported(elsewhere: Environment):
    listed = json.loads(elsewhere.suite("plugins", "--json").stdout)
    stranger = {"module": "hmer_stranger", "distribution": "hmer-stranger", "version": "1.2.3"}
    assert {"name": "stranger", **stranger} in listed
    assert {"name": "stranger-bars", **stranger} in listed
    assert any(plugin["distribution"] == "hmer-suite" for plugin in listed)
    program = (
        "import sys; sys.argv = ['hmer-suite', 'plugins']\n"
        "from hmer_suite.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([name for name in sys.modules if 'stranger' in name or name == 'torch'])"
    )
    assert elsewhere.run("-c", program).stdout.endswith("\n[]\n")


def test_it_shows_its_settings(elsewhere: Environment):
    (shown,) = json.loads(elsewhere.suite("plugins", "stranger", "--json").stdout)
    assert shown["kind"] == "recogniser"
    meaning = "Size of everything in the network."
    assert shown["options"] == [{"name": "features", "type": "int", "default": 48, "meaning": meaning}]
    assert {"tiny", "wide"} == set(shown["presets"])


def test_it_keeps_the_contract(elsewhere: Environment):
    contract = elsewhere.folder / "hmer-stranger" / "contract.py"
    assert "skipped" not in elsewhere.run("-m", "pytest", "-q", "-p", "no:cacheprovider", contract).stdout


def test_it_trains_and_its_predictions_score(elsewhere: Environment):
    train = ("train", "stranger", "--data", "stranger-bars:20", "--out", "run", "--max-steps", "2")
    elsewhere.suite(*train, "--set", "device=cpu", "--set", "tracker=stranger-bell")
    assert (elsewhere.folder / "run" / "bell.txt").read_text(
        "utf-8"
    ) == "start 0\ncheckpoint 2 last\nend 2 False\n"
    config = json.loads((elsewhere.folder / "run" / "last" / "config.json").read_text("utf-8"))
    assert (config["recogniser"], config["step"]) == ("stranger", 2)
    _write_pictures(elsewhere.folder / "bars", 3)
    elsewhere.suite("predict", "run/last", "bars", "-o", "preds.tsv")
    (elsewhere.folder / "refs.tsv").write_text("1\t1\n2\t1 1\n3\t1 1 1\n", "utf-8")
    scored = elsewhere.suite(
        "score", "preds.tsv", "--refs", "refs.tsv", "--json", "--metric", "stranger-lengths"
    )
    document = json.loads(scored.stdout)
    assert document["n"] == 3 and document["missing"] == []
    assert 0 <= document["metrics"]["stranger-lengths"] <= 100


def test_its_rule_metric_and_grammar_are_at_work(elsewhere: Environment):
    (elsewhere.folder / "stutters.tsv").write_text("a\t{ 1 + + 1\t1 + 1\nb\t1\t1 + 1\n", "utf-8")
    (elsewhere.folder / "lines.txt").write_text("{ 1 + + 1\n1 + + 1\n", "utf-8")
    fixed = elsewhere.suite("fix", "lines.txt", "--rule", "stranger-stutter").stdout.split("\n")
    assert "+ +" not in fixed[0] and fixed[1] == "1 + + 1"
    plain = json.loads(elsewhere.suite("score", "stutters.tsv", "--json").stdout)
    extras = ("--rule", "stranger-stutter", "--metric", "stranger-lengths")
    found = json.loads(elsewhere.suite("score", "stutters.tsv", "--json", "--workers", "2", *extras).stdout)
    assert found["metrics"] == {"stranger-lengths": 0.0} and "metrics" not in plain
    assert found["repaired"]["exprate"] == 50.0 > plain["repaired"]["exprate"]
    assert "+stranger-lengths|" in found["signature"]
    assert _part(found, "repair") != _part(plain, "repair")
    table = elsewhere.suite("score", "stutters.tsv", *extras).stdout
    assert "stranger-lengths" in table
    (elsewhere.folder / "flat.txt").write_text("1 + \\frac { 1 } { x }\nx ^ { 2 }\n1 }\n", "utf-8")
    said = elsewhere.suite("validate", "flat.txt", "--grammar", "stranger-flat", code=1).stdout
    assert "flat.txt:2:3" in said and said.endswith("1 of 3 lines are valid\n")
    assert elsewhere.suite("validate", "flat.txt", code=1).stdout.endswith("2 of 3 lines are valid\n")


def _part(document: dict, key: str) -> str:
    """One part of a signature."""
    return dict(part.partition(":")[::2] for part in document["signature"].split("|"))[key]


def _write_pictures(folder: Path, number: int) -> None:
    """Dark bars on light paper, as many as the file's name says."""
    from PIL import Image, ImageDraw

    folder.mkdir()
    for count in range(1, number + 1):
        image = Image.new("L", (40 * count + 20, 80), 255)
        for bar in range(count):
            ImageDraw.Draw(image).rectangle((20 + 40 * bar, 15, 25 + 40 * bar, 65), fill=0)
        image.save(folder / f"{count}.png")
