"""How a tool ends: a handled error is one line and its exit code, as with the commands of ``hmer-suite``."""

from __future__ import annotations

import sys
from collections.abc import Callable

from hmer_suite.errors import HmerSuiteError


def run_tool(main: Callable[[], None]) -> None:
    """Run the main function of a tool.

    Raises:
        SystemExit: with the exit code of a handled error, whose message is on standard error.
    """
    try:
        main()
    except HmerSuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
