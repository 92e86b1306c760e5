"""Tables as spreadsheets and data frames write them, and what only looks like one."""

from __future__ import annotations

import gzip

import pytest

from hmer_suite.errors import InputError, UsageError
from hmer_suite.predictions.detect import doubts
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.predictions.names import Columns, parse_columns
from hmer_suite.predictions.reading import Question, read_samples

HEADED = [
    # file, content, layout
    ("p.csv", "image_id,prediction,label\ns1,x ^ 2,x\ns2,,y\n", "csv"),
    ("p", "image_id,prediction,label\r\ns1,x ^ 2,x\r\ns2,,y\r\n\r\n", "csv"),
    ("p.txt", "image_id;prediction;label\ns1;x ^ 2;x\ns2;;y\n", "csv"),
    ("p.tsv", "image_id\tprediction\tlabel\ns1\tx ^ 2\tx\ns2\t\ty\n", "tsv"),
    ("p", '"image_id"\t"prediction"\t"label"\n"s1"\t"x ^ 2"\t"x"\n"s2"\t""\t"y"\n', "tsv"),
    ("p", "label,Prediction,image_id\nx,x ^ 2,s1\ny,,s2\n", "csv"),
    ("p", "Image ID\tPrediction\tGround Truth\ns1\tx ^ 2\tx\ns2\t\ty\n", "tsv"),
    ("p", "which\thyp\ttruth\ns1\tx ^ 2\tx\ns2\t\ty\n", "tsv"),
    ("p", ",image_id,prediction,label\n0,s1,x ^ 2,x\n1,s2,,y\n", "csv"),
    ("p.csv", "s1,x ^ 2,x\ns2,,y\n", "csv"),
    ("p.csv.gz", gzip.compress(b"s1,x ^ 2,x\ns2,,y\n", mtime=0), "csv"),
    ("p", 's1,"x ^ 2",x\ns2,"",y\n', "csv"),
    ("p", "image_id\tprediction\tlabel\ns1\tx ^ 2\tx\ns2\t\ty\n".encode("utf-16"), "tsv"),
]


@pytest.mark.parametrize(("name", "content", "layout"), HEADED)
def test_a_table_is_read(put, name: str, content: str | bytes, layout: str) -> None:
    file = read_predictions(put(name, content))
    assert (file.format, file.ids, file.predictions) == (layout, ("s1", "s2"), ("x ^ 2", ""))
    assert file.references == ("x", "y")
    assert file.origin.warnings == ()


def test_records_begin_with_unmistakable_ids_without_any_name_or_quote(put) -> None:
    file = read_predictions(put("p.txt", "UN19_1041,x + y\nUN19_1042,z\n"))
    assert (file.format, file.ids, file.predictions) == ("csv", ("UN19_1041", "UN19_1042"), ("x + y", "z"))


@pytest.mark.parametrize("head", ["", "id;pred\n"])
def test_a_first_line_may_name_the_separator(put, head: str) -> None:
    text = f'sep=;\n{head}a;"x;y"\nb;z, w\n'
    file = read_predictions(put("p.csv", text))
    assert (file.ids, file.predictions) == (("a", "b"), ("x;y", "z, w"))
    assert file.origin.lines == ([3, 4] if head else [2, 3])
    assert read_samples("p.csv", Question()).reading.rewrite(file.predictions) == text
    with pytest.raises(InputError, match=rf"p.csv:{4 if head else 3}: 3 columns, the first line has 2"):
        read_predictions(put("p.csv", f"sep=;\n{head}a;x\nb;y;z\n"))


def test_quotes_hold_commas_quotes_and_line_ends(put) -> None:
    file = read_predictions(put("p", 'id,pred\na,"f(x,\ny)"\nb,"""z"""\n'))
    assert file.predictions == ("f(x,\ny)", '"z"')
    assert file.origin.lines == [2, 4]


def test_quotes_in_tabbed_formulas_are_characters(put) -> None:
    assert read_predictions(put("p", 'id\tpred\na\t"x\nb\ty"\n')).predictions == ('"x', 'y"')


def test_a_table_without_ids_is_counted_and_paired_by_number(put) -> None:
    file = read_predictions(put("p", "pred,gt\nx,x\ny,z\n"))
    assert (file.ids, file.numbered, pair(file).references) == (("1", "2"), True, ("x", "z"))
    assert pair(file, read_references(put("r", "u\nv\n"))).references == ("u", "v")


@pytest.mark.parametrize(
    ("columns", "predictions", "references"),
    [
        ("pred=model", ("x", "y"), ("r", "s")),
        ("pred=other,ref=model", ("u", "v"), ("x", "y")),
        ("id=1,pred=3,ref=4", ("u", "v"), ("r", "s")),
    ],
)
def test_columns_by_name_and_number(put, columns, predictions, references) -> None:
    path = put("p", "id,model,other,gt\na,x,u,r\nb,y,v,s\n")
    file = read_predictions(path, columns=parse_columns(columns))
    assert (file.predictions, file.references) == (predictions, references)


