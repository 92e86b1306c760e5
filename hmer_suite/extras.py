"""Extras of the distribution: what each is for, and which packages come with it.

``pip install hmer-suite`` brings what scoring, comparing, checking and repairing need; the rest comes with an extra, as
in ``pip install 'hmer-suite[recognise]'``.
"""

from __future__ import annotations

PACKAGES = {
    "parquet": ("pyarrow",),
    "recognise": (
        "accelerate",
        "cv2",
        "HersheyFonts",
        "matplotlib",
        "PIL",
        "pillow_heif",
        "pypdfium2",
        "safetensors",
        "tensorboard",
        "torch",
        "torchvision",
    ),
    "print": ("fontTools", "typst"),
    "serve": (
        "brotli",
        "fastapi",
        "fontTools",
        "pebble",
        "prometheus_client",
        "starlette",
        "uvicorn",
        "ziamath",
    ),
    "dask": ("distributed", "dask"),
    "onnx": ("onnx", "onnxruntime"),
}
"""Packages of each extra, by the names by which they are imported."""

PURPOSE = {
    "parquet": "Parquet files",
    "recognise": "reading and training",
    "print": "formulas set as print",
    "serve": "the web app",
    "dask": "scoring on a cluster",
    "onnx": "exporting recognisers and reading by ONNX Runtime",
}
"""What each extra is for."""


POSIX = ("fcntl", "resource")
"""Modules of the standard library that only POSIX systems have."""


def has_posix() -> bool:
    """Whether this system has what bounds and locks of processes need: Linux, macOS, WSL."""
    try:
        import fcntl
        import resource
    except ModuleNotFoundError:
        return False
    return bool(fcntl and resource)


def missing_extra(module: str | None) -> str | None:
    """One line on what a module that could not be imported needs: an extra, or a POSIX system; None if neither."""
    package = (module or "").partition(".")[0]
    if package in POSIX:
        return "this needs a POSIX system (Linux, macOS, WSL), as untrusted formulas are judged in bounded processes"
    extra = next((extra for extra, packages in PACKAGES.items() if package in packages), None)
    if extra is None:
        return None
    return f"{package} is not installed; for {PURPOSE[extra]}: pip install 'hmer-suite[{extra}]'"
