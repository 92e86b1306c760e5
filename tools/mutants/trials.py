"""Trials of mutants: the tests of a module are collected once, and each mutant runs in a fork of that process.

A fork puts the mutant's code into the functions that are loaded, and runs the tests that reach the changed line, the
quickest first. Where a mutant changes what runs as the module is imported, all is imported anew in the fork instead.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest
from coverage import Coverage
from coverage.exceptions import CoverageWarning
from hypothesis import Phase, settings

from tools.mutants.changes import ROOT, Mutant, function_changed, original_of, path_of

NOTICED, SURVIVED, ENDLESS = "noticed", "survived", "endless"
"""Outcomes: a test failed, none did, or they took far more processor time than without the mutant."""

OPTIONS = (
    *("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of hypothesis, which is imported here
)
LEAST, TIMES, PATIENCE = 5.0, 5.0, 30.0
"""Seconds of processor time that a mutant's tests have: at least, and as a multiple of what they take without it. Those
that wait instead have so many times that time by the clock."""

IMPORTS = 15.0
"""Seconds of processor time that importing the project anew may take."""

MEMORY = 3 << 30
"""Bytes that a mutant may add to the memory of the process."""

EXAMPLES = 50
"""Most examples that a property is tried on."""

_SETTINGS = "_hypothesis_internal_use_settings"
"""Attribute of a test in which Hypothesis keeps its settings."""

PACKAGES = ("hmer_suite", "hmer_", "tests", "grammars")
"""Packages that are imported anew for a mutant that changes what runs on import."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the tests do without a mutant: seconds of each, those that fail, and by file and line those that run it."""

    seconds: dict[str, float]
    failed: list[str]
    by_line: dict[tuple[str, int], set[str]]


