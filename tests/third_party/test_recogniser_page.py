"""docs/recogniser.md, followed from its first command to its last, in an environment of its own.

Commands are run as they stand there. A block that begins with the name of a file is that file, or is added to its end,
or (`in`) is a part of it, as the words say; one without a language that is no command is part of what the command
before it prints.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

import hmer_suite as hs
from hmer_suite.nn.batch import Batch, Strokes
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Preprocessing, RecogniserSpec
from hmer_suite.testing import PICTURES, RecogniserContract, pictures
from tests.third_party.environment import new_environment
from tests.third_party.follow import PROGRAMS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/recogniser.md").read_text("utf-8")
PLACE = re.compile(r"(?:# |<!-- )(in |at the end of |)([\w./-]+\.\w+)(?: -->)?\n")

LAST = list(PICTURES)[-1]
"""Label of the one picture that the lab tests on."""


def steps() -> list[list[str]]:
    """What the page says to do, as `follow` does it, and ``says TEXT`` for what a command prints."""
    found: list[list[str]] = []
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL):
        found += _steps_of(language, text)
    return found


def _steps_of(language: str, text: str) -> list[list[str]]:
    place = PLACE.match(text)
    if place is not None:
        kind = {"in ": "holds", "at the end of ": "append", "": "write"}[place[1]]
        return [[kind, place[2], text[place.end() :]]]
    if language == "python":
        return [["run", shlex.join(["python", "-c", text])]]
    if not language and text.split()[0] in PROGRAMS:
        return [["run", re.sub(" +", " ", line)] for line in text.splitlines()]
    return [["says", text]]


@dataclass(frozen=True)
class Followed:
    """The folder in which the page was followed, and what each step did."""

    folder: Path
    results: list[dict]

    def result(self, words: str) -> dict:
        """What the one command with these words in it did."""
        (found,) = (r for r in self.results if r["step"][0] == "run" and words in r["step"][1])
        return found

    def described(self, run: str) -> dict:
        """What the last checkpoint of a run says of itself."""
        return json.loads((self.folder / "runs" / run / "last/config.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Followed:
    """The page, followed by somebody who has a picture and a folder of labelled ones."""
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    environment = new_environment(tmp_path_factory.mktemp("page"))
    _draw(environment.folder)
    wanted = [step for step in steps() if step[0] != "says"]
    follow = Path(__file__).with_name("follow.py")
    results = json.loads(environment.run(follow, given=json.dumps(wanted)).stdout)
    last = results[-1]
    assert len(results) == len(wanted) and last["code"] == 0, "\n".join(
        [*last["step"], last.get("out", ""), last.get("err", "")]
    )
    return Followed(environment.folder, results)


def _draw(folder: Path) -> None:
    """``photo.png``, and ``lab/`` with a picture and its LaTeX in each split."""
    from PIL import Image

    samples = pictures(24)
    for number, name in enumerate(("photo", "lab/train/a", "lab/validation/b", "lab/test/c")):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - samples.images[number]).save(path)
        path.with_suffix(".tex").write_text(samples.labels[number], "utf-8")


def test_what_commands_print_is_what_the_page_shows(followed: Followed):
    results, printed, compared = iter(followed.results), "", 0
    for kind, *words in steps():
        if kind != "says":
            printed = next(results).get("out", "")
            continue
        compared += 1
        lines = [line.split() for line in printed.splitlines()]
        for wanted in (line.split() for line in words[0].splitlines() if line != "..."):
            assert any(line[: len(wanted)] == wanted for line in lines), (wanted, printed)
    assert compared == 2


def test_each_network_of_the_page_keeps_the_contract(followed: Followed):
    commands = ("pytest my-net", "pytest my-pen")
    said = [result["out"] for result in followed.results if result["step"][1].startswith(commands)]
    tests = [name for name in dir(RecogniserContract) if name.startswith("test_")]
    assert len(said) == 4
    assert all(re.search(rf"= {len(tests)} passed in", text) for text in said)


def test_it_trains_and_goes_on(followed: Followed):
    first = followed.result("train my-net --data synthetic:80,0,8 --set preset=small")
    assert "not validated yet; stopped" in first["out"]
    resumed = followed.result("--resume")
    (steps,) = re.findall(r"--max-steps (\d+)", resumed["step"][1])
    assert resumed["out"].startswith(f"runs/my-net: {steps} steps") and "the best so far" in resumed["err"]
    written = followed.described("my-net")
    assert (written["recogniser"], written["step"]) == ("my-net", int(steps))


def test_settings_come_from_the_file_and_from_the_command(followed: Followed):
    written = followed.described("two")["settings"]
    assert (written["preset"], written["clip"], written["hidden"]) == ("base", 2.0, 96)
    assert (written["schedule"], written["augment.rotation"]) == ("constant", 8.0)
    assert written["encoder_from"] == "symbol-cnn"


def test_its_encoder_starts_from_that_of_another(followed: Followed):
    said = followed.result("encoder_from=symbol-cnn")["err"]
    taken, of = re.search(r"(\d+) of (\d+) tensors of the encoder start from symbol-cnn", said).groups()
    assert taken == of


def test_training_goes_on_with_tokens_that_are_new(followed: Followed):
    assert "tokens that are new to it" in followed.result("init_from=runs/my-net/best")["err"]
    known, grown = (followed.described(run)["vocabulary"] for run in ("my-net", "three"))
    assert grown[: len(known)] == known and len(grown) > len(known)


def test_a_network_that_reads_ink_trains_and_reads(followed: Followed):
    written = followed.described("my-pen")
    assert (written["recogniser"], written["step"]) == ("my-pen", 5)
    assert (written["preprocessing"]["input"], written["preprocessing"]["points"]) == ("ink", 16)
    rows = [line.split("\t") for line in (followed.folder / "pen.tsv").read_text("utf-8").splitlines()]
    assert len(rows) == 64 and all(hs.validate(prediction).valid for _, prediction, _ in rows)


def test_it_reads_in_every_way(followed: Followed):
    assert hs.validate(followed.result("photo.png # greedy")["out"].strip()).valid
    beam = [line.split("\t") for line in followed.result("photo.png --beam")["out"].splitlines()]
    assert len(beam) == 3
    assert all(hs.validate(latex).valid and float(logprob) < 0 for latex, logprob in beam)
    several = json.loads((followed.folder / "nbest.jsonl").read_text("utf-8"))
    assert len(several["nbest"]) == 5 and several["gt"] == LAST


def test_where_it_looked_is_drawn(followed: Followed):
    from PIL import Image

    with Image.open(followed.folder / "looks/photo.attention.png") as sheet:
        assert sheet.width > 50 and len(sheet.convert("RGB").getcolors(1 << 24)) > 50
    assert (followed.folder / "looks/photo.attention.gif").is_file()
    with Image.open(followed.folder / "looks/pen/photo.attention.png") as sheet:
        assert sheet.width > 20


def test_data_of_the_lab_come_by_the_same_door(followed: Followed):
    described = followed.described("lab")["data"]
    assert described["spec"] == "my-ink:lab+synthetic:80,0,8" and described["train"]["n"] == 81
    assert (followed.folder / "preds.tsv").read_text("utf-8").split("\t")[::2] == ["c", f"{LAST}\n"]


def test_its_weights_ship_with_their_card(followed: Followed):
    assert hs.validate(followed.result("predict my-net photo.png")["out"].strip()).valid
    (wheel,) = (followed.folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        files = {name.removeprefix("my_net/weights/") for name in packed.namelist() if "/weights/" in name}
        assert files == {"model.safetensors", "config.json", "README.md"}
        assert str(followed.folder) not in packed.read("my_net/weights/config.json").decode()


@pytest.mark.parametrize("kind", [Batch, Strokes, Decoding, Hypothesis, Preprocessing, RecogniserSpec])
def test_every_field_of_what_a_recogniser_meets_is_there(kind: type):
    assert [field.name for field in fields(kind) if not re.search(rf"[`( ]{field.name}[`,)=]", PAGE)] == []


def test_every_module_and_file_that_the_text_names_exists():
    paths = re.findall(r"`((?:hmer_suite|plugins|tests)/[\w./]+)`", PAGE)
    assert paths and all((ROOT / path).exists() for path in paths), paths
    for name in set(re.findall(r"`(hmer_suite(?:\.\w+)+)`", PAGE)):
        module, _, last = name.rpartition(".")
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(module), last), name


def test_every_link_leads_somewhere():
    for link in re.findall(r"\]\(([^)]+)\)", PAGE):
        path, _, anchor = link.partition("#")
        target = (ROOT / "docs" / path).resolve() if path else ROOT / "docs/recogniser.md"
        assert target.is_file(), link
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), flags=re.MULTILINE)
        assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}, link
