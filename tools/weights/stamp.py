"""Give shipped weights what they say of themselves: licence and metadata in the file, and the head of the card.

python -m tools.weights.stamp [FOLDER ...]

By default all of plugins/*/weights. A second call changes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import replace
from pathlib import Path

from hmer_suite.files import read_bytes, read_text, write_whole
from hmer_suite.train.checkpoint import CONFIG, WEIGHTS, read_checkpoint, weights_metadata
from hmer_suite.train.description import Description
from hmer_suite.train.weights_metadata import with_metadata
from tools.command import run_tool
from tools.weights.head import with_head

ROOT = Path(__file__).parents[2]
LICENCES = {"printed": "MIT", "print-mix": "MIT"}
"""Licences of weights by name of the data source that they learnt from; all others learnt from CROHME's ink."""
CROHME = "CC-BY-NC-SA-3.0"


def licence_of(description: Description) -> str:
    """The licence of weights, as SPDX names it."""
    return LICENCES.get(str(description.data["spec"]).partition(":")[0], CROHME)


def stamp(folder: Path) -> None:
    """Write licence, metadata and head; the numbers of the weights stay as they are."""
    described = read_checkpoint(folder).description
    described = replace(described, licence=licence_of(described))
    data = with_metadata(read_bytes(folder / WEIGHTS), weights_metadata(described))
    described = replace(described, weights=hashlib.sha256(data).hexdigest())
    write_whole(folder / WEIGHTS, data)
    write_whole(folder / CONFIG, described.to_json())
    write_whole(folder / "README.md", with_head(read_text(folder / "README.md"), described))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*", help="folders of weights (default: all that ship)")
    given = parser.parse_args()
    for folder in given.folders or sorted(ROOT.glob("plugins/*/weights")):
        stamp(folder)


if __name__ == "__main__":
    run_tool(main)
