"""Packed files: gzip, xz and bzip2 are read and written; what else is no text says what it is."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import zipfile

import pytest

from hmer_suite.errors import InputError
from hmer_suite.predictions.documents import read_document, write_document
from hmer_suite.predictions.files import read_predictions

PACK = {".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress}
PICKLE = "a pickle, which may run anything when it is read: write JSON lines (id, pred)"


@pytest.mark.parametrize("suffix", PACK)
def test_a_packed_file_is_read_and_written_packed(put, suffix: str) -> None:
    pack = PACK[suffix]
    path = put(f"p.csv{suffix}", pack(b"id,pred\na,x\n") + pack(b"b,y\n"))
    file = read_predictions(path)
    assert (file.format, file.ids, file.predictions) == ("csv", ("a", "b"), ("x", "y"))
    write_document(f"q.csv{suffix}", iter([(next(read_document(path)), ["z", "w"])]))
    assert read_predictions(f"q.csv{suffix}").predictions == ("z", "w")


@pytest.mark.parametrize(("suffix", "name"), [(".gz", "gzip"), (".xz", "xz"), (".bz2", "bzip2")])
def test_a_packed_file_that_breaks_off(put, suffix: str, name: str) -> None:
    with pytest.raises(InputError, match=rf"^p: damaged {name} file: "):
        read_predictions(put("p", PACK[suffix](b"a\tx\n" * 100)[:-5]))


def test_what_unpacks_to_far_too_much_is_refused(put) -> None:
    with pytest.raises(InputError, match=r"^p.xz: unpacks to more than 1100 times its size$"):
        read_predictions(put("p.xz", lzma.compress(b"x\n" * 2**24, preset=0)))


def zipped(member: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, "")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x28\xb5\x2f\xfd\0\0", "packed by Zstandard: unpack it (zstd -d)"),
        (zipped("xl/workbook.xml"), "an Excel workbook: save the sheet as CSV (UTF-8)"),
        (zipped("content.xml"), "an OpenDocument file: save the sheet as CSV (UTF-8)"),
        (zipped("archive/data.pkl"), "a file of PyTorch: write its predictions as JSON lines (id, pred)"),
        (zipped("arr_0.npy"), "arrays of NumPy: write CSV or JSON lines (id, prediction)"),
        (b"\x93NUMPY\x01\0", "an array of NumPy: write CSV or JSON lines (id, prediction)"),
        (pickle.dumps({"a": "x"}), PICKLE),
        (gzip.compress(pickle.dumps("x"), mtime=0), PICKLE),
    ],
)  # fmt: skip
def test_what_is_no_text_says_what_it_is(put, content: bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(put("p", content))
    assert str(error.value) == f"p: {message}"


def test_a_formula_may_begin_as_a_packed_file_does(put) -> None:
    assert read_predictions(put("p", "BZh + 1\nx\n")).predictions == ("BZh + 1", "x")
