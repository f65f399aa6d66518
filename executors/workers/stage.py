"""The folder from which sandboxes are fed: the runtime's files and unpacked bundles.

Owns:      one folder per process, removed at the end; what a killed process left is removed at the next start.
Promises:  a bundle's folder has a name that nobody can guess and holds exactly the files that were verified.
Never:     trusts what an earlier process left on disk.
"""

import fcntl
import os
import secrets
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import executors.sandbox
import lamina
from contracts.canonical import Digest

_PREFIX: Final = "stage-"
_LOCK: Final = "lock"
_UNLOCKED_SECONDS: Final = 60.0
_SYSTEM_LIBRARIES: Final = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
)


class Stage:
    """`folder` is made inside `parent` and belongs to this process alone."""

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)).resolve()
        self._lock = _locked(self.folder)
        self.runtime = self.folder / "runtime"
        self.root = self.folder / "root"
        self._bundles = self.folder / "bundles"
        self.scratch = self.folder / "scratch"
        self._unpacked: dict[Digest, Path] = {}
        for folder in (self.folder, self._bundles, self.root):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)
        self.scratch.mkdir(mode=0o711)
        self._copy_runtime()

    def _copy_runtime(self) -> None:
        packages = {"executors/sandbox": executors.sandbox, "lamina": lamina}
        (self.runtime / "executors").mkdir(parents=True)
        (self.runtime / "executors" / "__init__.py").touch()
        for name, package in packages.items():
            source = Path(package.__path__[0])
            (self.runtime / name).mkdir()
            for file in source.glob("*.py"):
                shutil.copyfile(file, self.runtime / name / file.name)
        _open_for_reading(self.runtime)

    def new_scratch(self, count: int) -> Path:
        """A folder with `count` numbered folders, for rungs that have no file system of their own."""
        folder = self.scratch / secrets.token_hex(8)
        folder.mkdir(mode=0o711)
        for number in range(count):
            (folder / str(number)).mkdir(mode=0o700)
        return folder

    @property
    def bundles(self) -> Path:
        return self._bundles

    def readable(self) -> list[str]:
        """What every worker may read: the standard library, the system's libraries, the runtime."""
        library = Path(sys.base_prefix) / "lib"
        paths = [*_SYSTEM_LIBRARIES, str(library.resolve()), str(self.runtime)]
        return [path for path in dict.fromkeys(paths) if Path(path).exists()]

    def hidden(self) -> list[str]:
        """Packages of the host's interpreter, which a module has no business with."""
        paths = sysconfig.get_paths(vars={"base": sys.base_prefix, "platbase": sys.base_prefix})
        return list({paths["purelib"], paths["platlib"]})

    def unpack(self, bundle: Digest, files: Mapping[str, bytes]) -> Path:
        """The folder of a bundle whose files have been verified."""
        if bundle in self._unpacked:
            return self._unpacked[bundle]
        folder = self._bundles / secrets.token_hex(16)
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        _open_for_reading(folder)
        self._unpacked[bundle] = folder
        return folder

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def _locked(stage: Path) -> int:
    """A descriptor that holds the lock of a stage for as long as this process lives."""
    descriptor = os.open(stage / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def _sweep(parent: Path) -> None:
    """Remove the stages whose processes have died without doing so themselves."""
    for stage in parent.glob(f"{_PREFIX}*"):
        try:
            descriptor = os.open(stage / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            if stage.stat().st_mtime > time.time() - _UNLOCKED_SECONDS:
                continue  # being made just now
            descriptor = -1
        try:
            if descriptor >= 0:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(stage, ignore_errors=True)
        except BlockingIOError:
            continue  # its process lives
        finally:
            if descriptor >= 0:
                os.close(descriptor)


def _open_for_reading(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o444)
