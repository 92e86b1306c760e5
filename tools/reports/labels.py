"""How labels read from CROHME's InkML compare with the published captions: writes `reports/labels.md`.

python tools/reports/labels.py --data ../shared/data --out reports/labels.md
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from hmer_suite.data.sources.crohme import find_part, inkml_files
from hmer_suite.errors import InputError
from hmer_suite.files import read_lines, write_whole
from hmer_suite.ink.inkml import InkDocument, parse_inkml
from hmer_suite.ink.labels import disagreement, label
from hmer_suite.latex.canonical.canoniser import canonical

SPLITS = {"train": "captions-train.txt", "test": "captions-test2014.txt"}
EXAMPLES = 1
"""Differences of each kind that are shown in full; the others are named by their ids alone."""

READERS: dict[str, Callable[[InkDocument], InkDocument]] = {
    "as shipped": lambda ink: ink,
    "typed truth alone": lambda ink: replace(ink, mathml=None),
    "MathML alone": lambda ink: replace(ink, truth=None),
    "both, without the marked ink": lambda ink: replace(ink, groups=()),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A sample whose label is not its caption, and of what kind the difference is."""

    id: str
    kind: str
    label: str
    caption: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds crohme/")
    parser.add_argument("--out", type=Path, required=True, help="Markdown file to write")
    arguments = parser.parse_args()
    folder = arguments.data / "crohme"
    write_whole(arguments.out, report(folder))


def report(folder: Path) -> str:
    """The whole report."""
    tables, differences = [], []
    for split, name in SPLITS.items():
        captions = dict(line.split("\t") for line in read_lines(folder / name))
        captions = {id: canonical(caption) for id, caption in captions.items()}
        inks, unread = read(folder, split)
        tables.append(table(split, inks, unread, captions))
        differences.append(listing(split, differences_of(inks, captions)))
    return "\n".join([HEAD, *tables, *differences])


HEAD = """# Labels of CROHME's ink

Written by `python tools/reports/labels.py --data ../shared/data --out reports/labels.md`.

Labels read from InkML, compared with the published captions (WAP, 2017), both in canonical spelling. A file says
what was written up to three times: as LaTeX that its writer typed, as a MathML tree, and as symbols marked in the
ink. Where LaTeX and MathML differ, the one whose symbols are marked is believed (`hmer_suite/ink/labels.py`).
"""


def read(folder: Path, split: str) -> tuple[list[InkDocument], list[str]]:
    """The ink of a split, and what is wrong with files that cannot be read."""
    inks, unread = [], []
    for name, data in inkml_files(find_part(folder, split)):
        try:
            inks.append(parse_inkml(data, PurePosixPath(name).stem))
        except InputError as error:
            unread.append(str(error))
    return inks, unread


def label_or_none(ink: InkDocument) -> str:
    try:
        return label(ink)
    except InputError:
        return ""


def table(split: str, inks: list[InkDocument], unread: list[str], captions: dict[str, str]) -> str:
    """Share of equal labels, by what is read of a file."""
    lines = [f"## {split}", "", "| read | files | equal | share |", "|---|---|---|---|"]
    for name, reader in READERS.items():
        equal = sum(label_or_none(reader(ink)) == captions[ink.id] for ink in inks)
        lines.append(f"| {name} | {len(inks):,} | {equal:,} | {100 * equal / len(inks):.2f} % |")
    noted = [f"{ink.id}: {note}" for ink in inks for note in ink.notes]
    lines += ["", f"Not read: {'; '.join(unread) or 'none'}. Odd: {'; '.join(noted) or 'none'}.", ""]
    return "\n".join(lines)


def differences_of(inks: list[InkDocument], captions: dict[str, str]) -> list[Difference]:
    """Every sample whose label is not its caption."""
    found = []
    for ink in inks:
        read, caption = label_or_none(ink), captions[ink.id]
        if read != caption:
            found.append(Difference(ink.id, kind(ink, read, caption), read, caption))
    return found


def kind(ink: InkDocument, read: str, caption: str) -> str:
    """Of what kind a difference is; symbols that are marked in the ink decide who is right."""
    ours, theirs = disagreement(read, ink), disagreement(caption, ink)
    if ours < theirs:
        return "the marked ink agrees with the label: the caption has symbols too many or too few"
    if theirs < ours:
        return "the marked ink agrees with the caption"
    if read == canonical(caption.replace("{ { } ^ { \\prime } }", "{ \\prime }")):
        return "a prime that the caption raises twice"
    return "the same symbols in another layout"


def listing(split: str, differences: list[Difference]) -> str:
    """All differences of a split by kind."""
    lines = [f"## Differences in {split}: {len(differences)}", ""]
    kinds = sorted({difference.kind for difference in differences})
    for name in kinds:
        members = [difference for difference in differences if difference.kind == name]
        lines += [f"**{name}** ({len(members)}): {', '.join(member.id for member in members)}", ""]
        for member in members[:EXAMPLES]:
            lines += [f"- {member.id}: label `{member.label}`, caption `{member.caption}`", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
