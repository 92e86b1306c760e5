"""Hold the grammar and the canonical spelling against KaTeX, and against TeX where it is installed.

    python tools/oracle/report.py --data ../shared/data --out reports

writes `validity.md` and `canonical.md`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.files import write_whole
from hmer_suite.latex.canonical.canoniser import REWRITES, canonical_tree
from hmer_suite.latex.problems import validate
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, parse, unparse

sys.path.insert(0, str(Path(__file__).parent))
from oracle import KatexOracle, as_typed, tex_verdicts

COMMAND = "make oracle"


@dataclass(frozen=True, slots=True)
class Formula:
    """A label or prediction of a real file."""

    file: str
    id: str
    text: str


def formulas(data: Path) -> Iterator[Formula]:
    """Every label and every prediction in the data folder."""
    for name in ("captions-train", "captions-test2014"):
        for line in (data / "crohme" / f"{name}.txt").read_text("utf-8").splitlines():
            yield Formula(name, *line.split("\t"))
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
    """Errors of the three judges on one formula; None is valid, and for TeX also "not asked"."""

    ours: str | None
    katex: str | None
    tex: str | None
    tex_asked: bool


def judge(rows: list[Formula]) -> list[Verdicts]:
    """Ask all judges about every formula; TeX only about those on which the others differ, and where it is there."""
    typed = [as_typed(row.text) for row in rows]
    ours = [next((p.code for p in validate(row.text).problems), None) for row in rows]
    with KatexOracle() as katex:
        theirs = [None if v.valid else v.error or "rejected" for v in katex.verdicts(typed)]
    apart = [i for i in range(len(rows)) if (ours[i] is None) != (theirs[i] is None)]
    asked = apart if shutil.which("latex") else []
    tex = dict(zip(asked, tex_verdicts([typed[i] for i in asked]), strict=True))
    return [Verdicts(ours[i], theirs[i], tex.get(i), i in tex) for i in range(len(rows))]


def cause(verdict: Verdicts) -> str:
    """Why our verdict and KaTeX's differ, in one clause; the judge of last resort is TeX."""
    side = "TeX accepts it as well" if verdict.tex is None else f"TeX refuses it: {verdict.tex}"
    if not verdict.tex_asked:
        side = "TeX was not asked"
    if verdict.ours is None:
        return f"KaTeX: {_short(verdict.katex)}; {side}"
    return f"hmer-suite: {verdict.ours}; KaTeX accepts it; {side}"


def _short(message: str | None) -> str:
    """A KaTeX message without the formula that it quotes."""
    return (message or "").removeprefix("KaTeX parse error: ").partition(" at position")[0]


def validity_report(rows: list[Formula], verdicts: list[Verdicts], version: str) -> str:
    by_file: dict[str, list[Verdicts]] = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        by_file[row.file].append(verdict)
    lines = [
        "# Verdicts against KaTeX and TeX",
        "",
        f"Written by `{COMMAND}` with KaTeX {version}. A formula goes to the outside judges as its writer typed it:",
        r"without the white space inside lengths (`\hspace { 1 c m }`) and behind apostrophes, which tokens do not",
        "have and TeX sees.",
        "TeX (latex with amsmath and amssymb) is asked wherever KaTeX and hmer-suite differ.",
        "",
        "| file | formulas | valid | KaTeX agrees, % | TeX sides with hmer-suite | with KaTeX |",
        "|---|---|---|---|---|---|",
        *(_validity_row(name, found) for name, found in by_file.items()),
        _validity_row("**all**", verdicts),
        "",
        "## Every difference, by cause",
        "",
        *_differences(rows, verdicts),
        "",
    ]
    return "\n".join(lines)


def _validity_row(name: str, verdicts: list[Verdicts]) -> str:
    apart = [v for v in verdicts if (v.ours is None) != (v.katex is None)]
    with_us = sum(v.tex_asked and (v.tex is None) == (v.ours is None) for v in apart)
    valid = sum(v.ours is None for v in verdicts)
    share = 100 * (1 - len(apart) / len(verdicts))
    return f"| {name} | {len(verdicts):,} | {valid:,} | {share:.2f} | {with_us} | {len(apart) - with_us} |"


