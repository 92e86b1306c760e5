"""Networks that start from a checkpoint with fewer tokens, encoders that start from a file of tensors."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from hmer_suite.errors import InputError, UsageError  # noqa: E402
from hmer_suite.nn.batch import Batch  # noqa: E402
from hmer_suite.specs.vocabulary import BEGIN, SPECIAL, Vocabulary  # noqa: E402
from hmer_suite.train.checkpoint import read_checkpoint, write_checkpoint  # noqa: E402
from hmer_suite.train.pretrained import find_checkpoint, read_tensors, start_encoder, start_from  # noqa: E402
from tests.train.test_checkpoint import DESCRIPTION  # noqa: E402
from tests.train.toy import TOY, ToyOptions, train_toy  # noqa: E402


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
        self.head = torch.nn.Linear(2, 3)

    def shared_encoder(self):
        return self.encoder


@pytest.fixture
def checkpoint(tmp_path):
    torch.manual_seed(0)
    model = TOY.build(ToyOptions(width=8), Vocabulary(DESCRIPTION.vocabulary))
    write_checkpoint(tmp_path / "before", replace(DESCRIPTION, seconds=3600.0), model.state_dict())
    return read_checkpoint(tmp_path / "before")


def first_scores(model, tokens):
    """What a network thinks of an image's first token, for some tokens, in relation to each other."""
    image = torch.linspace(0, 1, 80).view(1, 1, 8, 10)
    batch = Batch(("a",), image, torch.tensor([[8, 10]]), torch.tensor([[2]]), torch.tensor([1]))
    with torch.no_grad():
        scores, _ = model.eval().step(*model.start(batch), torch.tensor([BEGIN]))
    numbers = [model.vocabulary.encode(token)[0] for token in tokens]
    return scores[0, [*range(len(SPECIAL)), *numbers]].log_softmax(0)


def test_new_tokens_come_behind_those_of_the_checkpoint(checkpoint):
    """Even if they come first by their code points; what was known is known as before."""
    start = start_from(checkpoint, TOY, ToyOptions(width=8), Vocabulary(("+", "1", "x")))
    assert start.new == ("+", "x")
    assert start.model.vocabulary.symbols == ("1", "2", "\\alpha", "+", "x")
    known = checkpoint.vocabulary.symbols
    assert torch.allclose(
        first_scores(start.model, known), first_scores(checkpoint.build(TOY), known), atol=1e-6
    )


def test_tokens_that_are_all_known_change_nothing(checkpoint):
    start = start_from(checkpoint, TOY, ToyOptions(width=8), Vocabulary(("2",)))
    assert start.new == () and start.model.vocabulary == checkpoint.vocabulary


def test_another_size_is_not_taken_for_new_tokens(checkpoint):
    """One token more makes tensors longer by one; those of a wider network are longer, too."""
    with pytest.raises(InputError, match="weights do not fit"):
        start_from(checkpoint, TOY, ToyOptions(width=9), Vocabulary(("x",)))


def with_head(options, vocabulary):
    """The toy with a part more, as a head that only training needs."""
    model = TOY.build(options, vocabulary)
    model.head = torch.nn.Linear(3, 2)
    return model


HEADED = replace(TOY, build=with_head)


def test_a_part_that_the_checkpoint_lacks_starts_fresh(checkpoint):
    start = start_from(checkpoint, HEADED, ToyOptions(width=8), Vocabulary(("+",)))
    assert start.fresh == ("head.weight", "head.bias") and start.unused == () and start.new == ("+",)
    known = checkpoint.vocabulary.symbols
    assert torch.allclose(
        first_scores(start.model, known), first_scores(checkpoint.build(TOY), known), atol=1e-6
    )


