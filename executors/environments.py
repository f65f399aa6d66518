"""Locked environments: the packages of a module, installed once per lock, Python and platform.

Owns:      reading a lock as hostile text, building with uv behind walls, and where environments are kept.
Promises:  only wheels with the locked hashes are installed and nothing of them is executed; an environment
           appears whole or not at all; equal locks share one; the builder writes into its own folder alone.
"""

import asyncio
import hashlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from uv import find_uv_bin

import executors
from contracts.problems import Problem

_REQUIREMENT: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._,-]+\])?==[A-Za-z0-9.!+_-]+"
    r"(\s*;[^\\#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+\Z"
)
_LOCK_BYTES: Final = 1 << 20
_BUILD_SECONDS: Final = 300
_LAST_WORDS: Final = 600
_BUILDING: Final = "building-"
# A user for each build: below the users of workers, and apart for each process.
_builders: Final = itertools.count(1_800_000_000 + os.getpid() % 90_000 * 1_000)
_READABLE: Final = ("/etc", "/usr/share", "/dev/null", "/dev/urandom", "/run/systemd/resolve")
_LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
_KEPT: Final = frozenset(
    {"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "LD_LIBRARY_PATH"}
)


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
    """Keeps environments in a folder that lasts. `options` are added to uv's, such as an index; `rung` is asked
    at each build how strong the sandbox is here.
    """

    folder: Path
    options: tuple[str, ...] = ()
    rung: Callable[[], int] = lambda: 0
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
        self._sweep()
        final = self.folder / name
        with tempfile.TemporaryDirectory(prefix=_BUILDING, dir=self.folder) as aside:
            work = Path(aside, "work")
            work.mkdir()
            (work / "requirements.lock").write_bytes(lock)
            self._install(work)
            target = work / "packages"
            target.mkdir(exist_ok=True)
            _take_over(work)
            try:
                target.rename(final)
            except OSError:
                if not final.is_dir():  # another process was quicker with the same
                    raise
        return final

    def _sweep(self) -> None:
        """What builders left that were killed."""
        for left in self.folder.glob(f"{_BUILDING}*"):
            if left.stat().st_mtime < time.time() - 2 * _BUILD_SECONDS:
                shutil.rmtree(left, ignore_errors=True)

    def _install(self, work: Path) -> None:
        order = self._order(work)
        if order["user"]:
            os.chown(work, order["user"], order["user"])
        try:
            done = _run_builder(order, work)
        except subprocess.TimeoutExpired as error:
            if order["user"]:
                _run_builder({"command": [], "user": order["user"]}, work)
            raise EnvironmentRefused(f"The packages were not installed within {_BUILD_SECONDS} s.") from error
        if done.returncode != 0:
            words = done.stderr.decode("utf-8", "replace").strip()[-_LAST_WORDS:]
            raise EnvironmentRefused(f"The packages cannot be installed: {words}")

    def _order(self, work: Path) -> dict[str, Any]:
        """What `executors/sandbox/builder.py` is told."""
        uv, rung = find_uv_bin(), self.rung()
        python = str(Path(sys.executable).resolve())
        options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-config", "--no-cache"]
        options += ["--quiet", "--link-mode", "copy", "--python", python, *self.options]
        target = ["--target", str(work / "packages"), "-r", str(work / "requirements.lock")]
        local = [word for word in self.options if word.startswith("/")]
        return {
            "command": [uv, "pip", "install", *options, *target],
            "environment": _environment(work),
            "rung": rung,
            "user": next(_builders) if rung >= 1 and os.getuid() == 0 else 0,
            "readable": [*(path for path in _READABLE if Path(path).exists()), *local],
            "executable": [uv, *(path for path in _LIBRARIES if Path(path).exists()), sys.base_prefix],
            "writable": [str(work)],
        }


def _run_builder(order: dict[str, Any], work: Path) -> "subprocess.CompletedProcess[bytes]":
    """Raises `subprocess.TimeoutExpired`; what the builder started may live then."""
    return subprocess.run(
        [str(Path(sys.executable).resolve()), "-S", "-s", "-P", "-B", "-m", "executors.sandbox.builder"],
        input=json.dumps(order).encode(),
        capture_output=True,
        timeout=_BUILD_SECONDS,
        check=False,
        cwd="/",
        env={**_environment(work), "PYTHONPATH": str(Path(executors.__path__[0]).parent)},
    )


def _environment(work: Path) -> dict[str, str]:
    """Nothing of the host's environment but where packages come from, how to trust it, and its libraries."""
    kept = {name: text for name, text in os.environ.items() if name.startswith("UV_") or name in _KEPT}
    return {**kept, "HOME": str(work), "TMPDIR": str(work), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def _take_over(folder: Path) -> None:
    """What the builder made belongs to this user from now on, and everybody may read it. Links are removed.

    From the top down: nobody else can change a folder any more by the time its entries are looked at.
    """
    os.chown(folder, os.getuid(), os.getgid(), follow_symlinks=False)
    folder.chmod(0o755)
    for path in list(folder.iterdir()):
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            _take_over(path)
        else:
            os.chown(path, os.getuid(), os.getgid(), follow_symlinks=False)
            path.chmod(0o444)