def outcomes(
    mutants: Sequence[Mutant], files: Sequence[str], say: Callable[[Mutant, str], None]
) -> dict[Mutant, str]:
    """The outcome of each mutant under the tests of some files; *say* is told of each.

    Raises:
        RuntimeError: a test fails without a mutant.
    """
    found: dict[Mutant, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        runner = _Runner(mutants, Path(folder))
        printed = Path(folder) / "printed"
        for name in (printed, runner.outcomes):
            name.touch()
        child = os.fork()
        if not child:
            _end_with(lambda: int(pytest.main([*OPTIONS, *_paths(files)], plugins=[runner])), printed)
        with runner.outcomes.open() as lines:
            while not os.waitpid(child, os.WNOHANG)[0]:
                time.sleep(0.2)
                for line in lines:
                    _note(line, mutants, found, say)
            for line in lines:
                _note(line, mutants, found, say)
        if not runner.baseline.is_file():
            raise RuntimeError(f"the tests do not run: {printed.read_text('utf-8')[-2000:]}")
        baseline = pickle.loads(runner.baseline.read_bytes())
    if baseline.failed:
        raise RuntimeError(f"fails without a mutant: {', '.join(baseline.failed)}")
    everything = sum(baseline.seconds.values()) + IMPORTS
    for mutant in mutants:
        if mutant not in found:
            found[mutant] = _forked(lambda mutant=mutant: _with_import(mutant, files), everything)
            say(mutant, found[mutant])
    return found


def _note(
    line: str, mutants: Sequence[Mutant], found: dict[Mutant, str], say: Callable[[Mutant, str], None]
) -> None:
    """Take in a line of outcomes: the place of a mutant, and what came of it."""
    place, _, outcome = line.strip().partition(" ")
    found[mutants[int(place)]] = outcome
    say(mutants[int(place)], outcome)


def _paths(files: Sequence[str]) -> list[str]:
    return [str(ROOT / name) if name.startswith("tests/") else name for name in files]


class _SameExamples:
    """A plugin of pytest that has properties tried on the same examples each time, and failures not made smaller."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            own = getattr(getattr(item, "function", None), _SETTINGS, None)
            if own is not None:
                few = settings(
                    own, max_examples=min(own.max_examples, EXAMPLES), deadline=None, database=None,
                    derandomize=True, phases=(Phase.explicit, Phase.generate),
                )  # fmt: skip
                setattr(item.function, _SETTINGS, few)


class _Runner(_SameExamples):
    """A plugin of pytest that runs the collected tests without a mutant, and then with each."""

    def __init__(self, mutants: Sequence[Mutant], folder: Path):
        self.mutants = mutants
        self.baseline = folder / "baseline"
        self.outcomes = folder / "outcomes"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            return True
        modules = {mutant.module for mutant in self.mutants}
        if _forked(lambda: _measure(session, modules, self.baseline), 600) == SURVIVED:
            baseline = pickle.loads(self.baseline.read_bytes())
            if not baseline.failed:
                self.try_all(session, baseline)
        return True

    def try_all(self, session: pytest.Session, baseline: Baseline) -> None:
        """Try those mutants that change a function which tests reach; a line for each is added to the outcomes."""
        for place, mutant in enumerate(self.mutants):
            changed = function_changed(original_of(mutant.module), mutant.code)
            chosen = _chosen(session, baseline, mutant)
            if changed is None or not chosen:
                continue
            seconds = sum(baseline.seconds[item.nodeid] for item in chosen)
            outcome = _forked(
                lambda changed=changed, chosen=chosen: _with_code(session, *changed, chosen), seconds
            )
            with self.outcomes.open("a") as lines:
                lines.write(f"{place} {outcome}\n")


def _measure(session: pytest.Session, modules: set[str], out: Path) -> int:
    """Run every test without a mutant, and write what they did; returns the exit status of the process."""
    paths = [str(path_of(module)) for module in modules]
    coverage = Coverage(data_file=None, include=paths, config_file=False)
    seconds, failed = {}, []
    coverage.start()
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        coverage.switch_context(item.nodeid)
        before, began = session.testsfailed, time.process_time()
        _run(session, item, following)
        seconds[item.nodeid] = time.process_time() - began
        if session.testsfailed > before:
            failed.append(item.nodeid)
    coverage.stop()
    with warnings.catch_warnings(
        action="ignore", category=CoverageWarning
    ):  # of modules without functions nothing is collected
        data = coverage.get_data()
    lines = {
        (path, line): set(tests) for path in paths for line, tests in data.contexts_by_lineno(path).items()
    }
    out.write_bytes(pickle.dumps(Baseline(seconds, failed, lines)))
    return 0


def _run(session: pytest.Session, item: pytest.Item, following: pytest.Item | None) -> None:
    session.shouldfail = False
    session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _chosen(session: pytest.Session, baseline: Baseline, mutant: Mutant) -> list[pytest.Item]:
    """The tests that run the line of a mutant, quickest first."""
    reached = baseline.by_line.get((str(path_of(mutant.module)), mutant.line), set())
    items = [item for item in session.items if item.nodeid in reached]
    return sorted(items, key=lambda item: baseline.seconds[item.nodeid])


def _with_code(
    session: pytest.Session, before: CodeType, after: CodeType, items: Sequence[pytest.Item]
) -> int:
    """Run tests with a function's code exchanged, up to the first failure; returns the exit status of the process."""
    functions = [one for one in gc.get_objects() if isinstance(one, FunctionType) and _is_of(one, before)]
    if not functions:
        return 0
    for function in functions:
        function.__code__ = after
    for item, following in zip(items, [*items[1:], None], strict=True):
        _run(session, item, following)
        if session.testsfailed:
            return 1
    return 0


def _is_of(function: FunctionType, code: CodeType) -> bool:
    own = function.__code__
    return own.co_qualname == code.co_qualname and own.co_filename == code.co_filename and own == code


def _forked(work: Callable[[], int], seconds: float, out: Path = Path(os.devnull)) -> str:
    """The outcome of work in a fork of this process, which takes so many seconds of processor time if all is well."""
    limit = max(LEAST, TIMES * seconds)
    child = os.fork()
    if not child:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 2))
        resource.setrlimit(resource.RLIMIT_DATA, (_data() + MEMORY,) * 2)
        _end_with(work, out)
    began, status, pause = time.monotonic(), 0, 0.002
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended or time.monotonic() - began > PATIENCE * limit:
            break
        time.sleep(pause)
        pause = min(0.1, 1.2 * pause)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if not ended:
        os.waitpid(child, 0)
        return ENDLESS
    code = os.waitstatus_to_exitcode(status)
    return {0: SURVIVED, -signal.SIGXCPU: ENDLESS, -signal.SIGKILL: ENDLESS}.get(code, NOTICED)


def _data() -> int:
    """Bytes of data and stack of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize()


def _end_with(work: Callable[[], int], out: Path) -> None:
    """End this process with the exit status that the work returns, 1 if it raises; what it prints goes to a file."""
    code = 1
    try:
        sink = os.open(out, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        code = work()
    except BaseException:  # whatever it is, it must not leave the fork
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a mutant in the place of its module."""

    def __init__(self, mutant: Mutant):
        self.mutant = mutant

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(path_of(self.mutant.module))
        exec(self.mutant.code, module.__dict__)


def _with_import(mutant: Mutant, files: Sequence[str]) -> int:
    """Run all tests with the project imported anew, the mutant among it; returns the exit status of the process."""
    for name in [name for name in sys.modules if name.startswith(PACKAGES)]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Instead(mutant))
    return int(pytest.main([*OPTIONS, *_paths(files)], plugins=[_SameExamples()]))
