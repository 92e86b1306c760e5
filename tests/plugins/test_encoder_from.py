"""One recogniser's encoder starts from another's: the classifier of symbols and WAP, which share one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.data.subsets import pick  # noqa: E402
from hmer_suite.errors import InputError, UsageError  # noqa: E402
from hmer_suite.registry import recogniser  # noqa: E402
from hmer_suite.settings.resolve import resolve  # noqa: E402
from hmer_suite.specs.vocabulary import Vocabulary  # noqa: E402
from hmer_suite.testing import pictures  # noqa: E402
from hmer_suite.train.checkpoint import export, read_checkpoint  # noqa: E402
from hmer_suite.train.datasets import TrainingData  # noqa: E402
from hmer_suite.train.loop import train  # noqa: E402
from hmer_suite.train.pretrained import start_encoder  # noqa: E402
from hmer_suite.train.state import Limits  # noqa: E402

SMALL = {"stem": 8, "blocks": "1,1", "channels": "8,16"}
WAP = {"preset": "demo", "hidden": 16, "embedding": 16, "attention": 8, **SMALL}
QUICK = {"device": "cpu", "threads": 1, "workers": 0, "epochs": 1, "batch_size": 1, "validate_every": 9}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def run(name: str, out: Path, steps: int = 1, resume: bool = False, **given: object) -> Path:
    """Train on the kit's first picture, a one; gives the folder."""
    ones = pick(pictures(12), [0, 0])
    data = TrainingData(
        "ones", replace(ones, ids=("a", "b")), replace(ones, ids=("a", "b"), split="validation")
    )
    settings = resolve(recogniser(name), given={**QUICK, **given})
    train(recogniser(name), settings, data, out, limits=Limits(max_steps=steps), resume=resume)
    return out


@pytest.fixture(scope="module")
def classifier(tmp_path_factory) -> Path:
    return run("symbol-cnn", tmp_path_factory.mktemp("runs") / "symbols", **SMALL)


def model(name: str, **given: object):
    torch.manual_seed(1)
    spec = recogniser(name)
    return spec.build(resolve(spec, given=given).options, Vocabulary(("1", "x")))


def encoder(folder: Path) -> dict[str, torch.Tensor]:
    """Tensors of a run's encoder by their names in it."""
    found = read_checkpoint(folder / "last").weights()
    return {
        name.split(".", 1)[1]: t for name, t in found.items() if name.startswith(("encoder.", "watcher."))
    }


def test_every_tensor_of_the_encoder_comes_over_and_no_other(classifier):
    fresh, started = model("wap", **WAP), model("wap", **WAP)
    said = start_encoder(started, str(classifier))
    expected = encoder(classifier)
    counted = sum(tensor.ndim > 0 for tensor in expected.values())
    assert (
        said
        == f"encoder_from={classifier}: {counted} of {counted} tensors of the encoder start from symbol-cnn"
    )
    before = fresh.state_dict()
    for name, tensor in started.state_dict().items():
        part, _, inner = name.partition(".")
        wanted = expected[inner] if part == "watcher" and tensor.ndim else before[name]
        assert tensor.equal(wanted), name


def test_the_presets_meant_for_each_other_fit():
    """Preset `small` of WAP has the encoder of preset `cnn`, tensor for tensor."""
    shapes = [
        {
            name: tensor.shape
            for name, tensor in model(name, preset=preset).shared_encoder().state_dict().items()
        }
        for name, preset in (("wap", "small"), ("symbol-cnn", "cnn"))
    ]
    assert shapes[0] == shapes[1]


def test_it_says_so_where_only_some_fit(classifier):
    wider = model("wap", **{**WAP, "channels": "8,24"})
    before = wider.state_dict()["watcher.blocks.1.first.convolution.weight"].clone()
    said = start_encoder(wider, str(classifier))
    found, _, of = said.split(": ")[1].split()[:3]
    assert 0 < int(found) < int(of)
    assert wider.state_dict()["watcher.stem.convolution.weight"].equal(
        encoder(classifier)["stem.convolution.weight"]
    )
    assert wider.state_dict()["watcher.blocks.1.first.convolution.weight"].equal(before)


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        (
            "wap",
            {**WAP, "stem": 7, "channels": "9,10"},
            r"nothing fits: .* stem\.convolution\.weight \(7, 1, 3, 3\)",
        ),
        ("wap", {**WAP, "watcher": "vgg"}, r"nothing fits: the encoder wanted begins with stages\.0"),
        ("symbol-cnn", {"preset": "dense"}, "SymbolCnn has no encoder to share"),
    ],
)
def test_where_nothing_fits(classifier, name, settings, message):
    with pytest.raises(UsageError, match=message):
        start_encoder(model(name, **settings), str(classifier))


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [("runs/nowhere", InputError, "runs/nowhere"), ("sybmol-cnn", UsageError, "symbol-cnn")],
)
def test_where_there_is_nothing_to_start_from(name, error, message):
    with pytest.raises(error, match=message):
        start_encoder(model("wap", **WAP), name)


def test_a_run_starts_from_it_says_so_and_resumes_without_it(classifier, tmp_path, capsys):
    source = tmp_path / "source"
    shutil.copytree(classifier, source)
    frozen = {**WAP, "lr": 1e-12, "encoder_from": str(source)}
    run("wap", tmp_path / "wap", **frozen)
    assert "tensors of the encoder start from symbol-cnn" in capsys.readouterr().err
    name = "stem.convolution.weight"
    assert torch.allclose(encoder(tmp_path / "wap")[name], encoder(source)[name], atol=1e-6)
    shutil.rmtree(source)
    run("wap", tmp_path / "wap", steps=2, resume=True, **frozen)
    assert read_checkpoint(tmp_path / "wap" / "last").description.step == 2
    export(read_checkpoint(tmp_path / "wap" / "last"), tmp_path / "shipped")
    assert read_checkpoint(tmp_path / "shipped").description.settings["encoder_from"] == "source"


def test_not_from_two_at_once():
    with pytest.raises(UsageError, match="init_from and encoder_from"):
        resolve(recogniser("wap"), given={"init_from": "a", "encoder_from": "b"})
