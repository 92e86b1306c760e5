"""Pictures of training: a log is read for what it is, and pictures show what they should, in the right colours."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from hmer_suite.errors import InputError
from hmer_suite.report.figure import COLOURS
from hmer_suite.report.training_curves import draw_curves, read_log, smooth
from hmer_suite.report.training_samples import ONLY_LABEL, ONLY_PREDICTION, RIGHT, WRONG, draw_samples

INK = np.zeros((40, 120), np.uint8)
INK[18:22, 10:110] = 255


def write_log(path, steps: int = 200, validations: int = 4, torn: str = ""):
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"step": s, "epoch": 0, "loss": 5 / s, "lr": 0.1 / s} for s in range(1, steps + 1)]
    for number in range(1, validations + 1):
        rates = {"exprate": 10.0 * number, "wer": 100.0 / number, "valid": 90.0}
        rows.append({"step": steps * number // validations, "epoch": 1, "validation": rates})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + torn, encoding="utf-8")
    return path


def colours(path) -> set[str]:
    from PIL import Image

    image = Image.open(path)
    assert image.format == "PNG"
    return {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b, _) in image.convert("RGBA").getcolors(1 << 24)}


def test_a_log_is_read_and_named_like_its_run(tmp_path):
    log = read_log(write_log(tmp_path / "seed-3" / "log.jsonl", torn='{"step": 12'))
    assert log.name == "seed-3" and len(log.steps) == 200
    assert log.curve("lr")[1][:2] == [0.1, 0.05]
    assert log.validation("exprate") == ([50, 100, 150, 200], [10, 20, 30, 40])
    assert log.validation("loss") == ([], [])


def test_a_damaged_log_is_named_with_its_line(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1}\n{"step"\n{"step": 3}\n')
    with pytest.raises(InputError, match=r"log\.jsonl:2: not JSON"):
        read_log(path)
    path.write_text('{"step": 1}\n[2]\n{"step": 3}\n')
    with pytest.raises(InputError, match=r"log\.jsonl:2: not an object with a step: \[2\]"):
        read_log(path)
    with pytest.raises(InputError, match="no such file"):
        draw_curves([tmp_path / "absent.jsonl"], tmp_path / "curves.png")
    assert not (tmp_path / "curves.png").exists()


def test_one_run_has_one_colour_and_three_runs_three(tmp_path):
    logs = [write_log(tmp_path / name / "log.jsonl", steps=40 + 20 * i) for i, name in enumerate("abc")]
    draw_curves(logs[:1], tmp_path / "one.png")
    draw_curves(logs, tmp_path / "three.png")
    assert colours(tmp_path / "one.png") & set(COLOURS) == {COLOURS[0]}
    assert colours(tmp_path / "three.png") & set(COLOURS) == set(COLOURS[:3])


@pytest.mark.parametrize(("steps", "validations"), [(0, 0), (1, 0), (1, 1), (3, 0)])
def test_curves_of_a_run_that_has_hardly_begun(tmp_path, steps, validations):
    draw_curves([write_log(tmp_path / "log.jsonl", steps, validations)], tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5000


def test_smoothing_keeps_a_constant_and_a_middle():
    assert smooth([2.0] * 50, 5) == pytest.approx([2.0] * 50)
    ramp = np.arange(101.0)
    assert smooth(ramp, 4)[30:70] == pytest.approx(ramp[30:70])
    assert smooth([1.0, 5.0, 3.0], 0.05).tolist() == [1, 5, 3]
    noise = np.random.default_rng(0).normal(size=2000)
    assert smooth(noise, 20).std() < 0.2


def test_right_and_wrong_samples_are_told_apart(tmp_path):
    draw_samples([("a", INK, "x ^ { 2 }", "x ^ { 2 }")], tmp_path / "right.png")
    draw_samples([("a", INK, "x ^ { 2 }", "x ^ { 3 }")], tmp_path / "wrong.png")
    right, wrong = colours(tmp_path / "right.png"), colours(tmp_path / "wrong.png")
    assert RIGHT in right and WRONG not in right
    assert WRONG in wrong and RIGHT not in wrong
    assert "#000000" in right  # the ink itself is seen


def ground_pixels(path, colour: str) -> int:
    """Pixels of a colour below the legend."""
    from PIL import Image

    image = np.asarray(Image.open(path).convert("RGB"))[48:]
    return int((image == [int(colour[i : i + 2], 16) for i in (1, 3, 5)]).all(axis=2).sum())


@pytest.mark.parametrize(
    ("label", "prediction", "in_label", "in_prediction"),
    [("x + y", "x + y", 0, 0), ("x + y", "x +", 1, 0), ("x +", "x + y", 0, 1), ("x + y", "x + z", 1, 1)],
)
def test_tokens_that_differ_are_coloured_on_their_side(tmp_path, label, prediction, in_label, in_prediction):
    out = tmp_path / "samples.png"
    draw_samples([("a", INK, label, prediction)], out)
    assert bool(ground_pixels(out, ONLY_LABEL[1])) == in_label
    assert bool(ground_pixels(out, ONLY_PREDICTION[1])) == in_prediction


def test_samples_of_every_kind_are_drawn_within_bounds(tmp_path):
    from PIL import Image

    rows = [
        ("long", np.full((30, 3000), 9, np.uint8), "x + " * 300 + "y", "9 ^ " * 2000),
        ("empty prediction", INK, r"\frac { 1 } { 2 }", ""),
        ("nothing at all", np.zeros((1, 1), np.uint8), "", ""),
        ("dollars $ and _ ^", INK, r"$ \$ _ ^ % # & ~", "$ a $"),
        ("漢字" * 60, np.zeros((900, 20), np.uint8), "漢 字", "\\" + "m" * 300),
    ]
    draw_samples(rows, tmp_path / "samples.png")
    with Image.open(tmp_path / "samples.png") as drawn:
        width, height = drawn.size
    assert 1000 < width < 2000 and 400 < height < 2500


def test_drawing_leaves_pyplot_alone(tmp_path):
    script = (
        "import sys, numpy as np\n"
        "from hmer_suite.report.training_samples import draw_samples\n"
        "assert not any(name in sys.modules for name in ('matplotlib', 'cv2'))\n"
        f"draw_samples([('a', np.zeros((9, 9), np.uint8), 'x', 'y')], {str(tmp_path / 'a.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
