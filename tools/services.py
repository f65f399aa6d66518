"""Private PostgreSQL, Redis and RabbitMQ servers on free local ports, for tests and for `make cluster`.

Owns:      the servers it starts, below one folder; every one is stopped by the process that started it.
Promises:  nothing of the machine's own services is touched; what is missing is said with the way to get it.
Never:     listens on anything but 127.0.0.1.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 90


class Missing(Exception):
    """A server program that this machine lacks; the text says how to get it."""


def program(name: str, package: str, *folders: str) -> str:
    """The path of a program. Raises `Missing`."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))
    if found is None:
        raise Missing(f"{name} is not installed. Get it: apt-get install {package}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unprivileged(user: str) -> dict[str, object]:
    """Arguments of `subprocess` that drop root, which the database servers refuse."""
    if os.geteuid() != 0:
        return {}
    record = pwd.getpwnam(user)
    return {"user": record.pw_uid, "group": record.pw_gid, "extra_groups": []}


def give(folder: Path, user: str) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, user)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL cluster; yields the URL of an empty database."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    binaries = str(versions[-1]) if versions else ""
    initdb, server = (program(name, "postgresql", binaries) for name in ("initdb", "postgres"))
    user = "postgres"
    home = folder / "postgresql"
    home.mkdir(parents=True)
    give(home, user)
    drop = unprivileged(user)
    port = free_port()
    subprocess.run(
        [initdb, "-D", home / "data", "-U", "lamina", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True,
        capture_output=True,
        cwd=home,
        **drop,  # type: ignore[call-overload]  # as unprivileged says
    )
    command = [
        server,
        "-D",
        home / "data",
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        home,
        "-c",
        "max_connections=200",
    ]
    with running(command, home / "log", lambda: is_listening(port), cwd=home, **drop):
        psql = program("psql", "postgresql-client", binaries)
        base = [psql, "-h", "127.0.0.1", "-p", str(port), "-U", "lamina", "-q", "-c"]
        wait_until(
            lambda: (
                subprocess.run([*base, "select 1", "postgres"], capture_output=True, check=False).returncode
                == 0
            )
        )
        subprocess.run([*base, "create database lamina", "postgres"], check=True)
        yield f"postgresql://lamina@127.0.0.1:{port}/lamina"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server without persistence; yields its URL."""
    server = program("redis-server", "redis-server")
    port = free_port()
    home = folder / "redis"
    home.mkdir(parents=True)
    command = [
        server,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(home),
    ]
    with running(command, home / "log", lambda: is_listening(port)):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def rabbitmq(folder: Path) -> Iterator[str]:
    """A RabbitMQ node with an Erlang cookie and a name of its own; yields its URL."""
    server = program("rabbitmq-server", "rabbitmq-server", "/usr/lib/rabbitmq/bin", "/usr/sbin")
    user = "rabbitmq"
    home = folder / "rabbitmq"
    home.mkdir(parents=True)
    give(home, user)
    port, distribution = free_port(), free_port()
    (home / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\nloopback_users.guest = true\n", "utf-8"
    )
    (home / "enabled_plugins").write_text("[].\n", "utf-8")
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "RABBITMQ_NODENAME": f"lamina-{secrets.token_hex(4)}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-setcookie {secrets.token_hex(16)}",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(free_port()),
    }
    drop = unprivileged(user)
    epmd = program("epmd", "rabbitmq-server")
    try:
        with running(
            [server], home / "output", lambda: is_listening(port), cwd=home, env=environment, **drop
        ):
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        # The port mapper is not in the process group of its node, and outlives it a little.
        mapper = int(environment["ERL_EPMD_PORT"])
        kill = [epmd, "-kill"]
        wait_until(
            lambda: (
                not is_listening(mapper)
                or b"Killed" in subprocess.run(kill, env=environment, capture_output=True, check=False).stdout
            )
        )


@contextmanager
def running(
    command: list[object], log: Path, is_ready: Callable[[], bool], **options: object
) -> Iterator[None]:
    """A server process, in a session of its own so that its children end with it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,  # type: ignore[call-overload]  # of the caller
        )
    try:
        wait_until(lambda: is_ready() or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended at once:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        yield
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process group that we started: politely, then for good."""
    for number, seconds in ((15, 20), (9, 10)):
        try:
            os.killpg(process.pid, number)
            process.wait(seconds)
        except ProcessLookupError:
            process.wait(1)
            return
        except subprocess.TimeoutExpired:
            continue


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not ready after {START_SECONDS} s")
        time.sleep(0.1)
