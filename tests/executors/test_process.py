"""What a module can do in the process sandbox, and what the host does with it."""

import asyncio
import errno
import io
import os
import signal
import time
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from msgspec.structs import replace

from executors.protocol import Call, Failed, Items, Returned, Value
from executors.trial import Packed, trial_call
from executors.workers import blobs
from executors.workers.blobs import filled_memory
from executors.workers.lane import CORES
from executors.workers.worker import Worker
from tests.executors.workshop import Workshop, failure, given, json_port, module, parent_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNTER = """
calls = 0


def run(inputs, context):
    global calls
    calls += 1
    return {"y": calls}
"""
TABLE = [{"name": "a", "type": "int64"}, {"name": "b", "type": "utf8", "nullable": True}]


async def test_a_released_version_keeps_its_worker_and_an_unreviewed_one_never(workshop: Workshop) -> None:
    packed = module(COUNTER)
    warm = [given(await workshop.run(packed, {"x": 1})) for _ in range(3)]
    workshop.trusts[packed.version.bundle] = "unreviewed"
    fresh = [given(await workshop.run(packed, {"x": 1})) for _ in range(3)]

    assert warm == [1, 2, 3]
    assert fresh == [1, 1, 1]


async def test_a_bundle_of_several_files_imports_its_own(workshop: Workshop) -> None:
    packed = module(
        "from helper import double\n\ndef run(inputs, context):\n    return {'y': double(inputs['x'])}\n",
        files={"helper.py": b"def double(x):\n    return 2 * x\n", "data/a.txt": b"x"},
    )

    assert given(await workshop.run(packed, {"x": 21})) == 42
    assert given(await workshop.run(packed, {"x": 4}, strategy="inline")) == 8


async def test_an_altered_bundle_is_not_executed(workshop: Workshop) -> None:
    packed = module(COUNTER + "# to be altered\n")
    call = workshop.call(packed, {"x": 1})
    workshop.bundles.kept[packed.version.bundle] = {**packed.files, "run.py": b"import os\n"}

    [outcome] = await workshop.execute([call])

    assert failure(outcome) == ("system.unavailable", None)
    assert isinstance(outcome, Failed)
    assert "another digest" in outcome.error.message


async def test_the_contract_of_a_plan_must_be_the_bundles_own(workshop: Workshop) -> None:
    packed, other = module(COUNTER), module(COUNTER, outputs={"y": json_port({"type": "integer"})})
    call = workshop.call(packed, {"x": 1})
    version = type(call.version)(
        **{name: getattr(call.version, name) for name in call.version.__struct_fields__}
        | {"contract": other.version.contract}
    )
    changed = replace(call, version=version, contract=other.contract)

    [outcome] = await workshop.execute([changed])

    assert failure(outcome) == ("system.unavailable", None)


async def test_inputs_are_stripped_and_defaults_filled(workshop: Workshop) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer", "default": 7}},
        "additionalProperties": False,
    }
    inputs = {"x": json_port(schema), "z": json_port({"type": "string"}, default="filled")}
    packed = module("def run(inputs, context):\n    return {'y': inputs}\n", inputs=inputs)

    answers = [
        given(await workshop.run(packed, {"x": {"a": 1, "junk": 2}}, strategy=strategy))
        for strategy in ("process", "inline")
    ]

    assert answers == [{"x": {"a": 1, "b": 7}, "z": "filled"}] * 2


async def test_logs_prints_and_progress_are_streamed_while_the_module_runs(workshop: Workshop) -> None:
    source = """
import signal
import time
def run(inputs, context):
    print("printed")
    context.log("counted", level="warning", words=3)
    context.progress(1, 2, "half")
    time.sleep(30)
"""
    running = asyncio.create_task(workshop.run(module(source), {"x": 1}))
    while len(workshop.lines) < 3:
        await asyncio.sleep(0.01)
    assert not running.done()
    running.cancel()

    assert [(line.level, line.message) for line in workshop.lines] == [
        ("info", "printed"),
        ("warning", "counted"),
        ("progress", "half"),
    ]
    assert workshop.lines[1].fields == {"words": 3}
    assert workshop.lines[2].fields == {"done": 1, "total": 2, "note": "half"}


async def test_a_traceback_names_the_modules_own_lines_only(workshop: Workshop) -> None:
    outcome = await workshop.run(module("def run(inputs, context):\n    return 1 / 0\n"), {"x": 1})

    assert failure(outcome) == ("system.crashed", None)
    [line] = workshop.lines
    assert 'File "run.py", line 2, in run' in line.message
    assert str(workshop.folder) not in line.message


