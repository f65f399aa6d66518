"""A microservice as a module, through the choke point: the example service of docker/rates as a real process."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from executors.egress import Egress
from executors.protocol import Failed, Returned
from tests.executors.workshop import Workshop, failure, given
from tests.support.rates import CERTIFICATE, Rates, running_rates

pytestmark = pytest.mark.asyncio(loop_scope="module")
DOLLARS = {"amounts": [{"amount": 108, "currency": "USD"}]}


@pytest.fixture(scope="module")
def service() -> Iterator[Rates]:
    with running_rates() as rates:
        yield rates


@pytest.fixture
def rates(service: Rates, monkeypatch: pytest.MonkeyPatch) -> Rates:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    service.trouble(description=service.description())
    return service


@pytest_asyncio.fixture(loop_scope="module")
async def shop(rates: Rates, tmp_path: Any) -> AsyncIterator[Workshop]:
    egress = Egress(private_hosts=frozenset({rates.place}))
    workshop = Workshop(tmp_path, trust="unreviewed", options={"egress": egress})
    yield workshop
    await workshop.close()


async def convert(shop: Workshop, rates: Rates, inputs: Any = DOLLARS, **options: Any) -> Any:
    return await shop.run(rates.packed(), inputs, strategy="http", **options)


async def test_its_examples_come_true(shop: Workshop, rates: Rates) -> None:
    for path in ("dollars", "unknown"):
        example = json.loads(rates.files()[f"examples/{path}.json"])
        call = replace(shop.call(rates.packed(), example["inputs"], strategy="http"), key=path)
        [outcome] = await shop.execute([call])
        if "outputs" in example:
            assert given(outcome, "converted") == example["outputs"]["converted"]
        else:
            assert isinstance(outcome, Failed)
            error = outcome.error
            assert {"name": error.name, "data": error.data} == example["error"]
            assert not error.retryable


async def test_the_service_learns_what_it_is_asked_for(shop: Workshop, rates: Rates) -> None:
    await convert(shop, rates)
    [headers] = rates.calls()

    assert headers["idempotency-key"] == "trial"
    assert headers["lamina-contract"] == rates.packed().version.contract
    assert headers["traceparent"].startswith("00-")


async def test_the_contract_is_held_on_this_side_before_anything_is_sent(
    shop: Workshop, rates: Rates
) -> None:
    outcome = await convert(shop, rates, {"amounts": [{"amount": 1, "currency": "dollars"}]})

    assert failure(outcome) == ("system.contract", None)
    assert rates.calls() == []


@pytest.mark.parametrize(
    ("trouble", "expected", "words"),
    [
        ({"status": 200, "body": {"converted": [{"amount": "many"}]}}, "system.contract", "/0"),
        ({"status": 200, "body": {}}, "system.contract", "converted"),
        ({"status": 200, "body": {"converted": [], "more": 1}}, "system.contract", "more"),
        ({"status": 200, "body": []}, "system.contract", "no object"),
        ({"status": 422, "body": {"name": "unheard_of"}}, "system.undeclared", "unheard_of"),
        ({"status": 422, "body": {"name": "unknown_currency", "data": {}}}, "system.contract", "currency"),
        ({"status": 409, "body": {}}, "system.contract", "another contract"),
        ({"status": 404, "body": {}}, "system.contract", "404"),
        ({"status": 503, "body": {}}, "system.unavailable", "503"),
        ({"status": 429, "body": {}}, "system.unavailable", "429"),
    ],
)
async def test_what_the_service_answers_is_held_to_the_contract(
    shop: Workshop, rates: Rates, trouble: dict[str, Any], expected: str, words: str
) -> None:
    rates.trouble(trouble, description=rates.description())

    outcome = await convert(shop, rates)

    assert isinstance(outcome, Failed)
    assert outcome.error.name == expected
    assert words in outcome.error.message
    assert outcome.error.retryable == (expected == "system.unavailable")
    assert isinstance(await convert(shop, rates), Returned)


async def test_a_declared_error_says_whether_it_may_be_tried_again(shop: Workshop, rates: Rates) -> None:
    rates.trouble({"status": 422, "body": {"name": "busy"}}, description=rates.description())

    outcome = await convert(shop, rates)

    assert isinstance(outcome, Failed)
    assert (outcome.error.name, outcome.error.retryable) == ("busy", True)


async def test_a_slow_service_is_left_at_the_limit(shop: Workshop, rates: Rates) -> None:
    rates.trouble({"seconds": 3}, description=rates.description())

    assert failure(await convert(shop, rates, timeout_seconds=0.3)) == ("system.timeout", "wall")


async def test_an_address_that_is_not_public_needs_the_hosts_leave(rates: Rates, tmp_path: Any) -> None:
    workshop = Workshop(tmp_path, options={"egress": Egress()})
    try:
        outcome = await convert(workshop, rates)
    finally:
        await workshop.close()

    assert failure(outcome) == ("system.capability", None)
    assert isinstance(outcome, Failed)
    assert "not public" in outcome.error.message
    assert rates.calls() == []


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    shop: Workshop, rates: Rates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    assert failure(await convert(shop, rates)) == ("system.unavailable", None)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("x-lamina-contract",), "sha256:" + "0" * 64, "It fulfils sha256:000"),
        (
            ("components", "schemas", "Amount", "properties", "currency"),
            {"enum": ["EUR"]},
            'openapi.json#/requestBody). It no longer accepts {"inputs": {"amounts": [{"amount": 0',
        ),
        (
            ("components", "schemas", "Outputs", "properties", "converted"),
            {"type": "string"},
            'openapi.json#/responses/200/converted). It may give ""',
        ),
        (
            ("components", "schemas", "Outputs"),
            {"type": "object", "properties": {"other": True}, "additionalProperties": False},
            "It no longer gives this output",
        ),
    ],
)
async def test_a_service_that_describes_another_contract_is_not_called(
    shop: Workshop, rates: Rates, path: tuple[str, ...], value: Any, words: str
) -> None:
    description = json.loads(json.dumps(rates.description()))
    place = description
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    rates.trouble(description=description)

    outcome = await convert(shop, rates)

    assert failure(outcome) == ("system.contract", None)
    assert isinstance(outcome, Failed)
    assert words in outcome.error.message
    assert rates.calls() == []
