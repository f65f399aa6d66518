"""An execution port in this process, for tests and for measuring the engine alone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from executors.protocol import Call, CallError, Deliver, Failed, Outcome, Returned, calls_of_items

Work = Callable[[Call], Outcome]


def worked(work: Work, call: Call) -> Outcome:
    """The outcome of a call, or of all the calls that it stands for."""
    if call.items is None:
        return work(call)
    return Returned(outputs={}, then=tuple(work(each) for each in calls_of_items(call)))


class LocalPort:
    """Carries calls out one after the other, on the engine's loop. `works` by version name."""

    def __init__(self, works: Mapping[str, Work], default: Work | None = None) -> None:
        self._works = works
        self._default = default
        self.calls: list[tuple[str, tuple[int, ...], int]] = []

    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None:
        work = self._works.get(calls[0].name, self._default)
        assert work is not None, calls[0].name
        for position, call in enumerate(calls):
            self.calls.append((call.node, call.index, call.attempt))
            deliver(position, worked(work, call))


class SlowPort:
    """Calls take `seconds`, and honour their timeouts and cancellation."""

    def __init__(self, work: Work, seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self.started: list[str] = []
        self.stopped: list[str] = []

    async def execute(self, calls: Sequence[Call], deliver: Deliver) -> None:
        async def one(position: int, call: Call) -> None:
            self.started.append(call.node)
            try:
                await asyncio.sleep(min(self._seconds, call.timeout_seconds))
            except asyncio.CancelledError:
                self.stopped.append(call.node)
                raise
            if self._seconds > call.timeout_seconds:
                message = f"It took longer than {call.timeout_seconds:g} s."
                deliver(position, Failed(error=CallError(name="system.timeout", message=message)))
            else:
                deliver(position, worked(self._work, call))

        await asyncio.gather(*(one(position, call) for position, call in enumerate(calls)))
