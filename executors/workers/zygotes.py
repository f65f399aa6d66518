"""A zygote as the host sees it: started once, forks workers on request, tells how they ended.

Owns:      the process, its control socket, and the handles of the workers it forked.
Promises:  `close` leaves no process behind.
Never:     waits on the event loop for a process to start: that happens on a thread that lives as long.
"""

import asyncio
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from executors.sandbox import frames
from executors.workers import bubblewrap

_START_SECONDS: Final = 20
_END_SECONDS: Final = 5
_ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
# Users that no distribution hands out: above the ranges for containers, below the limit of 2**31.
_FIRST_USER: Final = 1_900_000_000
_USERS_A_PROCESS: Final = 10_000
_users = itertools.count()
_TRIAL: Final = b'{"config":{},"inputs":{},"seconds":2,"key":""}'


class StartRefused(Exception):
    """The zygote could not be started behind the walls of its rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """`address_bytes`, `data_bytes`: what the bare interpreter takes, before a module adds to it."""

    process: "subprocess.Popen[bytes]"
    control: socket.socket
    address_bytes: int
    data_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a worker ended: exit code, or minus the signal."""

    code: int
    cpu_seconds: float
    memory_bytes: int


def next_user() -> int:
    """A user that no other worker runs as; 0 where this process may not change users."""
    if os.getuid() != 0:
        return 0
    return _FIRST_USER + os.getpid() % 20_000 * _USERS_A_PROCESS + next(_users) % _USERS_A_PROCESS


def start_zygote(start: dict[str, Any], runtime: Path) -> Started:
    """Start a zygote and wait until it stands behind its walls. Blocks. Raises `StartRefused`."""
    try:
        return _started(start, runtime)
    except OSError as error:
        raise StartRefused(f"the sandbox cannot be started: {error.strerror or error}") from error


def _started(start: dict[str, Any], runtime: Path) -> Started:
    executable = str(Path(sys.executable).resolve())
    command = [executable, "-S", "-s", "-P", "-B", "-m", "executors.sandbox.zygote"]
    if start["bwrap"]:
        command = bubblewrap.command(start, command, _environment(runtime))
    with ExitStack() as undone:
        ours, theirs = socket.socketpair()
        undone.callback(ours.close)
        with theirs:
            process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(runtime),
                cwd="/",
                close_fds=True,
            )
        undone.callback(process.wait)
        undone.callback(process.kill)
        ours.settimeout(_START_SECONDS)
        ours.sendall(frames.pack(frames.START, 0, json.dumps(start).encode()))
        _await_ready(ours)
        address_bytes, data_bytes = _size_of(_innermost(process.pid))
        undone.pop_all()
    ours.setblocking(False)
    return Started(process=process, control=ours, address_bytes=address_bytes, data_bytes=data_bytes)


def _environment(runtime: Path) -> dict[str, str]:
    """Nothing of the host's environment, but where its interpreter finds its own library."""
    path = os.environ.get("LD_LIBRARY_PATH")
    return {**_ENVIRONMENT, "PYTHONPATH": str(runtime)} | ({"LD_LIBRARY_PATH": path} if path else {})


def _await_ready(control: socket.socket) -> None:
    reader = frames.FrameReader(1 << 16)
    while True:
        try:
            data = control.recv(1 << 16)
        except TimeoutError as error:
            raise StartRefused("the sandbox did not start in time") from error
        except ConnectionError as error:
            raise StartRefused("the sandbox ended while it started") from error
        if not data:
            raise StartRefused("the sandbox ended while it started")
        for _, _, payload in reader.feed(data):
            answer = json.loads(payload)
            if "refused" in answer:
                raise StartRefused(answer["refused"])
            return


def try_walls(started: Started, order: dict[str, Any]) -> None:
    """Fork a worker that raises its walls and loads nothing. Blocks. Raises `StartRefused`."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        started.control.setblocking(True)
        message = frames.pack(frames.FORK, 1, json.dumps(order).encode())
        socket.send_fds(started.control, [message], [theirs.fileno()])
        theirs.close()
        ours.settimeout(_START_SECONDS)
        ours.sendall(frames.pack(frames.CALL, 1, _TRIAL))
        reader = frames.FrameReader(1 << 16)
        try:
            while data := ours.recv(1 << 16):
                for kind, _, payload in reader.feed(data):
                    if kind == frames.REFUSED:
                        raise StartRefused(payload.decode("utf-8", "replace"))
                    if kind == frames.RESULT and b"ImportError" in payload:
                        return  # it stands behind its walls and has looked for the entry that does not exist
        except OSError as error:
            raise StartRefused(f"a worker did not answer: {error}") from error
        raise StartRefused("a worker ended without an answer")


def _innermost(pid: int) -> int:
    """The zygote itself, below the processes that hold its namespaces."""
    while True:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        except OSError:
            return pid
        if not children:
            return pid
        pid = int(children[0])


def _size_of(pid: int) -> tuple[int, int]:
    """Bytes of address space and of data of a process; a guess where the kernel does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except OSError:
        return 1 << 30, 1 << 28
    return int(pages[0]) * _PAGE, int(pages[5]) * _PAGE


