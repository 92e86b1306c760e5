"""Errors that users meet, each with the exit code of the command line.

    HmerSuiteError                  base: one line, the value at fault, no traceback
    ├── UsageError          exit 2  the request itself makes no sense
    ├── InputError          exit 3  a file, an encoding, an image or a checkpoint is bad
    │   ├── BlankError      exit 3  an image or ink in which nothing is written
    │   └── PairingError    exit 3  predictions and references do not belong together
    ├── TrainingError       exit 4  training cannot go on: the loss is not finite, memory does not suffice
    └── PluginError         exit 4  a plugin failed

Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations


class HmerSuiteError(Exception):
    """Base of every handled error; the message is one clear line that names the value at fault."""

    exit_code = 1


class UsageError(HmerSuiteError):
    """The command or call cannot be meant as written."""

    exit_code = 2


class InputError(HmerSuiteError):
    """Input that cannot be read; the message starts with ``file:line:`` where they are known."""

    exit_code = 3


class BlankError(InputError):
    """Nothing is written on the sheet. Reading returns an empty formula for it; preparing data leaves it out."""


class PairingError(InputError):
    """Predictions and references do not fit: duplicate, unknown or unequal numbers of samples."""


class PluginError(HmerSuiteError):
    """A plugin could not be imported or broke its contract."""

    exit_code = 4


class TrainingError(HmerSuiteError):
    """Training cannot go on; checkpoints that were written before it stay."""

    exit_code = 4
