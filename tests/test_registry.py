"""Plugins are found without being imported, loaded one by one, and fail in one sentence each."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from hmer_suite import hookspecs, registry
from hmer_suite.errors import PluginError, UsageError
from hmer_suite.plugin_checks import KINDS

HEAD = """
from dataclasses import dataclass
from hmer_suite import *
from hmer_suite import DataSourceSpec, GrammarSpec, MetricSpec, RecogniserSpec, Rule, hookimpl

@dataclass(frozen=True)
class Options:
    width: int = 3

def build(options, vocabulary):
    raise KeyError("weights")
"""

GOOD = """
@hookimpl
def hmer_recognisers():
    yield RecogniserSpec("NAME", "one of a test", Options, build)
"""

METRIC = """
@hookimpl
def hmer_metrics():
    return [MetricSpec("NAME", "one of a test", lambda predictions, references: VALUE)]
"""

Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch) -> Install:
    """Install a distribution of one module, by writing what an installer writes; gives the module's name."""
    monkeypatch.syspath_prepend(tmp_path)
    registry.load.cache_clear()
    before = set(sys.modules)

    def write(name: str, body: str = GOOD, module: str = "", entries: str = "") -> str:
        module = module or f"{name.replace('-', '_')}_of_a_test"
        (tmp_path / f"{module}.py").write_text(HEAD + body.replace("NAME", name), "utf-8")
        info = tmp_path / f"{module}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.5\n", "utf-8")
        listed = entries or f"{name} = {module}"
        (info / "entry_points.txt").write_text(f"[hmer_suite]\n{listed}\n", "utf-8")
        return module

    yield write
    registry.load.cache_clear()
    registry.compiled_grammar.cache_clear()
    for module in set(sys.modules) - before:
        if module.endswith("_of_a_test"):
            del sys.modules[module]


def sentence(call: Callable[[], object], error: type[Exception] = PluginError) -> str:
    """The message of the error that a call raises; it is one line."""
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- find, then load --------------------------------------------------------------------------------------


def test_listing_imports_no_plugin(install: Install):
    module = install("quiet", "raise RuntimeError('imported')")
    assert registry.Plugin("quiet", module, module, "1.5") in registry.plugins()
    assert module not in sys.modules


def test_one_plugin_is_imported_and_no_sibling(install: Install):
    install("first")
    other = install("second", "raise RuntimeError('imported')")
    assert registry.recogniser("first").summary == "one of a test"
    assert other not in sys.modules


def test_a_name_that_no_entry_point_has_is_searched_for_everywhere(install: Install):
    install("broken", "raise RuntimeError('imported')")
    install("odd", GOOD.replace("NAME", "hidden"))
    assert registry.recogniser("hidden").name == "hidden"


def test_one_module_may_stand_behind_several_names(install: Install):
    module = "several_of_a_test"
    body = GOOD + METRIC.replace("NAME", "other").replace("VALUE", "1")
    install("several", body, module, f"several = {module}\nother = {module}")
    assert registry.recogniser("several").name == "several"
    assert registry.metric("other").score([], []) == 1.0


def test_ours_are_entry_points_like_any_other():
    names = {entry.name for entry in entry_points(group=hookspecs.GROUP)}
    assert {plugin.name for plugin in registry.plugins()} == names
    assert {"wap", "crohme", "synthetic", "parquet", "images"} <= names


def test_every_plugin_of_ours_offers_what_its_entry_point_is_named_after():
    for plugin in registry.plugins():
        if plugin.distribution == "hmer-suite":
            assert registry.find_any(plugin.name), plugin


def test_every_hook_has_a_kind():
    hooks = {name for name in vars(hookspecs) if name.startswith("hmer_")}
    assert hooks == {kind.hook for kind in KINDS.values()}


def test_data_sources_come_with_their_argument(install: Install):
    body = """
@hookimpl
def hmer_data_sources():
    return [DataSourceSpec("NAME", "one of a test", load, splits=("train",))]
def load(argument, split, preprocessing):
    import numpy as np
    from hmer_suite.specs.samples import SampleSet
    return SampleSet(split, (argument,), ("x",), np.ones((1, 2), int), [np.ones((1, 1))], ("made up",))
"""
    install("some-data", body)
    spec, argument = registry.data_source("some-data:C:/folder:5")
    found = spec.load(argument, "train", None)
    assert (argument, found.ids, found.split) == ("C:/folder:5", ("C:/folder:5",), "train")
    assert registry.data_source("some-data")[1] == ""