@dataclass(slots=True, kw_only=True)
class _Fork:
    on_ended: Callable[[Ended], None]
    handle: int | None = None
    pid: int | None = None
    scratch: str | None = None
    is_doomed: bool = False


@dataclass(slots=True)
class Zygote:
    """Forks workers. Lives on one event loop."""

    started: Started
    loop: asyncio.AbstractEventLoop
    on_lost: Callable[["Zygote"], None]
    idle_since: float = 0.0
    _forks: dict[int, _Fork] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _reader: frames.FrameReader = field(default_factory=lambda: frames.FrameReader(1 << 16))
    _handles: list[int] = field(default_factory=list)
    _is_closed: bool = False

    def __post_init__(self) -> None:
        self.loop.add_reader(self.started.control, self._on_readable)

    @property
    def worker_count(self) -> int:
        return len(self._forks)

    def fork(self, order: dict[str, Any], descriptors: list[int], on_ended: Callable[[Ended], None]) -> int:
        """Ask for a worker that serves a line and, if its order says so, shares a marker.

        Returns its number. Raises OSError when the zygote is gone.
        """
        number = next(self._numbers)
        message = frames.pack(frames.FORK, number, json.dumps(order).encode())
        socket.send_fds(self.started.control, [message], descriptors)
        self._forks[number] = _Fork(on_ended=on_ended)
        return number

    def kill(self, number: int) -> None:
        """Kill a worker. Its end is told as any other."""
        fork = self._forks.get(number)
        if fork is None:
            return
        fork.is_doomed = True
        if fork.handle is not None:
            _kill_by_handle(fork.handle)
        elif fork.pid is not None and not hasattr(os, "pidfd_open"):
            os.kill(fork.pid, signal.SIGKILL)

    def pid_of(self, number: int) -> int | None:
        """The worker's process id here, once the zygote has told."""
        fork = self._forks.get(number)
        if fork is None:
            return None
        if fork.pid is None and fork.handle is not None:
            fork.pid = _pid_behind(fork.handle)
        return fork.pid

    def scratch_of(self, number: int) -> str | None:
        """The worker's scratch folder as it is called inside the sandbox, once the zygote has told."""
        fork = self._forks.get(number)
        return None if fork is None else fork.scratch

    def _on_readable(self) -> None:
        try:
            data, handles, _, _ = socket.recv_fds(self.started.control, 1 << 16, 64)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data, handles = b"", []
        self._handles.extend(handles)
        if not data:
            self._lose()
            return
        for kind, number, payload in self._reader.feed(data):
            if kind == frames.FORKED:
                self._on_forked(number, json.loads(payload))
            elif kind == frames.EXITED:
                self._on_exited(number, json.loads(payload))

    def _on_forked(self, number: int, facts: dict[str, Any]) -> None:
        handle = self._handles.pop(0) if self._handles else None
        fork = self._forks[number]
        fork.handle = handle
        fork.scratch = facts["scratch"]
        if handle is None:
            fork.pid = facts["pid"]
        if fork.is_doomed:
            self.kill(number)

    def _on_exited(self, number: int, facts: dict[str, Any]) -> None:
        fork = self._forks.pop(number)
        if fork.handle is not None:
            os.close(fork.handle)
        self.idle_since = time.monotonic()
        fork.on_ended(
            Ended(
                code=os.waitstatus_to_exitcode(facts["status"]),
                cpu_seconds=facts["cpu_seconds"],
                memory_bytes=facts["memory_bytes"],
            )
        )

    def give_up(self) -> None:
        """The zygote does not do what it is told: end it, and all of its workers."""
        self.started.process.kill()
        self._lose()

    def _lose(self) -> None:
        """The zygote has ended; the kernel has ended its workers with it."""
        if self._is_closed:
            return
        self._shut()
        self.on_lost(self)
        for fork in list(self._forks.values()):
            fork.on_ended(Ended(code=-signal.SIGKILL, cpu_seconds=0, memory_bytes=0))
        self._forks.clear()

    def _shut(self) -> None:
        self._is_closed = True
        self.loop.remove_reader(self.started.control)
        self.started.control.close()
        for handle in [*self._handles, *(fork.handle for fork in self._forks.values())]:
            if handle is not None:
                os.close(handle)
        self._handles.clear()
        for fork in self._forks.values():
            fork.handle = None

    def shut(self) -> None:
        """Close the control socket: the zygote ends, and its workers with it. `wait` afterwards."""
        if not self._is_closed:
            for number in list(self._forks):
                self.kill(number)
            self._shut()

    def wait(self) -> None:
        """Until the process has ended. Blocks."""
        await_end(self.started.process)


def await_end(process: "subprocess.Popen[bytes]") -> None:
    """Until a process that was told to has ended; it is killed where it does not. Blocks."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill_by_handle(handle: int) -> None:
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        return


def _pid_behind(handle: int) -> int | None:
    try:
        text = Path(f"/proc/self/fdinfo/{handle}").read_text("ascii")
    except OSError:
        return None
    pid = next((line.split()[1] for line in text.splitlines() if line.startswith("Pid:")), "-1")
    return int(pid) if int(pid) > 0 else None
