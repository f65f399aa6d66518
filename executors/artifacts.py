"""Where values too large for the journal are kept: by digest, durable before anything names them.

Owns:      the `ArtifactStore` protocol, and a store in a folder.
Promises:  what `put` returned survives a crash; the same bytes are stored once.
Never:     knows who may see an artifact.
"""

import errno
import fcntl
import hashlib
import mmap
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Final, Protocol

from contracts.canonical import Digest, digest_of_bytes

CHUNK_BYTES = 1 << 20
_NAMES_KNOWN = 10_000
_INCOMING = "incoming-"
_LEFT_SECONDS = 86_400
_DIRECT = getattr(os, "O_DIRECT", 0)
# Of memory that nobody can make larger or smaller, or change in any way. A system that has no such memory has none.
SIZE_SEALS: Final[int] = getattr(fcntl, "F_SEAL_SHRINK", 0) | getattr(fcntl, "F_SEAL_GROW", 0)
LAST_SEAL: Final[int] = getattr(fcntl, "F_SEAL_SEAL", 0)
ALL_SEALS: Final[int] = SIZE_SEALS | LAST_SEAL | getattr(fcntl, "F_SEAL_WRITE", 0)
_sync = getattr(os, "fdatasync", os.fsync)  # a new file's size is of its data


class ArtifactStore(Protocol):
    """Content-addressed blobs; safe to use from any thread."""

    @property
    def unsettled(self) -> Mapping[Digest, "Future[None]"]:
        """What `put_sealed` returned and is not durable yet; a future that has failed stays, until it is.

        Whoever asks for one that has failed has it looked for once more: others store into the same place. That
        may sync a folder.
        """
        ...

    def put(self, source: bytes | memoryview | BinaryIO) -> tuple[Digest, int]:
        """Store bytes, or a stream from where it stands to its end. Returns digest and size, durably."""
        ...

    def put_sealed(self, memory: int, size: int) -> Digest:
        """Store the first bytes, one or more, of memory that is sealed against writing.

        Nothing that lasts may name the digest while it is among `unsettled`.
        """
        ...

    def open(self, artifact: Digest) -> BinaryIO:
        """Raises `FileNotFoundError` when the artifact is not (or no longer) kept."""
        ...

    def has(self, artifact: Digest) -> bool: ...

    def delete(self, artifact: Digest) -> None: ...


class FolderArtifacts:
    """Artifacts as files below a folder: `ab/cdef…`, written aside, synced, then renamed."""

    unsettled: Mapping[Digest, "Future[None]"] = MappingProxyType({})

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # Files and folders whose names are known to be on disk: who is still putting one has only renamed it yet.
        self._synced: set[Digest | str] = set()

    def put(self, source: bytes | memoryview | BinaryIO) -> tuple[Digest, int]:
        """What is kept already is not written again."""
        if not isinstance(source, bytes | memoryview):
            return self._put_stream(source)
        digest = digest_of_bytes(source)
        self.keep(digest, source)
        return digest, memoryview(source).nbytes

    def put_sealed(self, memory: int, size: int) -> Digest:
        """Durable at once."""
        with mapped(memory, size) as data:
            return self.put(data)[0]

    def keep(self, digest: Digest, data: bytes | memoryview) -> None:
        """Store, durably, bytes whose digest is known."""
        self._keep(digest, data, _write)

    def keep_for_later(self, digest: Digest, data: memoryview) -> None:
        """As `keep`, for bytes that `mapped` gave and that nobody will read from the file just now."""
        self._keep(digest, data, _write_directly)

    def _keep(self, digest: Digest, data: Any, write: Callable[[int, memoryview], None]) -> None:
        if self.is_durable(digest):
            return
        with self._incoming() as file, memoryview(data) as view:
            write(file.fileno(), view)
        self._settle(file, digest)

    def _put_stream(self, source: BinaryIO) -> tuple[Digest, int]:
        hasher = hashlib.sha256()
        size = 0
        with self._incoming() as file:
            while chunk := source.read(CHUNK_BYTES):
                hasher.update(chunk)
                _write(file.fileno(), memoryview(chunk))
                size += len(chunk)
        digest = "sha256:" + hasher.hexdigest()
        self._settle(file, digest)
        return digest, size

    @contextmanager
    def _incoming(self) -> "Iterator[tempfile._TemporaryFileWrapper[bytes]]":
        """A file that is on disk when it is left, or gone."""
        with tempfile.NamedTemporaryFile(
            dir=self.folder, prefix=_INCOMING, delete=False, buffering=0
        ) as file:
            try:
                yield file
                _sync(file.fileno())
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    def _settle(self, file: "tempfile._TemporaryFileWrapper[bytes]", digest: Digest) -> None:
        incoming, final = Path(file.name), self.path(digest)
        if final.exists():
            incoming.unlink()
        else:
            final.parent.mkdir(exist_ok=True)
            incoming.rename(final)
        self._sync_names(digest)

    def _sync_names(self, digest: Digest) -> None:
        if digest in self._synced:
            return
        parent = self.path(digest).parent
        _sync_folder(parent)
        if parent.name not in self._synced:
            _sync_folder(self.folder)
            self._synced.add(parent.name)
        if len(self._synced) > _NAMES_KNOWN:
            self._synced.clear()
        self._synced.add(digest)

    def remove_leavings(self) -> None:
        """Delete what processes that died were writing; who still writes has changed his file within a day."""
        oldest = time.time() - _LEFT_SECONDS
        for path in self.folder.glob(f"{_INCOMING}*"):
            with suppress(FileNotFoundError):  # another process removes it as well
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def path(self, artifact: Digest) -> Path:
        """Where the file of an artifact is, or would be."""
        hexadecimal = artifact.removeprefix("sha256:")
        return self.folder / hexadecimal[:2] / hexadecimal[2:]

    def open(self, artifact: Digest) -> BinaryIO:
        return self.path(artifact).open("rb")

    def has(self, artifact: Digest) -> bool:
        return self.path(artifact).exists()

    def is_durable(self, artifact: Digest) -> bool:
        """As `has`; what is kept survives a crash from now on, whoever stored it."""
        if not self.has(artifact):
            return False
        self._sync_names(artifact)
        return True

    def delete(self, artifact: Digest) -> None:
        self._synced.discard(artifact)
        self.path(artifact).unlink(missing_ok=True)


@contextmanager
def mapped(memory: int, size: int) -> Iterator[memoryview]:
    """The first bytes of memory, to be read."""
    # Private: kernels before 6.7 refuse to share memory that is sealed against writing, even for reading.
    with (
        mmap.mmap(memory, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as whole,
        memoryview(whole) as data,
    ):
        yield data


def _write(file: int, data: memoryview) -> None:
    written = 0
    while written < data.nbytes:
        written += os.write(file, data[written:])


def _write_directly(file: int, data: memoryview) -> None:
    """Past the page cache, whose pages cost more than the disk does; what is no whole page goes through it."""
    written, pages = 0, data.nbytes - data.nbytes % mmap.PAGESIZE
    flags = fcntl.fcntl(file, fcntl.F_GETFL)
    try:
        fcntl.fcntl(file, fcntl.F_SETFL, flags | _DIRECT)
        while written < pages:
            written += os.write(file, data[written:pages])
    except OSError as error:
        if error.errno != errno.EINVAL:  # the file system has no such way, or not for this part
            raise
    fcntl.fcntl(file, fcntl.F_SETFL, flags)
    _write(file, data[written:])


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
