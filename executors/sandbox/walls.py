"""The walls that each worker puts around itself before it loads a module's code.

Owns:      rlimits, the change of user, Landlock, seccomp, and the proof that they stand.
Promises:  `raise_walls` returns only where every wall of the rung has been tried and has held.
Never:     lets a worker go on behind a weaker wall than it was told to have.
"""

import os
import resource
import signal
import socket
from typing import Any, Final

from executors.sandbox import landlock, seccomp, syscalls

THREADS: Final = 64
THREADS_TOGETHER: Final = 1024
_OPEN_FILES: Final = 256


class WallDown(Exception):
    """A wall could not be raised, or did not hold."""


def raise_walls(rung: int, walls: dict[str, Any]) -> None:
    """Confine this process for good.

    `walls`: user (0 keeps it), address_bytes, data_bytes, cpu_seconds, file_bytes, readable, scratch.
    """
    _limit(rung, walls)
    if walls["user"]:
        os.setgroups([])
        os.setresgid(walls["user"], walls["user"], walls["user"])
        os.setresuid(walls["user"], walls["user"], walls["user"])
    if not syscalls.IS_LINUX:
        return
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if rung >= 1:
        syscalls.drop_capabilities()
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    if rung >= 2:
        landlock.restrict(walls["readable"], walls["scratch"])
        syscalls.install_filter(*seccomp.build_filter())
    _try_the_walls(rung, walls)


def _limit(rung: int, walls: dict[str, Any]) -> None:
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_FSIZE: walls["file_bytes"],
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_AS: walls["address_bytes"],
        resource.RLIMIT_DATA: walls["data_bytes"],
    }
    if walls["cpu_seconds"]:
        limits[resource.RLIMIT_CPU] = walls["cpu_seconds"]
    if walls["user"]:
        limits[resource.RLIMIT_NPROC] = THREADS
    elif rung >= 3:
        limits[resource.RLIMIT_NPROC] = THREADS_TOGETHER  # counted for all workers of the user namespace
    for name, value in limits.items():
        hard = resource.getrlimit(name)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (bounded, bounded))


def _try_the_walls(rung: int, walls: dict[str, Any]) -> None:
    if walls["user"] and (os.getuid() != walls["user"] or os.getegid() != walls["user"] or os.getgroups()):
        raise WallDown("the user was not changed")
    if rung < 2:
        return
    for name, attempt in (
        ("a folder outside was opened", _open_outside),
        ("a socket was made", lambda: socket.socket().close()),
        ("a process was started", _fork),
        ("a signal was sent", lambda: os.kill(os.getpid(), 0)),
    ):
        try:
            attempt()
        except OSError:
            continue
        raise WallDown(name)


def _open_outside() -> None:
    os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
