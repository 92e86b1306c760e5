"""Packed files of data sets that are not read, and the command that makes of each a file that is."""

from __future__ import annotations

_TOOLS = {
    ".bz2": "bunzip2",
    ".gz": "gunzip",
    ".xz": "unxz",
    ".lzma": "unlzma",
    ".zst": "unzstd",
    ".z": "uncompress",
}
_ARCHIVES = {".7z": "7z x", ".rar": "unrar x"}
_JOBLIB = (
    "an object of joblib, which may hold code; load it with joblib where you trust it, and save the arrays "
    "with pickle, or the pictures as files beside captions.tsv"
)


def packed_remedy(name: str) -> str | None:
    """Why a file of this name is not read, and what to do, without the name; None for a name that says nothing.

    Tar archives are read packed with gzip, bzip2 or xz where they are named alone, not among the shards of a folder.
    """
    lower = name.lower()
    if lower.endswith((".joblib", ".joblib.gz", ".joblib.z")):
        return _JOBLIB
    for suffix, command in _ARCHIVES.items():
        if lower.endswith(suffix):
            return f"an archive of a kind that is not read; unpack it with `{command} {name}` and name the folder"
    if lower.endswith((".tgz", ".tbz2", ".txz")):
        return f"a packed archive among others; unpack it with `tar xf {name}`, or name the archive alone"
    for suffix, tool in _TOOLS.items():
        inner = lower.removesuffix(suffix)
        if inner != lower and inner.endswith(".tar"):
            return f"a packed archive; unpack it with `{tool} {name}` and name the folder of `.tar` files"
        if inner != lower and inner.endswith((".pkl", ".pickle", ".parquet", ".arrow", ".npy", ".zip")):
            return f"a packed file; unpack it with `{tool} {name}`"
    return None
