r"""The same three samples in every layout of prediction and label files, with the command that scores them.

The samples are ``UN_1`` (right), ``UN_2`` (wrong) and ``UN_3`` (right, with a comma). `LAYOUTS` is what the page on
formats shows: the name of a layout, the command that a user types, and a description.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from hmer_suite.predictions.label_graphs import write_label_graph
from hmer_suite.scores.label_graphs import graph_of

IDS = ("UN_1", "UN_2", "UN_3")
PREDICTIONS = ("1 + 1", "1 |", "x , y")
REFERENCES = ("1 + 1", "1 1", "x , y")
ROWS = list(zip(IDS, PREDICTIONS, REFERENCES, strict=True))

REFS = "".join(f"{name}\t{reference}\n" for name, _, reference in ROWS)


@dataclass(frozen=True)
class Example:
    """A layout: its name, the command in a folder with `files` and ``refs.tsv``, and a description."""

    name: str
    command: str
    description: str
    files: Mapping[str, bytes | str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The file or folder that has this layout."""
        return self.command.split()[2]


def _lines(row: str) -> str:
    """One line for each sample from a pattern with {id}, {pred} and {ref}."""
    return "".join(row.format(id=name, pred=pred, ref=ref) + "\n" for name, pred, ref in ROWS)


def _jsonl(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, pred, _ in ROWS:
            archive.writestr(f"{name}.txt", f"%{name}\n${pred}$")
    return out.getvalue()


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"image_id": IDS, "prediction": PREDICTIONS, "label": REFERENCES}), sink)
    return sink.getvalue()


def _chat(text: str) -> dict[str, object]:
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}


CSV = 'id,pred,gt\nUN_1,1 + 1,1 + 1\nUN_2,1 |,1 1\nUN_3,"x , y","x , y"\n'
TSV = _lines("{id}\t{pred}\t{ref}")

SCORE, WITH_REFS = "hmer-suite score", "--refs refs.tsv"

