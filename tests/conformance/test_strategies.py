"""One suite for every strategy: equal outputs, errors, limits, cancellation."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from contracts.module import Strategy
from executors.egress import Egress
from executors.protocol import Failed, Outcome, Returned
from executors.trial import Packed
from tests.conformance.subject import (
    LOOPS,
    component_subject,
    http_answer,
    http_subject,
    python_subject,
    wasm_subject,
)
from tests.executors.workshop import Workshop, failure

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Bench:
    workshop: Workshop
    packed: Packed
    strategy: Strategy

    async def call(self, digit: int, seconds: float = 10) -> Outcome:
        return await self.workshop.run(
            self.packed, {"x": digit}, strategy=self.strategy, timeout_seconds=seconds
        )


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"GET "):  # it does not describe itself
        writer.write(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n")
        writer.close()
        return
    lines = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line)
    body = await reader.readexactly(int(lines["content-length"]))
    assert lines["idempotency-key"] == "trial"
    assert lines["lamina-contract"].startswith("sha256:")
    if f'"x":{LOOPS}'.encode() in body:
        await reader.read()
    else:
        status, answer = http_answer(body)
        writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%b" % (status, len(answer), answer))
    writer.close()


@pytest_asyncio.fixture(
    params=["inline", "process", "process, one call each", "wasm", "wasm, a component", "http"],
    scope="module",
    loop_scope="module",
)
async def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    strategy, _, way = request.param.partition(", ")
    subjects = {
        "wasm": wasm_subject,
        "wasm, a component": component_subject,
        "http": lambda: http_subject(port),
    }
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    packed = subjects.get(request.param, python_subject)()
    workshop = Workshop(
        tmp_path_factory.mktemp("bench"),
        trust="unreviewed" if way == "one call each" else "shipped",
        options={"egress": Egress(private_hosts=frozenset({f"127.0.0.1:{port}"}))},
    )
    yield Bench(workshop, packed, strategy)
    await workshop.close()
    server.close()
    await server.wait_closed()


async def test_outputs_are_the_same_bytes(bench: Bench) -> None:
    outcome = await bench.call(1)

    assert isinstance(outcome, Returned), outcome
    assert outcome.outputs["y"].data == '{"a":"ü","b":[1,2.5,null,true],"n":1}'.encode()
    assert outcome.cost.execute > 0


async def test_every_boundary_of_a_call_has_its_cost(bench: Bench) -> None:
    cost = (await bench.call(1)).cost
    # Inline hands objects over; a service tells nobody how long it worked, so its way counts as execution.
    crossed = {"inline": ("transport",), "http": ("serialise",)}.get(
        bench.strategy, ("serialise", "transport")
    )

    for boundary in ("validate", "execute", *crossed):
        assert getattr(cost, boundary) > 0, boundary
    assert cost.queue >= 0


async def test_a_declared_error_comes_with_its_data_and_what_the_contract_says_of_it(bench: Bench) -> None:
    outcome = await bench.call(2)

    assert isinstance(outcome, Failed)
    error = outcome.error
    assert (error.name, error.message, error.data, error.retryable) == ("refused", "not that", {"x": 2}, True)


@pytest.mark.parametrize(
    ("digit", "name", "words"),
    [
        (5, "system.contract", "output port y: /n"),
        (6, "system.undeclared", "unheard"),
        (7, "system.contract", "output port z"),
        (8, "system.contract", "error refused"),
    ],
)
async def test_what_breaks_the_contract_is_told_with_its_place(
    bench: Bench, digit: int, name: str, words: str
) -> None:
    outcome = await bench.call(digit)

    assert isinstance(outcome, Failed)
    assert outcome.error.name == name
    assert words in outcome.error.message
    assert not outcome.error.retryable


async def test_an_input_that_breaks_the_contract_never_reaches_the_module(bench: Bench) -> None:
    outcome = await bench.workshop.run(bench.packed, {"x": 11}, strategy=bench.strategy)

    assert failure(outcome) == ("system.contract", None)
    assert isinstance(outcome, Failed)
    assert "test/subject@1.0.0" in outcome.error.message
    assert "input port x: /" in outcome.error.message


async def test_a_crash_is_an_outcome_and_the_next_call_is_served(bench: Bench) -> None:
    crashed = await bench.call(4)

    assert isinstance(crashed, Failed)
    assert crashed.error.name in ("system.crashed", "system.unavailable")
    assert crashed.error.retryable
    assert isinstance(await bench.call(1), Returned)


async def test_an_endless_call_ends_at_its_limit_and_the_next_one_is_served(bench: Bench) -> None:
    assert isinstance(await bench.call(1), Returned)
    assert failure(await bench.call(LOOPS, seconds=0.3)) == ("system.timeout", "wall")
    assert isinstance(await bench.call(1), Returned)


async def test_many_calls_have_one_outcome_each(bench: Bench) -> None:
    digits = [1, 2, 5, 6] * 10

    outcomes = await bench.workshop.run_all(
        bench.packed, [{"x": digit} for digit in digits], strategy=bench.strategy
    )

    names = [outcome.error.name if isinstance(outcome, Failed) else "returned" for outcome in outcomes]
    assert names == ["returned", "refused", "system.contract", "system.undeclared"] * 10


async def test_a_cancelled_call_delivers_nothing_and_the_next_one_is_served(bench: Bench) -> None:
    assert isinstance(await bench.call(1), Returned)
    running = asyncio.create_task(bench.call(LOOPS, seconds=1))
    await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    if bench.strategy != "inline":  # a thread cannot be stopped
        assert isinstance(await bench.call(1), Returned)
