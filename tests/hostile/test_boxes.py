"""What a trusted version that turned hostile can do with the memory that it shares with its host."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from executors.protocol import Failed, Returned
from tests.executors.workshop import Workshop, given, module

SOURCE = b"""
import ctypes, fcntl, gc, mmap, os, socket, struct, threading

LARGE = "x" * 200_000


def boxes():
    return [item for item in gc.get_objects() if type(item).__name__ == "Boxes"][0]


def memory():
    return boxes()._outbox


def result(document):
    payload = document.encode()
    [number] = [item._number for item in gc.get_objects() if type(item).__name__ == "Inside"][-1:]
    return struct.pack("<IBQ", len(payload), 20, number) + payload


def tell(document):
    os.write(3, result(document))
    os._exit(0)


def resize(inputs):
    boxes()._word.release()
    for size in (1 << 30, 4096):
        try:
            memory().resize(size)
        except (OSError, SystemError, ValueError):
            continue
        return "resized"
    return None


def resize_by_descriptor(inputs):
    for descriptor in range(256):
        for size in (1 << 30, 0):
            try:
                os.ftruncate(descriptor, size)
            except OSError:
                continue
            if os.fstat(descriptor).st_size == size:
                return f"descriptor {descriptor} has another size"
    return None


def take_the_seals_off(inputs):
    for descriptor in range(256):
        try:
            before = fcntl.fcntl(descriptor, 1034)
        except OSError:
            continue
        try:
            fcntl.fcntl(descriptor, 1033, 0)
        except OSError:
            pass
        if before & 6 != 6 or fcntl.fcntl(descriptor, 1034) & 6 != 6:
            return f"descriptor {descriptor} may be resized"
    return None


def seal_against_the_host(inputs):
    boxes().put({"y": b"1"})
    for descriptor in range(256):
        try:
            fcntl.fcntl(descriptor, 1033, 16)
        except OSError:
            continue
        return f"the host cannot empty descriptor {descriptor} any more"
    return None


def punch_a_hole(inputs):
    memory().madvise(mmap.MADV_REMOVE)
    boxes()._word[0] = 1
    tell('{"us":1,"outputs":{},"large":{"y":100000}}')


def say_too_much(inputs):
    tell('{"us":1,"outputs":{},"large":{"y":1099511627776}}')


def say_less_than_nothing(inputs):
    tell('{"us":1,"outputs":{},"large":{"y":-8}}')


def say_no_number(inputs):
    tell('{"us":1,"outputs":{},"large":{"y":"all of it"}}')


def say_no_sizes(inputs):
    tell('{"us":1,"outputs":{},"large":7}')


def name_a_foreign_port(inputs):
    tell('{"us":1,"outputs":{},"large":{"other":8}}')


def send_a_descriptor(inputs):
    line = socket.socket(fileno=os.dup(3))
    socket.send_fds(line, [result('{"us":1,"outputs":{"y":null},"large":{}}')], [0, 1, 2])
    os._exit(0)


def overwrite_what_the_host_reads(inputs):
    box = memory()

    def scribble():
        while True:
            box[8:200_008] = bytes([34]) + b"z" * 199_998 + bytes([34])
            box[8:200_008] = b"[" * 200_000

    threading.Thread(target=scribble, daemon=True).start()
    return LARGE


def say_that_it_is_always_full(inputs):
    boxes()._word[0] = 1
    return LARGE


def run(inputs, context):
    return {"y": globals()[inputs["attempt"]](inputs)}
"""
LIES = (
    "say_too_much",
    "say_less_than_nothing",
    "say_no_number",
    "say_no_sizes",
)


@pytest.fixture
async def workshop(tmp_path: Path) -> Any:
    made = Workshop(tmp_path)
    yield made
    await made.close()


async def attempt(workshop: Workshop, name: str) -> Any:
    packed = module(
        SOURCE,
        inputs={"attempt": {"media": "json", "schema": True}, "large": {"media": "json", "schema": True}},
    )
    return await workshop.run(packed, {"attempt": name, "large": "y" * 100_000})


@pytest.mark.parametrize(
    "name", ["resize", "resize_by_descriptor", "take_the_seals_off", "seal_against_the_host"]
)
async def test_what_a_box_allows_is_for_good(workshop: Workshop, name: str) -> None:
    assert given(await attempt(workshop, name)) is None


@pytest.mark.parametrize("name", [*LIES, "name_a_foreign_port", "punch_a_hole"])
async def test_a_lie_about_what_lies_in_the_outbox_ends_the_call(workshop: Workshop, name: str) -> None:
    outcome = await attempt(workshop, name)

    assert isinstance(outcome, Failed)
    assert outcome.error.name in ("system.crashed", "system.contract")


async def test_descriptors_that_a_worker_sends_go_nowhere(workshop: Workshop) -> None:
    await attempt(workshop, "take_the_seals_off")
    before = open_descriptors()

    outcome = await attempt(workshop, "send_a_descriptor")

    assert isinstance(outcome, Returned), outcome
    assert open_descriptors() <= before


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_what_changes_while_it_is_read_is_judged_as_it_was_copied(workshop: Workshop) -> None:
    for _ in range(5):
        outcome = await attempt(workshop, "overwrite_what_the_host_reads")
        if isinstance(outcome, Returned):
            text = given(outcome)
            assert isinstance(text, str)
            assert set(text) <= {"x", "z", "["}
        else:
            assert outcome.error.name in ("system.crashed", "system.contract")


async def test_a_box_that_is_always_full_only_costs_the_way_by_the_socket(workshop: Workshop) -> None:
    assert given(await attempt(workshop, "say_that_it_is_always_full")) == "x" * 200_000


async def test_a_blob_that_changes_while_it_is_stored_has_the_name_of_what_is_stored(
    workshop: Workshop,
) -> None:
    source = """
import gc, mmap, os, threading

def run(inputs, context):
    file = context.writer("y")
    file.write(b"a" * 4_000_000)
    file.flush()
    memory = mmap.mmap(file.raw._port.descriptor, 4_000_000)

    def scribble():
        while True:
            memory[:] = b"b" * 4_000_000
            memory[:] = b"c" * 4_000_000

    threading.Thread(target=scribble, daemon=True).start()
    return {"y": file}
"""
    binary = {"media": "binary", "type": "application/octet-stream"}
    for _ in range(5):
        outcome = await workshop.run(module(source, outputs={"y": binary}), {"x": 1})

        assert isinstance(outcome, Returned), outcome
        digest = outcome.outputs["y"].artifact
        assert digest is not None
        with workshop.artifacts.open(digest) as file:
            assert "sha256:" + hashlib.sha256(file.read()).hexdigest() == digest
