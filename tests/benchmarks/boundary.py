"""What crossing a boundary costs, through the choke point.

`python -m tests.benchmarks.boundary` prints microseconds and ratios to the floor of the same machine in the same
minute; nothing is asserted.
"""

import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import uvloop
from msgspec.structs import replace

from executors.protocol import Call, Outcome, Returned, Value
from executors.trial import Packed
from tests.benchmarks.floor import of_blob, of_json, round_trips, timed
from tests.conformance.subject import wasm_subject
from tests.executors.workshop import Workshop, json_port, module

INTEGER = json_port({"type": "integer"})
NO_OP = "def run(inputs, context):\n    return {'y': inputs['x']}\n"
TEXTS = json_port({"type": "array", "items": {"type": "string"}}, max_bytes=16 << 20)
LARGE = {"limits": {"output_bytes": 32 << 20, "memory_bytes": 1 << 30}}
BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Microseconds; `slow` is the 99th percentile of single calls, `floor` what the machine takes for the same."""

    name: str
    median: float
    floor: float
    slow: float | None = None


async def measured_boundary() -> tuple[str, list[Crossing]]:
    """The rung of the sandbox here, and what each crossing costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor, _ = await round_trips()
        workshop = Workshop(folder)
        try:
            rung = await workshop.execution.rung()
            crossings = await _calls(workshop, floor)
            crossings += [await _large_json(workshop, strategy) for strategy in ("inline", "process")]
            crossings.append(await _blob(workshop, folder))
            crossings.append(await _mapped_table(workshop, floor))
        finally:
            await workshop.close()
    return f"{rung.number}, {rung.name}", crossings


async def _calls(workshop: Workshop, floor: float) -> list[Crossing]:
    no_op = module(NO_OP, inputs={"x": INTEGER}, outputs={"y": INTEGER})
    unreviewed: Packed = module(NO_OP + "\n", inputs={"x": INTEGER}, outputs={"y": INTEGER})
    workshop.trusts[unreviewed.version.bundle] = "unreviewed"
    each = (
        ("inline", workshop.call(no_op, {"x": 1}, strategy="inline"), 1_000),
        ("process, warm", workshop.call(no_op, {"x": 1}), 1_000),
        ("process, a fork per call", workshop.call(unreviewed, {"x": 1}), 100),
        ("wasm", workshop.call(wasm_subject(), {"x": 1}, strategy="wasm"), 300),
    )
    found = []
    for name, call, count in each:
        found += await _one_and_many(workshop, name, call, floor, count)
    return found


async def _one_and_many(
    workshop: Workshop, name: str, call: Call, floor: float, count: int
) -> list[Crossing]:
    def ignore(position: int, outcome: Outcome) -> None:
        assert isinstance(outcome, Returned), outcome

    for _ in range(20):
        await workshop.execution.execute([call], ignore)
    single, slow = await timed(lambda: workshop.execution.execute([call], ignore), count)
    batch = [call] * (BATCH if count >= BATCH else count)
    together, _ = await timed(lambda: workshop.execution.execute(batch, ignore), 5)
    return [
        Crossing(name=f"{name}: one call", median=single, slow=slow, floor=floor),
        Crossing(name=f"{name}: one of {len(batch)} pipelined", median=together / len(batch), floor=floor),
    ]


async def _large_json(workshop: Workshop, strategy: Any) -> Crossing:
    data = orjson.dumps(["x" * 90] * (10_000_000 // 93))
    packed = module(NO_OP, inputs={"x": TEXTS}, outputs={"y": TEXTS}, **LARGE)
    value = Value(media="json", size=len(data), data=data)
    call = _with_input(workshop.call(packed, {}, strategy=strategy), "x", value)
    median, _ = await timed(lambda: workshop.execute([call]), 4)
    floor = of_json(data, TEXTS["schema"])
    return Crossing(name=f"{strategy}: 10 MB of JSON in and out", median=median, floor=floor)


async def _blob(workshop: Workshop, folder: Path) -> Crossing:
    sink = io.BytesIO()
    table = pa.table({"a": pa.array(range(1_250_000), pa.int64())})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    data = sink.getvalue()
    port = {"media": "table", "columns": [{"name": "a", "type": "int64"}]}
    source = (
        "def run(inputs, context):\n    with context.writer('y') as file:\n"
        "        file.write(inputs['x'].buffer)\n    return {'y': file}\n"
    )
    packed = module(source, inputs={"x": port}, outputs={"y": port}, **LARGE)
    artifact, size = workshop.artifacts.put(data)
    call = _with_input(workshop.call(packed, {}), "x", Value(media="table", size=size, artifact=artifact))
    median, _ = await timed(lambda: workshop.execute([call]), 6)
    return Crossing(
        name="process: a table of 10 MB read and written", median=median, floor=of_blob(data, folder)
    )


async def _mapped_table(workshop: Workshop, floor: float) -> Crossing:
    """A module that only looks at its table: all of the time is the boundary's."""
    sink = io.BytesIO()
    table = pa.table({"a": pa.array(range(12_500_000), pa.int64())})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    port = {"media": "table", "columns": [{"name": "a", "type": "int64"}]}
    source = "def run(inputs, context):\n    return {'y': len(inputs['x'].buffer)}\n"
    packed = module(source, inputs={"x": port}, outputs={"y": INTEGER}, **LARGE)
    artifact, size = workshop.artifacts.put(sink.getvalue())
    call = _with_input(workshop.call(packed, {}), "x", Value(media="table", size=size, artifact=artifact))
    median, slow = await timed(lambda: workshop.execute([call]), 10)
    return Crossing(name="process, warm: a table of 100 MB, mapped", median=median, slow=slow, floor=floor)


def _with_input(call: Call, port: str, value: Value) -> Call:
    return replace(call, inputs={port: value})


def main() -> None:
    rung, crossings = uvloop.run(measured_boundary())
    print(f"rung {rung}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for crossing in crossings:
        slow = "" if crossing.slow is None else f"p99 {crossing.slow:.0f} µs"
        ratio = crossing.median / crossing.floor
        print(f"{crossing.name:48} {crossing.median:12.1f} µs {ratio:8.1f} × {slow}")


if __name__ == "__main__":
    main()
