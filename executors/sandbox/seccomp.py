"""Which system calls a module may make: a seccomp filter, written instruction by instruction.

Owns:      the list of allowed calls for x86_64 and aarch64, and the program made of it.
Promises:  what is not listed is refused: known ways out with EPERM, everything else with ENOSYS, so that
           libraries fall back; calls of another ABI (x32, 32 bit) kill the process.
Never:     allows a new process, a signal, a socket to anywhere, or a change of an owner, a mode or a limit.
"""

import ctypes
import errno
import socket
import struct
import sys
from typing import Final

from executors.sandbox import syscalls

# name: (number on x86_64, number on aarch64); -1 where a machine has no such call.
_ALLOWED: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "sendmsg": (46, 211),
    "newfstatat": (262, 79),
    "openat": (257, 56),
    "getdents64": (217, 61),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "readv": (19, 65),
    "writev": (20, 66),
    "preadv": (295, 69),
    "pwritev": (296, 70),
    "pipe2": (293, 59),
    "pselect6": (270, 72),
    "ppoll": (271, 73),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "dup": (32, 23),
    "dup3": (292, 24),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "shutdown": (48, 210),
    "getsockopt": (55, 209),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "uname": (63, 160),
    "flock": (73, 32),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "ftruncate": (77, 46),
    "getcwd": (79, 17),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdirat": (258, 34),
    "unlinkat": (263, 35),
    "readlinkat": (267, 78),
    "fstatat": (-1, 79),
    "statx": (332, 291),
    "faccessat": (269, 48),
    "umask": (95, 166),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getgroups": (115, 158),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "sigaltstack": (131, 132),
    "arch_prctl": (158, -1),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "set_tid_address": (218, 96),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "clock_getres": (229, 114),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_pwait": (281, 22),
    "eventfd2": (290, 19),
    "getrandom": (318, 278),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "fadvise64": (221, 223),
    "fallocate": (285, 47),
    "copy_file_range": (326, 285),
    "sendfile": (40, 71),
    "close_range": (436, 436),
    "membarrier": (324, 283),
    "restart_syscall": (219, 128),
    "getrlimit": (97, 163),
    "capget": (125, 90),
    "open": (2, -1),
    "stat": (4, -1),
    "lstat": (6, -1),
    "access": (21, -1),
    "readlink": (89, -1),
    "mkdir": (83, -1),
    "rmdir": (84, -1),
    "unlink": (87, -1),
    "rename": (82, -1),
    "poll": (7, -1),
    "select": (23, -1),
    "dup2": (33, -1),
    "pipe": (22, -1),
    "epoll_wait": (232, -1),
    "epoll_create": (213, -1),
    "time": (201, -1),
    "getpgrp": (111, -1),
}
_EXAMINED: Final = {
    "clone": (56, 220),
    "prlimit64": (302, 261),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "socketpair": (53, 199),
}
_REFUSED: Final = {
    "fork": (57, -1),
    "vfork": (58, -1),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "prctl": (157, 167),
    "seccomp": (317, 277),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, -1),
    "lchown": (94, -1),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "link": (86, -1),
    "linkat": (265, 37),
    "symlink": (88, -1),
    "symlinkat": (266, 36),
    "mknod": (133, -1),
    "mknodat": (259, 33),
    "setxattr": (188, 5),
    "fsetxattr": (190, 7),
    "lsetxattr": (189, 6),
    "utimensat": (280, 88),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "setrlimit": (160, 164),
    "setpriority": (141, 140),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "mlock": (149, 228),
    "mlockall": (151, 230),
    "setitimer": (38, 103),
    "alarm": (37, -1),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "creat": (85, -1),
    "truncate": (76, 45),
}

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF_0000, 0x8000_0000, 0x0005_0000
_ARCHITECTURE: Final = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32_BIT: Final = 0x4000_0000
_CLONE_THREAD: Final = 0x0001_0000
_NAMESPACE_FLAGS: Final = 0x7E02_0080
_HARMLESS_IOCTLS: Final = (
    0x5401,
    0x5413,
    0x5421,
    0x541B,
    0x5450,
    0x5451,
)  # terminal size, FIONBIO, FIONREAD, close-on-exec
_HARMLESS_FCNTLS: Final = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    1030,
    1033,
    1034,
    1032,
)  # descriptors, flags, locks, seals, pipe size (read)

_CONNECTED_KINDS: Final = tuple(
    kind | flags
    for kind in (1, 5)  # stream, sequenced packets
    for flags in (0, 0o2000000, 0o4000, 0o2004000)  # close on exec, non-blocking
)

Instruction = tuple[int, int, int, int]


def build_filter() -> tuple["ctypes.Array[ctypes.c_char]", int]:
    """The program for this machine as memory to hand to the kernel, and its number of instructions."""
    instructions = _instructions(syscalls.MACHINE)
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    return ctypes.create_string_buffer(packed, len(packed)), len(instructions)


def _instructions(machine: str) -> list[Instruction]:
    column = 0 if machine == "x86_64" else 1
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        program += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    for numbers in _ALLOWED.values():
        if numbers[column] >= 0:
            program += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ALLOW)]
    for name, numbers in _EXAMINED.items():
        examined = _EXAMINATIONS[name]
        program += [(_EQUAL, 0, len(examined), numbers[column]), *examined]
    refusal = _ERRNO | errno.EPERM
    for numbers in _REFUSED.values():
        if numbers[column] >= 0:
            program += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, refusal)]
    return [*program, (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]


def _argument(position: int, *, high: bool = False) -> Instruction:
    offset = 4 if high == (sys.byteorder == "little") else 0
    return (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * position + offset)


def _one_of(position: int, values: tuple[int, ...]) -> list[Instruction]:
    """Allow when the low half of an argument is one of these; the kernel reads no more of it."""
    choices: list[Instruction] = []
    for value in values:
        choices += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    return [_argument(position), *choices, (_RETURN, 0, 0, _ERRNO | errno.EPERM)]


def _threads_only() -> list[Instruction]:
    return [
        _argument(0),
        (_ANY_BIT, 2, 0, _NAMESPACE_FLAGS),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]


def _reading_only(position: int) -> list[Instruction]:
    """Allow when a pointer to new values is null."""
    return [
        _argument(position),
        (_EQUAL, 0, 3, 0),
        _argument(position, high=True),
        (_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]


def _connected_pairs_only() -> list[Instruction]:
    """A pair of datagram sockets could send to every socket in the file system that anybody may write to."""
    kinds = _one_of(1, _CONNECTED_KINDS)
    return [_argument(0), (_EQUAL, 0, len(kinds) - 1, socket.AF_UNIX), *kinds]


_EXAMINATIONS: Final[dict[str, list[Instruction]]] = {
    "clone": _threads_only(),
    "prlimit64": _reading_only(2),
    "ioctl": _one_of(1, _HARMLESS_IOCTLS),
    "fcntl": _one_of(1, _HARMLESS_FCNTLS),
    "socketpair": _connected_pairs_only(),
}
