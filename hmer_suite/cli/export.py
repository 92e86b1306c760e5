"""``hmer-suite export``."""

from __future__ import annotations

from pathlib import Path

import typer

from hmer_suite.cli.common import JSON, print_json

NAME = typer.Argument(..., metavar="NAME", help="Recogniser.")
CHECKPOINT = typer.Option(
    None,
    "--checkpoint",
    metavar="DIR",
    help="Folder of a checkpoint or run of it; by default the weights that ship.",
)
OUT = typer.Option(..., "--out", metavar="DIR", help="Folder to write; an earlier export there is replaced.")
INT8 = typer.Option(
    False, "--int8", help="Quantise the weights of matrices to bytes: smaller, and less exact."
)


def run(
    name: str = NAME,
    checkpoint: Path | None = CHECKPOINT,
    out: Path = OUT,
    int8: bool = INT8,
    as_json: bool = JSON,
) -> None:
    """Write a recogniser as ONNX: its graphs, vocabulary and settings.

    `predict` takes the folder where it takes a checkpoint, and needs no torch to read with it. The graphs are compared
    with the network before they are written. A recogniser that offers no graphs cannot be exported: exit code 2.

    Examples:

      hmer-suite export stroke --out stroke.onnx/

      hmer-suite export wap --checkpoint runs/wap --out wap.onnx/ && hmer-suite predict wap.onnx/ photo.png
    """
    from hmer_suite.predict.onnx_export import export_onnx
    from hmer_suite.train.pretrained import checkpoint_of

    spec, found = checkpoint_of(name, checkpoint)
    described = export_onnx(spec, found, out, int8)
    if as_json:
        print_json({"folder": str(out), "recogniser": name, "files": dict(described.files), "int8": int8})
    else:
        typer.echo(f"{out}: {name}, {', '.join(described.files)}{' of bytes' if int8 else ''}")
