"""What the README and the pages show is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

import hmer_suite as hs
from hmer_suite.cli import app

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
BLOCKS = [
    (name, block.replace("\\\n", " "))
    for name, text in PAGES.items()
    for block in re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
]
COMMANDS = sorted(
    {(name, line) for name, block in BLOCKS for line in re.findall(r"^hmer-suite (?!\|).*", block, re.M)}
)
EXPRESSIONS = [
    (name, *found)
    for name, text in PAGES.items()
    for found in re.findall(r"^(hs\..*?)\s+# (['\d].*)$", text, re.M)
]


@pytest.mark.parametrize(("page", "line"), [(page, line) for page, line in COMMANDS if "|v:" not in line])
def test_every_command_and_option_exists(page: str, line: str):
    words = shlex.split(re.split(r" (?:&&|\||>) ", line)[0], comments=True)
    command = get_command(app).commands[words[1]]
    if words[1] in ("data", "plugins") and words[2:] and words[2] in getattr(command, "commands", {}):
        command = command.commands[words[2]]
    options = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {word.partition("=")[0] for word in words if re.match("--[a-z]", word)} <= options


@pytest.mark.parametrize(("page", "expression", "expected"), EXPRESSIONS)
def test_every_expression_gives_what_stands_beside_it(page: str, expression: str, expected: str):
    assert repr(eval(expression, {"hs": hs})) == expected  # our own pages, not a user's text


def test_plugin_of_the_readme_offers_its_recogniser():
    (block,) = re.findall(r"```python\n(from dataclasses.*?)```", PAGES["README.md"], re.S)
    found: dict = {}
    exec(block, found)  # our own page, not a user's text
    (spec,) = found["hmer_recognisers"]()
    assert (spec.name, spec.options().width) == ("my-net", 64)


def test_every_command_is_listed():
    listed = re.findall(r"^\| `(\w+)", PAGES["docs/commands.md"], re.M)
    assert listed == list(get_command(app).commands)


def test_there_is_something_to_test():
    assert len(COMMANDS) >= 20
    assert len(EXPRESSIONS) >= 6


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str):
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)\s]+)\)", PAGES[page])
    assert [link for link in links if not _leads_somewhere(folder, page, link)] == []


def _leads_somewhere(folder: Path, page: str, link: str) -> bool:
    path, _, anchor = link.partition("#")
    if re.match("[a-z]+:", link):
        return True
    target = folder / path if path else ROOT / page
    if not target.exists():
        return False
    return not anchor or anchor in {
        _slug(title) for title in re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.M)
    }


def _slug(title: str) -> str:
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", title.lower()).strip())
