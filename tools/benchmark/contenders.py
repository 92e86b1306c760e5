"""The contenders of `tools.benchmark.run`: one process each, started as ``contenders.py NAME FILE``.

When ready, a contender writes ``{"version", "seconds", "megabytes"}``: the time that its imports and tables took, and
its memory. For each line on standard input it then makes one pass over the file and answers
``{"seconds", "found", "items", "megabytes"}``; `found` is the number of formulas accepted, or of token errors. The node
process of `katex.mjs` has the same protocol.

A contender is a function that imports what it needs and returns (version, pass over the file). Contenders that judge
formulas read the file, a JSON list of formulas, before the clock starts; those that count token errors read it, a JSON
object ``{id: {"pred", "gt"}}``, in every pass, because reading and splitting is part of the work.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

Pass = Callable[[], tuple[int, int]]
"""One pass over the file; returns the number found and the number of items."""


def ours_verdict(path: str) -> tuple[str, Pass]:
    from hmer_suite.latex.automaton import grammar, is_valid
    from hmer_suite.latex.tokens import split

    grammar()
    formulas = _formulas(path)
    return _own_version(), lambda: (sum(is_valid(split(text)) for text in formulas), len(formulas))


def ours_tree(path: str) -> tuple[str, Pass]:
    from hmer_suite.latex.automaton import grammar
    from hmer_suite.latex.tree import LatexSyntaxError, parse

    grammar()
    formulas = _formulas(path)
    return _own_version(), lambda: (_accepted(parse, formulas, (LatexSyntaxError,)), len(formulas))


def ours_canonical(path: str) -> tuple[str, Pass]:
    from hmer_suite.latex.automaton import grammar
    from hmer_suite.latex.canonical.canoniser import canonical

    grammar()
    formulas = _formulas(path)
    return _own_version(), lambda: (_accepted(canonical, formulas, ()), len(formulas))


def pylatexenc(path: str) -> tuple[str, Pass]:
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    def walk(text: str) -> None:
        walker = LatexWalker(text, tolerant_parsing=False)
        walker.get_latex_nodes(parsing_state=walker.make_parsing_state(in_math_mode=True))

    formulas = _formulas(path)
    return version("pylatexenc"), lambda: (_accepted(walk, formulas, (LatexWalkerError,)), len(formulas))


def sympy_antlr(path: str) -> tuple[str, Pass]:
    return _sympy(path, "antlr")


def sympy_lark(path: str) -> tuple[str, Pass]:
    return _sympy(path, "lark")


def _sympy(path: str, backend: str) -> tuple[str, Pass]:
    from lark.exceptions import LarkError
    from sympy.parsing.latex import parse_latex
    from sympy.parsing.latex.errors import LaTeXParsingError

    warnings.simplefilter("ignore")
    parse_latex("x", backend=backend)  # imports the backend and builds its tables
    # Besides its own error it lets through errors of building the expression.
    refusals = (
        LaTeXParsingError,
        LarkError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    )
    formulas = _formulas(path)

    def one_pass() -> tuple[int, int]:
        return _accepted(lambda text: parse_latex(text, backend=backend), formulas, refusals), len(formulas)

    return version("sympy"), one_pass


def ours_errors(path: str) -> tuple[str, Pass]:
    from hmer_suite.latex.tokens import raw_tokens
    from hmer_suite.predictions.files import pair, read_predictions
    from hmer_suite.scores.edit_distance import edit_counts

    def one_pass() -> tuple[int, int]:
        paired = pair(read_predictions(path))
        edits = tokens = 0
        for prediction, reference in zip(paired.predictions, paired.references, strict=True):
            wanted = raw_tokens(reference)
            tokens += len(wanted)
            if prediction != reference:  # scoring also skips equal texts
                edits += sum(edit_counts(raw_tokens(prediction or ""), wanted))
        return edits, tokens

    return _own_version(), one_pass


def jiwer(path: str) -> tuple[str, Pass]:
    from jiwer import process_words

    def one_pass() -> tuple[int, int]:
        predictions, references = _pairs(path)
        done = process_words(references, predictions)
        edits = done.substitutions + done.deletions + done.insertions
        return edits, done.hits + done.substitutions + done.deletions

    return version("jiwer"), one_pass


def torchmetrics(path: str) -> tuple[str, Pass]:
    from torchmetrics.text import WordErrorRate

    def one_pass() -> tuple[int, int]:
        metric = WordErrorRate()
        metric.update(*_pairs(path))
        return int(metric.errors), int(metric.total)

    return version("torchmetrics"), one_pass


def quadratic_loop(path: str) -> tuple[str, Pass]:
    import numpy as np

    def distance(prediction: Sequence[str], reference: Sequence[str]) -> int:
        table = np.zeros((len(reference) + 1, len(prediction) + 1))
        table[:, 0] = np.arange(len(reference) + 1)
        table[0, :] = np.arange(len(prediction) + 1)
        for row, wanted in enumerate(reference, 1):
            for column, found in enumerate(prediction, 1):
                paired = table[row - 1, column - 1] + (wanted != found)
                table[row, column] = min(paired, table[row - 1, column] + 1, table[row, column - 1] + 1)
        return int(table[-1, -1])

    def one_pass() -> tuple[int, int]:
        pairs = [(p.split(), r.split()) for p, r in zip(*_pairs(path), strict=True)]
        return sum(distance(p, r) for p, r in pairs), sum(len(r) for _, r in pairs)

    return f"numpy {version('numpy')}", one_pass


CONTENDERS: dict[str, Callable[[str], tuple[str, Pass]]] = {
    function.__name__: function
    for function in (
        *(ours_verdict, ours_tree, ours_canonical, pylatexenc, sympy_antlr, sympy_lark),
        *(ours_errors, jiwer, torchmetrics, quadratic_loop),
    )
}


def _own_version() -> str:
    from hmer_suite.version import __version__

    return __version__


def _formulas(path: str) -> list[str]:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _pairs(path: str) -> tuple[list[str], list[str]]:
    samples = json.loads(Path(path).read_text(encoding="utf-8")).values()
    return [sample["pred"] for sample in samples], [sample["gt"] for sample in samples]


def _accepted(
    judge: Callable[[str], object], formulas: Sequence[str], refusals: tuple[type[Exception], ...]
) -> int:
    """Number of formulas that `judge` takes without raising one of `refusals`; any other error is a bug."""
    accepted = 0
    for text in formulas:
        try:
            judge(text)
        except refusals:
            continue
        accepted += 1
    return accepted


def _megabytes() -> float:
    """Resident memory of this process in MB: the current one where the system has /proc, else the peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


def main(name: str, path: str) -> None:
    start = time.perf_counter()
    told, one_pass = CONTENDERS[name](path)
    _say(version=told, seconds=time.perf_counter() - start, megabytes=_megabytes())
    for _ in sys.stdin:
        gc.collect()
        start = time.perf_counter()
        found, items = one_pass()
        _say(seconds=time.perf_counter() - start, found=found, items=items, megabytes=_megabytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
