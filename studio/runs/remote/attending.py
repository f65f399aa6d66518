"""The worker of this process, for the messages that reach it."""

from studio.runs.remote.canary import Canary
from studio.runs.remote.worker import Worker

_workers: list[Worker] = []
_canaries: list[Canary] = []


def attend(worker: Worker) -> None:
    """Messages go to `worker` from now on."""
    _workers[:] = [worker]


def worker() -> Worker:
    """Raises `IndexError` in a process that is no worker."""
    return _workers[0]


def keep(canary: Canary) -> None:
    """Canaries that come are this one's from now on."""
    _canaries[:] = [canary]


def hear_canary() -> None:
    for canary in _canaries:
        canary.heard()
