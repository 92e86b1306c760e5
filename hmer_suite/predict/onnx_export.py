"""Exports a recogniser of torch as ONNX: its graphs, and what `hmer_suite.predict.onnx_reader` needs to read by them.

What is written is proved: the graphs are run on batches of other sizes than those that they were recorded with, and
what they return must be what the network returns, within `TOLERANCE`.
"""

from __future__ import annotations

import hashlib
import logging
import math
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx  # noqa: F401 - torch and the quantiser of ONNX Runtime need it, and say so in many lines
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor

from hmer_suite.errors import InputError, PluginError, UsageError
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.graphs import Graph, Graphs, Tensors, batch_of_inputs, inputs_of
from hmer_suite.nn.recogniser import Recogniser
from hmer_suite.plugin_calls import plugin_code
from hmer_suite.predict.exported import DESCRIPTION, Exported, file_of, is_exported
from hmer_suite.predict.joining import Joining, find_joining
from hmer_suite.predict.onnx_reader import Session
from hmer_suite.predict.open_network import without_orthogonal_weights
from hmer_suite.specs.graph_names import ENCODER
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec
from hmer_suite.train.checkpoint import Checkpoint, replace_folder
from hmer_suite.version import __version__

TOLERANCE = 1e-4
"""Largest difference between the outputs of network and graph, relative to the largest value where that is above 1."""

OPSET = 17
"""Version of the operators of ONNX."""

QUANTISED = ("MatMul", "Gemm")
"""Operators whose weights become bytes; convolutions of bytes are slower than those of numbers on most processors."""


def export_onnx(spec: RecogniserSpec, checkpoint: Checkpoint, folder: Path, int8: bool = False) -> Exported:
    """Write a recogniser to a folder, which is replaced if it holds an export; returns its description.

    With `int8` the weights of matrices are quantised to bytes; such graphs are not compared with the network.

    Raises:
        UsageError: the recogniser cannot be exported, or the folder holds something else.
        InputError: the checkpoint is damaged or does not fit, or the folder cannot be written.
        PluginError: the graphs cannot be recorded, or do not return what the network returns.
    """
    _check_folder(folder)
    with without_orthogonal_weights():
        model = checkpoint.build(spec)
    files, graphs = graph_files(model, checkpoint.description.preprocessing, spec.name)
    if int8:
        files = {name: _quantised(data) for name, data in files.items()}
    described = _described(spec, checkpoint, graphs)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    described = replace(described, files=digests, int8=int8)
    written = {file_of(name): data for name, data in files.items()}
    try:
        replace_folder(folder, {**written, DESCRIPTION: described.to_json()})
    except OSError as error:
        raise InputError(f"{folder}: cannot write the export: {error.strerror}") from None
    return described


