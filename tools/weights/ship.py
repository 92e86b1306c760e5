r"""Export a run's best checkpoint in half precision with its model card, for a plugin to ship.

python -m tools.weights.ship RUN --report reports/wap-crohme.md --limits plugins/hmer_wap/limits.md \
    --out plugins/hmer_wap/weights
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

from hmer_suite.files import read_text, write_whole
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.train.checkpoint import BEST, WEIGHTS, Checkpoint, export, read_checkpoint
from tools.command import run_tool
from tools.reports.trained import data_of
from tools.weights.figures import default_decoding, figures
from tools.weights.head import with_head
from tools.weights.stamp import licence_of

CARD = """# Model card: {name}, preset {preset}

Half-precision weights of recogniser `{name}`, used by `hmer-suite predict {name}`.

- **Data**: {samples:,} training samples (`{source}`) {origin}, {shown}.
- **Licence of the weights**: {licence}
- **Selected** on {selection} (step {step:,}).
- **Made with** `tools/weights/ship.py`; `config.json` has all settings. {size:.1f} MB.

## Figures

By default (`hmer-suite predict {name}`: {decoding}): {quoted}.

From `{report}`, rates in percent; the default stands first:

{table}

## Limits

{limits}"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of the samples, licence of the weights, and data that selected them, in words."""

    origin: str
    licence: str
    selection: str


CROHME = Origin(
    "of CROHME's ink (competitions 2011 to 2016, H. Mouchère et al.,\n  CC BY-NC-SA 3.0; cite the competition papers)",
    "CC BY-NC-SA 3.0, inherited from the data; the program's own licence does not cover them.",
    "CROHME 2013",
)
PRINTED = Origin(
    "of im2latex-100k's validation file (formulas of arXiv papers, collected\n  by A. Kanervisto, Zenodo 2016, "
    "as normalised by Y. Deng et al., ICML 2017; cite both)",
    "that of the program; the formulas themselves, which are not distributed, stay their authors'.",
    "print of formulas that it did not learn from, none of a test set",
)
ORIGINS = {"printed": PRINTED, "print-mix": PRINTED}
"""Origins by name of the data source; all other sources are made of CROHME's ink."""


def card(checkpoint: Checkpoint, report: Path, limits: Path) -> str:
    """The model card, with the table of the report."""
    described = checkpoint.description
    found = figures(read_text(report))
    source = str(described.data["spec"]).partition(":")[0]
    return CARD.format(
        **asdict(ORIGINS.get(source, CROHME)),
        name=described.recogniser,
        preset=described.settings["preset"],
        samples=data_of(described)["train"]["n"],
        source=source,
        shown=_shown(described.preprocessing),
        step=described.step,
        size=(checkpoint.folder / WEIGHTS).stat().st_size / 1e6,
        report=f"reports/{report.name}",
        decoding=default_decoding(found),
        quoted=found.quoted,
        table=str(found),
        limits=read_text(limits),
    )


def _shown(preprocessing: Preprocessing) -> str:
    """A clause on how samples are shown to the network."""
    if preprocessing.input == "ink":
        return f"as strokes of {preprocessing.points} points"
    return f"drawn with symbols {preprocessing.symbol_height} pixels high"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--report", type=Path, required=True, help="the report with its figures")
    parser.add_argument(
        "--limits", type=Path, required=True, help="what the recogniser cannot do, as Markdown"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    given = parser.parse_args()
    best = read_checkpoint(given.run / BEST)
    export(best, given.out, licence_of(best.description))
    shipped = read_checkpoint(given.out)
    text = card(shipped, given.report, given.limits)
    write_whole(given.out / "README.md", with_head(text, shipped.description))


if __name__ == "__main__":
    run_tool(main)
