"""The network of `stroke` as a classifier of single symbols."""

from __future__ import annotations

from hmer_stroke.model import StrokeRecogniser

from hmer_suite.decoding.single_symbols import SingleSymbolRecogniser


class SymbolStroke(SingleSymbolRecogniser, StrokeRecogniser):
    """Classifies the one symbol of a sample by its strokes."""