def test_a_part_that_the_network_has_no_use_for_is_left(tmp_path, checkpoint):
    headed = with_head(ToyOptions(width=8), checkpoint.vocabulary)
    write_checkpoint(tmp_path / "headed", DESCRIPTION, headed.state_dict())
    start = start_from(read_checkpoint(tmp_path / "headed"), TOY, ToyOptions(width=8), Vocabulary(("2",)))
    assert start.unused == ("head.bias", "head.weight") and start.fresh == ()
    for name, tensor in start.model.state_dict().items():
        assert torch.equal(tensor, headed.state_dict()[name])


def test_parts_of_other_names_are_another_network(tmp_path, checkpoint):
    weights = {f"other.{name}": tensor for name, tensor in checkpoint.weights().items()}
    write_checkpoint(tmp_path / "other", DESCRIPTION, weights)
    with pytest.raises(InputError, match="weights do not fit"):
        start_from(read_checkpoint(tmp_path / "other"), TOY, ToyOptions(width=8), Vocabulary(("2",)))


def test_training_goes_on_with_new_tokens_and_resumes(tmp_path, checkpoint, capsys):
    """The squares' label 3 is not among the checkpoint's tokens."""
    settings = {"width": 8, "init_from": str(checkpoint.folder), "batch_size": 4}
    train_toy(tmp_path / "run", steps=3, **settings)
    assert "tokens that are new to it: 3\n" in capsys.readouterr().err
    train_toy(tmp_path / "run", steps=6, resume=True, **settings)
    train_toy(tmp_path / "straight", steps=6, **settings)
    found, wanted = (read_checkpoint(tmp_path / name / "last") for name in ("run", "straight"))
    assert found.vocabulary.symbols == ("1", "2", "\\alpha", "3")
    for name, tensor in wanted.weights().items():
        assert torch.equal(tensor, found.weights()[name])
    assert found.description.seconds > 3600, "the hour that the start took is part of it"


def test_a_folder_of_its_name_does_not_hide_a_recogniser(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wap").mkdir()
    spec, checkpoint = find_checkpoint("wap")
    assert checkpoint.folder == spec.weights
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="other: not a checkpoint"):
        find_checkpoint("other")
    shutil.copytree(spec.weights, tmp_path / "wap" / "best")
    assert find_checkpoint("wap")[1].folder == Path("wap/best")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_tensors_of_the_same_name_and_shape_are_taken(tmp_path, suffix):
    path = tmp_path / f"weights{suffix}"
    tensors = {name: torch.full_like(t, 7) for name, t in Model().encoder.state_dict().items()}
    tensors["0.bias"] = torch.zeros(5)  # another shape
    tensors["fc.weight"] = torch.zeros(2, 2)  # unknown
    torch.save(tensors, path) if suffix == ".pth" else save_file(tensors, path)
    model = Model()
    said = start_encoder(model, str(path))
    assert said.endswith(f"5 of 6 tensors of the encoder start from weights{suffix}")
    assert (model.encoder[0].weight == 7).all() and (model.encoder[1].running_var == 7).all()
    assert not (model.encoder[0].bias == 7).any()


def test_a_file_with_nothing_that_fits(tmp_path):
    torch.save({"conv.weight": torch.zeros(3, 3)}, tmp_path / "other.pth")
    with pytest.raises(UsageError, match="nothing fits"):
        start_encoder(Model(), str(tmp_path / "other.pth"))


class Evil:
    def __reduce__(self):
        return print, ("unpickled",)


@pytest.mark.parametrize(
    "written", [b"", b"no tensors", {"a": Evil()}, [torch.zeros(2)], {"epoch": 3, "w": torch.zeros(2)}]
)
def test_what_is_no_file_of_tensors(tmp_path, written, capsys):
    path = tmp_path / "weights.pth"
    path.write_bytes(written) if isinstance(written, bytes) else torch.save(written, path)
    with pytest.raises(InputError, match="not a file of tensors"):
        read_tensors(path)
    assert "unpickled" not in capsys.readouterr().out


def test_damaged_safetensors(tmp_path):
    (tmp_path / "weights.safetensors").write_bytes(b"0123456789")
    with pytest.raises(InputError, match="not a file of tensors"):
        read_tensors(tmp_path / "weights.safetensors")
