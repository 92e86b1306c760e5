"""Lark grammars of hmer-suite, shipped as package data."""
