"""All samples of a report as compressed data inside the page, which its script draws on demand.

The data are one index, of what is searched, filtered and sorted by, and blocks of `BLOCK` samples with what is drawn.
Each is JSON, compressed (``deflate-raw``, RFC 1951) and written in base64 into a script element that is never executed.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from hmer_suite.equiv.verdict import EQUAL, UNDECIDED
from hmer_suite.report.score_samples import (
    MAX_SHOWN,
    Marks,
    alignment,
    draw_formula,
    explain_problem,
    marked_tokens,
)
from hmer_suite.report.wording import verdict_sentence
from hmer_suite.scores.edit_distance import MATCH, Alignment
from hmer_suite.scores.errors_by_kind import is_runaway, kind_of, structures
from hmer_suite.scores.rates import Counts
from hmer_suite.scores.sample import Sample

Groups = dict[str, Sequence[str]]
"""Ids of samples by the name of what they have in common, which links of the page show."""

BLOCK = 128
"""Samples in one block."""

MAX_ALIGNED = 4000
"""Tokens of the two sides together up to which an alignment is stored; the page says where it is left out."""


@dataclass(frozen=True, slots=True)
class System:
    """Answers of one system: its name, its samples in the order of the ids, the confidences that are known."""

    name: str
    samples: Sequence[Sample]
    confidences: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of samples besides their scores, by id.

    `pictures` are images that were read and `attention` sheets of attention, both as data URIs; `confidences` are the
    probabilities that the recogniser gave its readings.
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    confidences: Mapping[str, float] = field(default_factory=dict)
    attention: Mapping[str, str] = field(default_factory=dict)


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class SampleData:
    """The samples of a page: elements with the data, and the characters that their formulas show."""

    markup: Markup
    characters: frozenset[str]


def sample_data(
    systems: Sequence[System],
    *,
    spelling: str = "canonical",
    known: Known = NOTHING,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> SampleData:
    """Data of all samples of one or several *systems* on the same references; edits are counted in *spelling*.

    *groups* are samples that links of the page name.
    """
    blocks: list[str] = []
    characters: set[str] = set()
    for rows in _blocks(systems):
        drawn = [_drawn(row, known) for row in rows]
        characters.update(*(_TAG.sub("", text) for found in drawn for text in _drawings(found)))
        blocks.append(_element("block", drawn))
    index = _element("index", _index(systems, spelling, groups or {}))
    return SampleData(Markup("\n").join(map(Markup, [index, *blocks])), frozenset(characters))


_TAG = re.compile("<[^>]*>")


def _drawings(found: Mapping[str, object]) -> Iterator[str]:
    answers = found["answers"]
    assert isinstance(answers, list)
    for part in (found, *answers):
        drawing = part.get("drawing")
        if isinstance(drawing, str):
            yield drawing


def _blocks(systems: Sequence[System]) -> Iterator[list[tuple[Sample, ...]]]:
    rows = list(zip(*(system.samples for system in systems), strict=True))
    for start in range(0, len(rows), BLOCK):
        yield rows[start : start + BLOCK]


def _element(kind: str, value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b64encode(packer.compress(text) + packer.flush()).decode()
    return f'<script type="text/plain" class="samples-{kind}">{packed}</script>'


# ---------------------------------------------------------------- what is searched, filtered and sorted by


def _index(
    systems: Sequence[System], spelling: str, groups: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    first = systems[0].samples
    row_of = {sample.id: row for row, sample in enumerate(first)}
    return {
        "block": BLOCK,
        "systems": [system.name for system in systems],
        "ids": [sample.id for sample in first],
        "references": [sample.spelled_reference for sample in first],
        "answers": [[_answer(sample) for sample in system.samples] for system in systems],
        "edits": [[getattr(s, spelling).edits for s in system.samples] for system in systems],
        "steps": [[_steps(sample) for sample in system.samples] for system in systems],
        "lengths": [sample.canonical.reference_tokens for sample in first],
        "confidences": [_confidences(system) for system in systems],
        "tags": [[name, rows] for name, rows in _tags(systems, spelling).items() if rows],
        "structures": [[name, rows] for name, rows in _structures(first).items()],
        "groups": {name: [row_of[one] for one in ids] for name, ids in groups.items()},
    }


def _confidences(system: System) -> list[float | None] | None:
    """The confidences of a system in the order of the samples; None where it has none at all."""
    if not system.confidences:
        return None
    found = [system.confidences.get(sample.id) for sample in system.samples]
    return [None if one is None else round(one, 4) for one in found]


def _answer(sample: Sample) -> str | int | None:
    """The prediction in canonical spelling; 0 where it is that of the reference."""
    return 0 if sample.spelled_prediction == sample.spelled_reference else sample.spelled_prediction


def _steps(sample: Sample) -> str:
    """Steps of the alignment; empty for a right, a missing and a very long prediction."""
    aligned = _differences(sample)
    if aligned is None or len(aligned.reference) + len(aligned.prediction) > MAX_ALIGNED:
        return ""
    return aligned.steps


def _tags(systems: Sequence[System], spelling: str) -> dict[str, list[int]]:
    """Rows of each tag, in the order in which the page lists them."""
    found: dict[str, list[int]] = defaultdict(list)
    names = _one_tags() if len(systems) == 1 else _several_tags(systems)
    for name in names:
        found[name] = []
    for row, samples in enumerate(zip(*(system.samples for system in systems), strict=True)):
        counts = [getattr(sample, spelling) for sample in samples]
        tags = _tags_of(samples[0], counts[0]) if len(systems) == 1 else _won(systems, samples, counts)
        for tag in tags:
            found[tag].append(row)
    return found


def _one_tags() -> list[str]:
    return [
        "wrong", "right", "only look-alikes", "only spelling", "structure", "invalid", "runaway", "truncated",
        "undecided", "missing",
    ]  # fmt: skip


def _tags_of(sample: Sample, counts: Counts) -> Iterator[str]:
    yield "right" if counts.exact else "wrong"
    if sample.prediction is None:
        yield "missing"
        return
    if not sample.raw.valid:
        yield "invalid"
    if is_runaway(sample.raw):
        yield "runaway"
    if _is_truncated(sample):
        yield "truncated"
    if sample.verdict is not None and sample.verdict.verdict == UNDECIDED:
        yield "undecided"
    if (sample.canonical.exact and not sample.raw.exact) or (
        not sample.canonical.exact and _is_equal(sample)
    ):
        yield "only spelling"
    kinds = _kinds(sample)
    if kinds == {"lookalike"}:
        yield "only look-alikes"
    if "structure" in kinds:
        yield "structure"


def _is_equal(sample: Sample) -> bool:
    return sample.verdict is not None and sample.verdict.verdict == EQUAL


def _kinds(sample: Sample) -> set[str]:
    aligned = _differences(sample)
    return set() if aligned is None else {kind_of(pair) for pair in aligned.pairs() if pair[0] != MATCH}


def _is_truncated(sample: Sample) -> bool:
    """Whether the prediction is a proper beginning of its reference, closing braces apart."""
    ours, theirs = (sample.spelled_prediction or "").split(), sample.spelled_reference.split()
    while ours and ours[-1] == "}":
        ours.pop()
    return len(ours) < len(theirs) and ours == theirs[: len(ours)] and not sample.canonical.exact


def _several_tags(systems: Sequence[System]) -> list[str]:
    names = [system.name for system in systems]
    return [
        *(f"only {name} right" for name in names),
        *(f"only {name} wrong" for name in names if len(names) > 2),
        "right in all", "wrong in all", "invalid in one", "runaway in one", "missing in one",
    ]  # fmt: skip


def _won(systems: Sequence[System], samples: Sequence[Sample], counts: Sequence[Counts]) -> Iterator[str]:
    right = [system.name for system, count in zip(systems, counts, strict=True) if count.exact]
    wrong = [system.name for system, count in zip(systems, counts, strict=True) if not count.exact]
    if len(right) == 1:
        yield f"only {right[0]} right"
    if len(wrong) == 1 and len(systems) > 2:
        yield f"only {wrong[0]} wrong"
    if not wrong:
        yield "right in all"
    if not right:
        yield "wrong in all"
    given = [sample for sample in samples if sample.prediction is not None]
    if any(not sample.raw.valid for sample in given):
        yield "invalid in one"
    if any(is_runaway(sample.raw) for sample in given):
        yield "runaway in one"
    if len(given) < len(samples):
        yield "missing in one"


def _structures(samples: Sequence[Sample]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row, sample in enumerate(samples):
        for label in structures(sample.spelled_reference.split()):
            found[label].append(row)
    return dict(sorted(found.items()))


# ---------------------------------------------------------------- what is drawn


def _drawn(row: Sequence[Sample], known: Known) -> dict[str, object]:
    reference = row[0]
    answers = [_drawn_answer(sample) for sample in row]
    marks = marked_tokens(_differences(reference))[0] if len(row) == 1 else frozenset()
    found: dict[str, object] = {"answers": answers, **_formula(reference.reference, marks)}
    if (text := _shown(reference.reference)) != reference.spelled_reference:
        found["text"] = text
    for name, of in (("picture", known.pictures), ("attention", known.attention)):
        if reference.id in of:
            found[name] = of[reference.id]
    return found


def _drawn_answer(sample: Sample) -> dict[str, object]:
    if sample.prediction is None:
        return {"remark": "missing"}
    found: dict[str, object] = {}
    if (text := _shown(sample.prediction)) != (sample.spelled_prediction or ""):
        found["text"] = text
    if not sample.canonical.exact:
        found |= _formula(sample.prediction, marked_tokens(_differences(sample))[1])
        if sample.verdict is not None:
            found["verdict"] = verdict_sentence(sample.verdict)
        if not sample.raw.valid and len(sample.prediction) <= MAX_SHOWN:
            found["problem"] = explain_problem(sample.prediction)
    return found


def _shown(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} ... ({len(text):,} characters)"


def _formula(text: str, marks: Marks) -> dict[str, object]:
    drawn = draw_formula(text, marks)
    found: dict[str, object] = {}
    if drawn.mathml is not None:
        found["drawing"] = str(drawn.mathml)
    if drawn.remark:
        found["remark"] = drawn.remark
    return found


def _differences(sample: Sample) -> Alignment | None:
    return None if sample.canonical.exact else alignment(sample)
