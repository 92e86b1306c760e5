"""Errors that users may see, each with the exit code of the command line.

    HmerSuiteError                  base: one line, the value at fault, no traceback
    ├── UsageError          exit 2  the request itself makes no sense
    ├── InputError          exit 3  a file, an encoding, an image or a checkpoint cannot be used
    │   └── PairingError    exit 3  predictions and references do not belong together
    ├── TrainingError       exit 4  training cannot continue: the loss is not finite, memory is exhausted
    └── PluginError         exit 4  a plugin failed

Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class HmerSuiteError(Exception):
    """Base of all handled errors; the message is one clear line that names the value at fault."""

    exit_code = 1


class UsageError(HmerSuiteError):
    """A command or call that makes no sense as written."""

    exit_code = 2


class InputError(HmerSuiteError):
    """Input that cannot be read; the message starts with ``file:line:`` if they are known."""

    exit_code = 3


class BlankError(InputError):
    """Nothing is written on the sheet. Reading returns an empty formula for it; preparing data leaves it out."""


class PairingError(InputError):
    """Predictions and references that do not match: duplicate or unknown ids, unequal numbers of samples."""


class PluginError(HmerSuiteError):
    """A plugin that cannot be imported, or breaks its contract."""

    exit_code = 4


class TrainingError(HmerSuiteError):
    """Training that cannot continue; checkpoints written so far remain."""

    exit_code = 4


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message on an unknown name, ``; did you mean NAME?``; empty if no known name is similar."""
    close = get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {close[0]}?" if close else ""
