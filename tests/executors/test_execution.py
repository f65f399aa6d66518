"""The choke point: what may run, and what is told of it."""

import os

import pytest
from msgspec.structs import replace

from executors.interchange import decode
from executors.protocol import Failed, Returned, Value
from tests.executors.workshop import Workshop, failure, json_port, module

pytestmark = pytest.mark.asyncio(loop_scope="module")
NO_OP = "def run(inputs, context):\n    return {'y': inputs['x']}\n"


async def test_only_shipped_modules_run_inline(workshop: Workshop) -> None:
    packed = module(NO_OP)
    for trust in ("released", "reviewed", "unreviewed"):
        workshop.trusts[packed.version.bundle] = trust  # type: ignore[assignment]
        outcome = await workshop.run(packed, {"x": 1}, strategy="inline")
        assert failure(outcome) == ("system.capability", "sandbox")


async def test_a_strategy_that_a_version_does_not_offer_is_refused(workshop: Workshop) -> None:
    outcome = await workshop.run(module(NO_OP, strategies=["process"]), {"x": 1}, strategy="inline")

    assert failure(outcome) == ("system.capability", None)


async def test_a_slow_inline_version_runs_as_a_process_from_then_on(workshop: Workshop) -> None:
    source = """
import os, time
def run(inputs, context):
    time.sleep(inputs["x"])
    return {"y": os.getpid()}
"""
    packed = module(source)

    async def pid(seconds: float) -> int:
        outcome = await workshop.run(packed, {"x": seconds}, strategy="inline")
        assert isinstance(outcome, Returned)
        return int(decode(outcome.outputs["y"].data or b""))

    assert await pid(0) == os.getpid()
    assert await pid(0.1) == os.getpid()
    assert await pid(0) != os.getpid()


async def test_the_cost_of_each_part_is_told(workshop: Workshop) -> None:
    for strategy in ("process", "inline"):
        outcome = await workshop.run(module(NO_OP), {"x": 1}, strategy=strategy)
        assert outcome.cost.validate > 0
        assert outcome.cost.execute >= 0


async def test_a_port_and_all_ports_together_have_a_size(workshop: Workshop) -> None:
    packed = module(
        "def run(inputs, context):\n    return {'y': 'a' * inputs['x'], 'z': 'a' * inputs['x']}\n",
        outputs={"y": json_port(True, max_bytes=1000), "z": json_port(True)},
        limits={"output_bytes": 1500},
    )
    outcomes = [await workshop.run(packed, {"x": size}, strategy="inline") for size in (700, 800, 1200)]

    assert isinstance(outcomes[0], Returned)
    assert failure(outcomes[1]) == ("system.limit", "output")
    assert isinstance(outcomes[2], Failed)
    assert "1202 bytes where 1000 are allowed" in outcomes[2].error.message


async def test_an_input_that_is_no_longer_kept_is_told_and_is_no_crash(workshop: Workshop) -> None:
    gone = Value(media="json", size=9, artifact="sha256:" + "a" * 64)
    call = replace(workshop.call(module(NO_OP), {}, strategy="process"), inputs={"x": gone})
    (outcome,) = await workshop.execute([call])

    assert isinstance(outcome, Failed)
    assert outcome.error.name == "system.unavailable"
    assert "input port x" in outcome.error.message
