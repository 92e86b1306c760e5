"""Tables of counts, made of a file of training captions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hmer_suite.latex.tokens import split


def write_table(
    arguments: Sequence[str], module: str, table: Callable[[Iterable[Sequence[str]]], Sequence[str]]
) -> int:
    """``TRAIN.txt OUT``: count the captions (``id<TAB>tokens``) of TRAIN.txt and write the lines of `table` to OUT.

    Returns the exit code; `module` is named in the message for other arguments.
    """
    if len(arguments) != 2:
        print(f"usage: python -m {module} TRAIN.txt OUT", file=sys.stderr)
        return 2
    source, target = map(Path, arguments)
    captions = (line.partition("\t")[2] for line in source.read_text(encoding="utf-8").splitlines())
    target.write_text("\n".join(table(map(split, captions))) + "\n", encoding="utf-8")
    return 0
