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


def missing_extra(module: str | None) -> str | None:
    """One line on the extra that brings a module which could not be imported; None if none does."""
    package = (module or "").partition(".")[0]
    extra = next((extra for extra, packages in PACKAGES.items() if package in packages), None)
    if extra is None:
        return None
    return f"{package} is not installed; for {PURPOSE[extra]}: pip install 'hmer-suite[{extra}]'"
