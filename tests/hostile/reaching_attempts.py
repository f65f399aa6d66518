"""What a hostile module tries to reach. Each attempt returns what it got hold of, or nothing, or raises.

This file is a module's source: it runs in the sandbox. Every attempt is harmless where it succeeds, so that
the suite may show what a weak rung lets through.
"""

import ctypes
import os
import socket
import struct
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
ATTEMPTS = {}


def attempt(function):
    ATTEMPTS[function.__name__] = function
    return function


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
    return "root" if os.getuid() == 0 else None


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


# Ways round a wall


@attempt
def send_to_a_socket_in_the_file_system(facts, context):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        return ours.sendto(b"hello", facts["datagrams"])


@attempt
def truncate_a_file_outside(facts, context):
    os.truncate(facts["truncatable"], 0)
    return "truncated"


@attempt
def make_sockets_of_rare_families(facts, context):
    made = []
    for family in (socket.AF_INET6, socket.AF_ALG, socket.AF_VSOCK, socket.AF_PACKET, socket.AF_CAN):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            made.append(family.name)
    return made


@attempt
def join_namespaces_of_the_host(facts, context):
    joined = []
    for name in ("net", "mnt", "pid", "user"):
        try:
            descriptor = os.open(f"/proc/{facts['pid']}/ns/{name}", os.O_RDONLY)
            kernel(308, descriptor, 0)
        except OSError:
            continue
        joined.append(name)
    return joined


@attempt
def leave_a_process_behind(facts, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", "2"])
        os._exit(0)
    return "a grandchild"


@attempt
def follow_links_outside(facts, context):
    return os.readlink("/proc/self/exe")


@attempt
def ask_which_session_the_host_is_in(facts, context):
    # 0 is an answer too: a session that was begun outside this space of processes.
    return f"session {os.getsid(facts['pid'])}"


@attempt
def read_the_clock_of_the_host(facts, context):
    return time.clock_gettime(~facts["pid"] << 3 | 2) > 0


@attempt
def ask_where_the_host_may_run(facts, context):
    return list(os.sched_getaffinity(facts["pid"]))


@attempt
def reach_the_host_by_its_end_of_the_line(facts, context):
    """The kernel gives a handle of the process at the other end; nothing can be done with it."""
    line = socket.socket(fileno=os.dup(3))
    handle = int.from_bytes(line.getsockopt(socket.SOL_SOCKET, 77, 4), sys.byteorder)
    try:
        return kernel(424, handle, 0, 0, 0)  # a signal that does nothing
    except OSError:
        return kernel(438, handle, 1, 0)  # one of its descriptors
