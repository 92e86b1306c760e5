"""Layout trees as label graphs, and the folders of ``.lg`` files that LgEval compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from hmer_suite.errors import InputError, PairingError
from hmer_suite.files import write_whole
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.predictions.ids import bare
from hmer_suite.predictions.label_graphs import (
    GAP,
    RIGHT,
    GraphRelation,
    GraphSymbol,
    LabelGraph,
    named,
    write_label_graph,
)
from hmer_suite.predictions.layouts import first_duplicate, show
from hmer_suite.scores.layout_rows import ROOT_PATH, LayoutTree, SymbolRow
from hmer_suite.scores.layout_tree import EMPTY, layout_tree

PREDICTIONS, REFERENCES = "predictions", "references"
"""Folders of label graphs, beside each other."""


def label_graph(tree: LayoutTree) -> LabelGraph:
    """The label graph of a layout tree, symbols in reading order.

    As in LgEval, the second symbol within a root without index is related to the root too.
    """
    places = list(_places(tree.root))
    names = named(label for label, _, _ in places)
    by_place = {(id(row), place): name for name, (_, (row, place), _) in zip(names, places, strict=True)}
    symbols = []
    relations = []
    paths: dict[str, str] = {}
    for name, (label, (row, place), hung) in zip(names, places, strict=True):
        parent, relation = (by_place.get((id(row), place - 1)), RIGHT) if place else _hung_on(by_place, hung)
        paths[name] = ROOT_PATH if parent is None else paths[parent] + relation
        symbols.append(GraphSymbol(name, label, paths[name]))
        if parent is not None:
            relations.append(GraphRelation(parent, name, relation))
        if place == 1 and row.has_second and hung is not None:
            root, inside = _hung_on(by_place, hung)
            if root is not None:
                relations.append(GraphRelation(root, name, inside))
    return LabelGraph(tuple(symbols), tuple(relations))


_Place = tuple[SymbolRow, int]
_Hung = tuple[_Place, str]


def _hung_on(names: dict[tuple[int, int], str], hung: _Hung | None) -> tuple[str | None, str]:
    """Name of the symbol on which a row hangs, and the relation; None for the main row."""
    if hung is None:
        return None, ""
    (row, place), relation = hung
    return names[id(row), place], relation


def _places(root: SymbolRow) -> Iterator[tuple[str, _Place, _Hung | None]]:
    """Every place in reading order: its label, its row and number, and what its row hangs on."""
    stack: list[Iterator[tuple[str, _Place, _Hung | None]]] = [_row(root, None)]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        yield found
        row, place = found[1]
        branches = [
            _row(branch, ((row, place), relation))
            for (at, relation), branch in row.branches.items()
            if at == place
        ]
        if branches:
            stack.append(chain.from_iterable(branches))


def _row(row: SymbolRow, hung: _Hung | None) -> Iterator[tuple[str, _Place, _Hung | None]]:
    for place, label in enumerate(row.labels):
        yield GAP if label is None else label, (row, place), hung


def graph_of(formula: str | None) -> LabelGraph:
    """The label graph of a formula in canonical spelling; empty for a missing one and one that is not valid LaTeX."""
    try:
        tree = EMPTY if formula is None else layout_tree(canonical_tree(parse(formula)))
    except LatexSyntaxError:
        tree = EMPTY
    return label_graph(tree)


def write_label_graphs(
    folder: str | Path,
    ids: Sequence[str],
    predictions: Sequence[str | None],
    references: Sequence[str] | None = None,
) -> None:
    """Write ``predictions/ID.lg``, and ``references/ID.lg`` if there are references, for LgEval's ``evaluate``.

    Files are named by the ids without folder and suffix. A prediction that is missing or not valid LaTeX has an empty
    graph: LgEval then counts all of its reference as errors, as `score` does.

    Raises:
        PairingError: two ids give one file name.
        InputError: a file cannot be written.
    """
    names = [bare(identifier) or identifier for identifier in ids]
    if len(set(names)) < len(names):
        raise PairingError(f"{folder}: two ids give the file {show(first_duplicate(names) + '.lg')}")
    for kind, formulas in ((PREDICTIONS, predictions), (REFERENCES, references)):
        if formulas is None:
            continue
        target = Path(folder) / kind
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{target}: cannot write: {error.strerror}") from None
        for name, formula in zip(names, formulas, strict=True):
            write_whole(target / f"{name}.lg", write_label_graph(name, graph_of(formula)))
