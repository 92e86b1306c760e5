"""The exception of an attack that this machine does not allow."""


class Skipped(Exception):
    """An attack cannot be made here; the message says why."""
