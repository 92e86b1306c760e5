"""The JSON API, with real workers and a shipped recogniser."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the extra serve")
pytest.importorskip("pebble", reason="needs the extra serve")

from fastapi.testclient import TestClient
from PIL import Image, ImageDraw
from starlette.responses import PlainTextResponse

from hmer_suite.version import __version__
from hmer_suite.web.app import ServerOptions, create_app
from hmer_suite.web.limits import Limits
from hmer_suite.web.offers import find_offers
from hmer_suite.web.security import Protected
from tests.web.ink import EQUATION

LIMITS = replace(
    Limits(), strokes=20, points=500, characters=300, pixels=200_000, body_bytes=400_000, samples=50
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    (runs / "first").mkdir()
    lines = [
        {"step": 20, "seconds": 2.0, "loss": 3.5, "lr": 1e-3},
        {"step": 40, "validation": {"exprate": 12.5, "wer": 80, "loss": "not a number"}},
    ]
    (runs / "first" / "log.jsonl").write_text("\n".join(map(json.dumps, lines)) + '\n{"step": 60, "lo')
    options = ServerOptions(find_offers(["stroke", "wap"]), limits=LIMITS, hosts=("testserver",), runs=runs)
    with TestClient(create_app(options)) as client:
        yield client


def post(client, path: str, **body):
    return client.post(f"/v1/{path}", json=body)


def picture(width: int = 80, height: int = 60) -> str:
    """A plus sign as a data URI."""
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    draw.line([(20, 30), (60, 30)], fill=0, width=3)
    draw.line([(40, 10), (40, 50)], fill=0, width=3)
    stored = io.BytesIO()
    image.save(stored, "PNG")
    return "data:image/png;base64," + base64.b64encode(stored.getvalue()).decode()


# ---------------------------------------------------------------- reading


def test_strokes_are_read(client):
    answer = post(client, "strokes", strokes=EQUATION, attention=True).json()
    assert answer["latex_styled"] == answer["nbest"][0]["latex_styled"] == "1 = 1"
    assert answer["valid"] and answer["mathml"].startswith("<math") and answer["recogniser"] == "stroke"
    assert 0 < answer["confidence"] <= 1 and [one["token"] for one in answer["tokens"]] == ["1", "=", "1"]
    assert len(answer["attention"]) == 3 and len(answer["attention"][0]) == 4
    assert sum(answer["attention"][0]) == pytest.approx(1, abs=0.01)


def test_reading_goes_on_from_a_correction(client):
    answer = post(client, "strokes", strokes=EQUATION, prefix="t").json()
    assert answer["latex_styled"].split()[0] == "t"
    refused = post(client, "strokes", strokes=EQUATION, prefix=r"\aleph")
    assert refused.status_code == 400 and r"does not write \aleph" in refused.json()["error"]


@pytest.mark.parametrize("recogniser", ["stroke", "wap"])
def test_image_is_read_with_attention_to_its_parts(client, recogniser: str):
    answer = post(client, "image", src=picture(), recogniser=recogniser, attention=True).json()
    assert answer["recogniser"] == recogniser and answer["tokens"] and answer["attention"] is None
    seen = answer["attention_map"]
    assert seen["box"] == pytest.approx([20 / 80, 10 / 60, 61 / 80, 51 / 60], abs=0.03)
    assert len(seen["weights"]) == len(answer["tokens"])
    for weights in seen["weights"]:
        assert len(weights) == seen["rows"] * seen["columns"] <= 400
        assert sum(weights) == pytest.approx(1, abs=0.02)


def test_attention_is_only_given_where_it_is_wanted(client):
    answer = post(client, "image", src=picture()).json()
    assert answer["attention"] is None and answer["attention_map"] is None


def test_recogniser_of_images_attends_to_strokes(client):
    answer = post(client, "strokes", strokes=EQUATION, recogniser="wap", attention=True).json()
    assert answer["latex_styled"] == "1 = 1"
    strongest = [max(range(4), key=row.__getitem__) for row in answer["attention"]]
    assert strongest[0] == 0 and strongest[1] in (1, 2) and strongest[2] == 3


def test_nothing_written_is_an_empty_reading(client):
    answer = post(client, "strokes", strokes={"strokes": {"x": [], "y": []}}).json()
    assert answer["latex_styled"] == "" and answer["mathml"] is None and answer["tokens"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("strokes", {"strokes": {"strokes": {"x": [[1, 2]], "y": [[1]]}}}, 422, "stroke 1"),
        ("strokes", {"strokes": {"strokes": {"x": [[1]] * 21, "y": [[1]] * 21}}}, 413, "21, where 20"),
        ("strokes", {"strokes": {"strokes": {"x": [[1] * 501], "y": [[1] * 501]}}}, 413, "501 points"),
        ("strokes", {"strokes": EQUATION, "recogniser": "/etc/passwd"}, 404, "no such recogniser"),
        ("strokes", {"strokes": EQUATION, "colour": "red"}, 422, "colour"),
        ("strokes", {"strokes": EQUATION, "beam": 1000}, 422, "beam"),
        ("image", {"src": "http://example.org/a.png"}, 422, "data URI"),
        ("image", {"src": "data:image/png;base64,AAAA"}, 422, "not a"),
        ("image", {"src": "data:image/png;base64,%%%"}, 422, "base64"),
        ("image", {"src": picture(1000, 300)}, 422, "1000 x 300 pixels, more than 200,000"),
        ("image", {"src": picture(4000, 20)}, 422, "no picture of a formula"),
        ("validate", {"latex": "x" * 301}, 413, "301 characters"),
        ("draw", {"latex": "{"}, 422, "only a valid formula"),
        ("score", {"predictions": {"content": "a\n" * 60}}, 413, "50 lines"),
        ("score", {"predictions": {"content": "a\tx\n", "suffix": "/../x"}}, 422, "suffix"),
        ("score", {"predictions": {"content": "%", "encoding": "base64"}}, 422, "base64"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(client, path, body, status, said):
    refused = post(client, path, **body)
    assert refused.status_code == status
    assert said in refused.json()["error"] and "\n" not in refused.json()["error"]


@pytest.mark.parametrize(
    "body", ["{", '{"latex": NaN}', '{"latex": "\\ud800"}', "[" * 100_000, "null", b"\xff\xfe"]
)
def test_bodies_that_are_not_json_are_refused(client, body):
    for path in ("validate", "strokes"):
        refused = client.post(f"/v1/{path}", content=body, headers={"content-type": "application/json"})
        assert 400 <= refused.status_code < 500 and refused.json()["error"]


def test_large_bodies_are_not_read(client):
    assert post(client, "validate", latex="x" * 500_000).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(100))
    assert client.post("/v1/validate", content=chunks).status_code == 413


def test_more_requests_than_may_wait_are_refused_with_the_time_to_try_again(client, monkeypatch):
    services = client.app.state.services
    for place, path, body in (
        (services.readers, "strokes", {"strokes": EQUATION}),
        (services.texts, "canon", {"latex": "x"}),
        (services.comparing, "equal", {"first": "x", "second": "y"}),
        (services.scoring, "score", {"predictions": {"content": "a\tx\n"}}),
    ):
        monkeypatch.setattr(place, "pending", 10_000)
        refused = post(client, path, **body)
        assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0
        assert refused.json()["error_info"]["id"] == "busy"
        monkeypatch.undo()


def test_work_that_takes_too_long_is_given_up(client, monkeypatch):
    services = client.app.state.services
    monkeypatch.setattr(services, "limits", replace(LIMITS, scoring_seconds=0.01))
    refused = post(client, "score", predictions={"content": "a\tx\n", "suffix": ".tsv"})
    assert refused.status_code == 422 and refused.json()["error_info"]["id"] == "too_slow"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_scoring_is_limited_in_memory(client, monkeypatch):
    services = client.app.state.services
    monkeypatch.setattr(services, "limits", replace(LIMITS, scoring_memory=30_000_000))
    refused = post(client, "score", predictions={"content": "a\tx\n", "suffix": ".tsv"})
    assert refused.status_code == 503 and "memory" in refused.json()["error"]


# ---------------------------------------------------------------- formulas


def test_formulas_are_checked_repaired_canonised_compared_and_drawn(client):
    wrong = post(client, "validate", latex="x^{2").json()
    assert not wrong["valid"] and wrong["mathml"] is None and wrong["problems"][0]["start"] == 2
    right = post(client, "validate", latex="x^2").json()
    assert right["valid"] and right["tokens"] == ["x", "^", "2"] and "msup" in right["mathml"]
    assert post(client, "fix", latex="x^{2").json()["output"] == "x ^ { 2 }"
    assert post(client, "canon", latex="x^2").json() == {"output": "x ^ { 2 }"}
    assert post(client, "equal", first="a+b", second="b+a").json()["verdict"] == "EQUAL"
    drawn = post(client, "draw", latex=r"\frac12")
    assert drawn.headers["content-type"] == "image/svg+xml" and drawn.text.startswith("<svg")
    assert post(client, "draw", latex=r"\vec{x}").text.startswith(
        "<svg"
    )  # its arrow is smaller than the text


def test_prediction_file_is_scored(client):
    asked = {
        "predictions": {"content": "a\tx+1\nb\ty\n", "suffix": ".tsv"},
        "references": {"content": "a\tx+1\nb\tz\n", "suffix": ".tsv"},
    }
    answer = post(client, "score", **asked, report=True).json()
    assert answer["scores"]["canonical"]["exprate"] == 50 and answer["report"].startswith("<!DOCTYPE html")
    packed = {"content": base64.b64encode(b"a\tx\n").decode(), "suffix": ".tsv", "encoding": "base64"}
    assert post(client, "score", predictions=packed, references=packed).json()["scores"]["n"] == 1
    asked["references"]["content"] = "a\tx\na\ty\n"
    refused = post(client, "score", **asked)
    assert refused.status_code == 422 and "references.tsv" in refused.json()["error"]


# ---------------------------------------------------------------- runs, health, pages


def test_runs_are_listed_and_drawn(client):
    (run,) = client.get("/v1/runs").json()
    assert (run["name"], run["steps"], run["best"]) == ("first", 40, 12.5)
    points = client.get("/v1/runs/first").json()["points"]
    assert [(p["step"], p["loss"], p["exprate"]) for p in points] == [(20, 3.5, None), (40, None, 12.5)]
    assert (points[1]["wer"], points[1]["validation_loss"]) == (80.0, None)
    for name in ("second", "..", "%2e%2e", "..%2ffirst"):
        assert client.get(f"/v1/runs/{name}").status_code == 404


def test_server_tells_how_it_is(client):
    assert client.get("/health").json() == {"status": "ok", "version": __version__, "waiting": 0}
    post(client, "canon", latex="x")
    assert 'hmer_requests_total{route="/v1/canon",status="200"}' in client.get("/metrics").text


@pytest.mark.parametrize("page", ["/", "/score", "/runs", "/docs"])
def test_pages_load_nothing_from_elsewhere(client, page):
    answer = client.get(page)
    assert answer.status_code == 200 and "script-src 'self'" in answer.headers["content-security-policy"]
    assert "http://" not in answer.text and "https://" not in answer.text
    assert "<script>" not in answer.text and "style=" not in answer.text


# ---------------------------------------------------------------- protection


def test_other_sites_and_other_names_are_refused(client):
    headers = {"origin": "https://elsewhere.example"}
    refused = client.post("/v1/canon", json={"latex": "x"}, headers=headers)
    assert refused.status_code == 403 and "elsewhere" in refused.json()["error"]
    assert (
        client.post("/v1/canon", json={"latex": "x"}, headers={"origin": "http://testserver"}).status_code
        == 200
    )
    refused = client.get("/health", headers={"host": "rebound.example:8000"})
    assert refused.status_code == 400 and refused.json()["error_info"]["id"] == "host"


@pytest.mark.parametrize(
    ("hosts", "host", "status"),
    [
        (("[::1]",), "[::1]:8000", 200),
        (("[::1]",), "[::2]", 400),
        (("localhost",), "localhost", 200),
        (("*.school.example",), "a.school.example:80", 200),
        (("*.school.example",), "school.example.evil", 400),
        (("*",), "any.example", 200),
        (("localhost",), "", 400),
    ],
)
def test_names_of_the_server(hosts, host, status):
    async def answered(scope, receive, send):
        await PlainTextResponse("here")(scope, receive, send)

    client = TestClient(Protected(answered, hosts=hosts))
    assert client.get("/", headers={"host": host}).status_code == status


def test_sites_that_are_allowed_may_ask(tmp_path):
    site = "https://school.example"
    app = create_app(ServerOptions(find_offers(["stroke"]), hosts=("testserver",), origins=(site,)))
    with TestClient(app) as client:
        answer = client.post("/v1/canon", json={"latex": "x"}, headers={"origin": site})
        assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == site


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_request_after_a_killed_worker_is_answered(client):
    services = client.app.state.services
    worker = client.portal.call(services.readers.run, os.getpid)
    os.kill(worker, signal.SIGKILL)
    assert post(client, "strokes", strokes=EQUATION).json()["latex_styled"] == "1 = 1"
    assert client.portal.call(services.readers.run, os.getpid) != worker


def test_nothing_of_what_was_sent_is_kept(client, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    post(client, "score", predictions={"content": "a\tx\n", "suffix": ".tsv"})
    assert list(Path(tmp_path).iterdir()) == []
