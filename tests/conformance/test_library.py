"""Every shipped module on every strategy that it declares: equal answers, errors, limits, cancellation."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from contracts.canonical import canonical_bytes
from contracts.module import Strategy
from executors.protocol import Call, Outcome, Returned, Value
from executors.trial import Packed, pack_files, trial_call
from modules_catalog.candidate import Candidate, read_candidate
from modules_catalog.checks.examples import ExampleCase, cases_of, check_error, check_outputs
from modules_catalog.library import shipped_bundles
from tests.executors.workshop import Workshop, failure

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANDIDATES = {candidate.manifest.name: candidate for candidate in map(read_candidate, shipped_bundles())}
PACKED = {name: pack_files(candidate.bundle.files) for name, candidate in CANDIDATES.items()}
TWINS = {name: f"{name}-wasm" for name in CANDIDATES if f"{name}-wasm" in CANDIDATES}
ON_EACH_STRATEGY = pytest.mark.parametrize(
    ("name", "strategy"),
    [
        pytest.param(name, strategy, id=f"{name.removeprefix('lamina/')}-{strategy}")
        for name, candidate in CANDIDATES.items()
        for strategy in candidate.manifest.strategies
    ],
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    workshop = Workshop(tmp_path_factory.mktemp("library"))
    yield workshop
    await workshop.close()


def call_of(shop: Workshop, name: str, case: ExampleCase, strategy: Strategy) -> Call:
    """An example as the engine would ask for it."""
    packed: Packed = PACKED[name]
    shop.bundles.put(packed.files)
    blobs = {port: data for port, data in case.inputs.items() if isinstance(data, bytes)}
    texts = {port: value for port, value in case.inputs.items() if port not in blobs}
    call = trial_call(packed, texts, strategy=strategy, config=dict(case.config), timeout_seconds=60)
    ports = packed.contract.ports.inputs
    values = {
        port: Value(media=ports[port].media, size=len(data), data=data, type=_type(ports[port]))
        for port, data in blobs.items()
    }
    return replace(call, inputs={**call.inputs, **values})


def _type(port: Any) -> str | None:
    return None if port.media == "table" else str(port.type)


def answer_of(shop: Workshop, outcome: Outcome) -> tuple[str, dict[str, Any]]:
    """("outputs", by port: JSON or bytes) or ("error", document)."""
    if not isinstance(outcome, Returned):
        error = outcome.error
        return "error", {"name": error.name, "message": error.message, "data": error.data}
    return "outputs", {port: _plain(shop, value) for port, value in outcome.outputs.items()}


def _plain(shop: Workshop, value: Value) -> Any:
    if value.media == "json":
        assert value.data is not None
        return json.loads(value.data)
    assert value.artifact is not None
    with shop.artifacts.open(value.artifact) as file:
        return file.read()


@ON_EACH_STRATEGY
async def test_every_example_comes_true(shop: Workshop, name: str, strategy: Strategy) -> None:
    candidate = CANDIDATES[name]
    cases = list(cases_of(candidate))

    outcomes = await shop.execute([call_of(shop, name, case, strategy) for case in cases])

    assert cases, "a shipped module has examples"
    for case, outcome in zip(cases, outcomes, strict=True):
        assert _differences(candidate, case, *answer_of(shop, outcome)) == [], case.name


def _differences(candidate: Candidate, case: ExampleCase, kind: str, answer: dict[str, Any]) -> list[Any]:
    if kind == "error":
        return check_error(case, answer)
    return check_outputs(candidate.contract, case, answer)


@pytest.mark.parametrize(
    "name", [name for name, one in CANDIDATES.items() if len(one.manifest.strategies) > 1]
)
async def test_the_strategies_of_a_module_answer_with_the_same_bytes(shop: Workshop, name: str) -> None:
    for case in cases_of(CANDIDATES[name]):
        strategies = CANDIDATES[name].manifest.strategies
        [first, *others] = await asyncio.gather(
            *(shop.execute([call_of(shop, name, case, strategy)]) for strategy in strategies)
        )
        for other in others:
            assert _bytes(shop, other[0]) == _bytes(shop, first[0]), case.name


@pytest.mark.parametrize("name", TWINS)
async def test_a_wasm_version_answers_with_the_bytes_of_the_python_one(shop: Workshop, name: str) -> None:
    for case in cases_of(CANDIDATES[name]):
        [python] = await shop.execute([call_of(shop, name, case, "process")])
        [wasm] = await shop.execute([call_of(shop, TWINS[name], case, "wasm")])
        assert _bytes(shop, wasm) == _bytes(shop, python), case.name


def _bytes(shop: Workshop, outcome: Outcome) -> object:
    if isinstance(outcome, Returned):
        return {port: value.data or value.artifact for port, value in outcome.outputs.items()}
    return canonical_bytes(answer_of(shop, outcome)[1])


@ON_EACH_STRATEGY
async def test_outputs_beyond_the_limit_are_refused(shop: Workshop, name: str, strategy: Strategy) -> None:
    case = next((case for case in cases_of(CANDIDATES[name]) if case.outputs is not None), None)
    if case is None:
        return  # every example of a module that needs the network is an error
    call = call_of(shop, name, case, strategy)
    limits = replace(call.version.limits, output_bytes=1)
    version = replace(call.version, limits=limits)

    [outcome] = await shop.execute([replace(call, version=version)])

    assert failure(outcome)[1] == "output"
    assert failure(outcome)[0] in ("system.limit", "system.contract")


@ON_EACH_STRATEGY
async def test_settings_that_the_contract_does_not_know_are_refused(
    shop: Workshop, name: str, strategy: Strategy
) -> None:
    case = next(iter(cases_of(CANDIDATES[name])))
    call = replace(call_of(shop, name, case, strategy), config=b'{"no_such_setting":1}')

    assert failure((await shop.execute([call]))[0]) == ("system.contract", None)


@ON_EACH_STRATEGY
async def test_a_cancelled_call_delivers_nothing_and_the_next_is_served(
    shop: Workshop, name: str, strategy: Strategy
) -> None:
    case = next(iter(cases_of(CANDIDATES[name])))
    expected = (await shop.execute([call_of(shop, name, case, strategy)]))[0]
    delivered: list[Outcome] = []

    running = asyncio.create_task(
        shop.execution.execute(
            [call_of(shop, name, case, strategy)] * 50, lambda _, outcome: delivered.append(outcome)
        )
    )
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    so_far = len(delivered)
    again = (await shop.execute([call_of(shop, name, case, strategy)]))[0]

    assert so_far == len(delivered) < 50
    assert _bytes(shop, again) == _bytes(shop, expected)