# --- four failures, four sentences -------------------------------------------------------------------------


def test_two_of_one_name(install: Install):
    install("twin", module="one_of_a_test")
    install("twin", module="two_of_a_test")
    said = sentence(lambda: registry.recogniser("twin"))
    assert said == (
        "plugin twin is offered by one_of_a_test 1.5 (module one_of_a_test) and two_of_a_test 1.5 "
        "(module two_of_a_test): uninstall all but one"
    )
    assert registry.duplicates(registry.plugins()) == [said]
    assert "one_of_a_test" not in sys.modules


def test_two_of_one_name_behind_different_entry_points(install: Install):
    install("left", GOOD.replace("NAME", "same"))
    install("right", GOOD.replace("NAME", "same"))
    assert "recogniser same is offered by left_of_a_test" in sentence(lambda: registry.recogniser("same"))
    assert "recogniser same is offered by left_of_a_test" in sentence(
        lambda: registry.offered("recogniser", print)
    )


def test_a_plugin_that_fails_is_left_out_of_a_list_with_its_reason(install: Install):
    install("echo", GOOD)
    install("broken", "import a_module_that_is_nowhere")
    said: list[str] = []
    assert "echo" in registry.offered("recogniser", said.append)
    assert [
        line
        for line in said
        if "a_module_that_is_nowhere" in line and line.startswith("left out: plugin broken")
    ]


def test_two_of_one_name_in_one_plugin(install: Install):
    install("echo", GOOD.replace("    yield", "    for _ in range(2): yield"))
    assert "recogniser echo is there already" in sentence(lambda: registry.recogniser("echo"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("def f(:", "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit('over')", "SystemExit: over"),
    ],
)
def test_a_plugin_that_cannot_be_imported(install: Install, body: str, said: str):
    module = install("sick", body)
    found = sentence(lambda: registry.recogniser("sick"))
    assert found.startswith(f"plugin sick of {module} 1.5 (module {module}) cannot be imported: {said}")
    assert f"{module}.py" in found
    with pytest.raises(PluginError) as caught:
        registry.recogniser("sick")
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "@hookimpl\ndef hmer_recognizers(): return []",
            "no hook hmer_recognizers; did you mean hmer_recognisers?",
        ),
        (
            "def hmer_recognizers(): return []",
            "hmer_recognizers looks like a hook but is none; did you mean hmer_re",
        ),
        (
            "def hmr_metrics(): return []",
            "hmr_metrics looks like a hook but is none; did you mean hmer_metrics?",
        ),
        ("def hmer_metrics(): return []", "hmer_metrics is not marked with @hookimpl"),
        (
            "@hookimpl(specname='hmer_metric')\ndef f(): return []",
            "no hook hmer_metric; did you mean hmer_metrics?",
        ),
        ("@hookimpl\ndef hmer_metrics(path): return []", "Argument(s) {'path'} are declared in the hookimpl"),
        ("x = 1", "offers nothing: it has none of the hooks hmer_recognisers, "),
    ],
)
def test_a_hook_that_would_not_be_called(install: Install, body: str, said: str):
    module = install("typo", body + GOOD if "Argument" not in said and "nothing" not in said else body)
    found = sentence(lambda: registry.recogniser("typo"))
    assert said in found
    assert f"plugin typo of {module} 1.5 (module {module})" in found


def test_a_name_that_nobody_offers(install: Install):
    install("lenient", "raise RuntimeError('imported')")
    install("known-model")
    said = sentence(lambda: registry.recogniser("known-modle"), UsageError)
    assert said.startswith("no recogniser is named known-modle; did you mean known-model? There are: ")
    assert " known-model, " in said
    assert "not searched, as they fail: " in said and "lenient" in said
    assert "there are: latex" in sentence(lambda: registry.grammar("quite-other"), UsageError)
    assert "cut-off" in sentence(lambda: registry.rule("quite-other"), UsageError)


def test_a_plugin_that_hangs_does_not_hang_the_search_for_another(install: Install, monkeypatch):
    """It would wait for an hour; the search names the plugin that it did not wait for."""
    monkeypatch.setattr(registry, "PATIENCE", 0.2)
    install("sleeper", "import time\n@hookimpl\ndef hmer_metrics(): return time.sleep(3600)")
    install("known-model")
    said = sentence(lambda: registry.metric("quite-other"), UsageError)
    assert "not searched, as they fail: " in said and "sleeper" in said


