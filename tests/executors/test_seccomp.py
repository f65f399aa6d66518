"""The filter, interpreted: what it says about calls on machines that this test does not run on."""

import errno

import pytest

from executors.sandbox import seccomp

ALLOW, KILL = 0x7FFF_0000, 0x8000_0000
EPERM, ENOSYS = 0x0005_0000 | errno.EPERM, 0x0005_0000 | errno.ENOSYS
COLUMN = {"x86_64": 0, "aarch64": 1}
ARCHITECTURE = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """Run the program as the kernel does."""
    words = {0: number, 4: ARCHITECTURE[machine] if architecture is None else architecture}
    for position in range(6):
        value = arguments[position] if position < len(arguments) else 0
        words[16 + 8 * position], words[20 + 8 * position] = value & 0xFFFF_FFFF, value >> 32
    program, at, accumulator = seccomp._instructions(machine), 0, 0
    while True:
        code, jump_true, jump_false, value = program[at]
        at += 1
        if code == 0x20:
            accumulator = words[value]
        elif code == 0x06:
            return value
        else:
            test = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x45: bool(accumulator & value),
            }[code]
            at += jump_true if test else jump_false


def number_of(machine: str, name: str) -> int:
    for table in (seccomp._ALLOWED, seccomp._EXAMINED, seccomp._REFUSED):
        if name in table:
            return table[name][COLUMN[machine]]
    raise KeyError(name)


@pytest.mark.parametrize("machine", COLUMN)
def test_listed_calls_are_allowed_and_ways_out_refused(machine: str) -> None:
    for name in ("read", "write", "openat", "mmap", "futex", "exit_group", "getrandom", "recvmsg"):
        assert verdict(machine, number_of(machine, name)) == ALLOW, name
    for name in ("execve", "execveat", "kill", "tgkill", "ptrace", "socket", "connect", "bind", "unshare"):
        assert verdict(machine, number_of(machine, name)) == EPERM, name
    for name in ("mount", "prctl", "seccomp", "bpf", "memfd_create", "io_uring_setup", "fchmodat", "linkat"):
        assert verdict(machine, number_of(machine, name)) == EPERM, name
    assert verdict(machine, 435) == ENOSYS, "clone3 must look missing, so that libc falls back to clone"
    assert verdict(machine, 9_999) == ENOSYS


@pytest.mark.parametrize("machine", COLUMN)
def test_a_thread_may_be_started_and_nothing_else(machine: str) -> None:
    clone = number_of(machine, "clone")
    thread = 0x0003D_0F00
    assert verdict(machine, clone, thread | 0x1_0000) == ALLOW
    assert verdict(machine, clone, 17) == EPERM
    for namespace in (0x1000_0000, 0x0002_0000, 0x4000_0000, 0x80):
        assert verdict(machine, clone, thread | 0x1_0000 | namespace) == EPERM


@pytest.mark.parametrize("machine", COLUMN)
def test_arguments_are_looked_at(machine: str) -> None:
    limits, control, pair = (number_of(machine, name) for name in ("prlimit64", "fcntl", "socketpair"))
    assert verdict(machine, limits, 0, 7, 0, 1 << 40) == ALLOW
    assert verdict(machine, limits, 0, 7, 1) == EPERM
    assert verdict(machine, limits, 0, 7, 1 << 40) == EPERM, "a pointer whose low half is zero"
    assert verdict(machine, control, 3, 4) == ALLOW
    assert verdict(machine, control, 3, 8) == EPERM
    assert verdict(machine, pair, 1, 1 | 0o2000000) == ALLOW
    assert verdict(machine, pair, 1, 2) == EPERM, "datagrams could be sent to any socket in the file system"
    assert verdict(machine, pair, 2) == EPERM
    assert verdict(machine, number_of(machine, "ioctl"), 0, 0x5412) == EPERM


def test_calls_of_another_abi_kill() -> None:
    assert verdict("x86_64", 0x4000_0000) == KILL
    assert verdict("x86_64", 0, architecture=0x4000_0003) == KILL
    assert verdict("aarch64", 63, architecture=0x4000_0028) == KILL


@pytest.mark.parametrize("machine", COLUMN)
def test_every_jump_stays_inside_the_program(machine: str) -> None:
    program = seccomp._instructions(machine)
    assert len(program) <= 4096
    for at, (code, jump_true, jump_false, _) in enumerate(program):
        assert max(jump_true, jump_false) < 256
        if code not in (0x20, 0x06):
            assert at + 1 + max(jump_true, jump_false) < len(program)
    assert program[-1][0] == 0x06
