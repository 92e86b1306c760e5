"""Exit codes, errors on one line, signals and ``--resume``: a row for every command, found in typer's own tree.

Networks are stood in for (a toy is trained, a reader answers at once): here the commands are tested, not their work.
"""

from __future__ import annotations

import functools
import inspect
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from PIL import Image

from hmer_suite import cli, demo, registry
from hmer_suite.predict import onnx_export, open_reader, speed
from hmer_suite.predict.journal import Journal
from hmer_suite.train import loop, pretrained, start_run
from tests.predict.instant_reader import open_instantly
from tests.train.test_loop import assert_same
from tests.train.toy import TOY, data, train_toy

Run = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """Words after a command: of a call that succeeds, of a wrong one, with bad input, and with a plugin that fails.

    ``{}`` stands for the folder of the test. None: the command reads nothing, or loads no plugin by a name given to it.
    """

    good: str
    usage: str
    bad: str | None
    plugin: str | None


ROWS = {
    "score": Row(
        "{}/preds.tsv --refs {}/refs.tsv --no-semantics",
        "{}/preds.tsv --refs {}/refs.tsv --workers 0",
        "{}/absent.tsv --refs {}/refs.tsv",
        "{}/preds.tsv --refs {}/refs.tsv --no-semantics --metric odd",
    ),
    "compare": Row(
        "{}/refs.tsv {}/preds.tsv {}/refs.tsv --no-semantics",
        "{}/refs.tsv {}/preds.tsv",
        "{}/refs.tsv {}/preds.tsv {}/absent.tsv",
        None,
    ),
    "validate": Row("{}/lines.txt", "{}/lines.txt --layout no-such", "{}/bad.txt", "{}/lines.txt --grammar odd"),
    "fix": Row("{}/lines.txt", "{}/lines.txt --rule no-such", "{}/bad.txt", "{}/lines.txt --rule odd"),
    "canon": Row("{}/lines.txt", "{}/lines.txt --also no-such", "{}/bad.txt", None),
    "equal": Row("x x", "x", "--pairs {}/absent.tsv", None),
    "train": Row(
        "toy --out {}/trained --set device=cpu --max-steps 1",
        "toy --out {}/trained --set no-such=1",
        "toy --resume {}/absent",
        "odd --out {}/trained",
    ),
    "predict": Row("stroke {}/a.png", "stroke {}/a.png --nbest 5", "stroke {}/bad.png", "odd {}/a.png"),
    "export": Row(
        "stroke --out {}/exported",
        "stroke",
        "stroke --checkpoint {}/absent --out {}/exported",
        "odd --out {}/exported",
    ),
    "report": Row("{}/run --out {}/report", "", "{}/absent --out {}/report", None),
    "plugins": Row("", "strok", None, "odd"),
    "serve": Row(
        "--port 0 --recogniser stroke",
        "--port 0 --recogniser stroke --host 300.300.300.300",
        None,
        "--port 0 --recogniser odd",
    ),
    "demo": Row("--out {}/demo", "strok --out {}/demo", "stroke --out {}/lines.txt", "odd --out {}/demo"),
    "bench": Row("stroke", "stroke --beam 1", "{}/damaged", "odd"),
    "data prepare": Row(
        "images {}/pictures -o {}/set.parquet",
        "no-such:x -o {}/set.parquet",
        "images {}/absent -o {}/set.parquet",
        "odd x -o {}/set.parquet",
    ),
    "data synth": Row(
        "2 -o {}/set.parquet", "2 -o {}/set.parquet --symbol-height 1", "2 -o {}/lines.txt/set.parquet", None
    ),
    "data stats": Row("images:{}/pictures", "no-such:x", "images:{}/absent", "odd:x"),
    "data show": Row("images:{}/pictures -o {}/sheet.png", "no-such:x", "images:{}/absent", "odd:x"),
}  # fmt: skip


