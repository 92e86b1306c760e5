"""Names of splits, as published data sets call their folders and files: ``TestEM2014GT`` is the split ``test2014``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hmer_suite.specs.samples import SPLITS

T = TypeVar("T")

_KINDS = {
    "train": "train", "training": "train", "validation": "validation", "validate": "validation",
    "valid": "validation", "val": "validation", "dev": "validation", "development": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip
"""Our names of splits, by the words of others for them."""

GENERIC = frozenset(
    """bmp caption captions crohme data dataset datasets em expressions filter formula formulas gt gts hme image
    images img imgs ink inkml inkmls inks k label labels latex math no offline online off on pic pics pickle pictures
    png set sets split v""".split()
)
"""Words beside the name of a split that say nothing about which one it is."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FIRST_YEAR, _LAST_YEAR = 2011, 2029


@dataclass(frozen=True, slots=True, order=True)
class SplitName:
    """A split: ``train``, ``validation`` or ``test``, and the year of the competition that it belongs to, or 0."""

    kind: str
    year: int = 0

    def __str__(self) -> str:
        return f"{self.kind}{self.year or ''}"


def words(name: str) -> list[str]:
    """The words of a name in lower case, also those that only capitals and digits set apart."""
    return [word.lower() for word in _WORDS.findall(name.replace("INKML", "Inkml"))]


def split_of(name: str, among_others: bool = False) -> SplitName | None:
    """The split that a name without suffix stands for; None where it names none.

    It has no other words unless they are allowed by `among_others` (``im2latex_train``). A year alone is that of a test
    split, as in the data of CoMER.
    """
    found = words(name)
    kinds = {_KINDS[word] for word in found if word in _KINDS}
    years = [year for year in map(year_of, found) if year]
    others = [word for word in found if not (word in _KINDS or word in GENERIC or word.isdecimal())]
    if (others and not (among_others and kinds)) or len(kinds) > 1 or len(years) > 1:
        return None
    if not kinds and not (years and name.isdecimal() and len(name) == 4):
        return None
    return SplitName(kinds.pop() if kinds else "test", years[0] if years else 0)


def year_of(word: str) -> int:
    """The year of a word of two or four digits; 0 if it is none of a competition."""
    number = int(word) if word.isdecimal() and len(word) in (2, 4) else 0
    year = number + 2000 if number < 100 else number
    return year if _FIRST_YEAR <= year <= _LAST_YEAR else 0


def split_of_path(parts: Sequence[str]) -> SplitName | None:
    """The split that the outermost folder with the name of one says, with the year of that folder or one around it."""
    for place, part in enumerate(parts):
        if found := split_of(part):
            return SplitName(found.kind, found.year or _year_around(parts[:place]))
    return None


def _year_around(parts: Iterable[str]) -> int:
    return next((year for part in parts for word in words(part) if (year := year_of(word))), 0)


def our_split_name(name: str | None) -> str:
    """Our name of a split that may be called otherwise; ``train`` if it has no name, a strange name as it is."""
    if not name:
        return "train"
    found = split_of(name)
    return name if found is None else str(found)


CUSTOMARY_TEST = SplitName("test", 2014)
"""The test split that papers quote, and that is meant by ``test`` among those of several years."""


@dataclass(frozen=True, slots=True)
class Splits(Generic[T]):
    """The splits of a set by their names, and other names for some of them.

    `hidden` are only read when they are named: parts of others, and what is no split.
    """

    named: Mapping[str, T]
    aliases: Mapping[str, str]
    hidden: Mapping[str, T] = field(default_factory=dict)

    def find(self, wanted: str) -> tuple[str, T] | None:
        """Our name of the split that is wanted, and the split; None if there is no such split."""
        for name in (wanted, our_split_name(wanted)):
            if name in self.named:
                return name, self.named[name]
            if name in self.aliases:
                return self.aliases[name], self.named[self.aliases[name]]
            if name in self.hidden:
                return name, self.hidden[name]
        return None


def arranged(found: Mapping[SplitName, T]) -> Splits[T]:
    """Splits in the order train, validation, test, without the year where there is one of a kind.

    Of training splits of several years the latest is ``train``, for each competition kept the data of those before it;
    test splits of several years keep theirs.
    """
    named: dict[str, T] = {}
    aliases: dict[str, str] = {}
    for kind in SPLITS:
        same = sorted(split for split in found if split.kind == kind)
        bare = same[-1] if same and (len(same) == 1 or kind != "test") else SplitName(kind)
        for split in sorted(same, key=lambda split: (split != bare, split)):
            name = kind if split == bare else str(split)
            named[name] = found[split]
            if str(split) != name:
                aliases[str(split)] = name
    if "test" not in named and str(CUSTOMARY_TEST) in named:
        aliases["test"] = str(CUSTOMARY_TEST)
    return Splits(named, aliases)
