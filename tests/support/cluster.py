"""Processes of a cluster for tests: coordinator and workers on real servers, and somebody to ask."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT

READY_SECONDS = 60
WORKER_ROLE = "lamina_worker"


class Cluster:
    """One installation: its environment, its processes by name, and the answers of `tests.support.asked`."""

    def __init__(self, folder: Path, *, database: str, redis: str) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "LAMINA_MODE": "cluster",
            "LAMINA_DATABASE": database,
            "LAMINA_REDIS": redis,
            "LAMINA_BROKER": redis,
            "LAMINA_SECRET_KEY": "a key for tests",
            "LAMINA_DATA": str(folder / "data"),
            "LAMINA_QUEUES": "local,shared",
            "PYTHONUNBUFFERED": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._clerk: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, check=True)

    def start(self, name: str, *words: str, **more: str) -> None:
        """Start a process of the product; `ready` waits for it."""
        with (self.folder / f"{name}.log").open("wb") as log:
            environment = self.environment | (self.of_workers if words[0] == "work" else {}) | more
            self.processes[name] = subprocess.Popen(
                [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    @property
    def of_workers(self) -> dict[str, str]:
        """Workers have a role of their own in the database."""
        return {
            "LAMINA_DATABASE": self.environment["LAMINA_DATABASE"].replace("//lamina@", f"//{WORKER_ROLE}@")
        }

    def work(self, *names: str, options: Sequence[str] = (), **environment: str) -> None:
        for name in names:
            self.start(name, "work", "--name", name, *options, **environment)
        self.ready(*names)

    def ready(self, *names: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for name in names:
            while not any(sign in self.log(name) for sign in ("takes part", " serves ")):
                assert self.processes[name].poll() is None, self.log(name)
                assert time.monotonic() < deadline, self.log(name)
                time.sleep(0.05)

    def until_said(self, name: str, words: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while words not in self.log(name):
            assert self.processes[name].poll() is None, self.log(name)
            assert time.monotonic() < deadline, self.log(name)
            time.sleep(0.05)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self, *names: str) -> None:
        ending = [self.processes.pop(name) for name in names]
        for process in ending:
            process.terminate()
        for process in ending:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def ask(self, what: str, **given: Any) -> Any:
        """The answer of a function of `tests.support.asked`, called in a process of this installation."""
        if self._clerk is None:
            self._clerk = subprocess.Popen(
                [sys.executable, "-m", "tests.support.asked"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        clerk = self._clerk
        assert clerk.stdin is not None
        assert clerk.stdout is not None
        clerk.stdin.write(json.dumps([what, given]) + "\n")
        clerk.stdin.flush()
        return json.loads(clerk.stdout.readline())

    def until(self, what: str, wanted: Any, *, seconds: float = 30, **given: Any) -> Any:
        """Asks until the answer passes `wanted`; returns it."""
        deadline = time.monotonic() + seconds
        while not wanted(answer := self.ask(what, **given)):
            assert time.monotonic() < deadline, answer
            time.sleep(0.05)
        return answer

    def close(self) -> None:
        self.stop(*self.processes)
        if self._clerk is not None:
            self._clerk.communicate()
            self._clerk = None