@pytest.mark.parametrize(
    "body", ["import sys\nsys.exit(0)", "@hookimpl\ndef hmer_metrics(): raise SystemExit(0)"]
)
def test_a_plugin_that_ends_the_process(install: Install, body: str):
    install("leaver", body)
    assert "SystemExit: 0" in sentence(lambda: registry.metric("leaver"))


def test_what_a_plugin_prints_goes_to_stderr(install: Install, capsys):
    body = """
print("on import")
@hookimpl
def hmer_metrics():
    print("in a hook")
    return [MetricSpec("NAME", "one of a test", score)]
def score(predictions, references):
    print("in use")
    return 1
"""
    install("chatty", body)
    assert registry.metric("chatty").score([], []) == 1.0
    assert capsys.readouterr() == ("", "on import\nin a hook\nin use\n")


# --- broken specs ------------------------------------------------------------------------------------------

BASE = 'RecogniserSpec("NAME", "one of a test", Options, build'


@pytest.mark.parametrize(
    ("hook", "offered", "said"),
    [
        ("hmer_recognisers", "None, 5]", "expected RecogniserSpec, not NoneType"),
        ("hmer_recognisers", 'MetricSpec("a", "b", len)]', "expected RecogniserSpec, not MetricSpec"),
        ("hmer_recognisers", 'RecogniserSpec("a b", "one", Options, build)]', "recogniser name 'a b': expected"),
        ("hmer_recognisers", 'RecogniserSpec("NAME", "", Options, build)]', "expected a summary of one line, not ''"),
        ("hmer_recognisers", 'RecogniserSpec("NAME", "one", Options(), build)]', "must be a frozen dataclass, not"),
        ("hmer_recognisers", 'RecogniserSpec("NAME", "one", dict, build)]', "must be a frozen dataclass, not"),
        ("hmer_recognisers", 'RecogniserSpec("NAME", "one", Thawed, build)]', "Thawed is not frozen"),
        ("hmer_recognisers", 'RecogniserSpec("NAME", "one", Needy, build)]', "option width has no default"),
        ("hmer_recognisers", 'RecogniserSpec("NAME", "one", Clash, build)]', "option lr is named like a setting of"),
        ("hmer_recognisers", 'RecogniserSpec("NAME", "one", Options, "build")]', "must be functions"),
        ("hmer_recognisers", f'{BASE}, weights="best")]', "weights must be a pathlib.Path, not 'best'"),
        ("hmer_recognisers", f'{BASE}, reading="r.json")]', "reading must be a pathlib.Path, not 'r.json'"),
        ("hmer_recognisers", f'{BASE}, input="strokes")]', "input 'strokes': expected image"),
        ("hmer_recognisers", f"{BASE}, presets={{}})]", "presets must map at least one name"),
        ("hmer_recognisers", f'{BASE}, presets={{"base": {{"widht": 4}}}})]', "did you mean width?"),
        ("hmer_recognisers", f'{BASE}, presets={{"base": {{"width": "wide"}}}})]', "width=wide: expected a whole"),
        ("hmer_data_sources", 'DataSourceSpec("NAME", "one", print, ("training",))]', "split 'training': expected"),
        ("hmer_data_sources", 'DataSourceSpec("NAME", "one", print, find_splits=("train",))]', "find_splits must be"),
        ("hmer_data_sources", 'DataSourceSpec("NAME", "one", print, None)]', "wrong: cannot be checked: TypeErr"),
        ("hmer_repair_rules", 'Rule("NAME", "one", lambda tokens: [])]', "removals must be a function at the top"),
        ("hmer_repair_rules", 'Rule("runaway", "one", len)]', "repair rule runaway is there already"),
        ("hmer_grammars", 'GrammarSpec("latex", "one", "start: CHAR")]', "grammar latex is there already"),
        ("hmer_grammars", 'GrammarSpec("NAME", "one", "")]', "source must be the text of a grammar"),
        ("hmer_metrics", 'MetricSpec("NAME", "one", 5)]', "score must be a function"),
        ("hmer_metrics", "1 / 0]", "hmer_metrics() failed: ZeroDivisionError: division by zero ("),
    ],
)  # fmt: skip
def test_what_breaks_the_contract(install: Install, hook: str, offered: str, said: str):
    options = """
@dataclass
class Thawed:
    width: int = 3

@dataclass(frozen=True)
class Needy:
    width: int

@dataclass(frozen=True)
class Clash:
    lr: float = 1.0
"""
    module = install("wrong", f"{options}\n@hookimpl\ndef {hook}():\n    return [{offered}\n")
    found = sentence(lambda: registry.find_any("wrong"))
    assert found.startswith(f"plugin wrong of {module} 1.5 (module {module}): {hook}()")
    assert said in found


