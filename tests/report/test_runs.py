"""The page on training runs, and ``hmer-suite report``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from hmer_suite.cli import app
from hmer_suite.errors import InputError, UsageError
from hmer_suite.report.chart import ticks
from hmer_suite.report.runs import read_runs, run_page
from tests.report.test_html import Page
from tests.report.test_sample_data import unpacked
from tests.report.test_training import write_log


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / "runs" / name for name in ("seed-1", "seed-2")]
    for number, folder in enumerate(folders, 1):
        write_log(folder / "log.jsonl", validations=2 + number)
        (folder / "settings.toml").write_text(f'seed = {number}\nlr = 0.1\n"augment.scale" = [0.7, 1.4]\n')
        (folder / "best").mkdir()
        (folder / "best/config.json").write_text('{"recogniser": "wap", "data": {"spec": "synthetic:9"}}')
    return folders


def test_page_says_what_was_best_and_what_differs(runs: list[Path]):
    source = run_page(read_runs(runs))
    page = Page(source)
    assert "2 training runs: seed-1 / seed-2" in page.text
    assert "40.00" in page.text and "synthetic:9" in page.text and "wap" in page.text
    differing = page.text[page.text.index("Settings that differ") : page.text.index("Data seed-1")]
    assert "seed 1 2" in differing and "lr" not in differing
    assert "augment.scale [0.7, 1.4]" in page.text
    assert page.count("svg", role="img") == 4 and page.count("script") == 0
    assert page.count("polyline") == 2 + 2 + 2 + 2


def test_validation_loss_has_a_curve(tmp_path: Path):
    log = write_log(tmp_path / "a/log.jsonl")
    with log.open("a") as file:
        file.write(json.dumps({"step": 200, "validation": {"exprate": 1.0, "loss": 0.5}}) + "\n")
    page = Page(run_page(read_runs([tmp_path / "a"])))
    assert page.count("polyline", **{"stroke-dasharray": "5 3"}) == 1


def test_samples_are_shown_over_time(tmp_path: Path):
    write_log(tmp_path / "log.jsonl")
    lines = [
        {"step": step, "samples": [{"id": "a", "label": "x ^ { 2 }", "prediction": read}]}
        for step, read in ((10, ""), (20, "x"), (30, "{ x"), (40, "x ^ { 2 }"))
    ]
    (tmp_path / "samples.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in lines) + '{"step": 50, '
    )
    page = Page(run_page(read_runs([tmp_path])))
    section = page.text[page.text.index("The same validation samples") : page.text.index("Written by")]
    assert "label step 10 step 20 step 30 step 40" in section
    assert "(empty) 5 token edits x 4 token edits" in section and section.count("right") == 1
    (tmp_path / "samples.jsonl").write_text('{"step": 1}\n{}\n')
    with pytest.raises(InputError, match=r"samples\.jsonl:1: not a step with samples"):
        run_page(read_runs([tmp_path]))


def test_a_folder_a_log_and_a_checkpoint_name_the_same_run(runs: list[Path]):
    named = [runs[0], runs[0] / "log.jsonl", runs[0] / "best"]
    assert {run.name for path in named for run in read_runs([path])} == {"seed-1"}
    assert [run.name for run in read_runs([runs[0].parent, runs[1]])] == ["seed-1", "seed-2"]
    (runs[0].parent / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty: no training run: there is no log\.jsonl"):
        read_runs([runs[0].parent / "empty"])


def test_a_run_that_has_just_begun(tmp_path: Path):
    (tmp_path / "log.jsonl").write_text("")
    page = Page(run_page(read_runs([tmp_path])))
    assert "no values" in page.text


def test_command_writes_the_page(runs: list[Path], tmp_path: Path):
    given = ["report", *map(str, runs), "--out", str(tmp_path / "out"), "--json"]
    result = CliRunner().invoke(app, given, catch_exceptions=False)
    found = json.loads(result.stdout)
    assert Path(found["report"]).read_text("utf-8").startswith("<!DOCTYPE html>")
    assert [run["best"]["exprate"] for run in found["runs"]] == [30.0, 40.0]


def test_pictures_stand_beside_their_samples(tmp_path: Path):
    image = pytest.importorskip("PIL.Image", reason="needs the extra recognise")
    pytest.importorskip("cv2", reason="needs the extra recognise")
    ink = np.full((60, 80), 255, np.uint8)
    ink[10:50, 30:34] = 0
    (tmp_path / "set").mkdir()
    image.fromarray(ink).save(tmp_path / "set/a.png")
    (tmp_path / "p.tsv").write_text("a.png\tx\ty\nb.png\tx\tx\n")
    given = ["score", str(tmp_path / "p.tsv"), "--no-semantics", "--images", str(tmp_path / "set")]
    result = CliRunner().invoke(app, [*given, "--report", str(tmp_path / "out")], catch_exceptions=False)
    assert "no picture of 1 samples, such as b.png" in result.stderr
    page = Page((tmp_path / "out/index.html").read_text("utf-8"))
    assert page.count("img", alt="Picture of a.png") == 1
    (tmp_path / "looks").mkdir()
    image.fromarray(ink).save(tmp_path / "looks/a.attention.png")
    looks = ["--attention", str(tmp_path / "looks"), "--report", str(tmp_path / "out")]
    result = CliRunner().invoke(app, [*given, *looks], catch_exceptions=False)
    assert "no picture of 1 samples, such as b.png" in result.stderr
    (drawn,) = unpacked((tmp_path / "out/index.html").read_text("utf-8"), "block")
    assert drawn[0]["attention"].startswith("data:image/png") and "attention" not in drawn[1]
    (tmp_path / "looks/a.attention.png").write_text("not a picture")
    with pytest.raises(InputError, match="not a PNG file"):
        CliRunner().invoke(app, [*given, *looks], catch_exceptions=False)
    with pytest.raises(UsageError, match="only --report shows pictures"):
        CliRunner().invoke(app, given, catch_exceptions=False)


@pytest.mark.parametrize(
    ("low", "high", "logarithmic", "found"),
    [(0, 100, False, [0, 20, 40, 60, 80, 100]), (0.1, 5, True, [0.1, 0.2, 0.5, 1, 2, 5]), (3, 3, False, [3])],
)
def test_ticks_are_round(low: float, high: float, logarithmic: bool, found: list[float]):
    assert ticks(low, high, logarithmic) == pytest.approx(found)
