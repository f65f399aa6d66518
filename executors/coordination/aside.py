"""Entries that wait until the artifacts they name are durable.

Owns:      what is set aside, by run and claim.
Promises:  what names an unsettled artifact is not written, nor what follows it in its run; other runs go on.
           All that is set aside comes back, in order: to be written, or as lost with the artifact.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from contracts.canonical import Digest
from executors.coordination.entries import Entry
from executors.coordination.sealing import values_of

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    entries: list[Entry]
    awaited: "Future[None]"


class Aside:
    """Lives on the writer's thread; `come_back` is called, from any, when `sorted` has something to give."""

    def __init__(self, unsettled: Mapping[Digest, "Future[None]"], come_back: Callable[[], None]) -> None:
        self._unsettled = unsettled
        self._come_back = come_back
        self._waiting: dict[tuple[str, int], _Waiting] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def sorted(self, entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
        """What may be written now, of these and of what was set aside, and what is lost."""
        if not (self._waiting or self._unsettled):
            return entries, []
        ready: list[Entry] = []
        lost: dict[tuple[str, int], list[Entry]] = {}
        for entry in [*self._back(), *entries]:
            if entry.key in lost:
                lost[entry.key].append(entry)
            elif entry.key in self._waiting:
                self._waiting[entry.key].entries.append(entry)
            elif (awaited := self._awaited(entry)) is None:
                ready.append(entry)
            elif awaited.done() and (error := awaited.exception()) is not None:
                log.error("run %s is claimed anew, what it made could not be stored: %s", entry.run, error)
                lost[entry.key] = [entry]
            else:
                self._waiting[entry.key] = _Waiting([entry], awaited)
                awaited.add_done_callback(self._look_again)
        return ready, [entry for together in lost.values() for entry in together]

    def _back(self) -> list[Entry]:
        over = [key for key, waiting in self._waiting.items() if waiting.awaited.done()]
        return [entry for key in over for entry in self._waiting.pop(key).entries]

    def _awaited(self, entry: Entry) -> "Future[None] | None":
        """What keeps an entry from being written."""
        for fact in entry.facts:
            for value in values_of(fact.data):
                if value.artifact is not None:
                    awaited = self._unsettled.get(value.artifact)
                    if awaited is not None:
                        return awaited
        return None

    def _look_again(self, _: "Future[None]") -> None:
        self._come_back()
