"""Prepared sets: Parquet files with an image and its LaTeX in each row, as data hubs keep them.

Columns of our own files: `image` (struct of `bytes`, a PNG dark on light, and `path`, null), `latex` (canonical
tokens), `id`, `split`, `source`, `height`, `width`. For images that were drawn from ink, further columns hold it:
`ink` (for each trace, x and y of its points in turn, float32, in pixels of the image), `unit` (height of a full-size
symbol in pixels) and `marks` (JSON: name, traces and token of each symbol, see `hmer_suite.specs.samples.Mark`). Such
a set can be read as images or as ink, since readers of ink depend on neither its position nor its unit. The schema
carries the metadata by which the Hugging Face `datasets` library recognises the image column, and under ``hmer-suite``
how the file was made and what was left out. A set is one file, or a folder with a file for each split and a card. Other
files need an image column (struct or plain bytes), and a label
column unless they are read without labels.
"""

from __future__ import annotations

from hmer_suite.data.parquet.reading import read_set, splits_of
from hmer_suite.data.parquet.set_folder import write_folder
from hmer_suite.data.parquet.writing import write_set

__all__ = ["read_set", "splits_of", "write_folder", "write_set"]
