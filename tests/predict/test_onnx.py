"""Exported recognisers read what their networks read, and what cannot be exported or read is said in one line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from hmer_ctc_crnn import SPEC as CTC  # noqa: E402
from hmer_stroke import SPEC as STROKE  # noqa: E402
from hmer_wap import SPEC as WAP  # noqa: E402

from hmer_suite.errors import InputError, PluginError, UsageError  # noqa: E402
from hmer_suite.nn.graphs import exporting  # noqa: E402
from hmer_suite.nn.recogniser import build  # noqa: E402
from hmer_suite.predict.exported import DESCRIPTION  # noqa: E402
from hmer_suite.predict.joint_reader import JointReader  # noqa: E402
from hmer_suite.predict.onnx_export import export_onnx  # noqa: E402
from hmer_suite.predict.onnx_reader import open_exported  # noqa: E402
from hmer_suite.predict.open_reader import open_readers  # noqa: E402
from hmer_suite.predict.reader import Reader  # noqa: E402
from hmer_suite.specs.recogniser import Decoding, RecogniserSpec  # noqa: E402
from hmer_suite.specs.vocabulary import END, SPECIAL, Vocabulary  # noqa: E402
from hmer_suite.testing import INKS, inks  # noqa: E402
from hmer_suite.train.checkpoint import Checkpoint, read_checkpoint, write_checkpoint  # noqa: E402
from hmer_suite.train.description import Description  # noqa: E402
from tests.train.toy import TOY, Toy, squares  # noqa: E402

SYMBOLS = Vocabulary.of([*INKS, "1 2 3 ^ { }"]).symbols
SMALL_STROKE = {
    "points": 16, "channels": (8, 8, 16), "width": 32, "layers": 1, "heads": 4, "feedforward": 48, "geometry": 8,
    "hidden": 24, "attention": 16,
}  # fmt: skip
SMALL_WAP = {
    "symbol_height": 8, "watcher": "residual", "stem": 8, "blocks": (1, 1, 1), "channels": (8, 8, 16), "attention": 16,
    "coverage_kernel": 3, "coverage_channels": 8, "positions": True, "hidden": 24, "embedding": 16, "counting": True,
    "counting_channels": 16, "counting_kernels": (3,), "backward": True,
}  # fmt: skip
SMALL_CTC = {
    "stem": 8, "blocks": (1, 1, 1), "channels": (8, 8, 16), "hidden": 16, "layers": ("lstm",), "taps": (), "readers": 2,
    "reader_size": 8,
}  # fmt: skip


def checkpoint(folder: Path, spec: RecogniserSpec, **options: object) -> Checkpoint:
    """A checkpoint of a network of random weights."""
    torch.manual_seed(1)
    chosen = spec.options(**options)
    model = build(spec, chosen, Vocabulary(SYMBOLS))
    with torch.no_grad():
        for part in model.modules():
            if isinstance(part, torch.nn.Linear) and part.out_features == len(SYMBOLS) + len(SPECIAL):
                part.bias[END] -= 3  # so that readings are not empty
    described = Description(
        spec.name, "0", SYMBOLS, options, {}, spec.expects(chosen), "", {"spec": "nothing"}
    )
    write_checkpoint(folder, described, model.state_dict())
    return read_checkpoint(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where exports lie under the names of their recognisers."""
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def pairs(folder):
    """Of each network its reader, the exported one's, and samples."""
    networks = {
        "toy": (TOY, {}),
        "stroke": (STROKE, SMALL_STROKE),
        "stroke-both-ways": (STROKE, {**SMALL_STROKE, "backward": True}),
        "wap-both-ways": (WAP, SMALL_WAP),
        "ctc-crnn": (CTC, SMALL_CTC),
    }
    found = {}
    for name, (spec, options) in networks.items():
        saved = checkpoint(folder / f"{name}-weights", spec, **options)
        export_onnx(spec, saved, folder / name)
        reader = Reader(saved.build(spec), saved.description.preprocessing, saved)
        samples = inks(16) if spec is STROKE else squares(9, "test", blank=3)
        found[name] = reader, open_exported(folder / name), samples
    return found


