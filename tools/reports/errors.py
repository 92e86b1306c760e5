"""The error budget of recognisers side by side: kinds of edits on CROHME 2014; writes reports/errors.md.

python -m tools.reports.errors wap stroke stroke+wap+ctc-crnn --crohme ../shared/data/crohme --out reports/errors.md
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from hmer_suite.files import write_whole
from hmer_suite.predict.open_reader import open_readers
from hmer_suite.scores.errors_by_kind import ErrorKinds
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from tools.command import run_tool
from tools.reports.common import SPLITS, add_crohme, report_parser
from tools.reports.markdown import page, table
from tools.reports.trained import BATCH

BEAM = 10
ABOUT = f"""Token edits on {SPLITS["test"]} by kind, of canonical spellings, and in brackets the share of all
edits of the recogniser in percent; each reads by a free beam of {BEAM}. *Look-alike*: a symbol read as one that looks
like it; *symbol*: as another; *missing* and *added*: symbols; *structure*: tokens that place symbols, such as braces,
scripts, fractions and roots. *Only look-alikes*: wrong formulas whose every edit is a look-alike."""


def scored(name: str, folder: str) -> Scores:
    """Scores of a recogniser, or of several joined by ``+``, on the test split."""
    reader = open_readers(name)
    samples = reader.samples([f"crohme:{folder}@test"])
    readings = reader.read(samples, Decoding(beam=BEAM, nbest=1), batch_size=BATCH)  # type: ignore[arg-type]
    return score([found[0].latex if found else "" for found in readings], list(samples.labels))


def row(name: str, scores: Scores) -> list[str]:
    """Expression rate, WER and the edits of each kind."""
    kinds = scores.kinds
    return [
        name,
        f"{scores.canonical.exprate:.2f}",
        f"{scores.canonical.wer:.2f}",
        *(_share(kinds, count) for count in (kinds.lookalike, kinds.symbol, kinds.missing, kinds.added)),
        _share(kinds, kinds.structure),
        f"{kinds.only_lookalikes} of {kinds.wrong}",
    ]


def _share(kinds: ErrorKinds, count: int) -> str:
    return f"{count} ({100 * count / max(kinds.edits, 1):.0f})"


def report(names: Sequence[str], folder: str) -> str:
    """The whole report."""
    head = [
        "recogniser",
        "ExpRate",
        "WER",
        "look-alike",
        "symbol",
        "missing",
        "added",
        "structure",
        "only look-alikes",
    ]
    command = f"python -m tools.reports.errors {' '.join(names)} --crohme DATA/crohme --out reports/errors.md"
    rows = table(head, [row(name, scored(name, folder)) for name in names])
    return page("The error budget of recognisers", command, ABOUT, rows)


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    parser.add_argument("names", nargs="+", help="recognisers, several joined by +")
    given = parser.parse_args()
    torch.set_num_threads(1)
    write_whole(given.out, report(given.names, str(given.crohme)))


if __name__ == "__main__":
    run_tool(main)
