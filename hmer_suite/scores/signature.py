"""The signature that is quoted with a number; numbers with different signatures are not comparable.

Modelled on sacrebleu's signature (M. Post, "A call for clarity in reporting BLEU scores", WMT 2018).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from hmer_suite.errors import UsageError

EMPTY_REFERENCES = "insertions"
"""An empty reference is a sample, and every token predicted for it is an insertion (see `rates`)."""

MISSING = "wrong"
"""A missing prediction is wrong; all tokens of its reference count as deleted (see `rates`)."""

ALIGNMENT = "leftmost-sdi"
"""S, D and I come from the alignment documented in `edit_distance`: pair, delete, insert, from the left."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Everything that a score depends on besides the predictions; ``str()`` returns the line to quote.

    ``tokens`` names the tokeniser, ``canonical`` is the digest of the rewrites, ``grammar`` that of the grammar,
    ``references`` that of the samples (`references_digest`); ``repair``, ``semantics`` (the engine and its limits),
    ``extraction`` (the version of the rules), ``references`` and ``bootstrap`` are None if they were not used.
    docs/signature.md explains every field.
    """

    version: str
    metric: str
    tokens: str
    canonical: str
    grammar: str
    n: int
    repair: str | None = None
    semantics: str | None = None
    references: str | None = None
    bootstrap: str | None = None
    extraction: str | None = None
    alignment: str = ALIGNMENT
    empty_references: str = EMPTY_REFERENCES
    missing: str = MISSING

    def __str__(self) -> str:
        parts = {
            "v": self.version,
            "metric": self.metric,
            "extract": self.extraction,
            "tok": self.tokens,
            "canon": self.canonical,
            "repair": self.repair,
            "sem": self.semantics,
            "grammar": self.grammar,
            "align": self.alignment,
            "emptyref": self.empty_references,
            "missing": self.missing,
            "refs": self.references,
            "bs": self.bootstrap,
            "n": str(self.n),
        }
        words = [f"{key}:{_plain(value)}" for key, value in parts.items() if value is not None]
        return "|".join(["hmer-suite", *words])


def _plain(value: str) -> str:
    if not value or any(character in "|:" or character.isspace() for character in value):
        raise UsageError(f"a part of a signature must be one word without '|' and ':', got {value!r}")
    return value


def references_digest(references: Iterable[tuple[str, str]]) -> str:
    """Digest of (id, reference in canonical spelling) of every sample, whatever their order."""
    return digest(*chain.from_iterable(sorted(references)))


def digest(*texts: str) -> str:
    """First twelve hexadecimal digits of the SHA-256 of these texts, which identify grammars and tables."""
    summed = hashlib.sha256()
    for text in texts:
        data = text.encode()
        summed.update(len(data).to_bytes(8, "big"))  # so that ("ab", "c") and ("a", "bc") differ
        summed.update(data)
    return summed.hexdigest()[:12]
