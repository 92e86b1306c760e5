"""The tutorials of docs/, followed: their files written, their commands and code run, their output compared.

A block of ``tsv`` is the file that the text before it names last. A block without a language holds commands; what the
next block of ``text`` shows is part of what they print, but for lines of ``...``.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from pathlib import Path

import pytest

from hmer_suite.cli import main
from tests.web.ink import EQUATION

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def follow(page: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Do all that a page says in the working folder; the number of commands."""
    text, printed, commands, before = (DOCS / page).read_text("utf-8"), "", 0, 0
    for block in BLOCK.finditer(text):
        language, content = block.groups()
        if language == "tsv":
            name = re.findall(r"`([\w.-]+\.tsv)`", text[before : block.start()])[-1]
            Path(name).write_text(content, "utf-8")
        elif language == "python":
            exec(compile(content, page, "exec"), {"__name__": "tutorial"})  # our own page, not a user's text
        elif language == "text":
            _compare(content, printed)
        else:
            capsys.readouterr()
            for line in content.splitlines():
                _run(line, monkeypatch)
                commands += 1
            printed = "".join(capsys.readouterr())
        before = block.end()
    return commands


def _run(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line, comments=True)
    assert words[0] == "hmer-suite", line
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code, line


def _compare(shown: str, printed: str) -> None:
    """Whether what the page shows was printed; a signature on it is shortened, and a sentence may quote numbers."""
    lines = {" ".join(line.split()) for line in printed.splitlines()}
    for line in shown.splitlines():
        wanted = " ".join(line.split())
        if wanted == "..." or wanted.startswith(("hmer-suite|", "Ours: ")):
            continue
        assert wanted in lines, (wanted, printed)


def test_researcher(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert follow("tutorial-researcher.md", capsys, monkeypatch) == 6
    assert (tmp_path / "comparison/index.html").is_file()
    page = (DOCS / "tutorial-researcher.md").read_text("utf-8")
    assert "difference to WAP +33.33 (p = 0.62" in page and "+33.33" in page.split("## Quote it")[0]


def test_digitiser(tmp_path, capsys, monkeypatch):
    pytest.importorskip("torch", reason="needs the extra recognise")
    from PIL import Image

    from hmer_suite.testing import pictures

    drawn = [Image.fromarray(255 - image) for image in pictures(24).images[:4]]
    (tmp_path / "notes").mkdir()
    for name, image in zip(("first", "second"), drawn, strict=False):
        image.save(tmp_path / f"notes/{name}.png")
    drawn[2].save(tmp_path / "notes/pages.pdf", save_all=True, append_images=drawn[3:])
    monkeypatch.chdir(tmp_path)
    assert follow("tutorial-digitiser.md", capsys, monkeypatch) == 5
    assert (tmp_path / "canonical.jsonl").is_file()


def test_plugin_listens_to_a_run():
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "tutorial-plugin.md").read_text("utf-8"), re.S)
    found: dict = {}
    exec(code, found)  # as above
    (spec,) = found["hmer_run_listeners"]()

    class Run:
        recogniser, planned = "my-net", 40

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        spec.start(Run()).end(20, False)
    assert said.getvalue() == "my-net: stopped at step 20 of 40\n"


def test_request_of_the_operator_is_ink():
    schemas = pytest.importorskip(
        "hmer_suite.web.schemas", reason="needs the extra serve", exc_type=ImportError
    )
    page = (DOCS / "tutorial-operator.md").read_text("utf-8")
    (body,) = re.findall(r"-d '(.*)'", page)
    assert schemas.StrokesRequest.model_validate_json(body).strokes.strokes.x == EQUATION["strokes"]["x"]
