"""Large values between host and sandbox."""

import json
import os
import random
from typing import Any

import pytest

from executors.protocol import Failed, Returned
from executors.sandbox.boxes import Boxes as InsideBoxes
from executors.workers.boxes import Boxes
from tests.executors.workshop import ANY, Workshop, failure, given, json_port, module

pytestmark = pytest.mark.asyncio(loop_scope="module")

ECHO = "def run(inputs, context):\n    return {'y': inputs['x']}\n"
WRAP = "def run(inputs, context):\n    return {'y': [inputs['x']]}\n"
LARGE = [
    "x" * 300_000,
    'a "quoted" \\ text with ü and \u2028 ' * 9_000,
    '"',
    ["text", 1, 2.5, None, True] * 20_000,
    {f"key {number}": {"n": number, "deep": [[number]]} for number in range(9_000)},
]


@pytest.mark.parametrize("source", [ECHO, WRAP])
@pytest.mark.parametrize("value", LARGE, ids=["text", "escapes", "small", "list", "object"])
async def test_a_large_value_comes_back_as_inline_gives_it(
    workshop: Workshop, source: str, value: Any
) -> None:
    packed = module(source)

    by_process = await workshop.run(packed, {"x": value})
    inline = await workshop.run(packed, {"x": value}, strategy="inline")

    assert isinstance(by_process, Returned)
    assert isinstance(inline, Returned)
    assert by_process.outputs == inline.outputs
    assert given(by_process) == (value if source == ECHO else [value])


async def test_large_and_small_values_keep_their_ports_and_their_order(workshop: Workshop) -> None:
    names = ("a", "b", "c", "d")
    source = "def run(inputs, context):\n    return {name: inputs[name] for name in 'dcba'}\n"
    packed = module(source, inputs=dict.fromkeys(names, ANY), outputs=dict.fromkeys(names, ANY))
    dice = random.Random(7)
    given_values = [
        {name: f"{number}{name}" * dice.choice([1, 40_000]) for name in names} for number in range(40)
    ]

    outcomes = await workshop.run_all(packed, given_values)

    for values, outcome in zip(given_values, outcomes, strict=True):
        assert {name: given(outcome, name) for name in names} == values


async def test_large_results_of_small_calls_do_not_overtake_one_another(workshop: Workshop) -> None:
    packed = module("def run(inputs, context):\n    return {'y': str(inputs['x']) * 100_000}\n")

    outcomes = await workshop.run_all(packed, [{"x": number % 10} for number in range(60)])

    assert [given(outcome)[:1] for outcome in outcomes] == [str(number % 10) for number in range(60)]
    assert {len(given(outcome)) for outcome in outcomes} == {100_000}


async def test_a_large_value_is_judged_by_both_ports(workshop: Workshop) -> None:
    texts = json_port({"type": "array", "items": {"type": "string"}})
    short = json_port({"type": "array", "maxItems": 3})
    value = ["x" * 100_000, 1]

    refused = await workshop.run(module(ECHO, inputs={"x": texts}), {"x": value})
    broken = await workshop.run(module(ECHO, outputs={"y": short}), {"x": ["x" * 30_000] * 4})

    assert isinstance(refused, Failed)
    assert "input port x: /1" in refused.error.message
    assert isinstance(broken, Failed)
    assert "output port y" in broken.error.message


async def test_a_large_output_keeps_to_the_limits(workshop: Workshop) -> None:
    source = "def run(inputs, context):\n    return {'y': 'z' * 300_000}\n"
    by_port = await workshop.run(module(source, outputs={"y": json_port(True, max_bytes=200_000)}), {"x": 1})
    by_call = await workshop.run(module(source, limits={"output_bytes": 200_000}), {"x": 1})

    assert failure(by_port) == ("system.contract", None)
    assert failure(by_call) == ("system.limit", "output")


async def test_an_output_for_which_memory_does_not_suffice_is_told_as_that(workshop: Workshop) -> None:
    source = "def run(inputs, context):\n    part = 'z' * 1000\n    return {'y': [part] * 400_000}\n"
    limits = {"output_bytes": 8 << 20, "memory_bytes": 128 << 20}

    outcome = await workshop.run(module(source, limits=limits), {"x": 1})

    assert failure(outcome) == ("system.limit", "memory")


@pytest.mark.parametrize("trust", ["shipped", "unreviewed"])
async def test_what_is_no_json_is_refused_however_large(workshop: Workshop, trust: Any) -> None:
    packed = module(f"# {trust}\ndef run(inputs, context):\n    return {{'y': eval(inputs['x'])}}\n")
    workshop.trusts[packed.version.bundle] = trust
    values = ["float('nan')", "{1: 2}", "{'a': {3}}", "2 ** 70", "b'x'", "'\\ud800' * 90_000"]
    values += [f"[{value}] + ['x' * 90_000]" for value in values]

    outcomes = await workshop.run_all(packed, [{"x": value} for value in values])

    assert {failure(outcome) for outcome in outcomes} == {("system.contract", None)}
    assert json.loads(json.dumps(given(await workshop.run(packed, {"x": "(1, 2)"})))) == [1, 2]


async def test_an_output_that_is_an_input_is_judged_by_its_own_port(workshop: Workshop) -> None:
    numbers = {"type": "array", "items": {"type": "integer"}}
    few = json_port({**numbers, "maxItems": 3})
    value = list(range(30_000))

    alike = await workshop.run(
        module(ECHO, inputs={"x": json_port(numbers)}, outputs={"y": json_port(numbers)}), {"x": value}
    )
    other = await workshop.run(
        module(ECHO, inputs={"x": json_port(numbers)}, outputs={"y": few}), {"x": value}
    )

    assert given(alike) == value
    assert failure(other) == ("system.contract", None)


async def test_an_output_that_is_an_input_is_judged_where_the_ports_only_look_alike(
    workshop: Workshop,
) -> None:
    packed = module(
        ECHO,
        inputs={"x": json_port({"type": "array", "items": {"const": 1}})},
        outputs={"y": json_port({"type": "array", "items": {"const": True}})},
    )

    outcome = await workshop.run(packed, {"x": [1] * 60_000})

    assert failure(outcome) == ("system.contract", None)


async def test_a_result_that_nobody_took_does_not_keep_the_outbox() -> None:
    boxes = Boxes(1 << 16, 1 << 16)
    inside = InsideBoxes(*(os.dup(descriptor) for descriptor in boxes.descriptors))

    assert [inside.put({"y": b"1"}), inside.put({"y": b"1"})] == [True, False]
    boxes.empty()
    assert inside.put({"y": b"1"})
    boxes.close()
