"""Ids of one sample that differ by folder or by the suffix of a file's name (``data/a.png`` and ``a``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

_SUFFIX = re.compile(
    r"(?<=.)\.(?:png|jpe?g|bmp|gif|tiff?|webp|svg|pdf|heic|avif|pgm|ppm|inkml|txt|tex|lg|npy|pkl|json)$", re.I
)


def has_file_suffix(identifier: str) -> bool:
    """Whether an id ends like the name of an image, an ink file or a text."""
    return _SUFFIX.search(identifier) is not None


def without_suffix(identifier: str) -> str:
    """An id without the suffix of a file's name."""
    return _SUFFIX.sub("", identifier)


def bare(identifier: str) -> str:
    """An id without folders and suffix."""
    name = identifier.strip()
    if has_file_suffix(name):
        name = name.replace("\\", "/")  # elsewhere a backslash begins a command of LaTeX
    return without_suffix(name.rpartition("/")[2])


def match(ids: Sequence[str], known: Sequence[str]) -> dict[str, str] | None:
    """For each of `ids` that is not in `known` the known id that differs from it by suffix or folder alone.

    None unless every id has one and no two ids mean the same: an ambiguous match is no match.
    """
    given, there = set(ids), set(known)
    extra = [identifier for identifier in ids if identifier not in there]
    open_ids = [identifier for identifier in known if identifier not in given]
    for form in (without_suffix, bare):
        found = _unique(open_ids, form)
        ours = _unique(extra, form)
        if found is not None and ours is not None and ours.keys() <= found.keys():
            taken = {form(identifier) for identifier in given & there}
            if taken.isdisjoint(ours):
                return {identifier: found[key] for key, identifier in ours.items()}
    return None


def _unique(ids: Iterable[str], form: Callable[[str], str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for identifier in ids:
        if found.setdefault(form(identifier), identifier) != identifier:
            return None
    return found