def commands(
    group: typer.Typer = cli.app, before: str = ""
) -> Iterator[tuple[str, typer.models.CommandInfo]]:
    """Every command of the command line, with its words."""
    for info in group.registered_commands:
        yield before + (info.name or info.callback.__name__), info
    for inner in group.registered_groups:
        yield from commands(inner.typer_instance, f"{before}{inner.name or inner.typer_instance.info.name} ")


TREE = dict(commands())


def test_every_command_has_a_row():
    assert list(ROWS) == sorted(TREE, key=list(ROWS).index)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A run of the toy."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    train_toy(folder, steps=20)
    return folder


@pytest.fixture
def call(run, tmp_path, monkeypatch, trained) -> Run:
    """Run a command with the words of a row, among files that the rows name."""
    (tmp_path / "refs.tsv").write_text("a\tx^2\nb\ty\n")
    (tmp_path / "preds.tsv").write_text("a\tx ^ { 2 }\nb\tz\n")
    (tmp_path / "lines.txt").write_text("x ^ { 2 }\n")
    (tmp_path / "bad.txt").write_bytes(b"x\xff\n")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "run").symlink_to(trained)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for path in (tmp_path / "a.png", pictures / "a.png"):
        _picture(40).save(path)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "config.json").write_text("{}")
    (pictures / "captions.txt").write_text("a\tx\n")
    _install_a_plugin_that_fails(tmp_path, monkeypatch)
    _stand_in_for_networks(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    yield lambda name, words: run(*name.split(), *words.replace("{}", str(tmp_path)).split())
    registry.load.cache_clear()
    registry.compiled_grammar.cache_clear()


def _picture(width: int) -> Image.Image:
    """A bar of ink on white paper."""
    picture = Image.new("L", (width, 30), 255)
    picture.paste(0, (5, 12, width - 5, 16))
    return picture


def _install_a_plugin_that_fails(folder: Path, monkeypatch) -> None:
    packages = folder / "packages"
    info = packages / "odd_one-1.0.dist-info"
    info.mkdir(parents=True)
    (packages / "odd_one.py").write_text("raise KeyError('weights')\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-one\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[hmer_suite]\nodd = odd_one\n")
    monkeypatch.syspath_prepend(packages)
    registry.load.cache_clear()


def _stand_in_for_networks(monkeypatch, folder: Path) -> None:
    recogniser, opened = start_run.recogniser, open_reader.open_readers
    monkeypatch.setattr(start_run, "recogniser", lambda name: TOY if name == "toy" else recogniser(name))
    monkeypatch.setattr(pretrained, "recogniser", start_run.recogniser)
    monkeypatch.setattr(start_run, "_open", lambda *_: data())
    monkeypatch.setattr(
        open_reader,
        "open_readers",
        lambda name, *more: (open_instantly if name == "stroke" else opened)(name, *more),
    )
    described = SimpleNamespace(files={"graph": "graph.onnx"})
    monkeypatch.setattr(onnx_export, "export_onnx", lambda *_: described)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    run_demo = demo.run_demo
    monkeypatch.setattr(
        demo, "run_demo", lambda name, *more: run_demo(name, *more) if name else folder / "index.html"
    )
    found = speed.Speed("greedy", 1, 1.0, 1.0)
    monkeypatch.setattr(speed, "cold_start", lambda _: found)
    monkeypatch.setattr(
        speed, "speeds", lambda _, __, batches: [found] if batches.data[0] == "s" else batches.open()
    )


def assert_one_line(said: str, code: int) -> None:
    lines = said.splitlines()
    assert (lines and lines[-1].startswith("hmer-suite: error: ")) or (
        code == 2 and said.startswith("Usage: ")
    ), said
    assert said.count("hmer-suite: error: ") <= 1 and "Traceback" not in said


@pytest.mark.parametrize("name", ROWS)
def test_success_is_0(call: Run, name: str):
    code, _, said = call(name, ROWS[name].good)
    assert (code, "error" in said, "Traceback" in said) == (0, False, False), said


FAULTS = {"usage": 2, "bad": 3, "plugin": 4}


@pytest.mark.parametrize(
    ("name", "fault"),
    [(name, fault) for name, row in ROWS.items() for fault in FAULTS if getattr(row, fault) is not None],
)
def test_each_fault_has_its_code_and_one_line(call: Run, name: str, fault: str):
    code, printed, said = call(name, getattr(ROWS[name], fault))
    assert code == FAULTS[fault], said
    assert_one_line(said, code)
    assert printed == "" or fault == "usage" or name == "demo"  # which says each step that it begins


def test_commands_that_load_plugins_by_name_have_a_row_for_one_that_fails():
    """An option that names a recogniser, metric, rule, grammar or source is in the signature."""
    loading = {"metric", "rule", "grammar", "recogniser", "source", "name"}
    for name, info in TREE.items():
        options = set(inspect.signature(info.callback).parameters)
        assert bool(options & loading) == (ROWS[name].plugin is not None), name


# --- signals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ROWS)
def test_a_signal_ends_the_command_with_one_line(call: Run, monkeypatch, name: str):
    """Wherever in the command it comes: here at its first line, and swallowed there."""

    @functools.wraps(TREE[name].callback)
    def interrupted(**_: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except BaseException:
            sys.exc_info()
        for _ in range(10**8):
            pass

    monkeypatch.setattr(TREE[name], "callback", interrupted)
    assert call(name, ROWS[name].good) == (143, "", "hmer-suite: interrupted\n")


def test_serve_ends_by_a_signal_that_its_server_passes_on(call: Run, monkeypatch):
    """The server closes its connections first, and sends itself the signal again."""
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    code, _, said = call("serve", ROWS["serve"].good)
    signal.signal(signal.SIGINT, former)
    assert (code, said.splitlines()[-1]) == (130, "hmer-suite: interrupted")


# --- resuming --------------------------------------------------------------------------------------------


def test_commands_that_resume_are_tested_here():
    resuming = [
        name for name, info in TREE.items() if "resume" in inspect.signature(info.callback).parameters
    ]
    assert resuming == ["train", "predict"]


def test_train_resumes_to_the_same_weights(call: Run, monkeypatch, tmp_path):
    step, taken = loop.step, iter(range(3))

    def interrupted(*given: object) -> tuple[float, float]:
        if next(taken, None) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(*given)

    words = "toy --set device=cpu --set threads=1 --set epochs=1"
    assert call("train", f"{words} --out {tmp_path}/whole")[0] == 0
    with monkeypatch.context() as patched:
        patched.setattr(loop, "step", interrupted)
        code, _, said = call("train", f"{words} --out {tmp_path}/parts")
    assert code == 143 and f"continue with hmer-suite train toy --resume {tmp_path}/parts\n" in said
    code, _, said = call("train", f"toy --resume {tmp_path}/parts")
    assert code == 0, said
    assert_same(tmp_path / "whole", tmp_path / "parts")


def test_predict_resumes_to_the_same_file(call: Run, monkeypatch, tmp_path):
    for number in range(20):
        _picture(40 + number).save(tmp_path / "pictures" / f"b{number}.png")
    append = Journal.append

    def interrupted(journal: Journal, rows: list[dict]) -> None:
        append(journal, rows)
        os.kill(os.getpid(), signal.SIGTERM)

    words = "stroke {}/pictures --batch-size 1 -o {}"
    assert call("predict", f"{words}/whole.tsv")[0] == 0
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "append", interrupted)
        assert call("predict", f"{words}/parts.tsv")[0] == 143
    assert not (tmp_path / "parts.tsv").exists()
    assert call("predict", f"{words}/parts.tsv --resume")[0] == 0
    assert (tmp_path / "parts.tsv").read_bytes() == (tmp_path / "whole.tsv").read_bytes()
