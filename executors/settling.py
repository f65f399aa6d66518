"""Artifacts written behind the call: their bytes are at hand at once, and durable a little later.

Owns:      sealed memory whose bytes are on their way into a folder, and the thread that brings them there.
Promises:  what is not durable yet is among `unsettled`, from before its digest is told; until then it is read
           from memory that nobody can change any more.
Never:     holds more than `ROOM_BYTES`: what finds no room is durable before its digest is told.
"""

import asyncio
import fcntl
import io
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from contracts.canonical import Digest, digest_of_bytes
from executors.artifacts import ALL_SEALS, ArtifactStore, FolderArtifacts, mapped

log = logging.getLogger(__name__)
ROOM_BYTES: Final = 128 << 20
# What the smallest takes of the room: each holds a descriptor, and the one behind it waits for its sync.
LEAST_BYTES: Final = 4 << 20
# What has failed stays known until it is durable; when it is so much, all is durable before its digest is told.
UNSETTLED_AT_MOST: Final = 1_000
_BLOCK: Final = 512  # bytes that `st_blocks` counts
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class _Sealed:
    """`descriptor` reads, and cannot write; the memory may be longer, with zeros alone behind `size`."""

    descriptor: int
    size: int
    room: int


class SettlingArtifacts:
    """In front of a folder, for the process that also writes the journal: the writer waits for `unsettled`."""

    def __init__(self, kept: FolderArtifacts, *, room_bytes: int = ROOM_BYTES) -> None:
        self._kept = kept
        self._room = room_bytes
        self._lock = threading.Lock()
        self._memory: dict[Digest, _Sealed] = {}
        self._unsettled: dict[Digest, Future[None]] = {}
        # After a failure, what is larger than anything stored at once since is durable before its digest is told,
        # so that its own call says what is wrong.
        self._trusted_bytes = room_bytes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="settling")

    @property
    def unsettled(self) -> Mapping[Digest, "Future[None]"]:
        return _Unsettled(self._unsettled, self._is_there_after_all)

    def _is_there_after_all(self, digest: Digest) -> bool:
        try:
            is_durable = self._kept.is_durable(digest)
        except OSError as error:
            log.error("whether the artifact %s is kept cannot be told: %s", digest, error)
            return False
        if is_durable:
            self._note_durable(digest)
        return is_durable

    def put(self, source: bytes | memoryview | BinaryIO) -> tuple[Digest, int]:
        """Durable at once."""
        digest, size = self._kept.put(source)
        self._note_durable(digest)
        return digest, size

    def put_sealed(self, memory: int, size: int) -> Digest:
        sealed = _sealed(memory, size)
        if sealed is None:
            digest = self._kept.put_sealed(memory, size)
            self._note_durable(digest)
            return digest
        is_left = False
        try:
            with mapped(sealed.descriptor, size) as data:
                digest = digest_of_bytes(data)
                is_left = self._is_left(digest, sealed)
                if not is_left:
                    is_new = not self._kept.has(digest)
                    self._kept.keep(digest, data)
                    self._note_durable(digest, shown_bytes=size if is_new else 0)
        finally:
            if not is_left:
                os.close(sealed.descriptor)
        return digest

    def _is_left(self, digest: Digest, sealed: _Sealed) -> bool:
        """Whether it is on its way, from now on if need be; the descriptor is not the caller's any more."""
        with self._lock:
            if digest in self._memory:
                os.close(sealed.descriptor)
                return True
            has_room = sealed.room <= self._room and len(self._unsettled) < UNSETTLED_AT_MOST
            is_trusted = sealed.size <= self._trusted_bytes
            if not (has_room and is_trusted) or digest in self._unsettled or self._kept.has(digest):
                return False
            self._thread.submit(self._settle, digest)
            self._unsettled[digest] = Future()
            self._memory[digest] = sealed
            self._room -= sealed.room
            return True

    def _note_durable(self, digest: Digest, *, shown_bytes: int = 0) -> None:
        with self._lock:
            self._trusted_bytes = max(self._trusted_bytes, shown_bytes)
            if digest not in self._memory:
                self._unsettled.pop(digest, None)

    def _settle(self, digest: Digest) -> None:
        with self._lock:
            sealed, under_way = self._memory[digest], self._unsettled[digest]
        failure: Exception | None = None
        try:
            with mapped(sealed.descriptor, sealed.size) as data:
                self._kept.keep_for_later(digest, data)
        except Exception as error:  # noqa: BLE001  # whatever it is, who waits is told
            log.error("the artifact %s (%d bytes) could not be stored: %s", digest, sealed.size, error)
            failure = error.with_traceback(None)  # it is kept for long
        with self._lock:
            self._room += sealed.room
            del self._memory[digest]
            os.close(sealed.descriptor)
            if failure is None:
                del self._unsettled[digest]
            else:
                self._trusted_bytes = 0
        if failure is None:
            under_way.set_result(None)
        else:
            under_way.set_exception(failure)

    def open(self, artifact: Digest) -> BinaryIO:
        with self._lock:
            sealed = self._memory.get(artifact)
            if sealed is not None:
                return io.BufferedReader(_Reading(_reopened(sealed.descriptor), sealed.size))
        return self._kept.open(artifact)

    def has(self, artifact: Digest) -> bool:
        return artifact in self._memory or self._kept.has(artifact)

    def delete(self, artifact: Digest) -> None:
        under_way = self._unsettled.get(artifact)
        if under_way is not None:
            wait([under_way])
        self._kept.delete(artifact)


