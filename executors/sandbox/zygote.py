"""The process that workers are forked from: started once per environment, it loads no module's code.

Owns:      the start behind the walls of a rung, forking a worker per request, telling how each one ended.
Promises:  ends, with all its workers, when the host closes the control socket or dies.
Never:     reads anything that a module wrote, except to delete its scratch folder.
"""

import fcntl
import gc
import json
import os
import select
import signal
import socket
import sys
from collections import deque
from typing import Any, Final

from executors.sandbox import child, codec, frames, namespaces, syscalls
from executors.sandbox.leavings import empty

CONTROL_CAP: Final = 1 << 20
_FIRST: Final = 3
_HIGH: Final = 200
_BWRAPS_CHILD: Final = 2
_CAP_CHOWN, _CAP_DAC_OVERRIDE, _CAP_FOWNER, _CAP_SETGID, _CAP_SETUID = 0, 1, 3, 6, 7
_KEPT: Final = sum(1 << bit for bit in (_CAP_CHOWN, _CAP_DAC_OVERRIDE, _CAP_FOWNER, _CAP_SETGID, _CAP_SETUID))


class Zygote:
    """One control socket and the workers that were forked on its orders."""

    def __init__(self, control: socket.socket, start: dict[str, Any]) -> None:
        self._control = control
        self._start = start
        self._reader = frames.FrameReader(CONTROL_CAP)
        self._descriptors: deque[int] = deque()
        self._workers: dict[int, tuple[int, str | None]] = {}
        self._free_scratch = list(start["scratch"])
        self._woken, wake = socket.socketpair()
        self._woken.setblocking(False)
        wake.setblocking(False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def serve(self) -> None:
        """Until the host closes the control socket."""
        poller = select.poll()
        poller.register(self._control, select.POLLIN)
        poller.register(self._woken, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poller.poll()}
            if self._woken.fileno() in ready:
                self._woken.recv(4096)
                self._reap()
            if self._control.fileno() in ready and not self._obey():
                return

    def _obey(self) -> bool:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 16)
        except ConnectionError:
            return False
        if not data:
            return False
        self._descriptors.extend(descriptors)
        for kind, number, payload in self._reader.feed(data):
            if kind == frames.FORK:
                self._fork(number, json.loads(payload))
        return True

    def _fork(self, number: int, order: dict[str, Any]) -> None:
        channel = self._descriptors.popleft()
        shared = {name: self._descriptors.popleft() for name in order["shared"]}
        try:
            scratch = self._scratch_for(order) if order["wants_scratch"] else None
            pid = os.fork()
        except (OSError, IndexError):
            os._exit(child.EXIT_BROKEN)  # no process or folder to be had: the host starts another zygote
        if pid == 0:
            self._become_worker(channel, shared, order, scratch)
        for descriptor in (channel, *shared.values()):
            os.close(descriptor)
        self._workers[pid] = (number, scratch)
        handles = [os.pidfd_open(pid)] if hasattr(os, "pidfd_open") else []
        told = frames.pack(frames.FORKED, number, json.dumps({"pid": pid, "scratch": scratch}).encode())
        socket.send_fds(self._control, [told], handles)
        for handle in handles:
            os.close(handle)

    def _scratch_for(self, order: dict[str, Any]) -> str:
        folder = self._free_scratch.pop()
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if order["user"]:
            os.chown(folder, order["user"], order["user"])
        return str(folder)

    def _become_worker(
        self, channel: int, shared: dict[str, int], order: dict[str, Any], scratch: str | None
    ) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for open_socket in (self._control, self._woken, self._wake):
                open_socket.detach()
            kept = [channel, *shared.values()]
            high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH) for descriptor in kept]
            for place, descriptor in enumerate(high, start=_FIRST):
                os.dup2(descriptor, place)
            os.closerange(_FIRST + len(kept), 1 << 16)
            line = socket.socket(fileno=_FIRST)
            places = dict(zip(shared, range(_FIRST + 1, _FIRST + len(kept)), strict=True))
            child.run(line, places, self._start, order, scratch)
        finally:
            os._exit(child.EXIT_BROKEN)

    def _reap(self) -> None:
        while self._workers:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid not in self._workers:
                continue
            number, scratch = self._workers.pop(pid)
            if scratch is not None:
                self._clean(scratch)
            facts = {
                "status": status,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "memory_bytes": usage.ru_maxrss * 1024,
            }
            self._control.sendall(frames.pack(frames.EXITED, number, json.dumps(facts).encode()))

    def _clean(self, scratch: str) -> None:
        try:
            empty(scratch)
        except OSError:
            return  # its folder is out of use
        self._free_scratch.append(scratch)


def main() -> None:
    """Read the start order from standard input, a socket, build the walls and serve."""
    control = socket.socket(fileno=os.dup(0))
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    start = _read_start(control)
    runtime = start["runtime"]
    sys.path[:] = [*(path for path in sys.path if path != runtime), runtime]
    try:
        codec.prepare(start["codec"])
        _build_walls(start, control)
    except (OSError, ImportError) as error:
        control.sendall(frames.pack(frames.READY, 0, json.dumps({"refused": str(error)}).encode()))
        return
    gc.collect()
    gc.freeze()
    control.sendall(frames.pack(frames.READY, 0, b"{}"))
    Zygote(control, start).serve()


def _read_start(control: socket.socket) -> dict[str, Any]:
    reader = frames.FrameReader(CONTROL_CAP)
    while True:
        data = control.recv(1 << 16)
        if not data:
            os._exit(0)
        for kind, _, payload in reader.feed(data):
            assert kind == frames.START
            order: dict[str, Any] = json.loads(payload)
            return order


def _build_walls(start: dict[str, Any], control: socket.socket) -> None:
    is_root = os.getuid() == 0
    if start["rung"] >= 3:
        if not start["bwrap"]:
            namespaces.enter(start)
            _become_first_process(control)
        if os.getpid() > _BWRAPS_CHILD or os.path.exists("/proc") or os.path.exists("/etc/passwd"):
            raise OSError("the private root was not entered")
    elif start["rung"] >= 1 and is_root:
        namespaces.open_the_way(start["bound"], start["scratch"])
    os.chdir("/")
    os.umask(0o077)
    if start["rung"] >= 1:
        syscalls.keep_capabilities(_KEPT if is_root else 0)
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    if start["rung"] >= 3:
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)


def _become_first_process(control: socket.socket) -> None:
    """Go on in the new process namespace; this process waits for it."""
    pid = os.fork()
    if pid:
        control.close()
        os.waitpid(pid, 0)
        os._exit(0)


if __name__ == "__main__":
    main()
