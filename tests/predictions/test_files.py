"""Prediction and reference files: what each layout gives, what is refused, and what belongs together."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.predictions.files import (
    FORMATS,
    Paired,
    PredictionFile,
    find_references_beside,
    pair,
    read_predictions,
    read_references,
)
from hmer_suite.predictions.writing import write_tsv

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\t\n\r\0"))
SAMPLES = st.dictionaries(
    TEXT.filter(lambda text: text and not text.startswith("\ufeff")),
    st.tuples(TEXT, TEXT),
    min_size=1,
    max_size=8,
)


# ---------------------------------------------------------------- the layouts

LAYOUTS = [
    ("tsv", "a\tx ^ 2\nb\t\n", ("a", "b"), ("x ^ 2", ""), None),
    ("tsv", "a\tx\ty\nb\t\tz\n", ("a", "b"), ("x", ""), ("y", "z")),
    ("tsv", "a\tx\ty\nb\tz\n", ("a", "b"), ("x", "z"), ("y", None)),
    ("tsv", "a\tx\ty\nb\tz\t", ("a", "b"), ("x", "z"), ("y", "")),
    ("tsv", "\ufeffa\tx\r\nb\r\n\r\n", ("a", "b"), ("x", ""), None),
    ("tsv", "a\t x \u2028y\x0bz \n", ("a",), (" x \u2028y\x0bz ",), None),
    (
        "spaced",
        "18_em_0 x ^ 2\n18_em_1 \n18_em_2\n\n",
        ("18_em_0", "18_em_1", "18_em_2"),
        ("x ^ 2", "", ""),
        None,
    ),
    ("plain", "x ^ 2\n\n\\frac 1 2\n\n", ("1", "2", "3", "4"), ("x ^ 2", "", "\\frac 1 2", ""), None),
    ("plain", "$x\u2028y$", ("1",), ("$x\u2028y$",), None),
    (
        "json",
        '{"a": {"pred": "x", "gt": "y", "dist": 1}, "b": {"pred": ""}}',
        ("a", "b"),
        ("x", ""),
        ("y", None),
    ),
    ("json", '{"a": "x", "b": ""}', ("a", "b"), ("x", ""), None),
    ("json", '[{"img_id": "a", "gt": "y", "pred": "x"}]', ("a",), ("x",), ("y",)),
    ("json", '[{"id": 7, "img_id": "a", "gt": null, "pred": "x\\ny"}]', ("7",), ("x\ny",), None),
    ("json", '{"id": "a", "pred": "x"}', ("a",), ("x",), None),
    (
        "jsonl",
        '{"id": "a", "pred": "x"}\n{"id": "b", "pred": "y", "gt": "z"}\n',
        ("a", "b"),
        ("x", "y"),
        (None, "z"),
    ),
]


@pytest.mark.parametrize(("layout", "content", "ids", "predictions", "references"), LAYOUTS)
def test_a_layout_is_recognised_and_read(put, layout, content, ids, predictions, references) -> None:
    path = put("preds", content)
    expected = PredictionFile(Path(path), layout, ids, predictions, references, None)
    assert read_predictions(path) == expected
    assert read_predictions(path, layout) == expected


def test_candidates_are_kept_in_order(put) -> None:
    nbest = [["x", -0.5], ["y", -1], ["z", float("-inf")]]
    lines = [{"id": "a", "pred": "x", "nbest": nbest}, {"id": "b", "pred": "y"}]
    file = read_predictions(put("p.jsonl", "\n".join(map(json.dumps, lines))))
    assert file.nbest == ((("x", -0.5), ("y", -1.0), ("z", float("-inf"))), ())


def test_a_format_given_beats_the_content(put) -> None:
    path = put("preds", "18_em_0 x\n18_em_1 y\n")
    assert read_predictions(path, "plain").predictions == ("18_em_0 x", "18_em_1 y")


def test_a_pipe_is_read(put) -> None:
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: Path("pipe").write_text("a\tx\n"))
    writer.start()
    assert read_predictions("pipe").predictions == ("x",)
    writer.join()


def test_a_line_of_a_million_tokens(put) -> None:
    long = "x " * 1_000_000
    assert read_predictions(put("p", f"a\t{long}\nb\ty\n")).predictions == (long, "y")


# ---------------------------------------------------------------- what is refused

REFUSED = [
    # file, content, message
    ("p", b"", "p: empty file"),
    ("p", b"\xef\xbb\xbf", "p: empty file"),
    ("p", b"a\tx\nb\t\xe9\n", "p:2: not UTF-8: 0xe9 at byte 6"),
    ("p", b"a\tx\nb\t\0\n", "p:2: NUL byte at byte 6: not a text file"),
    ("p", b"\x89PNG\r\n\x1a\n\0", "p: a picture: predict reads pictures"),
    ("p", b"a\n\nb\0", "p:3: NUL byte at byte 4: not a text file"),
    ("p", b"\xff\xfea\0\t", "p: damaged UTF-16 text"),
    ("p", gzip.compress(b"a\tx\n", mtime=0)[:-3], "p: damaged gzip file: it breaks off"),
    ("p", b"PK\x03\x04 and no more", "p: damaged zip archive: File is not a zip file"),
    ("p", "a\tx\n\nb\ty\n", "p:2: blank line, expected a sample with its id"),
    ("p", "a\tx\na\ty\n", "p:2: duplicate id 'a', first on line 1"),
    ("p", "a\tx\n\ty\n", "p:2: empty id"),
    ("p", "a\tx\ty\tz\n", "p:1: 4 columns, expected id, prediction and reference"),
    ("p", "a\tx\nb y\n", "p:2: no tab between id and prediction: 'b y'"),
    ("p", "18_em_0 x\n18_em_0 y\n", "p:2: duplicate id '18_em_0', first on line 1"),
    ("p", "18_em_0 x\n\n18_em_1 y\n", "p:2: blank line, expected a sample with its id"),
    (
        "p",
        "18_em_0 x\n18_em_1 y\n18_em_2\tz\n",
        "p:3: tab in a line of 'id token token ...': say --layout tsv?",
    ),
    ("p", "18_em_0 x\n18_em_1 y\n z\n" + "18_em_3 z\n18_em_4" * 9, "p:3: empty id"),
    (
        "p",
        "sin x\ncos y\n",
        "p: cannot tell whether the first words ('sin', 'cos') are ids:"
        " say --layout spaced or --layout plain",
    ),
    (
        "p",
        "x ^ { 2 }\tx ^ 2\n",
        "p: the first column holds formulas ('x ^ { 2 }'), expected ids: if these are ids, say --layout tsv;"
        " if each line is one formula, --layout plain",
    ),
    ("p", '{"a": "x",\n"b": "y', "p:2: JSON breaks off: is the file cut short?"),
    (
        "p",
        '{"a": {"pred": "x"},\n',
        "p:2: JSON breaks off: is the file cut short?",
    ),
    ("p", '{"a": "x"\n"b": "y"}', "p:2: not JSON: Expecting ',' delimiter (column 1)"),
    ("p", '{"a": "x", "a": "y"}', "p: duplicate id or key 'a'"),
    ("p", '[{"id": "a", "pred": "x"}, {"id": "a", "pred": "y"}]', "p: duplicate id 'a'"),
    ("p", '{"": "x"}', "p: empty id"),
    ("p", "{}", "p: no samples"),
    ("p", "[]", "p: no samples"),
    ("p", '{"a": 1}', "p: 'a' has a number, expected a string or an object"),
    ("p", '{"a": [1]}', "p: 'a' has a list, expected a string or an object"),
    ("p", '{"a": null}', "p: 'a' has null, expected a string or an object"),
    ("p", '{"a": {"pred": null}}', "p: \"pred\" of 'a' is null, expected a string"),
    ("p", '{"a": {"pred": "x", "gt": true}}', "p: \"gt\" of 'a' is true or false, expected a string"),
    ("p", '{"a": {"gt": "x"}}', "p: no \"pred\" for 'a'"),
    ("p", '[{"id": "a", "pred": "x"}, 1]', 'p: entry 2: a number, expected an object with "id" and "pred"'),
    ("p", '[{"id": "a", "pred": "x"}, {"pred": "y"}]', 'p: entry 2: no "id" or "img_id"'),
    ("p", '[{"id": {}, "pred": "y"}]', "p: entry 1: the id is an object, expected a string"),
    ("p", '[{"id": true, "pred": "y"}]', "p: entry 1: the id is true or false, expected a string"),
    ("p", '{"a": "\\ud835"}', "p: sample 'a' holds half a surrogate pair, which is not text"),
    ("p.json", "[" * 100_000, "p.json: JSON is nested too deeply"),
    ("p", f'{{"a": {{"pred": "x", "n": {"1" * 5000}}}}}', "p: JSON holds a number of too many digits"),
    (
        "p.jsonl",
        '{"id": "a", "pred": "x"}\n{"id": "b", "p',
        "p.jsonl:2: JSON breaks off: is the file cut short?",
    ),
    (
        "p.jsonl",
        '{"id": "a", "pred": "x"}\n\n{"id": "b", "pred": "y"}',
        "p.jsonl:2: blank line, expected a sample with its id",
    ),
    (
        "p.jsonl",
        '{"id": "a", "pred": "x"}\n[1]',
        'p.jsonl:2: a list, expected an object with "id" and "pred"',
    ),
    ("p.jsonl", '{"id": "a", "pred": 3}', "p.jsonl:1: \"pred\" of 'a' is a number, expected a string"),
    ("p.jsonl", '{"id": "a"}', "p.jsonl:1: no \"pred\" for 'a'"),
    (
        "p.jsonl",
        '{"id": "a", "pred": "x", "nbest": [["x", NaN]]}',
        "p.jsonl:1: \"nbest\" of 'a' is not a list of [text, log probability]",
    ),
    (
        "p.jsonl",
        '{"id": "a", "pred": "x", "nbest": ["xy"]}',
        "p.jsonl:1: \"nbest\" of 'a' is not a list of [text, log probability]",
    ),
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSED, ids=[row[2][:50] for row in REFUSED])
def test_what_cannot_be_read_is_said_in_one_line(put, name, content, message) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(put(name, content))
    assert str(error.value) == message
    assert isinstance(error.value, PairingError) == ("duplicate" in message)


def test_what_is_not_there_or_not_so(put) -> None:
    put("p", "a\tx\n")
    os.mkdir("folder")
    for path, format, message in [
        ("absent", None, "absent: no such file or folder"),
        ("folder", None, "folder: a folder without NAME.txt or NAME.lg files"),
        ("folder", "tsv", "folder: a folder, not tsv"),
        ("p", "folder", "p: not a folder"),
        ("p", "zip", "p: damaged zip archive: File is not a zip file"),
        ("p", "json", "p:1: not JSON: Expecting value (column 1)"),
        ("p", "spaced", "p:1: tab in a line of 'id token token ...': say --layout tsv?"),
    ]:
        with pytest.raises(InputError) as error:
            read_predictions(path, format)
        assert str(error.value) == message
    with pytest.raises(
        UsageError, match=r"^unknown format 'xml', expected one of tsv, csv, spaced, trn, json"
    ):
        read_predictions("p", "xml")


# Files on a busy disk now and then take longer than hypothesis allows an example.
@settings(deadline=None)
@given(data=st.binary(max_size=200), format=st.sampled_from([None, *FORMATS]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data: bytes, format: str | None) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    _read_or_refuse(path, format)


@settings(deadline=None)
@given(text=st.text("ab1_{}[]\"':,\\\t\n\r \u2028$%", max_size=60), format=st.sampled_from([None, *FORMATS]))
def test_any_text_is_read_or_refused(tmp_path_factory, text: str, format: str | None) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_text(text, newline="")
    _read_or_refuse(path, format)


def _read_or_refuse(path: Path, format: str | None) -> None:
    try:
        file = read_predictions(path, format)
    except InputError as error:
        assert str(error).startswith(str(path))
        assert len(str(error).splitlines()) == 1
    else:
        assert len(set(file.ids)) == len(file.ids) == len(file.predictions) > 0


# ---------------------------------------------------------------- references and pairing


def test_references_are_the_column_meant_for_them(put) -> None:
    assert read_references(put("r", "a\tx\nb\ty\n")).references == ("x", "y")
    assert read_references(put("r", "a\tx\ty\nb\ty\tz\n")).references == ("y", "z")
    assert read_references(put("r", '[{"id": "a", "gt": "x"}]')).references == ("x",)
    assert read_references(put("r", "x\n\ny\n")).references == ("x", "", "y")
    with pytest.raises(InputError, match=r"^r:2: no reference for 'b'$"):
        read_references(put("r", "a\tx\ty\nb\tz\n"))


def test_pairing_follows_the_references_and_lists_what_is_missing(put) -> None:
    predictions = read_predictions(put("p", "c\tz\na\t\n"))
    references = read_references(put("r", "a\tx\nb\ty\nc\tz\n"))
    assert pair(predictions, references) == Paired(("a", "b", "c"), ("", None, "z"), ("x", "y", "z"), ("b",))


def test_references_given_win_over_those_inside(put) -> None:
    predictions = read_predictions(put("p", "a\tx\ty\n"))
    assert pair(predictions).references == ("y",)
    assert pair(predictions, read_references(put("r", "a\tz\n"))).references == ("z",)


def test_plain_files_pair_by_line(put) -> None:
    predictions = read_predictions(put("p", "x\n\n(\n"))
    references = read_references(put("r", "x\ny\nz\n"))
    assert pair(predictions, references) == Paired(("1", "2", "3"), ("x", "", "("), ("x", "y", "z"), ())


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ("a\tx\nd\ty\ne\tz\n", "a\tx\nb\ty\n", "p:2: 'd' is not in r (and 1 more)"),
        ("a\tx\nb\ty\n", "a\tx\nb.png\ty\nb.jpg\tz\n", "p:2: 'b' is not in r; it has 'b.png'"),
        ("a.png\tx\na.jpg\ty\n", "a\tx\nb\ty\n", "p:1: 'a.png' is not in r; it has 'a' (and 1 more)"),
        ("a\tx\na.png\ty\n", "a\tx\nb\ty\n", "p:2: 'a.png' is not in r; it has 'a'"),
        ('{"d": "x"}', "a\tx\nb\ty\n", "p: 'd' is not in r"),
        ("x\ny\n", "x\ny\nz\n", "p has 2 lines, but r has 3 lines"),
        ("x\ny\n\n\n", "x\ny\nz\n", "p has 4 lines (the last 2 of them blank), but r has 3 lines"),
        (
            "a\tx\n",
            "x\ny\n",
            "p (tsv) has ids, but r (plain) has no ids: both must have ids or neither",
        ),
        (
            "x\n",
            "a\tx\n",
            "p (plain) has no ids, but r (tsv) has ids: both must have ids or neither",
        ),
        ("a\tx\n", None, "p: no references inside; give a reference file"),
        ("a\tx\ty\nb\tz\nc\tz\n", None, "p:2: no reference for 'b' (and 1 more)"),
    ],
)
def test_what_does_not_belong_together(put, predictions, references, message) -> None:
    given = None if references is None else read_references(put("r", references))
    with pytest.raises(PairingError) as error:
        pair(read_predictions(put("p", predictions), references=given), given)
    assert str(error.value) == message


def test_references_settle_an_unclear_layout(put) -> None:
    path = put("p", "sin x\ncos y\n")
    ids, plain = read_references(put("i", "sin\tx\ncos\ty\ntan\tz\n")), read_references(put("r", "x\ny\n"))
    assert read_predictions(path, references=ids).format == "spaced"
    assert read_predictions(path, references=plain).format == "plain"


def test_references_beside_a_file(put) -> None:
    path = put("wap.txt", "a\tx\n")
    put("wap.refs", "no suffix behind .refs")
    assert find_references_beside(path) is None
    put("references.tsv", "a\tx\n")
    assert find_references_beside(path) == Path("references.tsv")
    put("wap.refs.tsv", "a\tx\n")
    assert find_references_beside(path) == Path("wap.refs.tsv")
    assert find_references_beside("references.tsv") is None
    put("wap.refs.txt", "x\n")
    with pytest.raises(InputError, match=r"wap\.refs\.tsv: wap\.refs\.txt is beside it as well"):
        find_references_beside(path)
    assert find_references_beside("absent/p.txt") is None


# ---------------------------------------------------------------- writing


@settings(deadline=None)
@given(samples=SAMPLES)
def test_what_is_written_comes_back(tmp_path_factory, samples: dict[str, tuple[str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "written.tsv"
    ids, (predictions, references) = tuple(samples), zip(*samples.values(), strict=True)
    write_tsv(path, ids, predictions)
    file = read_predictions(path, "tsv")
    assert (file.ids, file.predictions, file.references) == (ids, predictions, None)
    write_tsv(path, ids, predictions, references)
    file = read_predictions(path, "tsv")
    assert (file.ids, file.predictions, file.references) == (ids, predictions, references)


@pytest.mark.parametrize(
    ("ids", "predictions", "message"),
    [
        (["a", "b"], ["x", "y\tz"], r"out: sample 'b' holds '\t', which no tsv line can hold"),
        (["a"], ["x\ny"], r"out: sample 'a' holds '\n', which no tsv line can hold"),
        (["a\r"], ["x"], r"out: sample 'a\r' holds '\r', which no tsv line can hold"),
        (["\ufeffa"], ["x"], r"out: id '\ufeffa' begins with a byte-order mark"),
        (["a"], ["\ud800"], "out: sample 'a' holds half a surrogate pair, which is not text"),
        (["a"], ["x\0"], r"out: sample 'a' holds '\x00', which no tsv line can hold"),
        (["a", ""], ["x", "y"], "out:2: empty id"),
        (["a", "a"], ["x", "y"], "out:2: duplicate id 'a', first on line 1"),
        ([], [], "out: no samples"),
    ],
)
def test_what_a_line_cannot_hold_is_not_written(put, ids, predictions, message) -> None:
    put("out", "old")
    with pytest.raises(InputError) as error:
        write_tsv("out", ids, predictions)
    assert str(error.value) == message
    assert Path("out").read_text() == "old"
    assert os.listdir() == ["out"]


def test_unequal_columns_are_a_mistake_of_the_caller(put) -> None:
    with pytest.raises(ValueError, match="shorter"):
        write_tsv("out", ["a", "b"], ["x"])


# ---------------------------------------------------------------- the real files


@pytest.mark.parametrize(
    ("name", "layout", "n", "inside"),
    [
        ("predictions/wap-crohme2014.txt", "spaced", 985, False),
        ("predictions/tamer-hme100k-a.json", "json", 12_386, True),
        ("predictions/unimumer-3b-crohme2014.json", "json", 986, True),
        ("predictions/unimumer-7b-crohme2014.json", "json", 986, True),
        ("predictions/unimumer-3b-mathwriting-a.json", "json", 3_801, True),
        ("predictions/unimumer-3b-mathwriting-a-normalised.json", "json", 3_637, True),
        ("crohme/captions-train.txt", "tsv", 8_835, False),
        ("crohme/captions-test2014.txt", "tsv", 986, False),
        ("im2latex/test-a.formulas.norm.txt", "plain", 4_722, False),
        ("im2latex/val.formulas.norm.txt", "plain", 8_475, False),
    ],
)
def test_real_files(shared: Path, name: str, layout: str, n: int, inside: bool) -> None:
    file = read_predictions(shared / name)
    assert (file.format, len(file.ids), file.references is not None) == (layout, n, inside)
    if inside:
        assert pair(file).missing == ()


def test_wap_misses_one_sample(shared: Path) -> None:
    references = read_references(shared / "crohme/captions-test2014.txt")
    paired = pair(read_predictions(shared / "predictions/wap-crohme2014.txt"), references)
    assert (len(paired.ids), paired.predictions.count(None), len(paired.missing)) == (986, 1, 1)
    assert paired.predictions[paired.ids.index(paired.missing[0])] is None
    assert paired.predictions[paired.ids.index("RIT_2014_29")] == "- 7"


def test_real_predictions_survive_a_round_trip(shared: Path, tmp_path: Path) -> None:
    file = read_predictions(shared / "predictions/tamer-hme100k-a.json")
    write_tsv(tmp_path / "p.tsv", file.ids, file.predictions, file.references)
    again = read_predictions(tmp_path / "p.tsv")
    assert (again.format, again.ids, again.predictions) == ("tsv", file.ids, file.predictions)
    assert again.references == file.references


def test_reading_costs_little_more_than_the_json_module(shared: Path) -> None:
    """0.06 s for 12,386 samples where `json.loads` alone takes 0.025 s; the ratio holds on a busy machine."""
    path = shared / "predictions/tamer-hme100k-a.json"
    text = path.read_text()
    ratios = (_seconds(lambda: read_predictions(path)) / _seconds(lambda: json.loads(text)) for _ in range(7))
    assert min(ratios) < 6


def _seconds(function) -> float:
    """Processor time of a call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def test_importing_is_light() -> None:
    code = "import sys, hmer_suite.predictions.files; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "hmer_suite.predictions.files" in loaded
    assert not {"numpy", "pyarrow", "torch"} & set(loaded)
