"""Symbol layout trees as data: rows of symbols, and the rows that hang on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

RIGHT, SUP, SUB, ABOVE, BELOW, INSIDE = "R", "Sup", "Sub", "Above", "Below", "Inside"
ROOT_PATH = "O"


class SymbolRow:
    """Symbols from left to right, and the rows that hang on them.

    ``labels`` has the label of each place, None where a script hangs on nothing; ``branches`` has the rows by
    place and relation; ``doubled`` marks the inside of a root whose second symbol is related to it too.
    """

    __slots__ = ("branches", "doubled", "labels")

    def __init__(self) -> None:
        self.labels: list[str | None] = []
        self.branches: dict[tuple[int, str], SymbolRow] = {}
        self.doubled = False

    @property
    def has_first(self) -> bool:
        """Whether there is a symbol at the first place."""
        return bool(self.labels) and self.labels[0] is not None

    @property
    def has_second(self) -> bool:
        """Whether the second symbol of the row is related to the root around it."""
        return self.doubled and len(self.labels) > 1 and self.labels[1] is not None


@dataclass(frozen=True, slots=True)
class LayoutTree:
    """A symbol layout tree: its row on the main baseline, and how many symbols and relations there are."""

    root: SymbolRow
    symbols: int
    relations: int

    def paths(self) -> dict[str, str]:
        """Label of each symbol by its path, such as ``ORSup``: LgEval's identifiers."""
        return {
            path + RIGHT * place: label
            for path, row in self._rows()
            for place, label in enumerate(row.labels)
            if label is not None
        }

    def edges(self) -> set[tuple[str, str]]:
        """Pairs of related paths, parent first."""
        found = {(path[: -len(RIGHT)], path) for path in self.paths() if path.endswith(RIGHT)}
        for path, row in self._rows():
            for (place, relation), branch in row.branches.items():
                parent = path + RIGHT * place
                if branch.has_first:
                    found.add((parent, parent + relation))
                if branch.has_second:
                    found.add((parent, parent + relation + RIGHT))
        return found

    def _rows(self) -> Iterator[tuple[str, SymbolRow]]:
        """Every row with the path of its first place."""
        found = [(ROOT_PATH, self.root)]
        for path, row in found:
            yield path, row
            branches = row.branches.items()
            found.extend((path + RIGHT * place + relation, branch) for (place, relation), branch in branches)


EMPTY = LayoutTree(SymbolRow(), 0, 0)
"""The tree of nothing: what is compared where a prediction is missing or the grammar refuses it."""
