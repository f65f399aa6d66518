"""Where values too large for the journal are kept: by digest, durable before anything names them.

Owns:      the `ArtifactStore` protocol, and a store in a folder.
Promises:  what `put` returned survives a crash; the same bytes are stored once.
Never:     knows who may see an artifact.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from contracts.canonical import Digest

CHUNK_BYTES = 1 << 20
_NAMES_KNOWN = 10_000
_sync = getattr(os, "fdatasync", os.fsync)  # a new file's size is of its data


class ArtifactStore(Protocol):
    """Content-addressed blobs; safe to use from any thread."""

    def put(self, source: bytes | memoryview | BinaryIO) -> tuple[Digest, int]:
        """Store bytes, or a stream from where it stands to its end. Returns digest and size, durably."""
        ...

    def open(self, artifact: Digest) -> BinaryIO:
        """Raises `FileNotFoundError` when the artifact is not (or no longer) kept."""
        ...

    def has(self, artifact: Digest) -> bool: ...

    def delete(self, artifact: Digest) -> None: ...


class FolderArtifacts:
    """Artifacts as files below a folder: `ab/cdef…`, written aside, synced, then renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # Files and folders whose names are known to be on disk: who is still putting one has only renamed it yet.
        self._synced: set[Digest | str] = set()

    def put(self, source: bytes | memoryview | BinaryIO) -> tuple[Digest, int]:
        """What is kept already is not written again."""
        if not isinstance(source, bytes | memoryview):
            return self._put_stream(source)
        digest = "sha256:" + hashlib.sha256(source).hexdigest()
        size = memoryview(source).nbytes
        if self.path(digest).exists():
            self._sync_names(digest)
            return digest, size
        with self._incoming() as file:
            file.write(source)
        self._settle(file, digest)
        return digest, size

    def _put_stream(self, source: BinaryIO) -> tuple[Digest, int]:
        hasher = hashlib.sha256()
        size = 0
        with self._incoming() as file:
            while chunk := source.read(CHUNK_BYTES):
                hasher.update(chunk)
                file.write(chunk)
                size += len(chunk)
        digest = "sha256:" + hasher.hexdigest()
        self._settle(file, digest)
        return digest, size

    @contextmanager
    def _incoming(self) -> "Iterator[tempfile._TemporaryFileWrapper[bytes]]":
        """A file that is on disk when it is left, or gone."""
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="incoming-", delete=False) as file:
            try:
                yield file
                file.flush()
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

    def path(self, artifact: Digest) -> Path:
        """Where the file of an artifact is, or would be."""
        hexadecimal = artifact.removeprefix("sha256:")
        return self.folder / hexadecimal[:2] / hexadecimal[2:]

    def open(self, artifact: Digest) -> BinaryIO:
        return self.path(artifact).open("rb")

    def has(self, artifact: Digest) -> bool:
        return self.path(artifact).exists()

    def delete(self, artifact: Digest) -> None:
        self._synced.discard(artifact)
        self.path(artifact).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
