"""Requests that schemathesis makes of the server's own schema: whatever they hold, no answer is a 5xx."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("fastapi", reason="needs the extra serve")
pytest.importorskip("pebble", reason="needs the extra serve")
pytest.importorskip("schemathesis", reason="needs schemathesis, of the extra test")

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from hmer_suite.web.app import ServerOptions, create_app
from hmer_suite.web.limits import Limits
from hmer_suite.web.offers import find_offers

LIMITS = replace(
    Limits(), strokes=20, points=500, characters=300, pixels=200_000, body_bytes=400_000, samples=50
)

EXAMPLES = 5
"""Requests of each kind (within the schema, and outside it) to each operation."""


@pytest.fixture(scope="module")
def client():
    options = ServerOptions(find_offers(["stroke"]), limits=LIMITS, hosts=("testserver",))
    with TestClient(create_app(options), raise_server_exceptions=False) as client:
        yield client


def test_no_generated_request_is_answered_by_a_failure(client):
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    operations = [found.ok() for found in schema.get_all_operations()]
    answers: dict[str, set[int]] = {}
    for operation in operations:
        # Nothing can be wrong with a request that has neither body nor parameters.
        outside = [GenerationMode.NEGATIVE] if operation.method == "post" else []
        for mode in (GenerationMode.POSITIVE, *outside):
            _try(
                client,
                operation.as_strategy(generation_mode=mode),
                answers.setdefault(operation.label, set()),
            )
    assert len(operations) >= 10
    assert {label: max(codes) for label, codes in answers.items() if max(codes) >= 500} == {}
    assert any(min(codes) == 200 for codes in answers.values())


def _try(client: TestClient, cases, codes: set[int]) -> None:
    quiet = settings(
        max_examples=EXAMPLES, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )

    @quiet
    @given(case=cases)
    def ask(case):
        words = case.as_transport_kwargs(base_url="http://testserver")
        words.pop("cookies", None)
        if isinstance(words.get("data"), str | bytes):
            words["content"] = words.pop("data")
        codes.add(client.request(**words).status_code)

    ask()