def _differences(rows: list[Formula], verdicts: list[Verdicts]) -> list[str]:
    found: dict[str, list[Formula]] = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        if (verdict.ours is None) != (verdict.katex is None):
            found[cause(verdict)].append(row)
    return [
        f"- {len(where)} x {why}: {_places(where)}"
        for why, where in sorted(found.items(), key=lambda item: -len(item[1]))
    ]


def _places(rows: list[Formula]) -> str:
    by_file: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_file[row.file].append(row.id)
    return "; ".join(f"{name} {', '.join(ids)}" for name, ids in by_file.items())


# --- canonical spelling ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Respelling:
    """A formula whose canonical spelling differs, and the rewrites that did it."""

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


def canonical_report(found: list[Respelling]) -> str:
    with KatexOracle() as katex:
        before = katex.drawings([r.before for r in found])
        after = katex.drawings([r.after for r in found])
    outcomes = [_outcome(a, b) for a, b in zip(before, after, strict=True)]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for respelling, outcome in zip(found, outcomes, strict=True):
        for name in respelling.fired:
            counts[name][outcome] += 1
    drawn = outcomes.count("same") + outcomes.count("different")
    lines = [
        "# Canonical spelling",
        "",
        f"Written by `{COMMAND}`: KaTeX draws every distinct label and prediction before and after, and the positions,",
        "fonts and sizes of all glyphs and rules are compared (`tools/oracle/drawing.mjs`).",
        "",
        f"{len(found):,} distinct formulas change; KaTeX can draw {drawn:,} of them, {outcomes.count('same'):,} "
        f"alike and {outcomes.count('different'):,} differently. The others hold a "
        "command that KaTeX lacks (see validity.md).",
        "",
        "| rewrite | example | formulas | drawn alike | differently | KaTeX cannot draw | default |",
        "|---|---|---|---|---|---|---|",
        *(_canonical_row(r.name, f"`{r.before}` → `{r.after}`", counts[r.name], r.default) for r in REWRITES),
        _canonical_row("synonyms", r"`\le` → `\leq`", counts["synonyms"], True),
        _canonical_row("script-order", "`x ^ a _ b` → `x _ b ^ a`", counts["script-order"], True),
        "",
        "`script-order` stands for what the tree alone does: order of scripts, `\\sp`, braces around a delimiter; it",
        "is counted only where nothing else changed.",
        "",
        *_misdrawn(found, outcomes),
    ]
    return "\n".join(lines)


def _outcome(before, after) -> str:
    if before.marks is None or after.marks is None:
        return "undrawn"
    return "same" if before.marks == after.marks else "different"


def _canonical_row(name: str, example: str, counts: Counter[str], default: bool) -> str:
    cells = [f"{counts[key]:,}" for key in ("same", "different", "undrawn")]
    shown = example.replace("|", "\\|")
    return f"| {name} | {shown} | {sum(counts.values()):,} | {' | '.join(cells)} | {'on' if default else 'off'} |"


def _misdrawn(found: list[Respelling], outcomes: list[str]) -> list[str]:
    wrong = [r for r, outcome in zip(found, outcomes, strict=True) if outcome == "different"]
    if not wrong:
        return []
    return [
        "## Drawn differently",
        "",
        *(f"- {r.formula.file} {r.formula.id}: {', '.join(r.fired)}" for r in wrong),
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--out", type=Path, required=True, help="folder of the reports")
    arguments = parser.parse_args()
    rows = list(formulas(arguments.data))
    with KatexOracle() as katex:
        version = katex.version()
    write_whole(arguments.out / "validity.md", validity_report(rows, judge(rows), version))
    write_whole(arguments.out / "canonical.md", canonical_report(respellings(rows)))


if __name__ == "__main__":
    main()
