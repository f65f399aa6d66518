"""Running a builder of environments behind walls: it may reach the network and write into one folder.

Owns:      the walls of that process, raised before it becomes the program: a user of its own, limits, Landlock.
Promises:  where a wall of its rung cannot be raised it ends without starting the program; where it has a user
           of its own, nothing that the program started outlives it.
Never:     runs a module's code, or anything that came in a package.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from typing import Any, Final

from executors.sandbox import landlock, namespaces, syscalls

EXIT_WALL_DOWN: Final = 71
EXIT_KILLED: Final = 72
_LIMITS: Final = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 2 << 30,
    resource.RLIMIT_NOFILE: 1024,
    resource.RLIMIT_CPU: 300,
}


def main() -> None:
    """Read the order from standard input, carry it out, and exit as the program did.

    The order: command, environment, rung, user (0 keeps it), readable, executable and writable paths.
    Without a command: everything that runs as that user is ended.
    """
    order: dict[str, Any] = json.load(sys.stdin)
    if not order["command"]:
        _end_all_of(order["user"])
        return
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    waiting = os.getpid()
    program = os.fork()
    if program == 0:
        _become_program(order, waiting)
    status = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    if order["user"]:
        _end_all_of(order["user"])
    sys.exit(status if status >= 0 else EXIT_KILLED)


def _become_program(order: dict[str, Any], waiting: int) -> None:
    try:
        _raise_walls(order)
        # The change of user has cleared it; whoever waits may have ended before it was set again.
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != waiting:
            os._exit(EXIT_KILLED)
        os.execve(order["command"][0], order["command"], order["environment"])  # noqa: S606 - it is what we do
    except OSError as error:
        sys.stderr.write(f"the builder could not be started: {error}\n")
        sys.stderr.flush()
    os._exit(EXIT_WALL_DOWN)


def _end_all_of(user: int) -> None:
    """Nothing that the program started lives on: the user is this build's alone."""
    killer = os.fork()
    if killer == 0:
        os.setresuid(user, user, user)
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        os._exit(0)
    os.waitpid(killer, 0)


def _raise_walls(order: dict[str, Any]) -> None:
    for name, value in _LIMITS.items():
        hard = resource.getrlimit(name)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (bounded, bounded))
    if order["user"]:
        namespaces.open_the_way([*order["readable"], *order["executable"]], order["writable"])
        os.chdir("/")
        os.setgroups([])
        os.setresgid(order["user"], order["user"], order["user"])
        os.setresuid(order["user"], order["user"], order["user"])
    os.chdir(order["writable"][0])
    if order["rung"] >= 1:
        syscalls.drop_capabilities()
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    if order["rung"] >= 2:
        landlock.confine_builder(order["readable"], order["executable"], order["writable"])


if __name__ == "__main__":
    main()