def test_columns_of_a_table_without_a_header(put) -> None:
    file = read_predictions(put("p", "a\tx\ty\nb\tu\tv\n"), columns=Columns(pred="3", ref="2"))
    assert (file.ids, file.predictions, file.references) == (("a", "b"), ("y", "v"), ("x", "u"))


def test_im2markup_writes_the_reference_first(put) -> None:
    file = read_predictions(put("results.txt", "1.png\tx\ty\t-0.5\t-2e-1\n2.png\tz\t\t0\t-1\n"))
    assert (file.predictions, file.references) == (("y", ""), ("x", "z"))
    file = read_predictions(put("results.txt", "1.png\tx\ty\n2.png\tz\t\n"))
    assert (file.predictions, file.references) == (("y", ""), ("x", "z"))
    assert "results.txt:1: read as image, reference, prediction" in file.origin.warnings[0]
    assert read_predictions("results.txt", columns=Columns(pred="2", ref="3")).predictions == ("x", "z")
    assert read_predictions(put("results.txt", "a\tx\ty\n")).predictions == ("x",)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "p",
            "id,pred,gt\na,f(x,y),z\n",
            "p:2: 4 columns, the first line has 3: a field that holds the separator",
        ),
        (
            "p.csv",
            "a,x\nb,y,z\n",
            "p.csv:2: 3 columns, the first line has 2: a field that holds the separator",
        ),
        ("p", "id,model\na,x\nb,y\n", "p:1: a header (id, model) without a usual name for predictions"),
        ("p", "image\tmodel\na\tx\nb\ty\n", "p:1: a header (image, model) without a usual name"),
        ("p", "file name,our model\na,x\nb,y\n", "p:1: a header (file name, our model) without a usual name"),
        ("p", "id,pred\na,x\n\nb,y\n", "p:3: blank line, expected a sample"),
        ("p", "id,pred\na,x\na,y\n", "p:3: duplicate id 'a', first on line 2"),
        ("p", 'id,pred\na,"x\n', "p:2: not a table: unexpected end of data"),
        ("p", "id,pred\n", "p: no samples"),
        ("p.csv", "a,b,c,d\ne,f,g,h\n", "p.csv:1: 4 columns without a header: say --columns id=1,pred=2"),
        (
            "p",
            "id label\n18_em_0 x\n" + "".join(f"18_em_{i} x\n" for i in range(1, 30)),
            "p:1: 'id label' is a header",
        ),
    ],
)
def test_what_is_wrong_with_a_table_names_the_line(put, name: str, content: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(put(name, content))
    assert str(error.value).startswith(message)


def test_columns_that_are_not_there(put) -> None:
    with pytest.raises(UsageError, match="no column 'model', there are id, pred"):
        read_predictions(put("p", "id,pred\na,x\n"), columns=Columns(pred="model"))
    for text in ("pred", "pred=", "x=1", "pred=1,pred=2", ""):
        with pytest.raises(UsageError, match="expected id="):
            parse_columns(text)


@pytest.mark.parametrize(
    "content",
    ["x,y\nz,w+1\nx,y\n", "f(x,y)\ng(x,y)\n", "x\n", "a+b;c\n", "x , y\n\n1 , 2\n", "\\text{id},x\nx,y\n"],
)
def test_formulas_with_commas_stay_formulas(put, content: str) -> None:
    file = read_predictions(put("p.txt", content))
    assert (file.format, "\n".join(file.predictions) + "\n") == ("plain", content)
    assert file.origin.warnings == ()


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        ("a,1 + 1\nb,x\n", "p:1: 'a,1 + 1' is read as a formula: if it is a record, say --layout csv"),
        (
            "our 1,our 2\na,x\nb,y\n",
            "p:1: 'our 1,our 2' is read as a formula: if it is a record, say --layout csv",
        ),
        ("a 1 + 1\nb x\n", "p:1: 'a' is read as part of a formula: if it is an id, say --layout spaced"),
        ("label\nx ^ 2\n", "p:1: 'label' looks like a header and is read as a formula: remove it"),
    ],
)
def test_what_might_be_records_is_doubted(put, content: str, warning: str) -> None:
    file = read_predictions(put("p", content))
    assert (file.format, file.origin.warnings) == ("plain", (warning,))


@pytest.mark.parametrize(
    "content",
    ["x _ 1 y\ny ^ 2\n", "x\ny\n", "x y\nx z\n", "y \\leq x\nz = 3\n", "a + b\nx = 1\n", "sin x\n"],
)
def test_ordinary_formulas_are_not_doubted(content: str) -> None:
    assert not list(doubts("p", content.splitlines()))


def test_many_short_ids_are_ids(put) -> None:
    lines = [f"{letter} x + {number}" for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz")]
    file = read_predictions(put("p", "\n".join(lines)))
    assert (file.format, file.ids[:2], file.predictions[:2]) == ("spaced", ("a", "b"), ("x + 0", "x + 1"))
