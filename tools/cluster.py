"""The product as a cluster on this machine: PostgreSQL, Redis, RabbitMQ, a web process, a coordinator, two workers.

Owns:      every process it starts, and a folder that goes with it: nothing outlives Ctrl-C.
Promises:  says what is missing and how to get it; prints a sign-in link when everything answers.
Never:     listens on anything but 127.0.0.1, or keeps data: for that see docker/.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import services  # noqa: E402 - it stands beside this file and is no package

WORKERS = ("one", "two")
QUEUE = "shared"
WORKER_ROLE = "lamina_worker"


def main() -> int:
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    try:
        with tempfile.TemporaryDirectory(prefix="lamina-cluster-") as name, ExitStack() as stack:
            return run(Path(name), stack, over)
    except (services.Missing, RuntimeError, TimeoutError) as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 1


def run(folder: Path, stack: ExitStack, over: threading.Event) -> int:
    folder.chmod(0o755)  # database servers do not run as root, and have to get in
    environment = started_services(folder, stack)
    say("preparing the database, the library and the demo")
    subprocess.run(command("prepare", "--worker-role", WORKER_ROLE), cwd=ROOT, env=environment, check=True)
    database = environment["LAMINA_DATABASE"].replace("//lamina@", f"//{WORKER_ROLE}@")
    of_workers = environment | {"LAMINA_DATABASE": database}
    processes = {
        "coordinator": ("coordinate",),
        **{f"worker {name}": ("work", "--name", name) for name in WORKERS},
        "web": ("serve",),
    }
    running = {
        name: stack.enter_context(
            started(name, command(*words), of_workers if words[0] == "work" else environment, folder)
        )
        for name, words in processes.items()
    }
    link = subprocess.run(
        command("sign_in_link"), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    print(f"\nLamina is ready as a cluster of {len(running)} processes.\n")
    print(
        f"  Sign in  {link.stdout.strip()}\n  Logs     {folder}\n  Stop     Ctrl-C (nothing is kept)",
        flush=True,
    )
    while not over.wait(1):
        for name, process in running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} has ended:\n{last_words(folder, name)}")
    print("Stopping.", flush=True)
    return 0


def started_services(folder: Path, stack: ExitStack) -> dict[str, str]:
    """The environment of the product's processes."""
    say("starting PostgreSQL, Redis and RabbitMQ")
    wanted = int(os.environ.get("LAMINA_PORT", "8000"))
    port = next(port for port in range(wanted, 65_536) if not services.is_listening(port))
    return os.environ | {
        "LAMINA_MODE": "cluster",
        "LAMINA_DATABASE": stack.enter_context(services.postgresql(folder)),
        "LAMINA_REDIS": stack.enter_context(services.redis(folder)),
        "LAMINA_BROKER": os.environ.get("LAMINA_BROKER") or stack.enter_context(services.rabbitmq(folder)),
        "LAMINA_SECRET_KEY": secrets.token_urlsafe(48),
        "LAMINA_DATA": str(folder / "data"),
        "LAMINA_HOST": "127.0.0.1",
        "LAMINA_PORT": str(port),
        "LAMINA_ORIGINS": f"http://127.0.0.1:{port}",
        "LAMINA_INSECURE_LOOPBACK": "1",
        "LAMINA_QUEUES": f"local,{QUEUE}",
        "LAMINA_DEFAULT_QUEUE": QUEUE,
        "PYTHONUNBUFFERED": "1",
    }


def command(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


@contextmanager
def started(
    name: str, words: list[str], environment: dict[str, str], folder: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the product that has said its first line."""
    say(f"starting {name}")
    log = log_of(folder, name)
    with log.open("wb") as output:
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        services.wait_until(lambda: process.poll() is not None or is_ready(log))
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended at once:\n{last_words(folder, name)}")
        yield process
    finally:
        services.stop(process)


def is_ready(log: Path) -> bool:
    text = log.read_text("utf-8", "replace")
    return any(sign in text for sign in ("takes part", " serves "))


def log_of(folder: Path, name: str) -> Path:
    return folder / f"{name.replace(' ', '-')}.log"


def last_words(folder: Path, name: str) -> str:
    return log_of(folder, name).read_text("utf-8", "replace")[-2000:]


def say(text: str) -> None:
    print(f"[cluster] {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
