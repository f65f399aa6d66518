"""What a hostile module tries. Each attempt returns what it got hold of, or nothing, or raises.

This file is a module's source: it runs in the sandbox. Every attempt is harmless where it succeeds, so that
the suite may show what a weak rung lets through.
"""

import ctypes
import os
import socket
import struct
import subprocess
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
ATTEMPTS = {}


def attempt(function):
    ATTEMPTS[function.__name__] = function
    return function


def run(inputs, context):
    return {"got": ATTEMPTS[inputs["attempt"]](inputs["facts"], context) or None}


def kernel(number, *arguments):
    result = LIBC.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}")
    return f"system call {number} gave {result}"


# Files


@attempt
def read_a_file_outside(facts, context):
    with open(facts["outside"]) as file:
        return file.read()


@attempt
def read_the_users(facts, context):
    with open("/etc/passwd") as file:
        return file.read(20)


@attempt
def list_the_root(facts, context):
    return os.listdir("/")


@attempt
def list_other_bundles(facts, context):
    return os.listdir(os.path.dirname(os.path.dirname(__file__)))


@attempt
def read_another_bundle(facts, context):
    with open(facts["other_bundle"]) as file:
        return file.read(20)


@attempt
def read_process_memory_file(facts, context):
    with open("/proc/self/mem", "rb") as file:
        return str(file.fileno())


@attempt
def read_the_hosts_command(facts, context):
    with open(f"/proc/{facts['pid']}/cmdline") as file:
        return file.read()


@attempt
def write_outside(facts, context):
    with open(facts["writable"] + "/written", "w") as file:
        return str(file.write("here"))


@attempt
def write_own_source(facts, context):
    with open(__file__, "a") as file:
        return str(file.write("\n"))


@attempt
def write_the_runtime(facts, context):
    with open(os.path.join(sys.path[-1], "lamina", "new.py"), "w") as file:
        return str(file.write("\n"))


@attempt
def write_temporary_files(facts, context):
    with open("/tmp/lamina-hostile-probe", "w") as file:
        file.write("here")
    os.unlink("/tmp/lamina-hostile-probe")
    return "a temporary file"


@attempt
def write_shared_memory(facts, context):
    with open("/dev/shm/lamina-hostile-probe", "w") as file:
        file.write("here")
    os.unlink("/dev/shm/lamina-hostile-probe")
    return "shared memory"


@attempt
def change_a_mode(facts, context):
    os.chmod(facts["changeable"], 0o777)
    return "chmod"


@attempt
def change_times(facts, context):
    os.utime(facts["changeable"], (0, 0))
    return "utime"


@attempt
def link_to_outside(facts, context):
    os.symlink(facts["outside"], facts["writable"] + "/link")
    return "a link"


@attempt
def make_a_device(facts, context):
    os.mknod(facts["writable"] + "/device", 0o600 | 0o020000, os.makedev(1, 3))
    return "a device"


@attempt
def read_kernel_memory(facts, context):
    with open("/dev/mem", "rb") as file:
        return str(file.fileno())


@attempt
def look_at_a_file_outside(facts, context):
    return str(os.stat(facts["outside"]).st_size)


@attempt
def use_scratch_undeclared(facts, context):
    return str(context.scratch)


# Environment and inherited things


@attempt
def read_the_environment(facts, context):
    return os.environ.get("LAMINA_HOSTILE_SECRET")


@attempt
def find_inherited_descriptors(facts, context):
    found = []
    for descriptor in range(4, 256):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        found.append(descriptor)
    return found


@attempt
def import_packages_of_the_host(facts, context):
    import django

    return django.__file__


@attempt
def import_packages_of_the_interpreter(facts, context):
    folder = os.path.join(os.path.dirname(os.__file__), "site-packages")
    return os.listdir(folder)


# Network


@attempt
def connect_to_the_host(facts, context):
    with socket.create_connection(("127.0.0.1", facts["port"]), timeout=1):
        return "connected"


@attempt
def send_a_datagram(facts, context):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return str(sock.sendto(b"x", ("127.0.0.1", facts["port"])))


@attempt
def connect_to_an_abstract_socket(facts, context):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect("\0" + facts["abstract"])
        return "connected"


@attempt
def open_a_netlink_socket(facts, context):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
        return str(sock.fileno())


@attempt
def open_a_raw_socket(facts, context):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) as sock:
        return str(sock.fileno())


@attempt
def make_an_internet_pair(facts, context):
    pair = socket.socketpair(socket.AF_INET)
    return str(len(pair))


@attempt
def ask_for_an_undeclared_host(facts, context):
    return str(context.http("GET", f"http://127.0.0.1:{facts['port']}/").status)


@attempt
def ask_for_an_undeclared_secret(facts, context):
    return context.secret("token")


# Processes


