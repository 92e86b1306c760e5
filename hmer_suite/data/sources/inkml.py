"""Any folder or archive of InkML files as a data source, and MathWriting: ``inkml:PATH``, ``mathwriting:PATH``.

Files in subfolders are read as well; folders named after splits are these splits (`hmer_suite.data.ink_folders`). A
file ``captions.tsv`` or ``captions.txt`` beside the files or around them holds their labels, otherwise each says its
own: MathWriting's ``normalizedLabel`` goes before its ``label``. MathWriting's ``symbols`` and ``synthetic`` are read
where they are named (``mathwriting:PATH@synthetic``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hmer_suite.data.sources import crohme
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.samples import DataSourceSpec

SOURCES = (
    replace(crohme.SOURCE, name="inkml", summary="Any InkML files, with subfolders: inkml:FOLDER."),
    replace(crohme.SOURCE, name="mathwriting", summary="MathWriting's ink: mathwriting:FOLDER."),
)


@hookimpl
def hmer_data_sources() -> Iterable[DataSourceSpec]:
    """The sources of this module."""
    return SOURCES
