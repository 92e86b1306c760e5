"""Files that are read in parts give what they give as a whole, in memory that does not grow with them."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmer_suite.errors import InputError, PairingError
from hmer_suite.predictions import content, reading
from hmer_suite.predictions.documents import Document, read_document, write_document
from hmer_suite.predictions.files import PredictionFile, read_predictions
from hmer_suite.predictions.seen_ids import SeenIds

N = 300


def _rows() -> list[tuple[str, str, str]]:
    rng = random.Random(3)
    formulas = ["x ^ 2", "\\frac { a } { b }", "\\alpha , \\beta", "é", 'say "x"', ""]
    return [(f"img_{i:04d}.png", rng.choice(formulas[:5]), rng.choice(formulas)) for i in range(N)]


ROWS = _rows()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


LAYOUTS = {
    "p.tsv": "".join(f"{a}\t{b}\t{c}\n" for a, b, c in ROWS),
    "scored.txt": "".join(f"{a}\t{b}\t{c}\t-1.5\t-2\n" for a, b, c in ROWS),
    "p.csv": "image,prediction,note\r\n" + "".join(f"{a},{_quoted(b)},{_quoted(c)}\r\n" for a, b, c in ROWS),
    "lines.csv": "id,pred\n" + "".join(f'{a},"{i}\n\n+ x"\n' for i, (a, _, _) in enumerate(ROWS)),
    "quoted.csv": '"id","pred"\n' + "".join(f'"{a}","x"\n' for a, _, _ in ROWS),
    "lead.csv": "sep=;\nid;pred\n" + "".join(f"{a};{_quoted(b)}\n" for a, b, _ in ROWS),
    "header.tsv": "file\tlatex\tconfidence\n" + "".join(f"{a}\t{b}\t0.5\n" for a, b, _ in ROWS),
    "own.tsv": "thing\tpred\tgt\n" + "".join(f"{a}\t{b}\t{c}\n" for a, b, c in ROWS),
    "numbered.csv": "pred,gt\n" + "".join(f"{_quoted(b)},y\n" for _, b, _ in ROWS),
    "wap.txt": "".join(f"{a} {b}\n" for a, b, _ in ROWS) + "\n\n",
    "p.trn": ";; from a test\n" + "".join(f"{b} ({a[:-4]})\n" for a, b, _ in ROWS) + "\n;; end\n",
    "p.jsonl": "".join(json.dumps({"id": a, "pred": b, "gt": c, "n": 1}) + "\n" for a, b, c in ROWS),
    "texts.jsonl": "".join(json.dumps(b) + "\n" for _, b, _ in ROWS),
    "plain.txt": "".join(f"{b}\n" for _, b, _ in ROWS) + "\n\n" + "x\n" * 40,
    "p.json": json.dumps([{"id": a, "pred": b} for a, b, _ in ROWS], indent=1),
}


@pytest.fixture
def small(monkeypatch):
    """Parts of some hundred bytes; the function makes them as large as usual again."""
    usual = content.HEAD, content.PIECE
    monkeypatch.setattr(content, "HEAD", 512)
    monkeypatch.setattr(content, "PIECE", 100)

    def end() -> None:
        monkeypatch.setattr(content, "HEAD", usual[0])
        monkeypatch.setattr(content, "PIECE", usual[1])

    return end


def outcome(path: Path) -> tuple[list[object], bytes, int]:
    """Formulas with places and ids, the file with other formulas, and the number of parts."""
    rows: list[object] = []
    counts = [0]

    def parts() -> Iterator[tuple[Document, list[str]]]:
        for part in read_document(path):
            counts[0] += 1
            ids = part.ids or [None] * len(part.formulas)
            rows.extend(zip(part.formulas, ids, part.lines, part.offsets, strict=True))
            yield part, [f"{text} , 1" for text in part.formulas]

    out = path.with_name("out" + "".join(path.suffixes))
    write_document(out, parts())
    data = out.read_bytes()
    return rows, gzip.decompress(data) if out.suffix == ".gz" else data, counts[0]


def predictions(path: Path) -> PredictionFile:
    return read_predictions(path)


ENCODERS = {
    "": str.encode,
    ".gz": lambda text: gzip.compress(text.encode()),
    "-16": lambda text: text.encode("utf-16"),
}


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_parts_give_what_the_whole_gives(tmp_path, small, name: str, kind: str):
    path = tmp_path / (name + kind.removeprefix("-16"))
    path.write_bytes(ENCODERS[kind](LAYOUTS[name]))
    found, read = outcome(path), predictions(path)
    small()
    whole = outcome(path)
    assert found[:2] == whole[:2]
    assert read == predictions(path) and list(read.origin.lines or ()) == list(
        predictions(path).origin.lines or ()
    )
    assert whole[2] == 1 and (found[2] > 10) == (name != "p.json")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"no tab\n", ":201: no tab between id and prediction: 'no tab'"),
        (b"\n", ":201: blank line, expected a sample with its id"),
        (b"img\t\xff\n", ":201: not UTF-8: 0xff at byte"),
        (b"img\t\0\n", ":201: NUL byte at byte"),
        (b"img_0003.png\tx\n", ":201: duplicate id 'img_0003.png', first on line 4"),
        (b"img\t" + b"x" * 3000 + b"\n", ":201: a line of more than 2000 bytes"),
    ],
    ids=["no tab", "blank", "encoding", "NUL", "duplicate", "long"],
)
def test_what_is_wrong_far_down_is_named_with_its_line(tmp_path, small, monkeypatch, line: bytes, said: str):
    lines = [f"{a}\t{b}\n".encode() for a, b, _ in ROWS]
    path = tmp_path / "p.tsv"
    path.write_bytes(b"".join([*lines[:200], line, *lines[200:]]))
    monkeypatch.setattr(content, "MAX_LINE", 2000)
    with pytest.raises(InputError) as caught:
        outcome(path)
    assert str(caught.value).startswith(f"{path}{said}")
    assert not (tmp_path / "out.tsv").exists() and [file.name for file in tmp_path.iterdir()] == ["p.tsv"]


def test_records_without_ids_after_records_with_ids(tmp_path, small):
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": "a%d", "pred": "x"}\n' * 40 % tuple(range(40)) + '{"pred": "x"}\n' * 60)
    with pytest.raises(InputError, match=r'p\.jsonl:\d+: no "?id'):
        outcome(path)


def test_a_quote_that_never_ends(tmp_path, small, monkeypatch):
    monkeypatch.setattr(reading, "MAX_LINE", 1000)
    path = tmp_path / "p.csv"
    path.write_text("id,pred\n" + "".join(f'a{i},"x"\n' for i in range(100)) + 'b,"x\n' + "c,x\n" * 1000)
    with pytest.raises(InputError, match=r"p\.csv:102: a record, or blank lines, of more than 1000 bytes"):
        outcome(path)


def test_two_ids_with_one_digest_are_two_ids(tmp_path, small, monkeypatch):
    monkeypatch.setattr(SeenIds, "repeated", lambda self, ids: iter(range(len(ids))))
    path = tmp_path / "p.tsv"
    path.write_text(LAYOUTS["p.tsv"])
    assert len(outcome(path)[0]) == N


def test_ids_seen_before():
    seen = SeenIds()
    added: set[str] = set()
    rng = random.Random(0)
    for _ in range(200):
        ids = [f"id{rng.randrange(3000)}" for _ in range(rng.randrange(30))]
        assert list(seen.repeated(ids)) == [i for i, name in enumerate(ids) if name in added]
        seen.add(list(set(ids) - added))
        added |= set(ids)
    assert len(seen) == len(added)


def test_a_duplicate_on_a_pipe_has_no_first_line(small, monkeypatch):
    import io

    lines = "".join(f"{a}\t{b}\n" for a, b, _ in ROWS) + "img_0003.png\tx\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    with pytest.raises(PairingError, match=r"standard input:301: duplicate id 'img_0003.png'$"):
        list(read_document("-"))


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    """Peaks of two files, one ten times the other; what they hold besides parts is digests of ids."""
    monkeypatch.setattr(content, "HEAD", 2**16)
    monkeypatch.setattr(content, "PIECE", 2**14)
    peaks = []
    for n in (5_000, 50_000):
        path = tmp_path / f"{n}.tsv"
        path.write_text("".join(f"sample-{i}\tx ^ {{ {i} }} + y\n" for i in range(n)))
        tracemalloc.start()
        outcome_of_parts(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 3 * 8 * 50_000


def outcome_of_parts(path: Path) -> None:
    parts = ((part, part.formulas) for part in read_document(path))
    write_document(path.with_suffix(".out"), parts)
