"""Values of terms at points, certain to the last digit they show."""

from hmer_suite.equiv.values import compounds, families, functions, unknowns
from hmer_suite.equiv.values.point import (
    CONSTANT_FROM,
    PEAKS_FROM,
    PRECISIONS,
    SEEDS,
    Outside,
    Point,
    Singular,
    Unknown,
    Value,
    apart,
    at_growing_precision,
    certainly_nonzero,
    show,
)
from hmer_suite.equiv.values.spelling import spelling

__all__ = [
    "CONSTANT_FROM",
    "PEAKS_FROM",
    "PRECISIONS",
    "SEEDS",
    "Outside",
    "Point",
    "Singular",
    "Unknown",
    "Value",
    "apart",
    "at_growing_precision",
    "certainly_nonzero",
    "show",
    "spelling",
]

Point.rules.update(functions.RULES | unknowns.RULES | families.RULES | compounds.RULES)
