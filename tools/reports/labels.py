"""Compare labels read from CROHME's InkML with the published captions; writes reports/labels.md.

python -m tools.reports.labels --data ../shared/data --out reports/labels.md
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from hmer_suite.data.sources.crohme import find_part, inkml_files
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.ink.inkml import InkDocument, parse_inkml
from hmer_suite.ink.labels import disagreement, label
from hmer_suite.latex.canonical.canoniser import canonical
from tools.command import run_tool
from tools.reports.common import CAPTIONS, add_data_folder, read_captions, report_parser
from tools.reports.markdown import bullets, page, section, table

EXAMPLES = 1
"""Differences of each kind that are shown in full; of the others only the ids are given."""

READERS: dict[str, Callable[[InkDocument], InkDocument]] = {
    "as shipped": lambda ink: ink,
    "typed truth alone": lambda ink: replace(ink, mathml=None),
    "MathML alone": lambda ink: replace(ink, truth=None),
    "both, without the marked ink": lambda ink: replace(ink, groups=()),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A sample whose label is not its caption, with the kind of the difference."""

    id: str
    kind: str
    label: str
    caption: str


COMMAND = "python -m tools.reports.labels --data ../shared/data --out reports/labels.md"
ABOUT = """\
Labels read from InkML, compared with the published captions (WAP, 2017), both in canonical spelling. A file says
what was written up to three times: as LaTeX that its writer typed, as a MathML tree, and as symbols marked in the
ink. Where LaTeX and MathML differ, the one whose symbols are marked is believed (`hmer_suite/ink/labels.py`)."""


def main() -> None:
    parser = report_parser(__doc__)
    add_data_folder(parser)
    given = parser.parse_args()
    write_whole(given.out, report(given.data / "crohme"))


def report(folder: Path) -> str:
    """The whole report."""
    tables, differences = [], []
    for split, name in CAPTIONS.items():
        captions = {id: canonical(caption) for id, caption in read_captions(folder / name).items()}
        inks, unread = read(folder, split)
        tables.append(shares(split, inks, unread, captions))
        differences.append(listing(split, differences_of(inks, captions)))
    return page("Labels of CROHME's ink", COMMAND, ABOUT, *tables, *differences)


def read(folder: Path, split: str) -> tuple[list[InkDocument], list[str]]:
    """The ink of a split, and the errors of files that cannot be read."""
    inks, unread = [], []
    for name, data in inkml_files(find_part(folder, split)):
        try:
            inks.append(parse_inkml(data, PurePosixPath(name).stem))
        except InputError as error:
            unread.append(str(error))
    return inks, unread


def label_or_empty(ink: InkDocument) -> str:
    """The label of a file, empty where it has none."""
    try:
        return label(ink)
    except InputError:
        return ""


def shares(split: str, inks: list[InkDocument], unread: list[str], captions: dict[str, str]) -> str:
    """Share of equal labels, by the parts of a file that are read."""
    rows = []
    for name, reader in READERS.items():
        equal = sum(label_or_empty(reader(ink)) == captions[ink.id] for ink in inks)
        rows.append((name, len(inks), equal, f"{100 * equal / len(inks):.2f} %"))
    noted = [f"{ink.id}: {note}" for ink in inks for note in ink.notes]
    return section(
        split,
        table(["read", "files", "equal", "share"], rows),
        f"Not read: {'; '.join(unread) or 'none'}. Odd: {'; '.join(noted) or 'none'}.",
    )


def differences_of(inks: list[InkDocument], captions: dict[str, str]) -> list[Difference]:
    """Every sample whose label is not its caption."""
    found = []
    for ink in inks:
        read, caption = label_or_empty(ink), captions[ink.id]
        if read != caption:
            found.append(Difference(ink.id, kind(ink, read, caption), read, caption))
    return found


def kind(ink: InkDocument, read: str, caption: str) -> str:
    """The kind of a difference; symbols that are marked in the ink decide which side is right."""
    ours, theirs = disagreement(read, ink), disagreement(caption, ink)
    if ours < theirs:
        return "the marked ink agrees with the label: the caption has too many or too few symbols"
    if theirs < ours:
        return "the marked ink agrees with the caption"
    if read == canonical(caption.replace("{ { } ^ { \\prime } }", "{ \\prime }")):
        return "a prime that the caption raises twice"
    return "the same symbols in another layout"


def listing(split: str, differences: list[Difference]) -> str:
    """All differences of a split by kind."""
    blocks = []
    for name in sorted({difference.kind for difference in differences}):
        members = [difference for difference in differences if difference.kind == name]
        blocks.append(f"**{name}** ({len(members)}): {', '.join(member.id for member in members)}")
        blocks.append(
            bullets(f"{m.id}: label `{m.label}`, caption `{m.caption}`" for m in members[:EXAMPLES])
        )
    return section(f"Differences in {split}: {len(differences)}", *blocks)


if __name__ == "__main__":
    run_tool(main)
