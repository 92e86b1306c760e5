"""Independent judges of validity and drawing: KaTeX in one node process, and TeX itself.

Neither is needed to use hmer-suite; ``make oracle`` compares its grammar and its canonical spelling with both.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hmer_suite.latex.canonical.unicode import UNICODE_SCRIPTS
from hmer_suite.latex.token_classes import CLASSES
from tools.oracle.dvi import dvi_pages

HERE = Path(__file__).resolve().parent
KATEX_SCRIPT = HERE / "katex_oracle.mjs"
TEX_SCRIPTS = ("preamble.tex", "judge.tex", "draw.tex")
TEX_CHUNK = 500
TEX_SECONDS_PER_CHUNK = 20


class OracleMissing(RuntimeError):
    """A judge is not installed; the message says how to install it."""


@dataclass(frozen=True, slots=True)
class KatexVerdict:
    """KaTeX's answer about one formula; `position` counts UTF-16 units of the formula, None if unknown."""

    valid: bool
    error: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """KaTeX's drawing of a formula: equal `marks` mean the same drawing; None and the `error` where KaTeX rejects it.

    `rough` says that a part has no layout that can be computed without a browser; this part is described by its
    structure, so that two equal drawings may be called different, but never the other way round. `foreign` says that
    KaTeX has no glyph for a character, which a browser draws in a font of its own.
    """

    marks: str | None
    rough: bool = False
    error: str | None = None
    foreign: bool = False


