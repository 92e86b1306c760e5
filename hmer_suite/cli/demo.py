"""``hmer-suite demo``."""

from __future__ import annotations

from pathlib import Path

import typer


def demo(
    out: Path = typer.Option(
        Path("hmer-suite-demo"), "--out", metavar="DIR", help="Folder for the HTML report."
    ),
) -> None:
    """Show the whole path on formulas that ship with the suite: validate, fix, score, compare, report.

    The two systems are imagined: their readings come from an error model, not from a recogniser.
    """
    from importlib import resources

    from hmer_suite.data.predictions import pair, read_predictions, read_references
    from hmer_suite.latex.problems import validate
    from hmer_suite.repairs import repair
    from hmer_suite.report.html import write_score_report
    from hmer_suite.report.tables import comparison_text, score_text
    from hmer_suite.scores.compare import compare
    from hmer_suite.scores.scoring import score

    with resources.as_file(resources.files("hmer_suite.data") / "demo") as folder:
        references = read_references(folder / "references.tsv")
        systems = {
            name: pair(read_predictions(folder / f"{name}.tsv", references=references), references)
            for name in ("first", "second")
        }
    scored = {name: score(p.predictions, p.references, ids=p.ids) for name, p in systems.items()}
    for sample in scored["first"].samples:
        for problem in validate(sample.prediction or "").problems[:1]:
            mended = repair(sample.prediction)
            typer.echo(
                f"{sample.id}: {problem.message}\n    {sample.prediction}\n    repaired: {mended.output}"
            )
    for name, scores in scored.items():
        typer.echo(f"\n== system {name} ==\n{score_text(scores)}")
    typer.echo("\n== second against first ==")
    ids = references.ids
    typer.echo(comparison_text(compare(ids, {n: s.counts("canonical") for n, s in scored.items()})))
    write_score_report(scored["first"], out, title="demo, system first")
    typer.echo(f"\nreport: {out / 'index.html'}")
