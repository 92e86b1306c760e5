"""Notations of one thing in a pair, written alike before a difference is looked for: one field a module."""
