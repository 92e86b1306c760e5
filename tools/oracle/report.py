"""Compare the grammar and the canonical spelling with KaTeX, and with TeX where it is installed.

python -m tools.oracle.report --data ../shared/data --out reports

Writes validity.md and canonical.md.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.files import write_whole
from hmer_suite.latex.canonical.canoniser import REWRITES, canonical_tree
from hmer_suite.latex.problems import validate
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, parse, unparse
from tools.command import run_tool
from tools.oracle.judges import Drawing, KatexOracle, as_typed, tex_available, tex_verdicts
from tools.reports.common import CAPTIONS, add_data_folder, read_captions, report_parser
from tools.reports.markdown import Cell, bullets, page, section, table

COMMAND = "make oracle"


@dataclass(frozen=True, slots=True)
class Formula:
    """A label or prediction of a real file."""

    file: str
    id: str
    text: str


def formulas(data: Path) -> Iterator[Formula]:
    """Every label and every prediction in the data folder."""
    for name in CAPTIONS.values():
        for id, label in read_captions(data / "crohme" / name).items():
            yield Formula(name.removesuffix(".txt"), id, label)
    for line in (data / "predictions" / "wap-crohme2014.txt").read_text("utf-8").splitlines():
        yield Formula("wap predictions", *line.partition(" ")[::2])
    for path in sorted((data / "predictions").glob("*.json")):
        read = json.loads(path.read_text("utf-8"))
        rows = [{"img_id": key, **value} for key, value in read.items()] if isinstance(read, dict) else read
        for field, kind in (("gt", "labels"), ("pred", "predictions")):
            yield from (Formula(f"{path.stem} {kind}", row["img_id"], row[field]) for row in rows)
    for name in ("val", "test-a"):
        lines = (data / "im2latex" / f"{name}.formulas.norm.txt").read_text("utf-8").splitlines()
        yield from (Formula(f"im2latex {name}", str(i), text) for i, text in enumerate(lines, 1))


# --- validity -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Errors of the three judges on one formula; None where it is valid, for TeX also where it was not asked."""

    ours: str | None
    katex: str | None
    tex: str | None
    tex_asked: bool


def judge(rows: list[Formula]) -> list[Verdicts]:
    """Ask all judges about every formula; TeX, where installed, only about those on which the others differ."""
    typed = [as_typed(row.text) for row in rows]
    ours = [next((p.code for p in validate(row.text).problems), None) for row in rows]
    with KatexOracle() as katex:
        theirs = [None if v.valid else v.error or "rejected" for v in katex.verdicts(typed)]
    apart = [i for i in range(len(rows)) if (ours[i] is None) != (theirs[i] is None)]
    tex: dict[int, str | None] = {}
    if tex_available() and apart:
        tex = dict(zip(apart, tex_verdicts([typed[i] for i in apart]), strict=True))
    return [Verdicts(ours[i], theirs[i], tex.get(i), i in tex) for i in range(len(rows))]


def cause(verdict: Verdicts) -> str:
    """Why our verdict and KaTeX's differ, in one clause, with the verdict of TeX."""
    side = "TeX accepts it as well" if verdict.tex is None else f"TeX rejects it: {verdict.tex}"
    if not verdict.tex_asked:
        side = "TeX was not asked"
    if verdict.ours is None:
        return f"KaTeX: {_short(verdict.katex)}; {side}"
    return f"hmer-suite: {verdict.ours}; KaTeX accepts it; {side}"


def _short(message: str | None) -> str:
    """A KaTeX message without the formula that it quotes."""
    return (message or "").removeprefix("KaTeX parse error: ").partition(" at position")[0]


VALIDITY = r"""
A formula goes to the other judges as its writer typed it: without the white space inside lengths
(`\hspace { 1 c m }`) and after apostrophes, which tokens do not have and TeX sees. TeX (latex with amsmath and
amssymb) is asked wherever KaTeX and hmer-suite differ."""
VALIDITY_COLUMNS = (
    "file", "formulas", "valid", "KaTeX agrees, %", "TeX sides with hmer-suite", "with KaTeX",
)  # fmt: skip


def validity_report(rows: list[Formula], verdicts: list[Verdicts], version: str) -> str:
    """The page on verdicts."""
    by_file: dict[str, list[Verdicts]] = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        by_file[row.file].append(verdict)
    counts = [_validity_row(name, found) for name, found in (*by_file.items(), ("**all**", verdicts))]
    return page(
        "Verdicts against KaTeX and TeX",
        COMMAND,
        VALIDITY.strip(),
        table(VALIDITY_COLUMNS, counts),
        section("Every difference, by cause", bullets(_differences(rows, verdicts))),
        note=f" with KaTeX {version}",
    )