@pytest.mark.parametrize("name", ["toy", "stroke", "stroke-both-ways", "wap-both-ways", "ctc-crnn"])
@pytest.mark.parametrize("how", [Decoding(max_length=9), Decoding(5, 3, True, max_length=9)])
def test_the_graphs_read_what_the_network_reads(pairs, name, how):
    reader, exported, samples = pairs[name]
    expected, found = (one.read(samples, how, batch_size=4) for one in (reader, exported))
    assert len(found) == len(samples) and any(row[0].tokens for row in found)
    for before, after in zip(expected, found, strict=True):
        assert [one.tokens for one in before] == [one.tokens for one in after]
        assert [one.logprob for one in after] == pytest.approx([one.logprob for one in before], abs=1e-4)
    texts = [[("1", "2"), ("x",), ()] for _ in samples.ids]
    for before, after in zip(*(one.judge(samples, texts, 4) for one in (reader, exported)), strict=True):
        assert [one.logprob for one in after] == pytest.approx([one.logprob for one in before], abs=1e-3)


def test_an_export_can_be_a_member_and_a_view(pairs, tmp_path):
    reader, exported, _ = pairs["toy"]
    assert exported.at_scale(0.5).wanted.symbol_height == reader.at_scale(0.5).wanted.symbol_height == 4
    both = JointReader((reader, exported), replace(reader.joining, weights=(1.0, 1.0)))
    assert both.device == "cpu" and exported.stepwise and exported.digests == reader.digests


def test_reading_by_a_stepwise_export_imports_no_torch(pairs, folder, tmp_path):
    (tmp_path / "ink.json").write_text(
        json.dumps({"strokes": {"x": [[0, 9], [4, 4]], "y": [[5, 5], [0, 9]]}})
    )
    script = (
        "import sys; from hmer_suite.cli import app; app(sys.argv[1:], standalone_mode=False); "
        "assert 'torch' not in sys.modules"
    )
    command = [
        sys.executable,
        "-c",
        script,
        "predict",
        str(folder / "stroke"),
        str(tmp_path / "ink.json"),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "pred" in json.loads(done.stdout)


def test_what_is_damaged_is_named(pairs, folder, tmp_path):
    out = tmp_path / "export"
    shutil.copytree(folder / "toy", out)
    whole = (out / DESCRIPTION).read_text()
    (out / "step.onnx").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"step\.onnx: damaged"):
        open_exported(out)
    for damage, said in (('"format": 2', "format 2"), ('"format": 1, "more": 3', "more")):
        (out / DESCRIPTION).write_text(whole.replace('"format": 1', damage))
        with pytest.raises(InputError, match=said):
            open_exported(out)
    with pytest.raises(UsageError, match="runs on the cpu"):
        open_readers(str(out), "cuda")
    with pytest.raises(UsageError, match="precision"):
        open_readers(str(out), "cpu", "bf16")
    export_onnx(TOY, pairs["toy"][0].checkpoint, out)  # an export is replaced
    assert open_exported(out).described.vocabulary == SYMBOLS


def test_a_folder_of_other_things_is_left_alone(pairs, tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(UsageError, match="holds no exported recogniser"):
        export_onnx(TOY, pairs["toy"][0].checkpoint, tmp_path)
    assert (tmp_path / "thesis.tex").exists()


class Searching(Toy):
    """Has a search of its own."""

    def decode(self, batch, how):
        return super().decode(batch, how)


class Lying(Toy):
    """Does something else while it is recorded."""

    def step(self, memory, state, tokens):
        found, after = super().step(memory, state, tokens)
        return (found.flip(1) if exporting() else found), after


@pytest.mark.parametrize(
    ("network", "error", "said"),
    [
        (Searching, UsageError, "toy: cannot be exported: it has a search of its own"),
        (Lying, PluginError, r"toy: step\.onnx: logprobs is .* away from the network's"),
    ],
)
def test_what_cannot_be_exported_says_so(tmp_path, network, error, said):
    spec = replace(TOY, build=network)
    with pytest.raises(error, match=said):
        export_onnx(spec, checkpoint(tmp_path / "weights", spec), tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_bytes_are_smaller_and_still_read(tmp_path):
    saved = checkpoint(tmp_path / "weights", STROKE, **{**SMALL_STROKE, "feedforward": 2048})
    export_onnx(STROKE, saved, tmp_path / "bytes", int8=True)
    exported = open_exported(tmp_path / "bytes")
    assert (tmp_path / "bytes" / "encoder.onnx").stat().st_size < 4 * 32 * 2048 * 2
    assert exported.described.int8
    assert len(exported.read(inks(16), Decoding(max_length=5))) == len(inks(16))