# --- failures in use ---------------------------------------------------------------------------------------


def test_a_recogniser_that_cannot_be_built(install: Install):
    module = install("brittle")
    spec = registry.recogniser("brittle")
    said = sentence(lambda: spec.build(spec.options(), None))
    assert said.startswith(f"plugin brittle of {module} 1.5 (module {module}) failed: KeyError: 'weights' (")
    assert said.endswith(f"{module}.py:11)")


@pytest.mark.parametrize(
    ("value", "said"), [("1 / 0", "ZeroDivisionError"), ("float('nan')", "expected a finite number, not nan")]
)
def test_a_metric_that_fails(install: Install, value: str, said: str):
    install("rash", METRIC.replace("VALUE", value))
    assert said in sentence(lambda: registry.metric("rash").score([], []))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("None", "TypeError"),
        ("[0.5]", "TypeError: removals returned 0.5, expected indices of tokens"),
        ("[7]", "ValueError: removals returned index 7 of 2 tokens"),
        ("exit(0)", "SystemExit: 0"),
    ],
)
def test_a_rule_that_removes_nonsense(install: Install, value: str, said: str):
    body = f"""
@hookimpl
def hmer_repair_rules(): return [Rule("NAME", "one of a test", removals)]
def removals(tokens): return {value}
"""
    install("reckless", body)
    assert said in sentence(lambda: registry.rule("reckless").removals(["x", "y"]))


SET = 'SampleSet("train", ("a",), ("x",), np.ones((1, 2), int), [np.ones((1, 1))], ("made up",)'


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("None", "load returned NoneType, expected a SampleSet"),
        (
            SET.replace('("a",)', '("a", "b")') + ")",
            "load returned 2 samples whose sizes are no array (2, 2)",
        ),
        (SET.replace('("x",)', "(None,)") + ")", "whose labels are not a tuple of texts"),
        (SET.replace("[np.ones((1, 1))]", "[]") + ")", "load returned 1 ids and 0 images"),
        (SET + ', kind="sound")', "samples of kind 'sound', expected image or ink"),
        (SET + ', kind="ink")', "samples of ink without inks"),
    ],
)
def test_a_source_that_returns_nonsense(install: Install, value: str, said: str):
    body = f"""
@hookimpl
def hmer_data_sources(): return [DataSourceSpec("NAME", "one of a test", load, find_splits=str.split)]
def load(argument, split, preprocessing):
    import numpy as np
    from hmer_suite.specs.samples import SampleSet
    return {value}
"""
    install("murky", body)
    spec, _ = registry.data_source("murky")
    assert said in sentence(lambda: spec.load("", "train", None))
    assert spec.find_splits("train test") == ("train", "test")


def test_a_recogniser_of_no_preprocessing(install: Install):
    install("shapeless", GOOD.replace("build)", "build, preprocessing=dict)"))
    spec = registry.recogniser("shapeless")
    assert "TypeError" in sentence(lambda: spec.expects(spec.options()))


def test_a_grammar_that_does_not_compile(install: Install):
    install(
        "garbled", '@hookimpl\ndef hmer_grammars(): return [GrammarSpec("NAME", "one", "start: nothing")]'
    )
    assert "grammar garbled does not compile: " in sentence(lambda: registry.compiled_grammar("garbled"))


def test_errors_for_users_pass_through(install: Install):
    body = """
from hmer_suite.errors import InputError
@hookimpl
def hmer_data_sources(): return [DataSourceSpec("NAME", "one of a test", load)]
def load(argument, split, preprocessing): raise InputError(f"{argument}: empty")
"""
    install("strict", body)
    spec, argument = registry.data_source("strict:file")
    with pytest.raises(Exception, match=r"^file: empty$") as caught:
        spec.load(argument, "train", None)
    assert caught.value.exit_code == 3


ORDINARY_WORDS = {"stroke"}
"""Names of recognisers that are words of the field as well; the names of their modules are none."""


def test_the_suite_names_no_plugin():
    folder = Path(hookspecs.__file__).parent
    outside = [plugin for plugin in registry.plugins() if not plugin.module.startswith("hmer_suite.")]
    assert outside
    for path in folder.rglob("*.py"):
        words = {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant)
        }
        for plugin in outside:
            assert not ({plugin.name, plugin.module} - ORDINARY_WORDS) & words, path
