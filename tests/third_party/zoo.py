"""Plugins that misbehave, each with the command that meets it; every one has to end with one line and exit code 4."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEAD = """
import sys
from dataclasses import dataclass
from hmer_suite import DataSourceSpec, GrammarSpec, MetricSpec, RecogniserSpec, Rule, hookimpl

@dataclass(frozen=True)
class Options:
    width: int = 3

def network(loss="torch.ones(len(batch))", decode="[() for _ in batch.ids]"):
    def build(options, vocabulary):
        import torch
        from hmer_suite.nn.recogniser import Recogniser

        class Network(Recogniser):
            def __init__(self):
                super().__init__(vocabulary)
                self.weight = torch.nn.Parameter(torch.ones(1))

            def forward(self, batch, label_smoothing=0.0):
                return eval(loss, {"torch": torch, "self": self, "batch": batch, "sys": sys})

            def decode(self, batch, how):
                return eval(decode, {"batch": batch, "sys": sys})

        return Network()
    return build

GOOD = "self.weight.expand(len(batch)) * 1.0"
"""
RECOGNISER = (
    '@hookimpl\ndef hmer_recognisers():\n    return [RecogniserSpec("odd", "of the zoo", Options, {})]'
)
METRIC = '@hookimpl\ndef hmer_metrics():\n    return [MetricSpec("odd", "of the zoo", lambda p, r: {})]'
RULE = (
    "def removals(tokens):\n    return {}\n"
    '@hookimpl\ndef hmer_repair_rules():\n    return [Rule("odd", "of the zoo", removals)]'
)
SOURCE = (
    "def load(argument, split, preprocessing):\n    return {}\n"
    '@hookimpl\ndef hmer_data_sources():\n    return [DataSourceSpec("odd", "of the zoo", load{})]'
)
TRAIN = (
    "train", "odd", "--data", "synthetic:12,0,3", "--out", "FOLDER/run", "--max-steps", "2", "--json",
    "--set", "device=cpu", "--set", "validate_every=1", "--set", "batch_size=4",
)  # fmt: skip
SCORE = ("score", "FOLDER/pairs.tsv", "--json", "--no-semantics", "--metric", "odd")
FIX = ("fix", "FOLDER/lines.txt", "--json", "--rule", "odd")
STATS = ("data", "stats", "odd:x", "--json")
SHOW = ("plugins", "odd", "--json")


@dataclass(frozen=True, slots=True)
class Animal:
    """A plugin called odd: its source, and the words of the command that meets it."""

    name: str
    source: str
    command: tuple[str, ...]


ZOO = [
    Animal("exit on import", "sys.exit(0)", SHOW),
    Animal("exit in a hook", "@hookimpl\ndef hmer_metrics():\n    sys.exit(0)", SHOW),
    Animal("a hook that returns a number", "@hookimpl\ndef hmer_metrics():\n    return 5", SHOW),
    Animal("a hook that returns nothing", "@hookimpl\ndef hmer_metrics():\n    return None", SHOW),
    Animal("exit in build", RECOGNISER.format("lambda *_: sys.exit(0)"), TRAIN),
    Animal("build returns None", RECOGNISER.format("lambda *_: None"), TRAIN),
    Animal("build returns no module", RECOGNISER.format("lambda *_: 'network'"), TRAIN),
    Animal("a scalar loss", RECOGNISER.format('network("self.weight.sum()")'), TRAIN),
    Animal("a loss of None", RECOGNISER.format('network("None")'), TRAIN),
    Animal("a loss without gradient", RECOGNISER.format("network()"), TRAIN),
    Animal("exit in forward", RECOGNISER.format('network("sys.exit(0)")'), TRAIN),
    Animal("decode returns None", RECOGNISER.format('network(GOOD, "None")'), TRAIN),
    Animal("decode returns texts", RECOGNISER.format('network(GOOD, "list(batch.ids)")'), TRAIN),
    Animal("decode returns too few", RECOGNISER.format('network(GOOD, "[]")'), TRAIN),
    Animal("exit in decode", RECOGNISER.format('network(GOOD, "sys.exit(0)")'), TRAIN),
    Animal("exit in a metric", METRIC.format("sys.exit(0)"), SCORE),
    Animal("a metric of None", METRIC.format("None"), SCORE),
    Animal("a metric of text", METRIC.format("'good'"), SCORE),
    Animal("a metric that is not finite", METRIC.format("float('inf')"), SCORE),
    Animal("exit in a rule", RULE.format("sys.exit(0)"), FIX),
    Animal("a rule of None", RULE.format("None"), FIX),
    Animal("a rule of texts", RULE.format("list(tokens)"), FIX),
    Animal("a rule out of range", RULE.format("[10**9]"), FIX),
    Animal("exit in a source", SOURCE.format("sys.exit(0)", ""), STATS),
    Animal("a source of None", SOURCE.format("None", ""), STATS),
    Animal("a source of rows", SOURCE.format("[('a', 'x')]", ""), STATS),
    Animal("find_splits that is not callable", SOURCE.format("None", ", find_splits=('train',)"), STATS),
    Animal("find_splits of None", SOURCE.format("None", ", find_splits=lambda argument: None"), STATS),
]  # fmt: skip
"""Each breaks one promise."""


def install(animal: Animal, folder: Path) -> tuple[str, ...]:
    """Write an animal as an installer would, with inputs for its command; gives the words of the command."""
    (folder / "zoo_odd.py").write_text(HEAD + animal.source + "\n", "utf-8")
    info = folder / "zoo_odd-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zoo-odd\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[hmer_suite]\nodd = zoo_odd\n", "utf-8")
    (folder / "pairs.tsv").write_text("a\tx\tx\nb\tx ^ 2\ty\n", "utf-8")
    (folder / "lines.txt").write_text("{ x + + 1\n", "utf-8")
    return tuple(word.replace("FOLDER", str(folder)) for word in animal.command)