async def test_scratch_is_the_calls_own_sized_and_empty_at_the_start(workshop: Workshop) -> None:
    source = """
def run(inputs, context):
    found = sorted(path.name for path in context.scratch.iterdir())
    (context.scratch / "deep").mkdir()
    (context.scratch / "deep" / "file").write_bytes(b"x" * inputs["x"])
    return {"y": found}
"""
    packed = module(source, capabilities={"scratch_bytes": 1 << 20})
    for trust in ("shipped", "unreviewed"):
        workshop.trusts[packed.version.bundle] = trust  # type: ignore[assignment]
        outcomes = [await workshop.run(packed, {"x": size}) for size in (10, 10, 4 << 20, 10)]
        assert [isinstance(outcome, Failed) for outcome in outcomes] == [False, False, True, False]
        assert [given(outcomes[place]) for place in (0, 1, 3)] == [[], [], []]


def table(rows: list[dict[str, Any]], schema: Any = None) -> bytes:
    made = pa.Table.from_pylist(rows, schema=schema or pa.schema([("a", pa.int64()), ("b", pa.string())]))
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, made.schema) as writer:
        writer.write_table(made)
    return sink.getvalue()


def table_call(workshop: Workshop, packed: Packed, value: Value) -> Call:
    workshop.bundles.put(packed.files)
    call = trial_call(packed, {})
    return replace(call, inputs={"t": value})


@pytest.mark.parametrize("mapped_bytes", [64 << 20, 100])
@pytest.mark.parametrize("is_artifact", [False, True])
@pytest.mark.parametrize("way", ["context.writer", "bytes", "handle"])
async def test_tables_go_in_and_come_out_whole(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, way: str, is_artifact: bool, mapped_bytes: int
) -> None:
    monkeypatch.setattr(blobs, "_MAPPED_BYTES", mapped_bytes)
    source = {
        "context.writer": "    with context.writer('t') as file:\n        file.write(inputs['t'].buffer)\n"
        "    return {'t': file}\n",
        "bytes": "    return {'t': bytes(inputs['t'].buffer)}\n",
        "handle": "    return {'t': inputs['t']}\n",
    }[way]
    port = {"media": "table", "columns": TABLE}
    packed = module("def run(inputs, context):\n" + source, inputs={"t": port}, outputs={"t": port})
    data = table([{"a": number, "b": None} for number in range(1000)])
    digest, size = workshop.artifacts.put(data)
    value = Value(
        media="table", size=size, data=None if is_artifact else data, artifact=digest if is_artifact else None
    )

    for trust in ("shipped", "unreviewed"):
        workshop.trusts[packed.version.bundle] = trust  # type: ignore[assignment]
        [outcome] = await workshop.execute([table_call(workshop, packed, value)])

        assert isinstance(outcome, Returned), outcome
        assert outcome.outputs["t"].rows == 1000
        assert outcome.outputs["t"].artifact == digest


@pytest.mark.parametrize("mapped_bytes", [64 << 20, 100])
async def test_items_of_a_map_share_a_table(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, mapped_bytes: int
) -> None:
    monkeypatch.setattr(blobs, "_MAPPED_BYTES", mapped_bytes)
    source = "def run(inputs, context):\n    return {'y': inputs['t'].buffer[-inputs['x']:].hex()}\n"
    number = json_port({"type": "integer", "maximum": 1_000})
    ports = {"t": {"media": "table", "columns": TABLE}, "x": number}
    packed = module(source, inputs=ports)
    data = table([{"a": place, "b": None} for place in range(1_000)])
    digest, size = workshop.artifacts.put(data)
    call = table_call(workshop, packed, Value(media="table", size=size, artifact=digest))
    values = tuple(str(place).encode() for place in (3, 999, 2_000, 7, 1))
    items = Items(over="x", values=values, numbers=(0, 1, 2, 3, 4), keys=("a", "b", "c", "d", "e"), at_once=2)
    [outcome] = await workshop.execute([replace(call, items=items)])
    assert isinstance(outcome, Returned)
    refused = outcome.then[2]
    assert isinstance(refused, Failed)
    assert refused.error.name == "system.contract"
    others = [each for each in outcome.then if each is not None and each is not refused]
    assert [given(each) for each in others] == [data[-count:].hex() for count in (3, 999, 7, 1)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            table([{"a": 1, "b": "x"}], pa.schema([("a", pa.int32()), ("b", pa.string())])),
            "column a is int32",
        ),
        (table([{"b": "x", "a": 1}], pa.schema([("b", pa.string()), ("a", pa.int64())])), "columns are b, a"),
        (table([{"a": None, "b": "x"}]), "holds 1 nulls"),
        (b"no arrow at all", "no readable Arrow file"),
        (table([{"a": 1, "b": "x"}])[:-40], "no readable Arrow file"),
        (b"", "it is empty"),
    ],
)
async def test_a_table_that_breaks_its_columns_is_refused(
    workshop: Workshop, data: bytes, words: str
) -> None:
    packed = module(
        f"def run(inputs, context):\n    return {{'t': {data!r}}}\n",
        inputs={"t": {"media": "binary", "type": "*/*"}},
        outputs={"t": {"media": "table", "columns": TABLE}},
    )
    value = Value(media="binary", size=1, data=b"x", type="text/plain")

    [outcome] = await workshop.execute([table_call(workshop, packed, value)])

    assert failure(outcome) == ("system.contract", None)
    assert isinstance(outcome, Failed)
    assert words in outcome.error.message


