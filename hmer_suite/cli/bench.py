"""``hmer-suite bench``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import BATCH_SIZE, DEVICE, JSON, PRECISION, plugin_names, print_json
from hmer_suite.terminal import columns, spinner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hmer_suite.predict.speed import Speed

NAME = typer.Argument(
    ...,
    metavar="NAME_OR_CHECKPOINT",
    autocompletion=plugin_names,
    help="Recogniser, or folder of a checkpoint or run; several joined by +.",
)
DATA = typer.Option(
    "synthetic:640@test", "--data", metavar="SET", help="Data set to read; the default has 64 formulas."
)
BEAM = typer.Option(10, "--beam", min=2, metavar="K", help="Width of the beam search, besides greedy search.")


def run(
    name: str = NAME,
    data: str = DATA,
    beam: int = BEAM,
    batch_size: int = BATCH_SIZE,
    device: str = DEVICE,
    precision: str = PRECISION,
    as_json: bool = JSON,
) -> None:
    """Measure how fast a recogniser reads on this machine.

    Formulas a second of greedy and of beam search, and the seconds that a new process takes for its first formula. On a
    machine that does other work, go by the seconds of all cores together, not by those of the clock.

    Example:

      hmer-suite bench stroke --beam 5
    """
    from hmer_suite.predict.joint_reader import JointReader
    from hmer_suite.predict.open_reader import open_readers
    from hmer_suite.predict.speed import Batches, cold_start, machine, speeds
    from hmer_suite.specs.recogniser import Decoding

    with spinner("measuring"):
        reader = open_readers(name, device, precision)
        found = [cold_start(name)]
        held = reader.formulas
        searches = {
            "greedy": Decoding(constrained=held),
            f"beam {beam}": Decoding(beam=beam, constrained=held),
        }
        batches = Batches(data, batch_size)
        if isinstance(reader, JointReader):
            found += speeds(reader, searches, batches)
        else:
            found += speeds(reader, searches, batches)
    if as_json:
        print_json({"recogniser": name, "data": data, **machine(), "speeds": [s.to_json() for s in found]})
        return
    typer.echo("\n".join([*_table(found), "", ", ".join(f"{k} {v}" for k, v in machine().items())]))


def _table(found: Sequence[Speed]) -> list[str]:
    head = ("", "formulas", "seconds", "seconds of all cores", "formulas a second")
    rows = [
        (one.search, str(one.formulas), f"{one.seconds:.2f}", f"{one.cpu_seconds:.2f}", f"{one.rate:.1f}")
        for one in found
    ]
    return columns([head, *rows])
