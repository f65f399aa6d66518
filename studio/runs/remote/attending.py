"""The worker of this process, for the messages that reach it."""

from studio.runs.remote.worker import Worker

_workers: list[Worker] = []


def attend(worker: Worker) -> None:
    """Messages go to `worker` from now on."""
    _workers[:] = [worker]


def worker() -> Worker:
    """Raises `IndexError` in a process that is no worker."""
    return _workers[0]
