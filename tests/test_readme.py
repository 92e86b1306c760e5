"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

import hmer_suite as hs
from hmer_suite.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(set(re.findall(r"^hmer-suite (?!\|).*", README, flags=re.MULTILINE)))
EXPRESSIONS = re.findall(r"^(hs\..*?)\s+# (.+)$", README, flags=re.MULTILINE)


@pytest.mark.parametrize("line", [line for line in COMMANDS if "|v:" not in line])
def test_every_command_and_option_exists(line: str):
    words = shlex.split(line, comments=True)
    command = get_command(app).commands[words[1]]
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_every_expression_gives_what_stands_beside_it(expression: str, expected: str):
    assert repr(eval(expression, {"hs": hs})) == expected  # our own README, not a user's text


def test_the_example_of_reading_gives_what_stands_beside_it():
    block = next(
        one for one in re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL) if "hs.load" in one
    )
    names: dict[str, object] = {}
    results = []
    for line in block.splitlines():
        code, _, expected = (part.strip() for part in line.partition("  # "))
        if not code.startswith("best."):
            exec(code, names)
            continue
        results.append(eval(code, names))
        if expected.startswith("'"):
            assert repr(results[-1]) == expected
    assert len(results) == 4 and [token for token, _ in results[2]] == ["1", "+", "1"]


def test_there_is_something_to_test():
    assert len(COMMANDS) >= 5
    assert len(EXPRESSIONS) >= 3


def test_every_link_leads_somewhere():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
