"""The figures of the shipped recognisers: cards, README, leaderboard and the default of `predict` agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from hmer_suite.cli.predict import run
from hmer_suite.registry import recogniser
from hmer_suite.train.checkpoint import read_checkpoint, weights_metadata
from hmer_suite.train.description import read_description
from hmer_suite.train.weights_metadata import read_metadata
from tools.weights.figures import DEFAULT_DECODING, default_decoding, figures, on_board
from tools.weights.head import with_head
from tools.weights.stamp import licence_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LEADERBOARD = (ROOT / "reports/leaderboard.md").read_text("utf-8")
CARDS = {
    path.parts[-3].removeprefix("hmer_").replace("_", "-"): path.read_text("utf-8")
    for path in sorted((ROOT / "plugins").glob("*/weights/README.md"))
}


def readme_row(name: str) -> str:
    (row,) = re.findall(
        rf"^\| (?:\[`{re.escape(name)}`\]\([^)]*\)|`{re.escape(name)}`) \|.*\|(.*)\|$", README, re.M
    )
    return row


def first_number(text: str) -> str:
    return re.findall(r"\d+\.\d+", text)[0]


def test_the_default_is_that_of_predict():
    options = dict(zip(run.__code__.co_varnames, run.__defaults__ or (), strict=False))
    assert (options["beam"].default, options["constrained"].default) == (1, None)
    assert DEFAULT_DECODING == "greedy, constrained"
    for name, card in CARDS.items():
        held = "constrained" if recogniser(name).formulas else "free"
        assert default_decoding(figures(card)) == f"greedy, {held}"


def test_every_recogniser_has_a_card():
    assert set(CARDS) == {"ctc-crnn", "im2latex", "stroke", "symbol-cnn", "symbol-stroke", "wap"}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_names_the_default_first(name: str):
    card = CARDS[name]
    found = figures(card)
    assert str(found) in card, (
        "the rows of the card are not in the order that tools/weights/ship.py gives them"
    )
    decoding = default_decoding(found)
    (said,) = re.findall(rf"^By default \(`hmer-suite predict {name}`: {decoding}\): (.*)\.$", card, re.M)
    assert said == found.quoted
    assert found.value("decoding") in ("", DEFAULT_DECODING)


@pytest.mark.parametrize("name", CARDS)
def test_the_head_of_a_card_says_what_its_table_says(name: str):
    folder = ROOT / "plugins" / f"hmer_{name.replace('-', '_')}" / "weights"
    described = read_description(folder / "config.json")
    assert CARDS[name] == with_head(CARDS[name], described), "python -m tools.weights.stamp writes it"
    head = yaml.safe_load(CARDS[name].split("---\n")[1])
    (model,) = head["model-index"]
    (result,) = model["results"]
    assert f"{result['metrics'][0]['value']:.2f}" == first_number(
        figures(CARDS[name]).quoted.partition(" ")[2]
    )
    assert head["license"] == {"im2latex": "mit"}.get(name, "cc-by-nc-sa-3.0")


@pytest.mark.parametrize("name", CARDS)
def test_weights_say_what_they_are(name: str):
    folder = ROOT / "plugins" / f"hmer_{name.replace('-', '_')}" / "weights"
    described = read_checkpoint(folder).description
    found = read_metadata(folder / "model.safetensors")
    assert found == weights_metadata(described)
    assert (found["recogniser"], found["licence"]) == (name, licence_of(described))


@pytest.mark.parametrize("name", CARDS)
def test_a_card_has_the_rows_of_its_report(name: str):
    (path,) = re.findall(r"^From `(reports/[^`]+)`", CARDS[name], re.M)
    report = figures((ROOT / path).read_text("utf-8"))
    assert report.rows == figures(CARDS[name]).rows


@pytest.mark.parametrize("name", CARDS)
def test_the_readme_names_the_figure_of_the_card_first(name: str):
    said = figures(CARDS[name]).quoted
    assert first_number(readme_row(name)) == f"{float(first_number(said)):.1f}"


@pytest.mark.parametrize("name", ["stroke", "wap", "ctc-crnn"])
def test_the_leaderboard_has_the_figure_of_the_card(name: str):
    assert on_board(name, LEADERBOARD, "CROHME 2014")["canonical"] == figures(CARDS[name]).value(
        "canonical ExpRate"
    )


def test_joined_readings():
    figure = float(on_board("stroke+wap+ctc-crnn", LEADERBOARD, "CROHME 2014")["canonical"])
    assert first_number(readme_row("stroke+wap+ctc-crnn")) == f"{figure:.1f}"
    pictures = (ROOT / "reports/pictures.md").read_text("utf-8")
    (found,) = re.findall(r"^\| stroke\+wap \| ([\d.]+) ", pictures, re.M)
    assert first_number(readme_row("stroke+wap")) == f"{float(found):.1f}"