@attempt
def fork_a_process(facts, context):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "a process"


@attempt
def fork_by_clone3(facts, context):
    arguments = struct.pack("=8Q", 0, 0, 0, 0, 17, 0, 0, 0)
    pid = LIBC.syscall(435, arguments, len(arguments))
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone3")
    os.waitpid(pid, 0)
    return "a process"


@attempt
def start_a_program(facts, context):
    return subprocess.run([sys.executable or "/bin/true", "-c", "pass"], capture_output=True).returncode == 0


@attempt
def become_a_program(facts, context):
    os.execv("/bin/true", ["true"])


@attempt
def signal_the_host(facts, context):
    os.kill(facts["pid"], 0)
    return "a signal"


@attempt
def signal_everybody(facts, context):
    os.kill(-1, 0)
    return "a signal"


@attempt
def signal_the_zygote(facts, context):
    os.kill(os.getppid(), 0)
    return "a signal"


@attempt
def trace_the_zygote(facts, context):
    result = LIBC.ptrace(16, os.getppid(), 0, 0)
    if result < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(os.getppid(), 0x4000_0000)
    LIBC.ptrace(17, os.getppid(), 0, 0)
    return "attached"


@attempt
def read_memory_of_the_zygote(facts, context):
    buffer = ctypes.create_string_buffer(8)
    own = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    theirs = (ctypes.c_size_t * 2)(id(None), 8)
    return kernel(310, os.getppid(), own, ctypes.c_ulong(1), theirs, ctypes.c_ulong(1), ctypes.c_ulong(0))


@attempt
def raise_own_limits(facts, context):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return "a limit set"


@attempt
def become_root(facts, context):
    os.setresuid(0, 0, 0)
    return "root" if os.getuid() == 0 and not os.path.exists("/nonexistent") else None


@attempt
def be_root(facts, context):
    return os.getuid() == 0 and "root"


@attempt
def lower_the_priority(facts, context):
    return str(os.nice(1))


# Kernel interfaces


@attempt
def make_namespaces(facts, context):
    return kernel(272, 0x1000_0000 | 0x0002_0000)


@attempt
def mount_a_filesystem(facts, context):
    target = facts["writable"].encode()
    result = LIBC.mount(b"none", target, b"tmpfs", 0, b"size=4k")
    if result < 0:
        raise OSError(ctypes.get_errno(), "mount")
    LIBC.umount2(target, 2)
    return "mounted"


@attempt
def change_the_root(facts, context):
    os.chroot("/")
    return "chroot"


@attempt
def use_io_uring(facts, context):
    return kernel(425, 1, ctypes.create_string_buffer(120))


@attempt
def load_a_kernel_program(facts, context):
    return kernel(321, 0, ctypes.create_string_buffer(b"\1\0\0\0\4\0\0\0\4\0\0\0\1\0\0\0", 64), 64)


@attempt
def watch_performance(facts, context):
    return kernel(298, ctypes.create_string_buffer(struct.pack("=IIQ", 1, 112, 0), 112), 0, -1, -1, 0)


@attempt
def fault_in_user_space(facts, context):
    return kernel(323, 1)


@attempt
def use_the_keyring(facts, context):
    return kernel(250, 0, -3, 0)


@attempt
def make_anonymous_files(facts, context):
    return str(os.memfd_create("hostile"))


@attempt
def call_the_kernel_in_another_abi(facts, context):
    return kernel(0x4000_0000 + 39)


@attempt
def make_shared_segments(facts, context):
    identifier = LIBC.shmget(0, 4096, 0o600)
    if identifier < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    LIBC.shmctl(identifier, 0, None)
    return "a segment"


@attempt
def open_files_by_handle(facts, context):
    return kernel(303, -100, b"/", ctypes.create_string_buffer(128), ctypes.create_string_buffer(8), 0)


@attempt
def change_its_personality(facts, context):
    return kernel(135, 0x0040000)


@attempt
def set_the_terminal(facts, context):
    import fcntl

    return str(fcntl.ioctl(3, 0x5412, b"x"))


@attempt
def add_a_filter_of_its_own(facts, context):
    result = LIBC.prctl(38, 1, 0, 0, 0)
    return "prctl" if result == 0 else None


@attempt
def own_signals_of_descriptors(facts, context):
    import fcntl

    fcntl.fcntl(3, 8, os.getpid())
    return "F_SETOWN"


# Memory, processor, time


@attempt
def take_all_memory(facts, context):
    held = []
    while True:
        held.append(bytearray(16 << 20))


@attempt
def take_all_shared_memory(facts, context):
    import mmap

    held = []
    while True:
        part = mmap.mmap(-1, 64 << 20)
        for at in range(0, len(part), 4096):
            part[at] = 1
        held.append(part)


@attempt
def spin(facts, context):
    while True:
        pass


