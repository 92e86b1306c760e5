"""A small data set in each published layout: the command that reads it, and what comes out of it.

`LAYOUTS` is what the page on formats shows: the name of a layout, the command that a user types, and a description.
"""

from __future__ import annotations

import csv
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from tests.data.inkml_files import inkml

ONE, TWO = r"\frac { 1 } { 2 }", "x ^ { 2 }"


@dataclass(frozen=True)
class Example:
    """A layout, the command in the folder that `make` fills, the labels of each split by id, and what is left out."""

    name: str
    command: str
    description: str
    make: Callable[[Path], object]
    splits: Mapping[str, Mapping[str, str]]
    left_out: Mapping[str, str] = field(default_factory=dict)


def drawing(number: int = 0, height: int = 40) -> np.ndarray:
    """A picture (H, W) of a few strokes, dark on light."""
    image = np.full((height, 70), 255, np.uint8)
    image[6:-6, 8 + number : 11 + number] = 0
    image[height // 2 - 1 : height // 2 + 2, 20:60] = 0
    return image


def image_file(suffix: str = ".png", number: int = 0) -> bytes:
    """A picture as a file."""
    buffer = io.BytesIO()
    kind = {".jpg": "jpeg", ".bmp": "bmp"}.get(suffix, "png")
    Image.fromarray(drawing(number)).save(buffer, kind)
    return buffer.getvalue()


def put(root: Path, files: Mapping[str, bytes | str]) -> None:
    """Write files by their paths."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content.encode() if isinstance(content, str) else content)


def pictures(*names: str) -> dict[str, bytes]:
    """Different pictures by their paths."""
    return {name: image_file(Path(name).suffix, number) for number, name in enumerate(names)}


def writer(files: Mapping[str, bytes | str]) -> Callable[[Path], None]:
    """A function that writes these files."""
    return lambda root: put(root, files)


def zipped(name: str, files: Mapping[str, bytes | str]) -> Callable[[Path], None]:
    """A function that writes a zip archive of these files."""

    def make(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(root / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in files.items():
                archive.writestr(path, content)

    return make


def tarred(name: str, files: Mapping[str, bytes | str]) -> Callable[[Path], None]:
    """A function that writes a tar archive of these files."""

    def make(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(root / name, "w:gz" if name.endswith("gz") else "w") as archive:
            for path, content in files.items():
                data = content.encode() if isinstance(content, str) else content
                member = tarfile.TarInfo(path)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))

    return make


def pickled(*names: str, protocol: int = 2, channels: bool = False) -> bytes:
    """A pickle of pictures by id."""
    images = [drawing(number)[None] if channels else drawing(number) for number in range(len(names))]
    return pickle.dumps(dict(zip(names, images, strict=True)), protocol)


def records(*rows: Mapping[str, object]) -> str:
    """Rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(*rows: tuple[str, ...]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def arrow_table(image: str = "image", latex: str = "latex") -> pa.Table:
    """Two rows of pictures and labels."""
    files = [{"bytes": image_file(number=number), "path": None} for number in range(2)]
    return pa.table({image: files, latex: [ONE, TWO]})


def saved_to_disk(root: Path) -> None:
    """What `DatasetDict.save_to_disk` writes."""
    put(root, {"saved/dataset_dict.json": '{"splits": ["train", "dev"]}'})
    for split in ("train", "dev"):
        put(root, {f"saved/{split}/dataset_info.json": "{}", f"saved/{split}/state.json": "{}"})
        rows = arrow_table(latex="text")
        path = root / "saved" / split / "data-00000-of-00001.arrow"
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)


def parquet(name: str, **columns: str) -> Callable[[Path], None]:
    """A function that writes a Parquet file."""

    def make(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(arrow_table(**columns), root / name)

    return make


def together(*makers: Callable[[Path], object]) -> Callable[[Path], None]:
    """A function that calls all of these."""

    def make(root: Path) -> None:
        for one in makers:
            one(root)

    return make


def ink(*names: str, **annotations: str) -> dict[str, bytes]:
    """InkML files by their paths, the formula of the first being 1 x."""
    return {name: inkml(truth="$1x$" if number == 0 else "$2$") for number, name in enumerate(names)}


def mathwriting(label: str, normalised: str) -> bytes:
    """An InkML file of MathWriting."""
    head = (
        f'<annotation type="label">{label}</annotation>'
        f'<annotation type="normalizedLabel">{normalised}</annotation>'
    )
    return inkml(truth=None, head=head)


BOTH = {"a": ONE, "b": TWO}
ROWS = {"0": ONE, "1": TWO}
NO_SPLIT = "name is no split"

EXAMPLES = (
    Example(
        "own pictures",
        "hmer-suite data prepare mine",
        "images with `captions.tsv` or `captions.txt` (id, tab, LaTeX); `train`, `val` and `test` are splits",
        writer(
            {
                **pictures("mine/train/a.png", "mine/train/b.jpg", "mine/dev/c.png", "mine/odd/d.png"),
                "mine/train/captions.tsv": "a\t\\frac12\nb.jpg\tx^2\n",
                "mine/dev/captions.txt": "c 1 + 1\n",
            }
        ),
        {"train": BOTH, "validation": {"c": "1 + 1"}},
        {"odd": NO_SPLIT},
    ),
    Example(
        "BTTR, CoMER, PosFormer",
        "hmer-suite data prepare data.zip",
        "a zip or folder of `caption.txt` and `img/*.bmp` for `train`, `2014`, `2016` and `2019`",
        zipped(
            "data.zip",
            {
                **pictures("data/train/img/a.bmp", "data/train/img/b.bmp", "data/2014/img/c.bmp"),
                **pictures("data/2016/img/d.bmp"),
                "data/train/caption.txt": "a \\frac { 1 } { 2 }\nb x ^ { 2 }\n",
                "data/2014/caption.txt": "c 1\n",
                "data/2016/caption.txt": "d 2\n",
            },
        ),
        {"train": BOTH, "test2014": {"c": "1"}, "test2016": {"d": "2"}},
    ),
    Example(
        "HME100K",
        "hmer-suite data prepare HME100K",
        "`train_labels.txt` and `test_labels.txt` beside `train_images` and `test_images`",
        writer(
            {
                **pictures("HME100K/train_images/train_0.jpg", "HME100K/test_images/test_0.jpg"),
                "HME100K/train_labels.txt": f"train_0.jpg\t{ONE}\n",
                "HME100K/test_labels.txt": f"test_0.jpg\t{TWO}\ntest_1.jpg\t1\n",
            }
        ),
        {"train": {"train_0": ONE}, "test": {"test_0": TWO}},
        {"test_1": "no image of that name"},
    ),
    Example(
        "WAP, ABM",
        "hmer-suite data prepare wap",
        "`offline-train.pkl` and `train_caption.txt`: arrays (1, H, W); read without running anything of the pickle",
        writer(
            {
                "wap/offline-train.pkl": pickled("a", "b", protocol=0, channels=True),
                "wap/train_caption.txt": f"a\t{ONE}\nb\t{TWO}\n",
                "wap/offline-test.pkl": pickled("c", channels=True),
                "wap/test_caption.txt": "c\t1\n",
                "wap/dictionary.txt": "x 1\n",
            }
        ),
        {"train": BOTH, "test": {"c": "1"}},
    ),
    Example(
        "CAN",
        "hmer-suite data prepare CROHME",
        "`train_images.pkl`, `train_labels.txt`, `14_test_images.pkl`, `14_test_labels.txt`, ...: arrays (H, W)",
        writer(
            {
                "CROHME/train_images.pkl": pickled("a.png", "b.png", protocol=4),
                "CROHME/train_labels.txt": f"a\t{ONE}\nb\t{TWO}\n",
                "CROHME/14_test_images.pkl": pickled("c", protocol=5),
                "CROHME/14_test_labels.txt": "c\t1\n",
                "CROHME/16_test_images.pkl": pickled("d"),
                "CROHME/16_test_labels.txt": "d\t2\n",
                "CROHME/words_dict.txt": "x\n",
            }
        ),
        {"train": BOTH, "test2014": {"c": "1"}, "test2016": {"d": "2"}},
    ),
    Example(
        "TAMER",
        "hmer-suite data prepare images:data,folder=crohme",
        "`images.pkl` and `caption.txt` for each split; `folder=` where a folder holds several sets",
        writer(
            {
                f"data/{name}/{split}/{file}": content
                for name in ("crohme", "hme100k")
                for split, key in (("train", "a"), ("2014", "c"))
                for file, content in (("images.pkl", pickled(key)), ("caption.txt", f"{key}\t{name[0]}\n"))
            }
        ),
        {"train": {"a": "c"}, "test": {"c": "c"}},
    ),
    Example(
        "one pickle",
        "hmer-suite data prepare images.pkl",
        "a pickle of pictures by id, with a text of captions beside it",
        writer({"images.pkl": pickled("a", "b"), "labels.txt": f"a\t{ONE}\nb\t{TWO}\n"}),
        {"train": BOTH},
    ),
    Example(
        "im2latex-100k",
        "hmer-suite data prepare im2latex",
        "`im2latex_formulas.lst`, `im2latex_{train,validate,test}.lst`, `formula_images`",
        writer(
            {
                **pictures("im2latex/formula_images/a.png", "im2latex/formula_images/b.png"),
                "im2latex/im2latex_formulas.lst": "x^2\n\\frac12\n".encode("latin-1"),
                "im2latex/im2latex_train.lst": "1 a basic\n",
                "im2latex/im2latex_validate.lst": "0 b basic\n1 gone basic\n",
            }
        ),
        {"train": {"a": ONE}, "validation": {"b": TWO}},
        {"gone": "no picture of that name"},
    ),
    Example(
        "UniMER",
        "hmer-suite data prepare UniMER-Test",
        "labels by line (`hwe.txt`) for the pictures of a folder of that name (`hwe`), in the order of their names",
        writer(
            {
                **pictures(
                    "UniMER-Test/hwe/0000000.png",
                    "UniMER-Test/hwe/0000001.png",
                    "UniMER-Test/spe/0000000.png",
                ),
                "UniMER-Test/hwe.txt": f"{ONE}\n{TWO}\n",
                "UniMER-Test/spe.txt": "1 + 1\n",
            }
        ),
        {"test": {"hwe/0000000": ONE, "hwe/0000001": TWO, "spe/0000000": "1 + 1"}},
    ),
    Example(
        "TexTeller",
        "hmer-suite data prepare texteller/formulas.jsonl",
        "JSON lines of `img_name` and `formula`, pictures in `images`",
        writer(
            {
                **pictures("texteller/images/a.png", "texteller/images/b.png"),
                "texteller/formulas.jsonl": records(
                    {"img_name": "a.png", "formula": "\\[\\frac12\\]"},
                    {"img_name": "b.png", "formula": "$$x^2$$"},
                ),
            }
        ),
        {"train": BOTH},
    ),
    Example(
        "LLaMA-Factory",
        "hmer-suite data prepare crohme_train.json",
        "conversations (`messages` or `conversations`) with `images`; the last answer is the label",
        writer(
            {
                **pictures("images/a.png", "images/b.png"),
                "crohme_train.json": json.dumps(
                    [
                        {
                            "messages": [
                                {"role": "user", "content": "<image>Write it."},
                                {"role": "assistant", "content": ONE},
                            ],
                            "images": ["data/crohme/images/a.png"],
                        },
                        {
                            "conversations": [
                                {"from": "human", "value": "<image>"},
                                {"from": "gpt", "value": TWO},
                            ],
                            "images": ["images/b.png"],
                        },
                    ]
                ),
            }
        ),
        {"train": BOTH},
    ),
    Example(
        "Hugging Face image folder",
        "hmer-suite data prepare folder",
        "`metadata.jsonl` or `metadata.csv` with `file_name` and a label, in each split or around them",
        writer(
            {
                **pictures(
                    "folder/train/a.png", "folder/train/b.png", "folder/valid/c.png", "folder/extra/d.png"
                ),
                "folder/train/metadata.jsonl": records(
                    {"file_name": "a.png", "text": "\\frac12"}, {"file_name": "b.png", "text": "x^2"}
                ),
                "folder/valid/metadata.csv": table(("file_name", "latex"), ("c.png", "f(x,y)")),
                "folder/extra/metadata.csv": table(("file_name", "latex"), ("d.png", "1")),
            }
        ),
        {"train": BOTH, "validation": {"c": "f ( x , y )"}},
        {"extra/metadata.csv": NO_SPLIT},
    ),
    Example(
        "a table of pictures",
        "hmer-suite data prepare images:scans,image=scan,latex=markup,id=key",
        "CSV, TSV or JSON lines whose columns are named: `image=`, `latex=`, `id=`",
        writer(
            {
                **pictures("scans/1.png", "scans/2.png"),
                "scans/all.csv": table(
                    ("key", "scan", "markup"), ("a", "1.png", "\\frac12"), ("b", "scans/2.png", "x^2")
                ),
            }
        ),
        {"train": BOTH},
    ),
    Example(
        "Parquet of a data hub",
        "hmer-suite data prepare hub",
        "Parquet with an `image` column and one of `latex`, `text`, `formula`, `caption`, `ground_truth`, ...",
        together(
            parquet("hub/data/train-00000-of-00001.parquet", latex="latex_formula"),
            parquet("hub/data/dev-00000-of-00001.parquet", latex="ground_truth"),
        ),
        {"train": ROWS, "validation": ROWS},
    ),
    Example(
        "Parquet with other columns",
        "hmer-suite data prepare parquet:odd.parquet,image=img,latex=markup",
        "any Parquet file, its columns named",
        parquet("odd.parquet", image="img", latex="markup"),
        {"train": ROWS},
    ),
    Example(
        "datasets.save_to_disk",
        "hmer-suite data prepare saved",
        "folders of Arrow files, one for each split",
        saved_to_disk,
        {"train": ROWS, "validation": ROWS},
    ),
    Example(
        "WebDataset",
        "hmer-suite data prepare shards",
        "tar archives in which a picture and its `.txt`, `.tex` or `.json` share their name",
        together(
            tarred("shards/train-000000.tar", {**pictures("a.png"), "a.txt": ONE}),
            tarred("shards/train-000001.tar", {**pictures("b.jpg"), "b.json": json.dumps({"latex": "x^2"})}),
            tarred("shards/val-000000.tar", {**pictures("c.png"), "c.tex": "1", "d.txt": "2"}),
        ),
        {"train": BOTH, "validation": {"c": "1"}},
        {"d": "no picture beside"},
    ),
    Example(
        "pictures and texts",
        "hmer-suite data prepare pairs.tar.gz",
        "pictures with a text of the same name beside each, in a folder or an archive",
        tarred("pairs.tar.gz", {**pictures("a.png", "b.png"), "a.txt": "\\frac12", "b.txt": "x^2"}),
        {"train": BOTH},
    ),
    Example(
        "a folder for each symbol",
        "hmer-suite data prepare symbols:extracted_images",
        "Kaggle's symbols: folders such as `+`, `alpha` and `forward_slash`",
        writer(
            pictures(
                "extracted_images/+/1.jpg",
                "extracted_images/alpha/1.jpg",
                "extracted_images/forward_slash/2.jpg",
                "extracted_images/sqrt/3.jpg",
                "extracted_images/ascii_124/4.jpg",
                "extracted_images/nonsense/5.jpg",
            )
        ),
        {
            "train": {
                "+/1": "+",
                "alpha/1": r"\alpha",
                "forward_slash/2": "/",
                "sqrt/3": r"\sqrt",
                "ascii_124/4": "|",
            }
        },
        {"nonsense": "name is no symbol"},
    ),
    Example(
        "HASYv2",
        "hmer-suite data prepare symbols:HASYv2",
        "`hasy-data-labels.csv` with `path`, `symbol_id` and `latex`",
        writer(
            {
                **pictures("HASYv2/hasy-data/v2-00000.png", "HASYv2/hasy-data/v2-00001.png"),
                "HASYv2/hasy-data-labels.csv": table(
                    ("path", "symbol_id", "latex", "user_id"),
                    ("hasy-data/v2-00000.png", "1", r"\sqrt", "7"),
                    ("hasy-data/v2-00001.png", "2", r"\alpha", "7"),
                ),
            }
        ),
        {"train": {"v2-00000": r"\sqrt", "v2-00001": r"\alpha"}},
    ),
    Example(
        "any InkML",
        "hmer-suite data prepare inkml:tablet",
        "a folder or archive of InkML files with subfolders; labels from the files or from `captions.tsv`",
        writer(
            {
                **ink("tablet/a.inkml", "tablet/sub/b.inkml", "tablet/sub/deep/c.inkml"),
                "tablet/captions.tsv": "c\tx^2\ngone\t1\n",
            }
        ),
        {"train": {"a": "1 x", "b": "2", "c": TWO}},
        {"gone": "no ink of that name"},
    ),
    Example(
        "MathWriting",
        "hmer-suite data prepare mathwriting",
        "`train`, `valid` and `test`; `normalizedLabel` before `label`; `@symbols` and `@synthetic` if named",
        writer(
            {
                "mathwriting/train/a.inkml": mathwriting("1 {+} 1", "1+1"),
                "mathwriting/valid/b.inkml": mathwriting("{x}^2", "x^{2}"),
                "mathwriting/test/c.inkml": mathwriting("1", "1"),
                "mathwriting/symbols/d.inkml": mathwriting("1", "1"),
            }
        ),
        {"train": {"a": "1 + 1"}, "validation": {"b": TWO}, "test": {"c": "1"}},
        {"symbols": "1 file of ink"},
    ),
    Example(
        "CROHME 2011 to 2014",
        "hmer-suite data prepare crohme:CROHME2013_data",
        "`TrainINKML`, `TestINKMLGT`; `trainData`, `testDataGT`; `CROHME_training`, `CROHME_testGT`; `TestEM2014GT`",
        writer(
            {
                **ink("CROHME2013_data/TrainINKML/HAMEX/a.inkml", "CROHME2013_data/TrainINKML/KAIST/b.inkml"),
                **ink("CROHME2013_data/TestINKMLGT/c.inkml"),
                "CROHME2013_data/TestINKML/c.inkml": inkml(truth=None),
            }
        ),
        {"train": {"a": "1 x", "b": "2"}, "test": {"c": "1 x"}},
        {"TestINKML": "another folder of the split test"},
    ),
    Example(
        "CROHME 2016",
        "hmer-suite data prepare crohme:TC11_package",
        "the packs of several years: `test2014`, `test2016`, ... by name; CROHME 2013 is for validation",
        writer(
            {
                **ink("TC11_package/CROHME2012_data/trainData/x.inkml"),
                **ink("TC11_package/CROHME2013_data/TrainINKML/KAIST/a.inkml"),
                **ink("TC11_package/CROHME2013_data/TestINKMLGT/b.inkml"),
                **ink("TC11_package/CROHME2014_data/TestEM2014GT/c.inkml"),
                **ink("TC11_package/CROHME2016_data/Task-1-Formula/TEST2016_INKML_GT/d.inkml"),
                **ink("TC11_package/CROHME2016_data/Task-2-Symbols/train/iso0.inkml"),
            }
        ),
        {
            "train": {"a": "1 x"},
            "train2012": {"x": "1 x"},
            "validation": {"b": "1 x"},
            "test2014": {"c": "1 x"},
            "test2016": {"d": "1 x"},
        },
        {"CROHME2016_data/Task-2-Symbols": "1 file of ink"},
    ),
    Example(
        "CROHME 2019",
        "hmer-suite data prepare crohme:Task1_onlineRec",
        "`MainTask_formula/{Train,valid,Test}`; test sets within `valid` by name (`@test2014`)",
        writer(
            {
                **ink("Task1_onlineRec/MainTask_formula/Train/INKMLs/Train_2014/a.inkml"),
                **ink("Task1_onlineRec/MainTask_formula/valid/TestEM2014GT_INKMLs/b.inkml"),
                **ink("Task1_onlineRec/MainTask_formula/Test/TestSet2019/c.inkml"),
            }
        ),
        {"train": {"a": "1 x"}, "validation": {"b": "1 x"}, "test": {"c": "1 x"}},
    ),
    Example(
        "CROHME 2023",
        "hmer-suite data prepare crohme:TC11_CROHME23",
        "`INKML/{train,val,test}`; pictures and label graphs beside them are not needed",
        writer(
            {
                **ink("TC11_CROHME23/INKML/train/CROHME2019/a.inkml"),
                **ink("TC11_CROHME23/INKML/val/CROHME2023_val/b.inkml"),
                **ink("TC11_CROHME23/INKML/test/CROHME2023_test/c.inkml"),
                "TC11_CROHME23/SymLG/train/a.lg": "O, 1, 1, 1.0, 0\n",
            }
        ),
        {"train": {"a": "1 x"}, "validation": {"b": "1 x"}, "test": {"c": "1 x"}},
        {".": "1 file of other kinds (.lg)"},
    ),
)

LAYOUTS = [(example.name, example.command, example.description) for example in EXAMPLES]
"""Name of a layout, the command that a user types, and a description."""