EXAMPLES = [
    # one sample a line
    Example("tab-separated", f"{SCORE} preds.tsv", "`id`, prediction and perhaps reference, as `predict -o` writes it",
            {"preds.tsv": TSV}),
    Example("WAP and its descendants", f"{SCORE} preds.txt {WITH_REFS}", "`id token token ...`",
            {"preds.txt": _lines("{id} {pred}")}),
    Example("sclite's transcripts", f"{SCORE} hyp.trn {WITH_REFS}", "`token token ... (id)`",
            {"hyp.trn": _lines("{pred} ({id})")}),
    Example("plain lines", f"{SCORE} preds.txt --refs labels.txt", "one formula a line, matched by number",
            {"preds.txt": _lines("{pred}"), "labels.txt": _lines("{ref}")}),
    Example("im2markup's results", f"{SCORE} results.txt", "image, reference, prediction and perhaps two scores",
            {"results.txt": _lines("{id}.png\t{ref}\t{pred}\t-1.5\t-1.25")}),
    Example("paths for ids", f"{SCORE} paths.txt {WITH_REFS}", "ids match without folder and suffix, with a warning",
            {"paths.txt": _lines("data/test/{id}.png {pred}")}),
    # tables
    Example("TSV with a header", f"{SCORE} preds.tsv", "names in any order, such as `img_id`, `prediction`, `label`",
            {"preds.tsv": "gt\timg_id\tprediction\n" + _lines("{ref}\t{id}\t{pred}")}),
    Example("CSV", f"{SCORE} preds.csv", "with a header or without, quotes where needed", {"preds.csv": CSV}),
    Example("CSV with semicolons", f"{SCORE} preds.csv", "as spreadsheets of some countries write it",
            {"preds.csv": "id;pred;gt\n" + _lines("{id};{pred};{ref}")}),
    Example("CSV that names its separator", f"{SCORE} preds.csv", "a first line `sep=;`, as Excel writes and reads it",
            {"preds.csv": "sep=;\nid;pred;gt\n" + _lines("{id};{pred};{ref}")}),
    Example("a spreadsheet's Unicode text", f"{SCORE} preds.txt", "tabs and UTF-16",
            {"preds.txt": ("id\tpred\tgt\n" + TSV).encode("utf-16")}),
    Example("other names of columns", f"{SCORE} preds.csv --columns id=file,pred=ours,ref=truth", "by name or number",
            {"preds.csv": "file,ours,truth\n" + CSV.partition("\n")[2]}),
    Example("Markdown table", f"{SCORE} preds.md", "a row of names over a row of hyphens, with text around it or none",
            {"preds.md": "# Ours\n\n| id | pred | gt |\n|---|:--|--:|\n" + "".join(
                f"| {name} | `{pred}` | ${ref}$ |\n" for name, pred, ref in ROWS)}),
    Example("compressed", f"{SCORE} preds.tsv.gz", "any text, packed by gzip, xz (`.xz`) or bzip2 (`.bz2`)",
            {"preds.tsv.gz": gzip.compress(TSV.encode())}),
    Example("Parquet", f"{SCORE} preds.parquet", "columns under usual names; pictures beside them are not read",
            {"preds.parquet": _parquet()}),
    # JSON
    Example("JSON by id", f"{SCORE} preds.json", '`{id: {"pred", "gt"}}`, as TAMER writes it',
            {"preds.json": json.dumps({name: {"pred": pred, "gt": ref} for name, pred, ref in ROWS})}),
    Example("JSON, predictions by id", f"{SCORE} preds.json {WITH_REFS}", "`{id: prediction}`",
            {"preds.json": json.dumps(dict(zip(IDS, PREDICTIONS, strict=True)))}),
    Example("JSON list of records", f"{SCORE} preds.json", '`[{"img_id", "pred", "gt"}]`, as Uni-MuMER writes it',
            {"preds.json": json.dumps([{"img_id": name, "pred": pred, "gt": ref} for name, pred, ref in ROWS])}),
    Example("JSON list of rows", f"{SCORE} preds.json", "`[[id, prediction, reference]]`, perhaps under a row of names",
            {"preds.json": json.dumps(ROWS)}),
    Example("JSON list of predictions", f"{SCORE} preds.json --refs labels.txt", "without ids",
            {"preds.json": json.dumps(PREDICTIONS), "labels.txt": _lines("{ref}")}),
    Example("JSON columns", f"{SCORE} preds.json", "lists, or objects by row as data frames write them",
            {"preds.json": json.dumps({"id": IDS, "pred": PREDICTIONS, "gt": REFERENCES})}),
    Example("JSON lines", f"{SCORE} preds.jsonl", "`id`, `pred`, perhaps `gt`, `nbest`, `confidence`",
            {"preds.jsonl": _jsonl(*({"id": name, "pred": pred, "gt": ref} for name, pred, ref in ROWS))}),
    Example("LLaMA-Factory", f"{SCORE} generated_predictions.jsonl", "`prompt`, `predict`, `label`, without ids",
            {"generated_predictions.jsonl": _jsonl(*(
                {"prompt": "Read.", "predict": pred, "label": ref} for _, pred, ref in ROWS))}),
    Example("batch of OpenAI's interface", f"{SCORE} batch.jsonl {WITH_REFS}", "`custom_id` and a response",
            {"batch.jsonl": _jsonl(*({"id": f"r{name}", "custom_id": name, "response": {"body": _chat(pred)}}
                                     for name, pred, _ in ROWS))}),
    Example("batch of Anthropic's interface", f"{SCORE} batch.jsonl {WITH_REFS}", "`custom_id` and a result",
            {"batch.jsonl": _jsonl(*({"custom_id": name, "result": {"type": "succeeded", "message": {
                "content": [{"type": "text", "text": pred}]}}} for name, pred, _ in ROWS))}),
    Example("output of a language model", f"{SCORE} preds.jsonl --extract",
            "the formula is taken from fences, dollars, `\\[ \\]`, `\\boxed`, `equation`, prose",
            {"preds.jsonl": _jsonl(*({"id": name, "response": f"The formula is:\n$${pred}$$\n", "gt": ref}
                                     for name, pred, ref in ROWS))}),
    # folders
    Example("folder of texts", f"{SCORE} result {WITH_REFS}", "`NAME.txt`: `%NAME`, then `$latex$`, as CoMER writes it",
            {f"result/{name}.txt": f"%{name}\n${pred}$" for name, pred, _ in ROWS}),
    Example("archive of texts", f"{SCORE} result.zip {WITH_REFS}", "the same as a zip archive",
            {"result.zip": _archive()}),
    Example("label graphs", f"{SCORE} graphs {WITH_REFS}", "`NAME.lg` of CROHME; `score --lg DIR` writes them",
            {f"graphs/{name}.lg": write_label_graph(name, graph_of(pred)) for name, pred, _ in ROWS}),
]  # fmt: skip

LAYOUTS = [(example.name, example.command, example.description) for example in EXAMPLES]
"""Name of a layout, the command that a user types, and a description."""