class KatexOracle:
    """Context manager around one node process that answers JSON lines in order.

    Raises OracleMissing on entering when node or KaTeX is not installed.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> KatexOracle:
        self._process = subprocess.Popen(
            [*_node_command(), "verdict"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        return self

    def __exit__(self, *exc_info: object) -> None:
        process, requests, answers = self._running()
        requests.close()
        process.wait(timeout=10)
        answers.close()

    def version(self) -> str:
        """The version of KaTeX."""
        return self._ask([{"mode": "version"}])[0]["version"]

    def verdicts(self, formulas: Iterable[str]) -> list[KatexVerdict]:
        """Whether KaTeX parses and draws each formula in display mode."""
        answers = self._ask([{"mode": "verdict", "latex": formula} for formula in formulas])
        return [KatexVerdict(a["valid"], a.get("error"), a.get("position")) for a in answers]

    def drawings(self, formulas: Iterable[str]) -> list[Drawing]:
        """KaTeX's drawing of each formula in display mode."""
        answers = self._ask([{"mode": "drawing", "latex": formula} for formula in formulas])
        return [
            Drawing(a.get("drawing"), a.get("rough", False), a.get("error"), a.get("foreign", False))
            for a in answers
        ]

    def _running(self) -> tuple[subprocess.Popen[str], IO[str], IO[str]]:
        """The process with its input and output."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("KatexOracle answers only inside its with block")
        return process, process.stdin, process.stdout

    def _ask(self, requests: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
        self._running()
        # Written from a thread: node answers while it reads, and both pipes have limited room.
        writer = threading.Thread(target=self._write, args=(requests,))
        writer.start()
        answers = [self._read() for _ in requests]
        writer.join()
        return answers

    def _write(self, requests: Sequence[dict[str, str]]) -> None:
        _, node, _ = self._running()
        for request in requests:
            node.write(json.dumps(request) + "\n")
        node.flush()

    def _read(self) -> dict[str, Any]:
        process, _, answers = self._running()
        line = answers.readline()
        if not line:
            raise RuntimeError(f"the node process ended with code {process.wait()}")
        return json.loads(line)


def _node_command() -> list[str]:
    node = shutil.which("node")
    if node is None:
        raise OracleMissing("the KaTeX oracle needs node (18 or newer), which is not installed")
    if not (HERE / "node_modules" / "katex").is_dir():
        raise OracleMissing(f"the KaTeX oracle needs KaTeX: run `npm install` in {HERE}")
    return [node, str(KATEX_SCRIPT)]


_SPACED_LENGTH = re.compile(
    r"(?P<command>\\(?:[hv]space\s*\*?|raisebox)\s*)\{(?P<argument>[^{}]*)\}"
    r"|(?P<primitive>\\(?:m?kern|[hm]skip)\s*)(?P<length>[-+]?[\d\s.]+?(?:[a-z]\s*[a-z]))(?![a-z])"
    r"|(?P<newline>\\\\\s*)\[(?P<gap>[-+\d\s.]+[a-z]\s*[a-z]\s*)\]"
)
_SCRIPT_SIGN = f"[{''.join(UNICODE_SCRIPTS)}]"
_SPACED_SCRIPT = re.compile(rf"({_SCRIPT_SIGN})\s+(?={_SCRIPT_SIGN})")
_TEXT_COMMANDS = "|".join(name[1:] for name, cls in CLASSES.items() if cls == "TEXT")
_BARE_TEXT = re.compile(rf"(\\(?:{_TEXT_COMMANDS}|[lrc]lap|underbar|tag\*?))\s+([^\\{{\s])")
_SPACED_PRIME = re.compile(r"'\s+(?=['^])")


def as_typed(formula: str) -> str:
    r"""A spaced label as its writer typed it, where spaces between tokens change the meaning.

    Both TeX and KaTeX reject ``\hspace { 1 c m }`` for the spaces in the length, and ``x ' ^ 2`` for the space after
    the prime (a double superscript, which ``x'^2`` is not); KaTeX reads ``x ² ³`` as two scripts of one place, and
    shows the spaces of ``\text { a }`` but not those of ``\text a``; ``\`` at the end is the control space whose
    space was stripped.
    """
    compact = _SPACED_PRIME.sub("'", _SPACED_LENGTH.sub(_compact_length, formula))
    compact = _BARE_TEXT.sub(r"\1 { \2 }", _SPACED_SCRIPT.sub(r"\1", compact))
    backslashes = len(compact) - len(compact.rstrip("\\"))
    return compact + " " if backslashes % 2 else compact


def _compact_length(found: re.Match[str]) -> str:
    def without_spaces(name: str) -> str:
        return re.sub(r"\s+", "", found[name])

    if found["command"]:
        return f"{found['command']}{{{without_spaces('argument')}}}"
    if found["primitive"]:
        return f"{found['primitive']}{without_spaces('length')} "
    return f"{found['newline']}[{without_spaces('gap')}]"


def tex_available() -> bool:
    """Whether latex (with pdftex, its engine) is installed."""
    return shutil.which("pdftex") is not None and shutil.which("latex") is not None


def tex_verdicts(formulas: Sequence[str]) -> list[str | None]:
    """First TeX error of each formula in display style with amsmath; None where TeX accepts it.

    TeX stops at the first error and is started again after that formula, so that no error can affect another
    formula. Characters beyond ASCII become an ordinary symbol, as in TeX with a font that has them. Raises
    OracleMissing without TeX.
    """
    with _tex_folder() as folder:
        return [error for error, _ in _tex_run(formulas, folder, "judge.tex")]


def tex_drawings(formulas: Sequence[str]) -> list[str | None]:
    """TeX's drawing of each formula; None where it stops. Equal text means the same glyphs and rules.

    Positions are exact, in scaled points; the extents of the formula are included. Characters beyond ASCII are all
    drawn as one symbol: compare only formulas that contain the same ones. Raises OracleMissing without TeX.
    """
    with _tex_folder() as folder:
        return [drawing for _, drawing in _tex_run(formulas, folder, "draw.tex")]


@contextmanager
def _tex_folder() -> Iterator[Path]:
    """A folder with the scripts and a format with the packages loaded, so that a restart costs only 0.1 s."""
    if not tex_available():
        raise OracleMissing("the TeX oracle needs latex with amsmath and amssymb, which is not installed")
    with tempfile.TemporaryDirectory(prefix="tex-oracle-") as name:
        folder = Path(name)
        for script in TEX_SCRIPTS:
            shutil.copy(HERE / script, folder)
        command = ["pdftex", "-ini", "-interaction=batchmode", "-jobname=judgefmt", "&latex", "preamble.tex"]
        made = subprocess.run(command, cwd=folder, capture_output=True, timeout=TEX_SECONDS_PER_CHUNK)
        if made.returncode:
            raise OracleMissing("the TeX oracle needs packages that this installation of TeX lacks")
        yield folder


def _tex_run(formulas: Sequence[str], folder: Path, script: str) -> list[tuple[str | None, str | None]]:
    """First error and drawing of each formula, at most one of them not None."""
    answers: list[tuple[str | None, str | None]] = []
    while len(answers) < len(formulas):
        chunk = formulas[len(answers) : len(answers) + TEX_CHUNK]
        answers.extend(_tex_chunk(chunk, folder, script))
    return answers


def _tex_chunk(chunk: Sequence[str], folder: Path, script: str) -> list[tuple[str | None, str | None]]:
    """Answers up to and including the first error of the chunk."""
    lines = "".join(_one_line(formula) + "\n" for formula in chunk)
    (folder / "formulas.txt").write_text(lines, encoding="ascii")
    dvi = folder / "out.dvi"
    dvi.unlink(missing_ok=True)
    printed, timed_out = _pdftex(folder, script)
    pages = dvi_pages(dvi) if dvi.exists() else {}
    if "HMER:DONE" in printed:
        return [(None, pages.get(number)) for number in range(1, len(chunk) + 1)]
    begun = re.findall(r"^HMER:BEGIN (\d+)$", printed, flags=re.MULTILINE)
    if not begun:
        raise RuntimeError(f"TeX did not start: {printed[-500:]}")
    good = [(None, pages.get(number)) for number in range(1, int(begun[-1]))]
    return [*good, ("timeout" if timed_out else _first_error(printed), None)]


def _pdftex(folder: Path, script: str) -> tuple[str, bool]:
    """The output of TeX, and whether it ran out of time."""
    options = ["-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape", "-jobname=out"]
    command = ["pdftex", "-fmt=judgefmt", *options, script]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=TEX_SECONDS_PER_CHUNK)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode("utf-8", "replace"), True
    return done.stdout.decode("utf-8", "replace"), False


def _one_line(formula: str) -> str:
    r"""The formula as one ASCII line; a final backslash is the control space that line ends make of it."""
    return re.sub(r"[^\x20-\x7e]", "@", re.sub(r"[\t\r\n]", " ", formula))


def _first_error(printed: str) -> str:
    """TeX's first error message; for an unknown command with its name, which ends the next line."""
    found = re.search(r"^! (.*)\n(.*)", printed, flags=re.MULTILINE)
    if found is None:
        raise RuntimeError(f"TeX stopped without an error message: {printed[-500:]}")
    message, context = found.groups()
    if message.startswith("Undefined control sequence"):
        return f"Undefined control sequence {context.split()[-1]}"
    return message.strip()
