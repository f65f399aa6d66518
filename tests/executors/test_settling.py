"""Artifacts written behind the call: told at once, read from memory, and never taken for durable too early."""

import asyncio
import ctypes
import errno
import fcntl
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.canonical import digest_of_bytes
from executors import artifacts, settling
from executors.artifacts import ALL_SEALS, FolderArtifacts, mapped
from executors.settling import LEAST_BYTES, SettlingArtifacts, all_settled
from executors.workers.boxes import sealed_memory
from tests.support.artifacts import SlowFolder, memory_of

DATA = os.urandom(3 * mmap.PAGESIZE + 100)
DIGEST = digest_of_bytes(DATA)
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[SlowFolder]:
    folder = SlowFolder(tmp_path)
    yield folder
    folder.go.set()


@pytest.fixture
def store(folder: SlowFolder) -> SettlingArtifacts:
    return SettlingArtifacts(folder, room_bytes=2 * LEAST_BYTES)


def put(store: SettlingArtifacts, data: bytes, **memory: int) -> str:
    descriptor = memory_of(data, **memory)
    try:
        return store.put_sealed(descriptor, len(data))
    finally:
        os.close(descriptor)


def punch_hole(descriptor: int, length: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
    if libc.fallocate(descriptor, 0x1 | 0x2, 0, length):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def test_what_is_not_on_disk_yet_is_read_from_memory(store: SettlingArtifacts, folder: SlowFolder) -> None:
    assert put(store, DATA) == DIGEST
    under_way = store.unsettled[DIGEST]
    assert not folder.has(DIGEST)
    assert store.has(DIGEST)
    with store.open(DIGEST) as file, store.open(DIGEST) as other:
        assert file.read() == DATA
        assert file.read() == b""
        assert file.seek(-100, os.SEEK_END) == len(DATA) - 100
        assert file.read(1_000) == DATA[-100:]
        assert other.read(10) == DATA[:10], "each has a place of its own"

    folder.go.set()
    under_way.result(30)
    assert store.unsettled == {}
    assert folder.path(DIGEST).read_bytes() == DATA
    with store.open(DIGEST) as file:
        assert file.read() == DATA


def test_the_same_bytes_are_on_their_way_once(store: SettlingArtifacts, folder: SlowFolder) -> None:
    put(store, DATA)
    under_way = store.unsettled[DIGEST]
    put(store, DATA)
    assert store.unsettled == {DIGEST: under_way}
    folder.go.set()
    under_way.result(30)
    put(store, DATA)
    assert store.unsettled == {}


def test_what_is_put_as_bytes_is_durable_at_once(store: SettlingArtifacts, folder: SlowFolder) -> None:
    put(store, DATA)
    assert store.put(DATA) == (DIGEST, len(DATA))
    assert folder.path(DIGEST).read_bytes() == DATA


@pytest.mark.parametrize("missing", [fcntl.F_SEAL_WRITE, fcntl.F_SEAL_SEAL])
def test_memory_that_is_not_sealed_for_good_is_written_at_once(
    store: SettlingArtifacts, folder: SlowFolder, missing: int
) -> None:
    put(store, DATA, seals=ALL_SEALS & ~missing)
    assert store.unsettled == {}
    assert folder.path(DIGEST).read_bytes() == DATA


@pytest.mark.parametrize("place", [len(DATA), 4 * mmap.PAGESIZE, 9 * mmap.PAGESIZE])
def test_memory_with_more_than_its_content_is_handed_to_nobody(
    store: SettlingArtifacts, folder: SlowFolder, place: int
) -> None:
    memory = memory_of(DATA + bytes(place - len(DATA)) + b"secret")
    try:
        assert store.put_sealed(memory, len(DATA)) == DIGEST
    finally:
        os.close(memory)
    assert store.unsettled == {}
    assert folder.path(DIGEST).read_bytes() == DATA


def test_who_is_handed_the_memory_can_neither_change_it_nor_find_more_in_it(store: SettlingArtifacts) -> None:
    put(store, DATA)
    with store.open(DIGEST) as file:
        handed = file.fileno()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(handed, b"x")
        again = os.open(f"/proc/self/fd/{handed}", os.O_RDWR)
        try:
            for attempt in (
                lambda: os.pwrite(again, b"x", 0),
                lambda: os.ftruncate(again, 10),
                lambda: os.ftruncate(again, 1 << 30),
                lambda: os.posix_fallocate(again, 0, 1 << 30),
                lambda: mmap.mmap(again, len(DATA)),
                lambda: punch_hole(again, len(DATA)),
                lambda: fcntl.fcntl(again, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK),
            ):
                with pytest.raises(OSError, match="not permitted"):
                    attempt()
        finally:
            os.close(again)
        assert not any(os.pread(handed, 1 << 21, len(DATA)))
        assert file.read() == DATA


def test_what_finds_no_room_is_written_at_once(store: SettlingArtifacts, folder: SlowFolder) -> None:
    first, second, third = (put(store, bytes([number]) * 10) for number in range(3))
    assert list(store.unsettled) == [first, second]
    assert folder.has(third)
    under_way = list(store.unsettled.values())
    folder.go.set()
    for each in under_way:
        each.result(30)

    folder.go.clear()
    fourth = put(store, b"4" * 10)
    assert list(store.unsettled) == [fourth]


def test_memory_that_is_held_behind_the_content_takes_room(
    store: SettlingArtifacts, folder: SlowFolder
) -> None:
    def put_reserved(data: bytes) -> str:
        memory = sealed_memory("output", 2 * LEAST_BYTES)
        try:
            os.pwrite(memory, data, 0)
            os.posix_fallocate(memory, 0, 2 * LEAST_BYTES)
            fcntl.fcntl(memory, fcntl.F_ADD_SEALS, ALL_SEALS)
            return store.put_sealed(memory, len(data))
        finally:
            os.close(memory)

    first = put_reserved(b"first")
    assert list(store.unsettled) == [first]
    assert folder.has(put(store, b"second"))
    under_way = store.unsettled[first]
    folder.go.set()
    under_way.result(30)

    folder.go.clear()
    again = put_reserved(b"there is room again")
    assert list(store.unsettled) == [again]


def test_the_smallest_takes_as_much_room_as_its_descriptor_is_worth() -> None:
    assert settling.ROOM_BYTES // LEAST_BYTES <= 64


def test_what_could_not_be_stored_is_never_taken_for_durable(
    store: SettlingArtifacts, folder: SlowFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, DATA)
    under_way, folder.failure = store.unsettled[DIGEST], FULL
    folder.go.set()
    assert under_way.exception(30) is FULL
    assert dict(store.unsettled) == {DIGEST: under_way}
    assert not store.has(DIGEST)
    with pytest.raises(FileNotFoundError):
        store.open(DIGEST)

    def full(*_: object) -> None:
        raise FULL

    with monkeypatch.context() as patched:
        patched.setattr(FolderArtifacts, "keep", full)
        with pytest.raises(OSError, match="No space left"):
            put(store, b"the next says it at once")
    put(store, DATA)
    assert store.unsettled == {}
    assert folder.path(DIGEST).read_bytes() == DATA

    folder.failure = None
    folder.go.clear()
    trusted = put(store, b"later ones are trusted again")
    assert list(store.unsettled) == [trusted]


def test_only_what_has_been_stored_at_once_is_trusted_after_a_failure(
    store: SettlingArtifacts, folder: SlowFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that has room for little, and then for more."""

    def nearly_full(self: FolderArtifacts, digest: str, data: memoryview, write: Any) -> None:
        if len(data) > room[0] and not self.has(digest):
            raise FULL
        store_all(self, digest, data, write)

    store_all, room = FolderArtifacts._keep, [100]
    monkeypatch.setattr(FolderArtifacts, "_keep", nearly_full)
    lost = put(store, b"l" * 1_000)
    under_way = store.unsettled[lost]
    folder.go.set()
    assert under_way.exception(30) is FULL
    folder.go.clear()

    room[0] = 2_000
    FolderArtifacts(folder.folder).put(b"k" * 2_000)
    room[0] = 100
    put(store, b"k" * 2_000)  # is there, and shows nothing
    put(store, b"s" * 100)
    small = put(store, b"t" * 100)
    assert list(store.unsettled) == [lost, small], "what was small enough is trusted"
    for letter in (b"l", b"m"):
        with pytest.raises(OSError, match="No space left"):
            put(store, letter * 1_000)

    room[0] = 1_000
    assert folder.has(put(store, b"m" * 1_000))
    large = put(store, b"n" * 1_000)
    assert list(store.unsettled) == [lost, small, large]


async def test_what_has_failed_is_kept_without_what_led_to_it_and_only_so_much_of_it(
    store: SettlingArtifacts, folder: SlowFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "UNSETTLED_AT_MOST", 1)
    put(store, DATA)
    under_way, folder.failure = store.unsettled[DIGEST], FULL
    folder.go.set()
    assert under_way.exception(30) is FULL
    assert FULL.__traceback__ is None
    assert not await all_settled(store, [DIGEST])
    assert FULL.__traceback__ is None

    folder.go.clear()
    assert folder.has(put(store, b"stored at once, and trusted from now on"))
    assert folder.has(put(store, b"there is no room for more failures"))
    put(store, DATA)
    assert list(store.unsettled) == []
    again = put(store, b"but now there is")
    assert list(store.unsettled) == [again]


async def test_what_another_store_brought_after_all_is_durable(
    store: SettlingArtifacts, folder: SlowFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Path) -> None:
        raise FULL

    put(store, DATA)
    under_way, folder.failure = store.unsettled[DIGEST], FULL
    folder.go.set()
    assert under_way.exception(30) is FULL
    assert not await all_settled(store, [DIGEST])

    FolderArtifacts(folder.folder).put(DATA)
    with monkeypatch.context() as patched:
        patched.setattr(artifacts, "_sync_folder", failing)
        assert store.unsettled.get(DIGEST), "its name may not be on disk"
    assert DIGEST not in store.unsettled
    assert store.unsettled == {}
    assert await all_settled(store, [DIGEST])


async def test_what_another_store_brought_meanwhile_is_durable(
    store: SettlingArtifacts, folder: SlowFolder
) -> None:
    put(store, DATA)
    waiting = asyncio.create_task(all_settled(store, [DIGEST]))
    FolderArtifacts(folder.folder).put(DATA)
    folder.failure = FULL
    folder.go.set()
    assert await waiting


def test_what_is_deleted_is_not_written_afterwards(store: SettlingArtifacts, folder: SlowFolder) -> None:
    folder.go.set()
    put(store, DATA)
    store.delete(DIGEST)
    assert not store.has(DIGEST)
    assert store.unsettled == {}


async def test_who_needs_the_file_waits_for_it(store: SettlingArtifacts, folder: SlowFolder) -> None:
    put(store, DATA)
    waiting = asyncio.create_task(all_settled(store, ["sha256:other", DIGEST]))
    await asyncio.sleep(0)
    assert not waiting.done()
    folder.go.set()
    assert await waiting
    assert folder.has(DIGEST)

    folder.failure = FULL
    assert not await all_settled(store, [put(store, b"another")])


def test_who_stops_waiting_stops_nothing(store: SettlingArtifacts, folder: SlowFolder) -> None:
    async def give_up() -> None:
        await asyncio.wait_for(all_settled(store, [digest]), 0.01)

    put(store, DATA)  # holds the thread
    digest = put(store, b"behind")
    under_way = store.unsettled[digest]
    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    folder.go.set()
    under_way.result(30)
    assert folder.has(digest)


@pytest.mark.parametrize("size", [1, mmap.PAGESIZE, mmap.PAGESIZE + 1, 5 * mmap.PAGESIZE - 1])
@pytest.mark.parametrize("takes_whole_pages", [True, False])
def test_a_file_written_past_the_cache_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, takes_whole_pages: bool
) -> None:
    if not takes_whole_pages:

        def refuse(file: int, data: memoryview) -> int:
            if fcntl.fcntl(file, fcntl.F_GETFL) & os.O_DIRECT:
                raise OSError(errno.EINVAL, "Invalid argument")
            return write(file, data)

        write = os.write
        monkeypatch.setattr(artifacts.os, "write", refuse)
    data = os.urandom(size)
    digest, memory, store = digest_of_bytes(data), memory_of(data), FolderArtifacts(tmp_path)
    with mapped(memory, size) as view:
        store.keep_for_later(digest, view)
    os.close(memory)
    assert store.path(digest).read_bytes() == data


def test_a_file_has_its_name_only_when_it_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def synced(file: int) -> None:
        names = [path.name for path in tmp_path.rglob("*") if path.is_file()]
        seen.append([name.startswith("incoming-") for name in names])

    seen: list[list[bool]] = []
    monkeypatch.setattr(artifacts, "_sync", synced)
    store = SettlingArtifacts(FolderArtifacts(tmp_path))
    digest = put(store, DATA)
    if under_way := store.unsettled.get(digest):
        under_way.result(30)
    assert seen == [[True]]
    assert store.has(digest)
