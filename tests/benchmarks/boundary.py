"""What crossing a boundary costs, beside the floor of the same machine in the same minute.

`python -m tests.benchmarks.boundary` prints microseconds and ratios; nothing is asserted.
"""

import asyncio
import hashlib
import io
import os
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

import orjson
import pyarrow as pa

from contracts.schema import compile_guard
from executors.protocol import Call, Outcome, Returned, Value
from executors.trial import Packed
from tests.conformance.subject import wasm_subject
from tests.executors.workshop import Workshop, json_port, module

INTEGER = json_port({"type": "integer"})
NO_OP = "def run(inputs, context):\n    return {'y': inputs['x']}\n"
TEXTS = json_port({"type": "array", "items": {"type": "string"}}, max_bytes=16 << 20)
LARGE = {"limits": {"output_bytes": 32 << 20, "memory_bytes": 1 << 30}}
BATCH = 1_000


def told(name: str, microseconds: float, *, floor: float | None = None, note: str = "") -> None:
    ratio = f"{microseconds / floor:8.1f} ×" if floor else " " * 10
    print(f"{name:48} {microseconds:12.1f} µs {ratio}  {note}")


async def timed(action: Callable[[], Awaitable[Any]], count: int) -> tuple[float, float]:
    """Median and 99th percentile in microseconds."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        await action()
        times.append((time.perf_counter() - began) * 1e6)
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]


async def floor_round_trip() -> float:
    """A message of 60 bytes to a forked process and back, on the event loop."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        while data := theirs.recv(4096):
            theirs.sendall(data)
        os._exit(0)
    theirs.close()
    ours.setblocking(False)
    loop = asyncio.get_running_loop()

    async def exchange() -> None:
        await loop.sock_sendall(ours, b"x" * 60)
        await loop.sock_recv(ours, 4096)

    median, _ = await timed(exchange, 2_000)
    ours.close()
    await asyncio.to_thread(os.wait)
    return median


def floor_of_json(data: bytes) -> float:
    """Decode, encode and validate, in microseconds."""
    guard = compile_guard(TEXTS["schema"])
    began = time.perf_counter()
    value = orjson.loads(data)
    orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    assert guard.is_valid(value)
    return (time.perf_counter() - began) * 1e6


def floor_of_blob(data: bytes, folder: Path) -> float:
    """Hash, write and sync, in microseconds."""
    began = time.perf_counter()
    hashlib.sha256(data).digest()
    with (folder / "floor").open("wb") as file:
        file.write(data)
        file.flush()
        os.fdatasync(file.fileno())
    return (time.perf_counter() - began) * 1e6


async def measure_calls(workshop: Workshop, name: str, call: Call, floor: float, count: int) -> None:
    def ignore(position: int, outcome: Outcome) -> None:
        assert isinstance(outcome, Returned), outcome

    for _ in range(20):
        await workshop.execution.execute([call], ignore)
    median, slow = await timed(lambda: workshop.execution.execute([call], ignore), count)
    told(f"{name}, one call", median, floor=floor, note=f"p99 {slow:.0f} µs")
    batch = [call] * BATCH
    per_batch, _ = await timed(lambda: workshop.execution.execute(batch, ignore), 5)
    rate = f"{BATCH / per_batch * 1e6:,.0f}/s"
    told(f"{name}, one of {BATCH} in a batch", per_batch / BATCH, floor=floor, note=rate)


async def measure_large_json(workshop: Workshop, strategy: Any) -> None:
    data = orjson.dumps(["x" * 90] * (10_000_000 // 93))
    packed = module(NO_OP, inputs={"x": TEXTS}, outputs={"y": TEXTS}, **LARGE)
    call = with_input(
        workshop.call(packed, {}, strategy=strategy), "x", Value(media="json", size=len(data), data=data)
    )
    median, _ = await timed(lambda: workshop.execute([call]), 4)
    told(f"{strategy}, 10 MB of JSON in and out", median, floor=floor_of_json(data))


async def measure_blob(workshop: Workshop, folder: Path) -> None:
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
    value = Value(media="table", size=size, artifact=artifact)
    call = with_input(workshop.call(packed, {}), "x", value)
    median, _ = await timed(lambda: workshop.execute([call]), 6)
    told("process, a table of 10 MB read and written", median, floor=floor_of_blob(data, folder))


def with_input(call: Call, port: str, value: Value) -> Call:
    fields = {name: getattr(call, name) for name in Call.__dataclass_fields__}
    return Call(**{**fields, "inputs": {port: value}})


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = await floor_round_trip()
        workshop = Workshop(folder)
        rung = await workshop.execution.rung()
        print(f"rung {rung.number}: {rung.name}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        told("floor: 60 bytes to a process and back", floor)
        try:
            await measure_all(workshop, floor, folder)
        finally:
            await workshop.close()


async def measure_all(workshop: Workshop, floor: float, folder: Path) -> None:
    no_op = module(NO_OP, inputs={"x": INTEGER}, outputs={"y": INTEGER})
    unreviewed: Packed = module(NO_OP + "\n", inputs={"x": INTEGER}, outputs={"y": INTEGER})
    workshop.trusts[unreviewed.version.bundle] = "unreviewed"
    await measure_calls(workshop, "inline", workshop.call(no_op, {"x": 1}, strategy="inline"), floor, 1_000)
    await measure_calls(workshop, "process, warm", workshop.call(no_op, {"x": 1}), floor, 1_000)
    await measure_calls(workshop, "process, a fork per call", workshop.call(unreviewed, {"x": 1}), floor, 100)
    wasm = workshop.call(wasm_subject(), {"x": 1}, strategy="wasm")
    await measure_calls(workshop, "wasm", wasm, floor, 300)
    for strategy in ("inline", "process"):
        await measure_large_json(workshop, strategy)
    await measure_blob(workshop, folder)


if __name__ == "__main__":
    asyncio.run(main())
