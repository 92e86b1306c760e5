"""Names of columns and keys of prediction files in the field, and the roles that they have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hmer_suite.errors import UsageError
from hmer_suite.predictions.layouts import show

IDS = (
    "custom_id", "id", "img_id", "image_id", "sample_id", "img", "image", "image_path", "img_path", "image_name",
    "img_name", "image_file", "filename", "file_name", "filepath", "file_path", "file", "path", "name", "sample", "key",
    "uid", "uuid", "doc_id", "question_id", "request_id", "index", "",
)  # fmt: skip
"""Names of ids; the first of them in a file is its id. A batch of OpenAI has its own ``id`` beside ``custom_id``, and
data frames write their index without a name."""

PREDICTIONS = (
    "pred", "prediction", "predict", "predicted", "preds", "predictions", "response", "output", "hypothesis", "hyp",
    "generated_text", "generated", "outputs", "completion", "generation", "decoded", "y_pred", "model_answer",
)  # fmt: skip
"""Names of predictions and of nothing else."""

RESPONSES = (
    "choices", "candidates", "result", "messages", "conversations", "filtered_resps", "resps", "nbest", "n_best",
    "hypotheses", "hyps", "beams",
)  # fmt: skip
"""Names in JSON of what an interface to a language model answers, the prediction somewhere inside."""

TEXTS = ("text", "latex", "formula", "tex", "caption")
"""Names of predictions in a file of predictions, and of references in a file of references."""

REFERENCES = (
    "gt", "label", "reference", "ground_truth", "groundtruth", "gold", "ref", "target", "truth", "labels", "references",
    "refs", "golds", "expected", "y_true", "gt_answer", "answer",
)  # fmt: skip
"""Names of references."""

_OF_TRUTH = (*REFERENCES, "true")
"""Words for references in a name of several words, such as ``True LaTeX``."""

CONFIDENCES = ("confidence", "conf")
"""Names of a recogniser's confidence in its prediction, from 0 to 1."""

KNOWN = frozenset((*IDS, *PREDICTIONS, *TEXTS, *REFERENCES))

_QUALIFIERS = frozenset(
    (
        "latex",
        "text",
        "str",
        "string",
        "formula",
        "tex",
        "tokens",
        "raw",
        "caption",
        "markup",
        "model",
        "full",
        "normalized",
        "normalised",
        "1",
    )
)
"""Words beside the word for a role in a name of several words, such as ``pred_latex`` and ``gt_str``."""


def is_known(name: str) -> bool:
    """Whether the name of a column or key, in `normal` spelling, is a usual one."""
    return name in KNOWN or _is_composed(name, PREDICTIONS) or _is_composed(name, _OF_TRUTH)


def _is_composed(name: str, known: Sequence[str]) -> bool:
    words = name.split("_")
    return len(words) > 1 and any(
        "_".join(rest) in known and _QUALIFIERS.issuperset(others) for rest, others in _splits(words)
    )


def _splits(words: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Every run of words at the beginning or end of a name, and the other words."""
    for place in range(1, len(words)):
        yield words[:place], words[place:]
        yield words[place:], words[:place]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns that the user named: names of a header or keys of JSON, or numbers from 1; None for a usual name."""

    id: str | None = None
    pred: str | None = None
    ref: str | None = None

    def names(self) -> tuple[str, ...]:
        """The names that were given."""
        return tuple(name for name in (self.id, self.pred, self.ref) if name is not None)

    def of_references(self) -> Columns:
        """The columns that the user named for a file of references."""
        return NO_COLUMNS if self.ref is None or self.ref.isdecimal() else Columns(ref=self.ref)


NO_COLUMNS = Columns()


def parse_columns(text: str) -> Columns:
    """Columns from ``id=..,pred=..,ref=..``, any of which may be left out; `UsageError` for anything else."""
    found: dict[str, str] = {}
    for part in text.split(","):
        role, sign, name = part.partition("=")
        if role.strip() not in ("id", "pred", "ref") or not sign or not name.strip() or role.strip() in found:
            raise UsageError(f"--columns {text}: expected id=..,pred=..,ref=.., each at most once")
        found[role.strip()] = name.strip()
    return Columns(**found)


@dataclass(frozen=True, slots=True)
class Roles:
    """Names in a file that hold ids, predictions and references, and known names that are not read."""

    id: str | None
    pred: str | None
    ref: str | None
    ignored: tuple[str, ...] = ()
    confidence: str | None = None

    def remark(self) -> str | None:
        """A warning about names that are not read; None if there are none."""
        if not self.ignored:
            return None
        beside = show(self.pred or self.ref or "")
        return f"{show(self.ignored[0])} beside {beside} is not read: say --columns if it should be"


def normal(name: str) -> str:
    """A name of a column or key without differences of case, blanks and hyphens.

    ``Image ID`` and ``imageId`` are ``image_id``; a sign of a comment before a header is no part of its first name.
    """
    words = _INNER_CAPITAL.sub(" ", name.removeprefix("#").replace("LaTeX", "latex"))
    return "_".join(words.lower().replace("-", " ").split())


_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=256)
def roles_of(names: tuple[str, ...], columns: Columns = NO_COLUMNS) -> Roles:
    """Roles of the columns or keys `names`: as the user says, else by their usual names (`normal`).

    Raises `UsageError` if there is no such column or key, but for the references, which may be elsewhere.
    """
    lower = {normal(name): name for name in reversed(names)}
    identifier = _required(columns.id, names) or _first(IDS, lower)
    taken = {identifier, columns.pred, columns.ref}
    pred = (
        _required(columns.pred, names)
        or _first(PREDICTIONS, lower, taken)
        or _composed(PREDICTIONS, lower, taken)
        or _first(TEXTS, lower, taken)
        or _first(RESPONSES, lower, taken)
    )
    taken = {*taken, pred}
    ref = _named(columns.ref, names) or _first(REFERENCES, lower, taken) or _composed(_OF_TRUTH, lower, taken)
    read = {identifier, pred, ref}
    others = (*PREDICTIONS, *TEXTS, *REFERENCES)
    ignored = tuple(name for key, name in lower.items() if key in others and name not in read)
    confidence = _first(CONFIDENCES, lower, read)
    return Roles(identifier, pred, ref, ignored if columns == NO_COLUMNS else (), confidence)


def _named(name: str | None, names: Sequence[str]) -> str | None:
    """The column that the user named, by name or by its number from 1; None if it is not in the file."""
    if name is None or name in names:
        return name
    return names[int(name) - 1] if name.isdecimal() and 0 < int(name) <= len(names) else None


def _required(name: str | None, names: Sequence[str]) -> str | None:
    found = _named(name, names)
    if found is None and name is not None:
        raise UsageError(f"--columns: no column {show(name)}, there are {', '.join(names)}")
    return found


def _first(known: Sequence[str], lower: dict[str, str], taken: set[str | None] | None = None) -> str | None:
    return next((lower[name] for name in known if name in lower and lower[name] not in (taken or ())), None)


def _composed(known: Sequence[str], lower: dict[str, str], taken: set[str | None]) -> str | None:
    return next((name for key, name in lower.items() if name not in taken and _is_composed(key, known)), None)
