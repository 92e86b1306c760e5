r"""Average the weights of two checkpoints of one network, one of which started from the other.

python -m tools.weights.average RUN/best OTHER/best --share 0.5 --out FOLDER

`--share` is the other's part. Between a network and the same network fine-tuned on other data there are networks that
are good at both (M. Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022). The best share is to be
chosen on validation samples.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from hmer_suite.errors import InputError
from hmer_suite.train.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from tools.command import run_tool


def average(one: Checkpoint, other: Checkpoint, share: float, out: Path) -> None:
    """Write the average. Raises `InputError` for checkpoints of two different networks."""
    first, second = one.description, other.description
    for name in ("recogniser", "vocabulary", "options"):
        if getattr(first, name) != getattr(second, name):
            raise InputError(f"{other.folder}: its {name} differs from that of {one.folder}")
    weights, others = one.weights(), other.weights()
    mixed = {
        name: weight.float().lerp(others[name].float(), share) if weight.is_floating_point() else weight
        for name, weight in weights.items()
    }
    data = {**first.data, "spec": f"{first.data['spec']}+{second.data['spec']}"}
    described = replace(first, data=data, metrics={}, seconds=first.seconds + second.seconds)
    write_checkpoint(out, described, mixed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("one", type=Path, help="checkpoint folder")
    parser.add_argument("other", type=Path, help="checkpoint folder of the same network")
    parser.add_argument(
        "--share",
        type=float,
        default=0.5,
        help="part of the other in the average, 0 to 1 (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, required=True, help="checkpoint folder to write")
    given = parser.parse_args()
    average(read_checkpoint(given.one), read_checkpoint(given.other), given.share, given.out)


if __name__ == "__main__":
    run_tool(main)
