"""Parts that several reports share: arguments, data files, the machine, quantiles."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from hmer_suite.files import read_lines, write_whole
from hmer_suite.predictions.files import Paired, pair, read_predictions, read_references

SPLITS = {"validation": "CROHME 2013", "test": "CROHME 2014"}
"""Splits of CROHME that trained recognisers are measured on, with the names of their test sets."""

CAPTIONS = {"train": "captions-train.txt", "test": "captions-test2014.txt"}
"""Published labels of CROHME's splits, in the folder `crohme`."""

LABELS_2014 = "crohme/captions-test2014.txt"
"""Published labels of CROHME 2014, below the folder of the data sets."""

WAP = "WAP, CROHME 2014"
TAMER = "TAMER, HME100K-a"
UNIMUMER_3B = "Uni-MuMER 3B, CROHME 2014"
UNIMUMER_7B = "Uni-MuMER 7B, CROHME 2014"
MATHWRITING = "Uni-MuMER 3B, MathWriting-a"
PREDICTION_FILES = {
    WAP: ("predictions/wap-crohme2014.txt", LABELS_2014),
    TAMER: ("predictions/tamer-hme100k-a.json", None),
    UNIMUMER_3B: ("predictions/unimumer-3b-crohme2014.json", None),
    UNIMUMER_7B: ("predictions/unimumer-7b-crohme2014.json", None),
    MATHWRITING: ("predictions/unimumer-3b-mathwriting-a.json", None),
}
"""Predictions that others published, by system and test set: the file, and the file of its labels if they are apart."""


def report_parser(
    doc: str | None, *, prints: bool = False, out: str = "report to write"
) -> argparse.ArgumentParser:
    """A parser with `--out`, described by the first line of a module's docstring.

    `prints` says that the report goes to standard output where `--out` is not given; `out` is the option's help.
    """
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    default = " (default: standard output)" if prints else ""
    parser.add_argument("--out", type=Path, required=not prints, help=f"{out}{default}")
    return parser


def add_data_folder(parser: argparse.ArgumentParser) -> None:
    """The option `--data`: the folder of the data sets."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")


def add_crohme(parser: argparse.ArgumentParser) -> None:
    """The option `--crohme`: the folder of CROHME's archives."""
    parser.add_argument("--crohme", type=Path, required=True, help="folder of CROHME's archives")


def add_run(parser: argparse.ArgumentParser, data: str) -> None:
    """The arguments of a report on a trained recogniser: its run, the runs before it, and `--data`."""
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument(
        "--before", type=Path, nargs="*", default=[], help="earlier runs that the weights come from, in order"
    )
    parser.add_argument("--data", required=True, help=data)


def write_or_print(text: str, out: Path | None) -> None:
    """Write a report to a file, or to standard output where there is no file."""
    if out is None:
        print(text, end="")
    else:
        write_whole(out, text)


def read_pairs(data: Path, predictions: str, labels: str | None) -> Paired:
    """A prediction file paired with the labels of another file, or with those inside it."""
    references = None if labels is None else read_references(data / labels)
    return pair(read_predictions(data / predictions, references=references), references)


def read_captions(path: Path) -> dict[str, str]:
    """Labels by id from a file with lines ``id<TAB>label``."""
    captions = {}
    for line in read_lines(path):
        name, _, label = line.partition("\t")
        captions[name] = label
    return captions


def quantile(ranked: Sequence[float], share: float) -> float:
    """The value of `ranked`, in ascending order, below which `share` of the values lie."""
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def processor() -> str:
    """The model name of the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> str:
    """The number of processor cores, in words."""
    return f"{os.cpu_count()} cores"


def package_versions(packages: Sequence[str]) -> str:
    """Names and versions of packages, separated by commas."""
    return ", ".join(f"{package} {package_version(package)}" for package in packages)


def package_version(package: str) -> str:
    """The installed version of a package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