async def test_an_output_that_cannot_be_kept_fails_its_call(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    packed = module(
        "def run(inputs, context):\n    return {'t': b'x' * 5000}\n",
        outputs={"t": {"media": "binary", "type": "text/plain"}},
    )
    with monkeypatch.context() as patched:
        patched.setattr(type(workshop.artifacts), "put", full)
        outcome = await workshop.run(packed, {"x": 1})
    assert isinstance(outcome, Failed)
    assert outcome.error.name == "system.unavailable"
    assert outcome.error.message == "The outputs could not be stored: No space left on device."
    assert isinstance(await workshop.run(packed, {"x": 1}), Returned)


async def test_an_input_that_is_gone_when_its_turn_comes_fails_its_call(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    source = "def run(inputs, context):\n    return {'y': inputs['t'].buffer.tobytes().decode()}\n"
    packed = module(source, inputs={"t": {"media": "binary", "type": "*/*"}})
    digest, size = workshop.artifacts.put(b"constant")
    call = table_call(workshop, packed, Value(media="binary", size=size, artifact=digest, type="text/plain"))
    with monkeypatch.context() as patched:
        patched.setattr(type(workshop.artifacts), "open", gone)
        outcomes = await workshop.execute([call, call])
    assert [failure(outcome) for outcome in outcomes] == [("system.unavailable", None)] * 2
    assert isinstance(outcomes[0], Failed)
    assert "could not be opened: No such file" in outcomes[0].error.message
    assert [given(outcome) for outcome in await workshop.execute([call, call])] == ["constant"] * 2


@pytest.mark.parametrize(
    "told", ["text/plain\0", "text/html\r\nSet-Cookie: a=b", "text", "a/" + "b" * 200, "a/\u00e9"]
)
async def test_a_media_type_that_is_none_is_refused(workshop: Workshop, told: str) -> None:
    packed = module(
        f"from lamina import Binary\ndef run(inputs, context):\n    return {{'t': Binary(b'x', {told!r})}}\n",
        outputs={"t": {"media": "binary", "type": "*/*"}},
    )

    outcome = await workshop.run(packed, {"x": 1})

    assert failure(outcome) == ("system.contract", None)
    assert "is no media type" in str(outcome)


async def test_an_output_beyond_its_port_is_stopped_by_the_kernel(workshop: Workshop) -> None:
    packed = module(
        "def run(inputs, context):\n    return {'t': b'x' * 5000}\n",
        outputs={"t": {"media": "binary", "type": "text/plain", "max_bytes": 4096}},
    )

    assert failure(await workshop.run(packed, {"x": 1})) == ("system.limit", "output")


async def test_a_module_cannot_change_an_input_that_it_was_handed(workshop: Workshop) -> None:
    source = """
import ctypes
def run(inputs, context):
    view = inputs["t"].buffer
    address = ctypes.addressof(ctypes.c_char.from_buffer(view.obj))
    ctypes.memset(address, 65, 1)
"""
    packed = module(source, inputs={"t": {"media": "binary", "type": "*/*"}})
    digest, size = workshop.artifacts.put(b"constant")

    await workshop.execute(
        [table_call(workshop, packed, Value(media="binary", size=size, artifact=digest, type="text/plain"))]
    )

    with workshop.artifacts.open(digest) as file:
        assert file.read() == b"constant"


async def test_filled_memory_is_sealed() -> None:
    descriptor = filled_memory(b"constant")
    with pytest.raises(PermissionError):
        os.write(descriptor, b"x")
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 0)
    os.close(descriptor)


class Secrets:
    def reveal(self, *, environment: str, name: str, bundle: str) -> str:
        if name != "token":
            raise PermissionError("not granted")
        return "s3cr3t/value"


async def test_a_declared_secret_is_revealed_and_taken_out_of_all_that_leaves(tmp_path: Path) -> None:
    source = """
import base64
from lamina import CapabilityRefused, ModuleError
def run(inputs, context):
    secret = context.secret("token")
    context.log("it is " + secret, value=secret)
    try:
        context.secret("other")
    except CapabilityRefused:
        pass
    if inputs["x"]:
        raise ModuleError("boom", {"text": secret}, "with " + secret)
    return {"y": [len(secret), secret, base64.b64encode(secret.encode()).decode()]}
"""
    workshop = Workshop(tmp_path, options={"secrets": Secrets()})
    packed = module(
        source,
        capabilities={"secrets": ["token", "other"]},
        contract={"errors": {"boom": {"schema": {"type": "object"}}}},
    )
    try:
        for strategy in ("process", "inline"):
            returned = await workshop.run(packed, {"x": False}, strategy=strategy)
            assert given(returned) == [12, "[secret]", "[secret]"]
            raised = await workshop.run(packed, {"x": True}, strategy=strategy)
            assert isinstance(raised, Failed)
            assert (raised.error.message, raised.error.data) == ("with [secret]", {"text": "[secret]"})
    finally:
        await workshop.close()
    assert {line.message for line in workshop.lines} == {"it is [secret]"}
    assert {str(line.fields) for line in workshop.lines} == {"{'value': '[secret]'}"}


async def test_data_too_deep_to_be_searched_for_a_secret_is_refused(tmp_path: Path) -> None:
    source = """
import os, struct, time
def run(inputs, context):
    context.secret("token")
    deep = b'{"a":' * 900 + b'"s3cr3t/value"' + b"}" * 900
    result = b'{"us":1,"error":{"name":"boom","message":"","data":' + deep + b"}}"
    os.write(3, struct.pack("<IBQ", len(result), 20, 1) + result)
    os._exit(0)
"""
    workshop = Workshop(tmp_path, options={"secrets": Secrets()})
    packed = module(source, capabilities={"secrets": ["token"]}, contract={"errors": {"boom": {}}})
    try:
        outcome = await workshop.run(packed, {"x": 1})
    finally:
        await workshop.close()
    assert failure(outcome) == ("system.contract", None)


async def test_the_deadline_and_the_key_are_told(workshop: Workshop) -> None:
    source = "def run(inputs, context):\n    return {'y': [context.seconds_left, context.key]}\n"

    left, key = given(await workshop.run(module(source), {"x": 1}, timeout_seconds=7))

    assert 0 < left <= 7
    assert key == "trial"


async def test_a_module_that_notices_its_cancellation_keeps_its_worker(workshop: Workshop) -> None:
    source = """
import os, time
def run(inputs, context):
    context.log(str(os.getpid()))
    while inputs["x"] and not context.cancelled:
        time.sleep(0.01)
    return {"y": 1}
"""
    packed = module(source)
    running = asyncio.create_task(workshop.run(packed, {"x": 1}))
    while not workshop.lines:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.sleep(0.2)
    await workshop.run(packed, {"x": 0})

    assert workshop.lines[0].message == workshop.lines[1].message


async def test_slow_calls_do_not_wait_behind_each_other(workshop: Workshop) -> None:
    source = "import time\ndef run(inputs, context):\n    time.sleep(0.2)\n    return {'y': inputs['x']}\n"
    packed = module(source)
    await workshop.run(packed, {"x": 0})

    outcomes = await workshop.run_all(packed, [{"x": number} for number in range(8)])

    assert [given(outcome) for outcome in outcomes] == list(range(8))
    assert max(outcome.cost.queue for outcome in outcomes) < 1_200_000


async def test_one_crash_in_a_batch_fails_one_call(workshop: Workshop) -> None:
    source = """
import os
import signal
import time
def run(inputs, context):
    if inputs["x"] == 150:
        os._exit(9)
    return {"y": inputs["x"]}
"""
    outcomes = await workshop.run_all(module(source), [{"x": number} for number in range(300)])

    failed = [place for place, outcome in enumerate(outcomes) if isinstance(outcome, Failed)]
    assert failed == [150]
    assert "code 9" in outcomes[150].error.message  # type: ignore[union-attr]


def processes_and_mounts(folder: Path) -> list[str]:
    found = [line for line in Path("/proc/self/mounts").read_text().splitlines() if str(folder) in line]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in environment:
            found.append(process.name)
    return found


async def test_a_worker_that_cannot_be_started_costs_its_calls_and_nothing_else(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    packed, other = module(COUNTER), module("def run(inputs, context):\n    return {'y': 2}\n")
    assert given(await workshop.run(packed, {"x": 1})) == 1
    before = open_descriptors()
    made = os.memfd_create

    def scarce(name: str, flags: int) -> int:
        if name == "outbox":
            raise OSError(24, "Too many open files")
        return made(name, flags)

    with mock.patch("os.memfd_create", scarce):
        for _ in range(2 * max(8, 4 * CORES)):
            assert failure(await workshop.run(other, {"x": 1})) == ("system.crashed", None)

    assert open_descriptors() <= before
    assert given(await workshop.run(other, {"x": 1})) == 2
    await workshop.close()


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_nothing_is_left_after_close(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    slow = module("import time\ndef run(inputs, context):\n    time.sleep(60)\n")
    await workshop.run(module(COUNTER), {"x": 1})
    running = asyncio.create_task(workshop.run(slow, {"x": 1}))
    await asyncio.sleep(0.2)
    assert processes_and_mounts(tmp_path)
    running.cancel()
    await workshop.close()

    # A process that was killed is gone when the kernel has come to it.
    deadline = time.monotonic() + 20
    while processes_and_mounts(tmp_path) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert processes_and_mounts(tmp_path) == []
    assert list((tmp_path / "sandbox").iterdir()) == []


async def test_calls_fail_cleanly_when_the_zygote_is_killed_and_the_next_ones_work(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    slow = module("import time\ndef run(inputs, context):\n    print('here')\n    time.sleep(60)\n")
    running = asyncio.create_task(workshop.run(slow, {"x": 1}))
    while not workshop.lines:
        await asyncio.sleep(0.01)
    [zygote] = [task.result() for task in workshop.execution._pool._zygotes.values()]
    zygote.started.process.kill()

    assert failure(await running) == ("system.crashed", None)
    assert given(await workshop.run(module(COUNTER), {"x": 1})) == 1
    await workshop.close()


async def test_an_end_that_is_told_late_is_still_the_modules_own(workshop: Workshop) -> None:
    """The zygote is stopped for longer than a closed line is waited for."""
    source = """
import os, time
def run(inputs, context):
    if inputs["x"]:
        time.sleep(0.2)
        os._exit(3)
    return {"y": 0}
"""
    packed = module(source)
    await workshop.run(packed, {"x": 0})
    zygotes = {parent_of(process) for process in workshop.processes()}
    calling = asyncio.create_task(workshop.run(packed, {"x": 1}, timeout_seconds=30))
    await asyncio.sleep(0.1)
    for process in zygotes:
        os.kill(process, signal.SIGSTOP)
    await asyncio.sleep(1.0)
    for process in zygotes:
        os.kill(process, signal.SIGCONT)
    outcome = await calling
    assert isinstance(outcome, Failed)
    assert "code 3" in outcome.error.message


async def test_what_is_read_after_the_end_is_judged_as_before_it(workshop: Workshop) -> None:
    """The end of a process may be told before the last of what it wrote was read."""
    source = """
import os, struct, time
def run(inputs, context):
    time.sleep(0.2)
    forged = b'{"us":1,"outputs":{"y":1}}'
    os.write(3, struct.pack("<IBQ", len(forged), 20, 1) + forged)
    return {"y": 2}
"""
    packed = module(source)
    workshop.trusts[packed.version.bundle] = "unreviewed"
    calling = asyncio.create_task(workshop.run(packed, {"x": 1}))
    workers: list[Worker] = []
    while not workers:
        await asyncio.sleep(0)
        lanes = workshop.execution._pool._lanes.values()
        workers = [each for lane in lanes for each in lane.workers if each.pending]
    for worker in workers:
        asyncio.get_running_loop().remove_reader(worker.connection)

    assert failure(await calling) == ("system.crashed", None)
