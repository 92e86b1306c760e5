"""Fuzz the tokeniser or the reader of InkML, guided by coverage if Atheris is installed, for some seconds.

python -m tools.chaos.fuzz tokens --seconds 60
python -m tools.chaos.fuzz inkml --seconds 60

Without Atheris the inputs are mutations of examples, from a seed that is printed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType

from tools.chaos.damage import INK, damaged
from tools.chaos.labels import broken_tokens, mutated
from tools.command import run_tool

PREFIXES = ("hmer_suite.latex", "hmer_suite.ink")
"""Packages whose branches guide Atheris."""


def check_tokens(data: bytes) -> None:
    """Raise `AssertionError` for a text whose tokens or diagnosis break a promise."""
    text = data.decode("utf-8", "surrogateescape")
    broken = broken_tokens(text)
    assert broken is None, f"{text!r}: {broken}"


def check_inkml(data: bytes) -> None:
    """Read bytes as InkML: they are ink of finite coordinates, or refused in one line."""
    import numpy as np

    from hmer_suite.errors import InputError
    from hmer_suite.ink.inkml import parse_inkml

    try:
        ink = parse_inkml(data, "id", "fuzzed.inkml")
    except InputError as error:
        assert "\n" not in str(error), error
        return
    assert all(trace.ndim == 2 and np.isfinite(trace).all() for trace in ink.traces)


CHECKS: dict[str, Callable[[bytes], None]] = {"tokens": check_tokens, "inkml": check_inkml}


def _functions() -> Iterator[FunctionType]:
    """The functions and methods of the packages that guide the search, all of which are loaded."""
    import hmer_suite.ink.inkml  # noqa: F401

    for name, module in list(sys.modules.items()):
        if name.startswith(PREFIXES):
            owners = [module, *(value for value in vars(module).values() if isinstance(value, type))]
            values = (value for owner in owners for value in vars(owner).values())
            yield from {
                value for value in values if isinstance(value, FunctionType) and value.__module__ == name
            }


def with_atheris(name: str, seconds: int, seed: int, corpus: Path) -> None:
    """Let Atheris look for an input that fails; it ends the process."""
    import atheris

    for function in _functions():
        atheris.instrument_func(function)
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "example").write_bytes(INK.encode() if name == "inkml" else b"\\frac { 1 } { x ^ 2 }")
    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=4096", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], CHECKS[name])
    atheris.Fuzz()


def without_atheris(name: str, seconds: int, seed: int, most: int | None = None) -> int:
    """Check mutations of examples for some seconds, or `most` of them; returns how many were checked."""
    rng, began, tried = random.Random(seed), time.monotonic(), 0
    while time.monotonic() - began < seconds and tried != most:
        text = INK if name == "inkml" else mutated(rng)
        CHECKS[name](damaged(rng, text.encode("utf-8", "surrogatepass")))
        tried += 1
    return tried


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=CHECKS)
    parser.add_argument("--seconds", type=int, default=60, help="seconds to look for (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="seed (default: a new one)")
    parser.add_argument(
        "--corpus", type=Path, default=Path("runs/fuzz"), help="folder of inputs (default: %(default)s)"
    )
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1, 2**31) if given.seed is None else given.seed
    guided = find_spec("atheris") is not None
    print(
        f"{given.target}, seed {seed}, {'Atheris' if guided else 'without Atheris'}",
        file=sys.stderr,
        flush=True,
    )
    if guided:
        with_atheris(given.target, given.seconds, seed, given.corpus / given.target)
    else:
        print(f"{without_atheris(given.target, given.seconds, seed):,} inputs, none failed")


if __name__ == "__main__":
    run_tool(main)