def _validity_row(name: str, verdicts: list[Verdicts]) -> tuple[Cell, ...]:
    apart = [v for v in verdicts if (v.ours is None) != (v.katex is None)]
    asked = [v for v in apart if v.tex_asked]
    with_us = sum((v.tex is None) == (v.ours is None) for v in asked)
    valid = sum(v.ours is None for v in verdicts)
    share = 100 * (1 - len(apart) / len(verdicts))
    return (name, len(verdicts), valid, share, with_us, len(asked) - with_us)


def _differences(rows: list[Formula], verdicts: list[Verdicts]) -> Iterator[str]:
    found: dict[str, list[Formula]] = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        if (verdict.ours is None) != (verdict.katex is None):
            found[cause(verdict)].append(row)
    for why, where in sorted(found.items(), key=lambda item: -len(item[1])):
        yield f"{len(where)} x {why}: {_places(where)}"


def _places(rows: list[Formula]) -> str:
    by_file: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_file[row.file].append(row.id)
    return "; ".join(f"{name} {', '.join(ids)}" for name, ids in by_file.items())


# --- canonical spelling ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Respelling:
    """A formula whose canonical spelling differs, and the rewrites that fired."""

    formula: Formula
    before: str
    after: str
    fired: tuple[str, ...]


def respellings(rows: list[Formula]) -> list[Respelling]:
    """Every distinct formula that canonical spelling changes."""
    found = []
    for text, row in {row.text: row for row in rows}.items():
        tokens = split(text)
        fired: Counter[str] = Counter()
        try:
            after = unparse(canonical_tree(parse(tokens), fired=fired))
        except LatexSyntaxError:
            continue
        if after != tokens:
            names = tuple(sorted(fired)) or ("script-order",)
            found.append(Respelling(row, as_typed(join(tokens)), as_typed(join(after)), names))
    return found


CANONICAL = """\
KaTeX draws every distinct label and prediction before and after, and the positions, fonts and sizes of all glyphs and
rules are compared (`tools/oracle/drawing.mjs`)."""
TREE_ALONE = """\
`script-order` covers what the tree does by itself: order of scripts, `\\sp`, braces around a delimiter, `\\root`; it
is counted only where nothing else changed."""
CANONICAL_COLUMNS = (
    "rewrite", "example", "formulas", "drawn alike", "differently", "KaTeX cannot draw", "default",
)  # fmt: skip
SAME, DIFFERENT, UNDRAWN = "same", "different", "undrawn"


def canonical_report(found: list[Respelling]) -> str:
    """The page on canonical spelling."""
    with KatexOracle() as katex:
        before = katex.drawings([r.before for r in found])
        after = katex.drawings([r.after for r in found])
    outcomes = [_outcome(a, b) for a, b in zip(before, after, strict=True)]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for respelling, outcome in zip(found, outcomes, strict=True):
        for name in respelling.fired:
            counts[name][outcome] += 1
    drawn = outcomes.count(SAME) + outcomes.count(DIFFERENT)
    examples = [(r.name, f"`{r.before}` → `{r.after}`", r.default) for r in REWRITES]
    examples += [("synonyms", r"`\le` → `\leq`", True), ("script-order", "`x ^ a _ b` → `x _ b ^ a`", True)]
    wrong = [r for r, outcome in zip(found, outcomes, strict=True) if outcome == DIFFERENT]
    misdrawn = bullets(f"{r.formula.file} {r.formula.id}: {', '.join(r.fired)}" for r in wrong)
    return page(
        "Canonical spelling",
        COMMAND,
        CANONICAL,
        f"{len(found):,} distinct formulas change; KaTeX can draw {drawn:,} of them, {outcomes.count(SAME):,} "
        f"alike and {outcomes.count(DIFFERENT):,} differently. The others have a "
        "command that KaTeX lacks (see validity.md).",
        table(CANONICAL_COLUMNS, [_canonical_row(*example, counts[example[0]]) for example in examples]),
        TREE_ALONE,
        section("Drawn differently", misdrawn) if wrong else "",
    )


def _outcome(before: Drawing, after: Drawing) -> str:
    if before.marks is None or after.marks is None:
        return UNDRAWN
    return SAME if before.marks == after.marks else DIFFERENT


def _canonical_row(name: str, example: str, default: bool, counts: Counter[str]) -> tuple[Cell, ...]:
    cells = [counts[outcome] for outcome in (SAME, DIFFERENT, UNDRAWN)]
    return (name, example, sum(counts.values()), *cells, "on" if default else "off")


def main() -> None:
    parser = report_parser(__doc__, out="folder of the reports to write")
    add_data_folder(parser)
    given = parser.parse_args()
    rows = list(formulas(given.data))
    with KatexOracle() as katex:
        version = katex.version()
    write_whole(given.out / "validity.md", validity_report(rows, judge(rows), version))
    write_whole(given.out / "canonical.md", canonical_report(respellings(rows)))


if __name__ == "__main__":
    run_tool(main)
