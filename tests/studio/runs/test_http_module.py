"""A microservice in a graph: retries by declared errors, and a breaker when it is down."""

from collections.abc import Iterator
from typing import Any

import pytest

from modules_catalog.bundle import write_bundle
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.store_bundle import store_bundle
from studio.graphs.actions.create_graph import create_graph
from studio.runs.actions.start_run import start_run
from studio.runs.models import Run
from tests.studio.cast import Person
from tests.support.rates import CERTIFICATE, Rates, running_rates
from tests.support.studio import running_engine, settled

DOLLARS = [{"amount": 108, "currency": "USD"}]
AMOUNTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "amount": {"type": "number", "minimum": 0, "maximum": 1e9},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "required": ["amount", "currency"],
        "additionalProperties": False,
    },
}
BUSY = {"status": 422, "body": {"name": "busy"}}
DOWN = {"status": 503}


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rates]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with running_rates() as service:
        yield service


def started(author: Person, rates: Rates, *, retry: dict[str, Any]) -> Run:
    files = rates.files(name="text/convert-amounts")
    digest = store_bundle(author.viewer, write_bundle(files)).candidate.bundle.digest
    publish_version(author.viewer, digest=digest)
    document = {
        "format": "lamina/graph@1",
        "title": "Convert",
        "nodes": {
            "amounts": {"kind": "input", "name": "amounts", "port": {"media": "json", "schema": AMOUNTS}},
            "convert": {
                "kind": "module",
                "module": "text/convert-amounts",
                "pin": "1.0.0",
                "bundle": digest,
                "retry": retry,
            },
            "out": {"kind": "output", "name": "converted"},
        },
        "edges": {"amounts:value>convert:amounts": {}, "convert:converted>out:value": {}},
    }
    graph = create_graph(author.viewer, team="text", title="Convert", document=document).graph
    rates.trouble(description=rates.description())
    return start_run(author.viewer, graph=graph.pk, inputs={"amounts": DOLLARS})


@pytest.mark.django_db(transaction=True)
def test_a_service_carries_out_a_node_and_is_asked_again_where_its_error_says_so(
    author: Person, rates: Rates
) -> None:
    run = started(author, rates, retry={"attempts": 3, "first_seconds": 0.01})
    rates.trouble(BUSY, BUSY, description=rates.description())
    with running_engine(private_hosts=frozenset({rates.place})):
        run = settled(run)

    assert run.status == "succeeded", list(run.events.values_list("type", "data"))
    assert run.outputs["converted"]["value"] == [{"amount": 100.0, "currency": "EUR"}]
    calls = rates.calls()
    assert len(calls) == 3
    assert len({call["idempotency-key"] for call in calls}) == 1


@pytest.mark.django_db(transaction=True)
def test_a_service_that_is_down_opens_the_breaker(author: Person, rates: Rates) -> None:
    run = started(author, rates, retry={"attempts": 9, "first_seconds": 0.01})
    rates.trouble(*[DOWN] * 20, description=rates.description())
    with running_engine(private_hosts=frozenset({rates.place})):
        settled(run, lambda run: run.events.filter(type="breaker_opened").exists())

    assert len(rates.calls()) == 5
