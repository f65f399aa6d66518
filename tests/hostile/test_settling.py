"""Outputs in the sandbox that are not on disk yet: what follows reads them, and can do no more than that."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from executors.protocol import Call, Returned, Value
from executors.settling import SettlingArtifacts
from executors.trial import Packed, trial_call
from tests.executors.workshop import Workshop, given, module
from tests.support.artifacts import SlowFolder

BINARY = {"media": "binary", "type": "application/octet-stream"}
DATA = b"ab" * 50_000
WRITES = "def run(inputs, context):\n    return {'b': b'ab' * 50_000}\n"
READS = """
import hashlib
def run(inputs, context):
    data = inputs['b'].buffer
    return {'y': [len(data), hashlib.sha256(data).hexdigest()]}
"""
MEDDLES = """
import fcntl, mmap, os

def tried(action, *rest):
    try:
        return action(*rest)
    except OSError:
        return None

def run(inputs, context):
    found = behind = 0
    for descriptor in range(3, 256):
        if tried(os.lseek, descriptor, 0, os.SEEK_END) is None:
            continue
        if tried(os.pread, descriptor, 2, 0) != b'ab':
            continue
        found += 1
        for action in (
            lambda: os.pwrite(descriptor, b'x' * 10, 0),
            lambda: os.ftruncate(descriptor, 10),
            lambda: os.ftruncate(descriptor, 1 << 30),
            lambda: fcntl.fcntl(descriptor, 1033, 0x10),
            lambda: mmap.mmap(descriptor, 100_000).__setitem__(0, 120),
        ):
            tried(action)
        behind += sum(os.pread(descriptor, 1 << 20, 100_000))
    return {'y': [len(inputs['b'].buffer), found, behind]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> SlowFolder:
    return SlowFolder(tmp_path / "artifacts")


@pytest_asyncio.fixture
async def workshop(tmp_path: Path, folder: SlowFolder) -> AsyncIterator[Workshop]:
    made = Workshop(tmp_path, store=SettlingArtifacts(folder))
    yield made
    folder.go.set()
    await made.close()


async def written(workshop: Workshop, packed: Packed, port: str = "b") -> Value:
    outcome = await workshop.run(packed, {"x": 1})
    assert isinstance(outcome, Returned), outcome
    return outcome.outputs[port]


def reading(workshop: Workshop, source: str, value: Value) -> Call:
    packed = module(source, inputs={"b": BINARY})
    workshop.bundles.put(packed.files)
    return replace(trial_call(packed, {}), inputs={"b": value})


@pytest.mark.parametrize("trust", ["shipped", "unreviewed"])
async def test_what_follows_reads_what_is_not_on_disk_yet(
    workshop: Workshop, folder: SlowFolder, trust: Any
) -> None:
    workshop.trust = trust
    value = await written(workshop, module(WRITES, outputs={"b": BINARY}))
    assert list(workshop.artifacts.unsettled) == [value.artifact]
    assert value.artifact is not None
    assert not folder.has(value.artifact)
    [outcome] = await workshop.execute([reading(workshop, READS, value)])
    assert given(outcome) == [len(DATA), hashlib.sha256(DATA).hexdigest()]


async def test_what_follows_can_neither_change_it_nor_read_on(workshop: Workshop, folder: SlowFolder) -> None:
    value = await written(workshop, module(WRITES, outputs={"b": BINARY}))
    assert value.artifact is not None
    [outcome] = await workshop.execute([reading(workshop, MEDDLES, value)])
    length, found, behind = given(outcome)
    assert (length, behind) == (len(DATA), 0)
    assert found, "the descriptor of the memory is not there to be meddled with"
    with workshop.artifacts.open(value.artifact) as file:
        assert file.read() == DATA
    under_way = workshop.artifacts.unsettled[value.artifact]
    folder.go.set()
    under_way.result(30)
    assert folder.path(value.artifact).read_bytes() == DATA


@pytest.mark.parametrize(
    "source",
    [
        "    file.flush()\n    os.pwrite(file.raw._port.descriptor, b'secret', 500_000)\n",
        "    file.write(b'longer')\n    file.close()\n    file = context.writer('b')\n    file.write(b'ab')\n",
    ],
    ids=["behind", "before"],
)
async def test_memory_that_holds_more_than_the_output_is_handed_to_nobody(
    workshop: Workshop, folder: SlowFolder, source: str
) -> None:
    text = f"import os\ndef run(inputs, context):\n    file = context.writer('b')\n    file.write(b'ab')\n{source}"
    packed = module(text + "    return {'b': file}\n", outputs={"b": BINARY})
    value = await written(workshop, packed)
    assert workshop.artifacts.unsettled == {}
    assert value.artifact is not None
    assert folder.path(value.artifact).read_bytes() == b"ab"


async def test_what_an_effect_gave_is_durable_before_it_is_told(
    workshop: Workshop, folder: SlowFolder
) -> None:
    packed = module(WRITES, outputs={"b": BINARY}, effects={"kind": "keyed", "key_seconds": 60})
    value = await written(workshop, packed)
    assert workshop.artifacts.unsettled == {}
    assert value.artifact is not None
    assert folder.path(value.artifact).read_bytes() == DATA