def graph_files(model: Recogniser, wanted: Preprocessing, name: str) -> tuple[dict[str, bytes], Graphs]:
    """The graphs of a network as ONNX files hold them, by name, and their description.

    Raises the errors of `export_onnx`.
    """
    first, second, third = (example(wanted, *shape) for shape in EXAMPLES)
    with torch.no_grad(), plugin_code(f"{name}: cannot be exported"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the recorder warns of each constant, and of its own age
        try:
            graphs = model.graphs((first, second))
        except UsageError as error:
            raise UsageError(f"{name}: cannot be exported: {error}") from None
        with tempfile.TemporaryDirectory() as folder:
            files = {
                part: _recorded(graph, _inputs(graphs, part, model, first), Path(folder) / file_of(part))
                for part, graph in graphs.parts.items()
            }
    with torch.no_grad():
        _prove(files, graphs, model, (second, third), name)
    return files, graphs


def _prove(
    files: dict[str, bytes], graphs: Graphs, model: Recogniser, batches: tuple[Batch, ...], name: str
) -> None:
    """`PluginError` if a graph does not return what the network does."""
    for part, graph in graphs.parts.items():
        session = Session.of(files[part], f"{name}: {file_of(part)}")
        for batch in batches:
            _compare(graph, session, _inputs(graphs, part, model, batch))


def _check_folder(folder: Path) -> None:
    if folder.exists() and not is_exported(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--out {folder}: exists, and holds no exported recogniser")


def _described(spec: RecogniserSpec, checkpoint: Checkpoint, graphs: Graphs) -> Exported:
    known = checkpoint.description
    shipped = spec.weights is not None and checkpoint.folder == spec.weights
    return Exported(
        recogniser=spec.name,
        suite=__version__,
        vocabulary=known.vocabulary,
        preprocessing=known.preprocessing,
        formulas=spec.formulas,
        decoder=graphs.decoder,
        weights=known.weights,
        files={},
        memory=graphs.memory,
        state=graphs.state,
        backward_memory=graphs.backward_memory,
        backward_state=graphs.backward_state,
        joining=find_joining([spec], [spec.name]) if shipped else Joining.plain(1),
        options=known.options,
        settings=known.settings,
        data=known.data,
    )


# ---------------------------------------------------------------- recording

EXAMPLES = ((2, 70, 99), (3, 101, 150), (1, 64, 203))
"""Samples of a batch, and height and width in pixels of its largest image."""


def example(wanted: Preprocessing, count: int, height: int, width: int) -> Batch:
    """A batch of noise, the later samples smaller than the first; ink has a stroke for each 16 pixels of width."""
    random = torch.Generator().manual_seed(height * width)
    shrink = torch.arange(count)
    if wanted.input == "ink":
        strokes = width // 16
        mask = torch.arange(strokes)[None] < (strokes - 2 * shrink).clamp(min=1)[:, None]
        points = torch.randn(count, strokes, wanted.points, 2, generator=random)
        return batch_of_inputs({"points": points * mask[:, :, None, None], "mask": mask})
    sizes = torch.stack([height - 5 * shrink, width - 20 * shrink], dim=1)
    batch = batch_of_inputs({"images": torch.rand(count, 1, height, width, generator=random), "sizes": sizes})
    return replace(batch, images=batch.images * batch.mask)


def _inputs(graphs: Graphs, part: str, model: Recogniser, batch: Batch) -> Tensors:
    """The inputs of a graph for a batch; a step follows the encoder."""
    inputs = inputs_of(batch)
    if part == ENCODER:
        return inputs
    encoder = graphs.parts[ENCODER]
    encoded = dict(zip(encoder.outputs, encoder(*inputs.values()), strict=True))
    tokens = torch.arange(len(batch)) % len(model.vocabulary)
    return {"tokens": tokens, **{name: value.contiguous() for name, value in encoded.items()}}


def _recorded(graph: Graph, inputs: Tensors, path: Path) -> bytes:
    """A graph as an ONNX file holds it, written to `path`.

    It is recorded by tracing: torch's newer recorder takes a minute for what this one does in five seconds.
    """
    axes = {name: {axis: f"{name}_{axis}" for axis in found} for name, found in graph.varying.items()}
    torch.onnx.export(
        graph,
        tuple(inputs[name] for name in graph.varying),
        str(path),
        input_names=list(graph.varying),
        output_names=list(graph.outputs),
        dynamic_axes={**axes, **{name: {0: f"{name}_0"} for name in graph.outputs}},
        opset_version=OPSET,
        dynamo=False,
    )
    return path.read_bytes()


def _compare(graph: Graph, session: Session, inputs: Tensors) -> None:
    with plugin_code(f"{session.name}: the network failed"):
        expected = graph(*(inputs[name] for name in graph.varying))
    try:
        found = session({name: tensor.numpy() for name, tensor in inputs.items()})
    except InputError as error:
        raise PluginError(str(error)) from None
    for name, tensor in zip(graph.outputs, expected, strict=True):
        apart = difference(tensor, found[name])
        if not apart <= TOLERANCE:
            raise PluginError(
                f"{session.name}: {name} is {apart:.1e} away from the network's, at most {TOLERANCE} is allowed"
            )


def difference(expected: Tensor, found: np.ndarray) -> float:
    """Largest difference of two arrays, relative to the largest value where that is above 1; infinite if unlike."""
    wanted = expected.float().numpy()
    if wanted.shape != found.shape or not np.array_equal(np.isfinite(wanted), np.isfinite(found)):
        return math.inf
    finite = np.isfinite(wanted)
    if not finite.any():
        return 0.0
    apart = np.abs(wanted[finite] - found[finite].astype(np.float32)).max()
    return float(apart / max(1.0, float(np.abs(wanted[finite]).max())))


def _quantised(data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.onnx", Path(folder) / "after.onnx"
        before.write_bytes(data)
        logging.disable(
            logging.WARNING
        )  # it recommends, for each graph, what is for other kinds of quantisation
        try:
            quantize_dynamic(before, after, op_types_to_quantize=list(QUANTISED), weight_type=QuantType.QInt8)
        finally:
            logging.disable(logging.NOTSET)
        return after.read_bytes()
