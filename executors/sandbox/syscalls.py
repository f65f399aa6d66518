"""System calls that Python has no function for.

Owns:      `syscall` and the few libc calls that build walls; numbers of calls per machine.
Promises:  a refused call raises OSError with its name.
Never:     imported by anything but the other files of this package.
"""

import ctypes
import os
import platform
import sys
from typing import Final

MACHINE: Final = platform.machine()
IS_LINUX: Final = sys.platform == "linux" and MACHINE in ("x86_64", "aarch64")

CLONE_NEWNS: Final = 0x0002_0000
CLONE_NEWCGROUP: Final = 0x0200_0000
CLONE_NEWUTS: Final = 0x0400_0000
CLONE_NEWIPC: Final = 0x0800_0000
CLONE_NEWUSER: Final = 0x1000_0000
CLONE_NEWPID: Final = 0x2000_0000
CLONE_NEWNET: Final = 0x4000_0000

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4

_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}
_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_MOUNT_SETATTR: Final = 442
_LAST_CAPABILITY: Final = 63
_AT_FDCWD: Final = -100
_AT_RECURSIVE: Final = 0x8000

_libc = ctypes.CDLL(None, use_errno=True)


def syscall(name: str, number: int, *arguments: object) -> int:
    """Call the kernel. Raises OSError."""
    return _checked(name, _libc.syscall(ctypes.c_long(number), *arguments))


def _checked(name: str, result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


def prctl(option: int, first: int = 0, second: int = 0) -> None:
    _checked(
        "prctl",
        _libc.prctl(
            option, ctypes.c_ulong(first), ctypes.c_ulong(second), ctypes.c_ulong(0), ctypes.c_ulong(0)
        ),
    )


def unshare(flags: int) -> None:
    _checked("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    _checked(
        f"mount {target}",
        _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()),
    )


def unmount(target: str, flags: int) -> None:
    _checked(f"umount {target}", _libc.umount2(target.encode(), flags))


def pivot_root(new: str, old: str) -> None:
    syscall("pivot_root", _PIVOT_ROOT[MACHINE], new.encode(), old.encode())


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns_fd")]


def set_mount_attributes(target: str, attributes: int) -> None:
    """Add attributes to a mount and everything below it; what the kernel locked stays locked."""
    wanted = _MountAttributes(set=attributes)
    size = ctypes.c_size_t(ctypes.sizeof(wanted))
    syscall(
        f"mount_setattr {target}",
        _MOUNT_SETATTR,
        _AT_FDCWD,
        target.encode(),
        ctypes.c_uint(_AT_RECURSIVE),
        ctypes.byref(wanted),
        size,
    )


def keep_capabilities(kept: int) -> None:
    """Reduce what this process may do to the capabilities in the bit mask, for itself and what it executes."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(_LAST_CAPABILITY + 1):
        if not kept >> capability & 1:
            try:
                prctl(PR_CAPBSET_DROP, capability)
            except OSError:
                break  # the kernel knows no capability beyond the one before
    version_3, own_pid = 0x2008_0522, 0
    header = (ctypes.c_uint32 * 2)(version_3, own_pid)
    low, high = kept & 0xFFFF_FFFF, kept >> 32
    sets = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)
    syscall("capset", _CAPSET[MACHINE], ctypes.byref(header), ctypes.byref(sets))


def drop_capabilities() -> None:
    """Give up every capability. In a process that had none this changes nothing."""
    version_3, own_pid = 0x2008_0522, 0
    header = (ctypes.c_uint32 * 2)(version_3, own_pid)
    sets = (ctypes.c_uint32 * 6)()
    syscall("capset", _CAPSET[MACHINE], ctypes.byref(header), ctypes.byref(sets))


def install_filter(program: "ctypes.Array[ctypes.c_char]", length: int) -> None:
    """Install a seccomp filter of `length` instructions on this thread. Needs no_new_privs."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    described = Program(length, ctypes.addressof(program))
    set_mode_filter = 1
    syscall(
        "seccomp",
        _SECCOMP[MACHINE],
        ctypes.c_uint(set_mode_filter),
        ctypes.c_uint(0),
        ctypes.byref(described),
    )
