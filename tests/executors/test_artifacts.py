"""Artifacts in a folder: what `put` has returned is on disk, whoever wrote it."""

import io
import os
from pathlib import Path

import pytest

from executors import artifacts
from executors.artifacts import FolderArtifacts


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    found: list[Path] = []
    monkeypatch.setattr(artifacts, "_sync_folder", found.append)
    return found


@pytest.mark.parametrize("as_stream", [False, True])
def test_a_file_that_another_has_just_renamed_is_synced_before_it_is_told(
    tmp_path: Path, synced: list[Path], as_stream: bool
) -> None:
    digest, _ = FolderArtifacts(tmp_path).put(b"constant")
    synced.clear()

    store = FolderArtifacts(tmp_path)
    assert store.put(io.BytesIO(b"constant") if as_stream else b"constant") == (digest, 8)
    assert synced == [store.path(digest).parent, tmp_path]

    store.put(b"constant")
    assert len(synced) == 2, "once is enough"


def test_a_deleted_file_is_written_and_synced_anew(tmp_path: Path, synced: list[Path]) -> None:
    store = FolderArtifacts(tmp_path)
    digest, _ = store.put(b"constant")
    store.delete(digest)
    synced.clear()
    store.put(b"constant")
    assert synced == [store.path(digest).parent]
    with store.open(digest) as file:
        assert file.read() == b"constant"


def test_what_a_dead_process_was_writing_is_removed_after_a_day(tmp_path: Path) -> None:
    store = FolderArtifacts(tmp_path)
    digest, _ = store.put(b"kept")
    left, fresh = tmp_path / "incoming-left", tmp_path / "incoming-fresh"
    for path in (left, fresh):
        path.write_bytes(b"part")
    for path in (left, store.path(digest)):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    store.remove_leavings()
    assert (left.exists(), fresh.exists(), store.has(digest)) == (False, True, True)


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        FolderArtifacts(tmp_path).put(Broken())
    assert list(tmp_path.iterdir()) == []
