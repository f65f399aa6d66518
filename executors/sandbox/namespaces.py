"""A root of its own for the zygote: what is not bound into it does not exist there.

Owns:      the namespaces of rung 3, the private root, and the way through closed folders on lower rungs.
Promises:  everything is mounted read-only except the sized scratch folders; nothing mounted is seen outside.
Never:     leaves the old root reachable.
"""

import os
import socket
from typing import Any, Final

from executors.sandbox import syscalls

_RDONLY, _NOSUID, _NODEV, _NOEXEC = 1, 2, 4, 8
_BIND, _REC, _SLAVE = 4096, 16384, 1 << 19
_DETACH: Final = 2
_ROOT_LIMITS: Final = "size=1m,nr_inodes=4096,mode=0755"
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom")
_ALL_SPACES: Final = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWCGROUP
)


def enter(start: dict[str, Any]) -> None:
    """Move this process into a root of its own. The process ids change for what it forks next."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        syscalls.unshare(_ALL_SPACES)
    else:
        syscalls.unshare(_ALL_SPACES | syscalls.CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/gid_map", f"{group} {group} 1")
        _write("/proc/self/uid_map", f"{user} {user} 1")
    syscalls.mount("none", "/", "", _REC | _SLAVE)
    _build(start["stage"], start["bound"], start["hidden"])
    os.chdir(start["stage"])
    syscalls.pivot_root(".", ".")
    syscalls.unmount(".", _DETACH)
    os.chdir("/")
    for folder in start["scratch"]:
        os.makedirs(folder)
    syscalls.set_mount_attributes("/", _RDONLY)
    for folder in start["scratch"]:
        limits = f"size={start['scratch_bytes']},nr_inodes=1024,mode=0700"
        syscalls.mount("scratch", folder, "tmpfs", _NOSUID | _NODEV | _NOEXEC, limits)
    socket.sethostname("sandbox")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _build(stage: str, readable: list[str], hidden: list[str]) -> None:
    syscalls.mount("root", stage, "tmpfs", _NOSUID | _NODEV, _ROOT_LIMITS)
    for path in readable:
        if os.path.islink(path):
            os.symlink(os.readlink(path), stage + path)
        elif os.path.exists(path):
            _bind(path, stage + path)
            syscalls.set_mount_attributes(stage + path, _RDONLY | _NOSUID | _NODEV)
    for path in hidden:
        if os.path.isdir(path):
            syscalls.mount("hidden", stage + path, "tmpfs", _RDONLY | _NOSUID | _NODEV, "size=4k,nr_inodes=2")
    for device in _DEVICES:
        _bind(device, stage + device)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o444))
    syscalls.mount(source, target, "", _BIND | _REC)


def open_the_way(readable: list[str], writable: list[str]) -> None:
    """Make paths below folders closed to others reachable, in a mount namespace of this process alone.

    Everything else in such a folder disappears from its sight.
    """
    paths = [*readable, *writable]
    ways = [(ancestor, path) for path in paths if (ancestor := _closed_ancestor(path)) is not None]
    if not ways:
        return
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("none", "/", "", _REC | _SLAVE)
    closed: dict[str, list[tuple[str, int]]] = {}
    for ancestor, path in ways:
        closed.setdefault(ancestor, []).append((path, os.open(path, os.O_PATH | os.O_CLOEXEC)))
    for ancestor, entries in closed.items():
        syscalls.mount("way", ancestor, "tmpfs", _NOSUID | _NODEV, _ROOT_LIMITS)
        for path, descriptor in entries:
            os.makedirs(path, exist_ok=True)
            syscalls.mount(f"/proc/self/fd/{descriptor}", path, "", _BIND | _REC)
            read_only = 0 if path in writable else _RDONLY
            syscalls.set_mount_attributes(path, read_only | _NOSUID | _NODEV)
            os.close(descriptor)


def _closed_ancestor(path: str) -> str | None:
    """The outermost folder on the way to a path that others may not enter."""
    parts = path.split("/")
    for end in range(2, len(parts)):
        ancestor = "/".join(parts[:end])
        if not os.path.lexists(ancestor):
            return None
        if not os.stat(ancestor).st_mode & 0o001:
            return ancestor
    return None
