"""Locked environments: the packages of a module, installed once per lock, Python and platform.

Owns:      reading a lock as hostile text, building with uv, and where environments are kept.
Promises:  only wheels with the locked hashes are installed and nothing of them is executed; an environment
           appears whole or not at all; equal locks share one.
"""

import asyncio
import hashlib
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from uv import find_uv_bin

from contracts.problems import Problem

_REQUIREMENT: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._,-]+\])?==[A-Za-z0-9.!+_-]+"
    r"(\s*;[^\\#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+\Z"
)
_LOCK_BYTES: Final = 1 << 20
_BUILD_SECONDS: Final = 300
_LAST_WORDS: Final = 600


class EnvironmentRefused(Exception):
    """An environment cannot be built; the text says why."""


def check_lock(lock: bytes, path: str = "requirements.lock") -> list[Problem]:
    """What is wrong with a lock: every line must be `name==version` with SHA-256 hashes, nothing else."""
    if len(lock) > _LOCK_BYTES:
        return [Problem(code="lock", path=path, message=f"It is larger than {_LOCK_BYTES >> 20} MiB.")]
    try:
        text = lock.decode()
    except UnicodeDecodeError:
        return [Problem(code="lock", path=path, message="It is not UTF-8. Save it as UTF-8.")]
    return [
        Problem(
            code="lock",
            path=f"{path}#{line[:80]}",
            message="Not a locked requirement. Write name==version --hash=sha256:…, as `uv pip compile"
            " --generate-hashes` does; options, URLs and paths are not allowed.",
        )
        for line in _requirements(text)
        if not _REQUIREMENT.match(line)
    ]


def _requirements(text: str) -> Iterable[str]:
    joined = re.sub(r"\\\r?\n", " ", text)
    for line in joined.splitlines():
        stripped = re.sub(r"(^|\s)#.*", "", line).strip()
        if stripped:
            yield stripped


@dataclass(eq=False)
class Environments:
    """Keeps environments in a folder that lasts. `options` are added to uv's, such as an index."""

    folder: Path
    options: tuple[str, ...] = ()
    _building: dict[str, "asyncio.Task[Path]"] = field(default_factory=dict)

    async def packages(self, lock: bytes) -> Path:
        """The folder to import from, built if need be. Raises `EnvironmentRefused`."""
        name = self._name(lock)
        if (self.folder / name).is_dir():
            return self.folder / name
        task = self._building.get(name)
        if task is None:
            task = self._building[name] = asyncio.create_task(asyncio.to_thread(self._build, name, lock))
            task.add_done_callback(lambda _: self._building.pop(name, None))
        return await asyncio.shield(task)

    def _name(self, lock: bytes) -> str:
        for_whom = f"{sys.implementation.cache_tag} {sysconfig.get_platform()}"
        return hashlib.sha256(lock + b"\0" + for_whom.encode()).hexdigest()[:40]

    def _build(self, name: str, lock: bytes) -> Path:
        if problems := check_lock(lock):
            raise EnvironmentRefused(f"{problems[0].path}: {problems[0].message}")
        self.folder.mkdir(parents=True, exist_ok=True)
        final = self.folder / name
        with tempfile.TemporaryDirectory(prefix="building-", dir=self.folder) as aside:
            target = Path(aside, "packages")
            requirements = Path(aside, "requirements.lock")
            requirements.write_bytes(lock)
            self._install(requirements, target)
            _open_for_reading(target)
            try:
                target.rename(final)
            except OSError:
                if not final.is_dir():  # another process was quicker with the same
                    raise
        return final

    def _install(self, requirements: Path, target: Path) -> None:
        command = [
            find_uv_bin(),
            "pip",
            "install",
            *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
            *("--no-config", "--quiet", "--link-mode", "copy", "--python", sys.executable),
            *("--target", str(target), "-r", str(requirements), *self.options),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=_BUILD_SECONDS, check=False, cwd=requirements.parent
            )
        except subprocess.TimeoutExpired as error:
            raise EnvironmentRefused(f"The packages were not installed within {_BUILD_SECONDS} s.") from error
        if done.returncode != 0:
            words = done.stderr.decode("utf-8", "replace").strip()[-_LAST_WORDS:]
            raise EnvironmentRefused(f"The packages cannot be installed: {words}")
        target.mkdir(exist_ok=True)


def _open_for_reading(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o444)
