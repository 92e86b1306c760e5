"""Pictures that commands put into their reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from hmer_suite.errors import PairingError

IMAGES = typer.Option(
    None,
    "--images",
    metavar="SET",
    help="With --report: show the pictures or ink that were read beside their samples; a data set or a folder, as "
    "predict takes it.",
)
ATTENTION = typer.Option(
    None,
    "--attention",
    metavar="DIR",
    help="With --report: show the attention of each sample on demand; the folder that predict --attention wrote.",
)


def pictures_of(images: str, ids: Sequence[str]) -> dict[str, str]:
    """Pictures of the samples *ids* as data URIs; a message says of how many there is none."""
    from hmer_suite.predict.inputs import read_inputs
    from hmer_suite.predictions.ids import bare
    from hmer_suite.registry import data_source
    from hmer_suite.report.pictures import picture_uris
    from hmer_suite.specs.recogniser import Preprocessing

    read = picture_uris(read_inputs([images], Preprocessing(), data_source))
    by_name = {bare(name): picture for name, picture in read.items()} | read
    found = {name: by_name.get(name, by_name.get(bare(name), "")) for name in ids}
    return _found(f"--images {images}", found)


def attention_of(folder: Path, ids: Sequence[str]) -> dict[str, str]:
    """Sheets of attention of the samples *ids* as data URIs; a message says of how many there is none."""
    from hmer_suite.predictions.ids import bare
    from hmer_suite.report.pictures import sheet_uris

    return _found(f"--attention {folder}", sheet_uris(folder, {name: (name, bare(name)) for name in ids}))


def _found(option: str, pictures: dict[str, str]) -> dict[str, str]:
    lacking = [name for name, picture in pictures.items() if not picture]
    if len(lacking) == len(pictures):
        raise PairingError(f"{option}: no sample of the predictions is in it, such as {lacking[0]}")
    if lacking:
        typer.echo(f"{option}: no picture of {len(lacking):,} samples, such as {lacking[0]}", err=True)
    return {name: picture for name, picture in pictures.items() if picture}
