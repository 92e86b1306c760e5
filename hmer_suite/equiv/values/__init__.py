"""Values of terms at points: exact, or balls that certainly contain them."""

from hmer_suite.equiv.values import compounds, families, functions, unknowns
from hmer_suite.equiv.values.balls import (
    PRECISIONS,
    Outside,
    Singular,
    Unknown,
    Value,
    apart,
    at_growing_precision,
    certainly_nonzero,
    value_text,
)
from hmer_suite.equiv.values.point import FIRST_CONSTANT_SEED, FIRST_PEAK_SEED, SEEDS, Point
from hmer_suite.equiv.values.spelling import spelling, written

__all__ = [
    "FIRST_CONSTANT_SEED",
    "FIRST_PEAK_SEED",
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
    "spelling",
    "value_text",
    "written",
]

Point.rules.update(functions.RULES | unknowns.RULES | families.RULES | compounds.RULES)