class _Unsettled(Mapping[Digest, "Future[None]"]):
    """What has failed is not there any more once `is_there_after_all`, which is asked whenever it is looked up."""

    def __init__(
        self, futures: Mapping[Digest, "Future[None]"], is_there_after_all: Callable[[Digest], bool]
    ) -> None:
        self._futures = futures
        self._is_there_after_all = is_there_after_all

    def __getitem__(self, digest: Digest) -> "Future[None]":
        under_way = self._futures[digest]
        has_failed = under_way.done() and under_way.exception() is not None
        if has_failed and self._is_there_after_all(digest):
            raise KeyError(digest)
        return under_way

    def __iter__(self) -> Iterator[Digest]:
        return iter(self._futures)

    def __len__(self) -> int:
        return len(self._futures)


async def all_settled(store: ArtifactStore, artifacts: Iterable[Digest]) -> bool:
    """Wait until these are durable; False when one of them cannot be stored, which has been logged."""
    for artifact in artifacts:
        under_way = await _under_way(store, artifact)
        if under_way is not None:
            try:
                await asyncio.shield(asyncio.wrap_future(under_way))
            except Exception as error:  # noqa: BLE001  # whatever kept it from being stored
                error.__traceback__ = None  # it is kept for long
                if await _under_way(store, artifact) is not None:
                    return False
    return True


async def _under_way(store: ArtifactStore, artifact: Digest) -> "Future[None] | None":
    unsettled = store.unsettled
    # Off the loop: what has failed is looked for on the disk.
    return await asyncio.to_thread(unsettled.get, artifact) if unsettled else None


def _reopened(memory: int) -> int:
    """A descriptor of its own for the same memory, with a place of its own, that can only read."""
    return os.open(f"/proc/self/fd/{memory}", os.O_RDONLY | os.O_CLOEXEC)


def _sealed(memory: int, size: int) -> _Sealed | None:
    """None for what may still change, or shows more than its content to whoever is handed it."""
    if fcntl.fcntl(memory, fcntl.F_GET_SEALS) & ALL_SEALS != ALL_SEALS:
        return None
    descriptor = _reopened(memory)
    if _is_empty_behind(descriptor, size):
        # Zeros may be held as well: what was reserved is no data, but memory all the same.
        held = os.fstat(descriptor).st_blocks * _BLOCK
        return _Sealed(descriptor, size, max(size, held, LEAST_BYTES))
    os.close(descriptor)
    return None


def _is_empty_behind(memory: int, size: int) -> bool:
    behind = -size % _PAGE
    if any(os.pread(memory, behind, size)):
        return False
    try:
        os.lseek(memory, size + behind, os.SEEK_DATA)
    except OSError:
        return True  # no data from there to the end
    return False


class _Reading(io.RawIOBase):
    """The first `size` bytes of memory, as a file."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor, self._size, self._at = descriptor, size, 0

    def fileno(self) -> int:
        return self._descriptor

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        with memoryview(buffer) as whole, whole.cast("B") as room:
            left = max(0, self._size - self._at)
            count = os.preadv(self._descriptor, [room[:left]], self._at)
        self._at += count
        return count

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()