@attempt
def spin_in_native_code(facts, context):
    return str(9 ** (9**9))[:1]


@attempt
def sleep_for_ever(facts, context):
    while True:
        time.sleep(1000)


@attempt
def ignore_every_signal(facts, context):
    import signal

    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    while True:
        time.sleep(1000)


@attempt
def swallow_every_exception(facts, context):
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            continue


@attempt
def start_threads_without_end(facts, context):
    threading.stack_size(32 << 10)
    count = 0
    while count < 5_000:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        count += 1
    return f"{count} threads"


@attempt
def fill_the_scratch_folder(facts, context):
    return None


# The protocol


def frame(kind, number, payload):
    return struct.pack("<IBQ", len(payload), kind, number) + payload


@attempt
def forge_a_second_result(facts, context):
    os.write(3, frame(20, 1, b'{"us":1,"outputs":{"got":null}}'))
    return "the result was sent twice"


@attempt
def forge_a_result_of_another_call(facts, context):
    os.write(3, frame(20, 2, b'{"us":1,"outputs":{"got":"forged"}}'))
    return "a foreign result"


@attempt
def forge_a_wall_that_fell(facts, context):
    os.write(3, frame(24, 0, b"the walls are down"))
    time.sleep(1000)


@attempt
def announce_a_huge_frame(facts, context):
    os.write(3, struct.pack("<IBQ", 0xFFFF_FFFF, 20, 1))
    time.sleep(1000)


@attempt
def send_garbage(facts, context):
    os.write(3, bytes(range(256)) * 16)
    time.sleep(1000)


@attempt
def drip_a_frame(facts, context):
    for byte in frame(20, 1, b'{"us":1,"outputs":{"got":"dripped"}}')[:-1]:
        os.write(3, bytes([byte]))
        time.sleep(0.02)
    time.sleep(1000)


@attempt
def log_without_json(facts, context):
    os.write(3, frame(21, 1, b"\xff\xfe not json"))
    time.sleep(1000)


@attempt
def log_in_another_shape(facts, context):
    os.write(3, frame(21, 1, b"[1,2,3]"))
    time.sleep(1000)


@attempt
def send_an_unknown_frame(facts, context):
    os.write(3, frame(99, 1, b""))
    time.sleep(1000)


@attempt
def close_the_line(facts, context):
    os.close(3)
    time.sleep(1000)


@attempt
def pass_descriptors_to_the_host(facts, context):
    line = socket.socket(fileno=3)
    for _ in range(50):
        socket.send_fds(line, [frame(21, 1, b'{"level":"info","message":"x","fields":{}}')], [0, 0, 0, 0])
    line.detach()
    return None


@attempt
def ask_malformed_questions(facts, context):
    os.write(3, frame(23, 1, b'{"what":"http","url":5}'))
    os.write(3, frame(23, 1, b"null"))
    time.sleep(1000)


@attempt
def log_without_end(facts, context):
    while True:
        context.log("x" * 4_000)


@attempt
def print_without_end(facts, context):
    while True:
        print("y" * 4_000)


# Outputs and endings


@attempt
def return_a_huge_output(facts, context):
    return "z" * (4 << 20)


@attempt
def return_a_deep_output(facts, context):
    value = []
    for _ in range(500):
        value = [value]
    return value


@attempt
def return_itself(facts, context):
    value = []
    value.append(value)
    return value


@attempt
def return_not_a_number(facts, context):
    return [float("nan"), float("inf")]


@attempt
def return_a_lone_surrogate(facts, context):
    return "\ud800"


@attempt
def return_a_nul(facts, context):
    return "a\0b"


@attempt
def return_a_huge_integer(facts, context):
    return 10**400


@attempt
def return_keys_that_are_not_text(facts, context):
    return {1: "a", "1": "b"}


@attempt
def return_an_object(facts, context):
    return object()


@attempt
def end_the_process(facts, context):
    os._exit(0)


@attempt
def raise_the_end(facts, context):
    raise SystemExit(0)


@attempt
def raise_an_interrupt(facts, context):
    raise KeyboardInterrupt


@attempt
def raise_what_cannot_be_shown(facts, context):
    class Silent(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    raise Silent


@attempt
def fall_into_a_hole(facts, context):
    ctypes.string_at(1)


@attempt
def recurse_without_end(facts, context):
    sys.setrecursionlimit(1 << 30)

    def deeper(value):
        return deeper(value)

    return deeper(1)


@attempt
def patch_the_runtime(facts, context):
    import json

    json.dumps = lambda *arguments, **options: '{"got":null}'
    sys.modules["executors.sandbox.child"]._dumped = lambda document: b"{}"
    return object()


@attempt
def raise_a_name_of_the_platform(facts, context):
    from lamina import ModuleError

    raise ModuleError("system.timeout", {}, "forged")
