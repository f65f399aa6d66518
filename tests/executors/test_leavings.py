"""What a module leaves in its scratch folder is removed, by root and by an ordinary user."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from executors.sandbox.leavings import empty

MODULE = 65_534 if os.getuid() == 0 else os.getuid()


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that every user can reach."""
    with TemporaryDirectory(dir="/tmp") as name:
        place = Path(name)
        place.chmod(0o755)
        yield place


def as_user(user: int, act: Callable[..., None], *words: object) -> int:
    """The exit status of a process of that user which acts."""
    pid = os.fork()
    if pid == 0:
        try:
            if user != os.getuid():
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
            act(*words)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def leave(scratch: Path, beside: Path) -> None:
    inner = scratch / "a" / "b"
    inner.mkdir(parents=True)
    for place in (scratch, inner):
        for mode in (0o300, 0o500, 0o600, 0):
            closed = place / f"{mode:o}"
            (closed / "c").mkdir(parents=True)
            (closed / "c" / "file").write_text("x")
            (closed / "c").chmod(mode)
            closed.chmod(mode)
        (place / "link").symlink_to(beside)
        (place / "dead").symlink_to("nowhere")
        os.mkfifo(place / "pipe")
    inner.chmod(0o500)


@pytest.mark.parametrize("user", sorted({os.getuid(), MODULE}))
def test_whatever_it_leaves_is_removed_and_what_it_links_to_stays(folder: Path, user: int) -> None:
    scratch, beside = folder / "scratch", folder / "beside"
    for place in (scratch, beside):
        place.mkdir()
        os.chown(place, MODULE, -1)
    (beside / "kept").write_text("x")
    beside.chmod(0o550)
    assert as_user(MODULE, leave, scratch, beside) == 0

    assert as_user(user, empty, str(scratch)) == 0

    assert list(scratch.iterdir()) == []
    assert [item.name for item in beside.iterdir()] == ["kept"]
    assert beside.stat().st_mode & 0o777 == 0o550


def test_a_folder_that_became_a_link_meanwhile_is_not_followed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch, beside = folder / "scratch", folder / "beside"
    (scratch / "x").mkdir(parents=True)
    beside.mkdir()
    (beside / "kept").write_text("x")
    opened = os.open

    def swap_then_open(name: str, flags: int, *, dir_fd: int | None = None) -> int:
        if name == "x":
            (scratch / "x").rename(folder / "moved")
            (scratch / "x").symlink_to(beside)
        return opened(name, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", swap_then_open)
    with pytest.raises(OSError, match="Not a directory"):
        empty(str(scratch))
    assert (beside / "kept").exists()
