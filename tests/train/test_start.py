"""Encoders that start from a file of tensors."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from hmer_suite.errors import InputError, UsageError  # noqa: E402
from hmer_suite.train.start import read_tensors, start_encoder  # noqa: E402


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
        self.head = torch.nn.Linear(2, 3)

    def shared_encoder(self):
        return self.encoder


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
