"""Landlock: which folders a process may read, and which one it may write.

Owns:      the rule set of a child: read below the given folders, everything in its scratch folder, no TCP,
           no signal and no abstract socket to processes outside.
Promises:  uses all that the running kernel offers; raises OSError where it offers nothing.
"""

import ctypes
import os
from collections.abc import Iterable, Mapping
from typing import Final

from executors.sandbox import syscalls

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_FLAG: Final = 1
_PATH_BENEATH: Final = 1
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3
_FIRST_ABI_FILES: Final = (1 << 13) - 1
_EXECUTE, _REFER, _TRUNCATE, _DEVICE_IOCTL = 1 << 0, 1 << 13, 1 << 14, 1 << 15
_MAKE_LINK: Final = 1 << 12
_SCRATCH: Final = (1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8) | _TRUNCATE
_READ: Final = _READ_FILE | _READ_DIRECTORY
_OF_FILES: Final = _EXECUTE | 1 << 1 | _READ_FILE | _TRUNCATE
_BIND_AND_CONNECT: Final = 3
_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 3


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scoped")]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def abi() -> int:
    """The version of Landlock that the kernel offers. Raises OSError."""
    return syscalls.syscall("landlock", _CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION_FLAG))


def _handled(version: int) -> tuple[_Ruleset, int]:
    files = _FIRST_ABI_FILES
    files |= _REFER if version >= 2 else 0
    files |= _TRUNCATE if version >= 3 else 0
    files |= _DEVICE_IOCTL if version >= 5 else 0
    rules = _Ruleset(
        files=files,
        network=_BIND_AND_CONNECT if version >= 4 else 0,
        scoped=_ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0,
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    return rules, size


def restrict(readable: Iterable[str], scratch: str | None) -> None:
    """Confine this thread and all it starts. Needs no_new_privs. Raises OSError."""
    rules, size = _handled(abi())
    allowed = dict.fromkeys(readable, _READ)
    _restrict(rules, size, allowed if scratch is None else {**allowed, scratch: _SCRATCH})


def confine_builder(readable: Iterable[str], executable: Iterable[str], writable: Iterable[str]) -> None:
    """The same for a program that installs packages: it may also start programs and reach the network."""
    rules, size = _handled(abi())
    rules.network = 0
    allowed = dict.fromkeys(readable, _READ)
    allowed |= dict.fromkeys(executable, _READ | _EXECUTE)
    _restrict(rules, size, allowed | dict.fromkeys(writable, _SCRATCH | _REFER | _MAKE_LINK))


def _restrict(rules: _Ruleset, size: int, allowed: Mapping[str, int]) -> None:
    ruleset = syscalls.syscall(
        "landlock_create_ruleset", _CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint(0)
    )
    try:
        for path, access in allowed.items():
            _allow(ruleset, path, access & rules.files)
        syscalls.syscall("landlock_restrict_self", _RESTRICT, ruleset, ctypes.c_uint(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        is_folder = os.path.isdir(path)
        rule = _PathBeneath(access if is_folder else access & _OF_FILES, descriptor)
        syscalls.syscall(
            "landlock_add_rule", _ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint(0)
        )
    finally:
        os.close(descriptor)
