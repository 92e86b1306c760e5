"""Layouts of inputs of `predict`, each with the command that reads it: a table of the documentation is made of them."""

from __future__ import annotations

LAYOUTS: list[tuple[str, str, str]] = [
    (
        "PNG, JPEG, WebP, BMP, GIF",
        "hmer-suite predict wap photo.png",
        "one formula; of an animation, its first picture",
    ),
    ("HEIC, HEIF, AVIF", "hmer-suite predict wap photo.heic", "photos of telephones, turned upright"),
    ("PDF", "hmer-suite predict wap pages.pdf", "one formula a page, ids `pages-p1`, `pages-p2`, .."),
    ("TIFF", "hmer-suite predict wap pages.tif", "one formula a page, ids as for PDF"),
    ("InkML", "hmer-suite predict stroke ink.inkml", "W3C's ink; its label, if there is one, is kept"),
    (
        "JSON strokes",
        "hmer-suite predict stroke strokes.json",
        '`{"x": [[..], ..], "y": [[..], ..]}`, or lists of points',
    ),
    (
        "Xournal++",
        "hmer-suite predict stroke notes.xopp",
        "strokes of the pen; deleted and highlighted ones are left out",
    ),
    ("SVG", "hmer-suite predict stroke ink.svg", "stroked paths, lines and polygons"),
    ("Excalidraw", "hmer-suite predict stroke drawing.excalidraw", "free drawing and lines"),
    ("JIIX", "hmer-suite predict stroke ink.jiix", "MyScript's ink, its strokes"),
    (
        "a folder",
        "hmer-suite predict wap notes/ -o preds.tsv",
        "every image and ink file but JSON; others are named as passed over",
    ),
    (
        "a folder and its sub-folders",
        "hmer-suite predict wap notes/ --recursive -o preds.tsv",
        "ids have the path, `page1/a`",
    ),
    (
        "files of one name",
        "hmer-suite predict wap notes/a.png notes/a.inkml",
        "ids keep the suffix: `a.png`, `a.inkml`",
    ),
    (
        "a Parquet file",
        "hmer-suite predict wap set.parquet@test -o preds.tsv",
        "a prepared set, or one of others; its labels become the third column",
    ),
    (
        "a data source",
        "hmer-suite predict wap crohme:DATA@test -o preds.tsv",
        "whatever `--data` takes, followed by its split",
    ),
]
"""Name of a layout, the command that reads it, and what is read."""
