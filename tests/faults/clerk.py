"""One engine process in slow motion on the real database: every boundary is a place where it may die.

Owns:      the order claim → decide → commit → call → answer, one at a time, and the count of boundaries.
Promises:  the same case meets the same boundaries; what the outside saw stays seen when the process dies.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from executors.coordination import driving
from executors.coordination.entries import Entry, sealed
from executors.coordination.restoring import Restorer, created_data
from executors.coordination.sealing import Sealer
from executors.coordination.told import told_of
from executors.engine.commands import Claimed, Concluded, Execute, Ticked
from executors.journal import Journal, Process
from studio.ids import uuid7


class Killed(Exception):
    """The process has died here."""


class Clerk:
    """Lives until its `dies_at`-th boundary. `outside(call)` carries a call out and notes it."""

    def __init__(
        self,
        journal: Journal,
        restorer: Restorer,
        sealer: Sealer,
        outside: Callable[[Any], Any],
        dies_at: int,
    ) -> None:
        self._journal = journal
        self._restorer = restorer
        self._sealer = sealer
        self._outside = outside
        self._left = dies_at
        self.id = str(uuid7())
        self.boundaries = 0
        self._drives: dict[str, driving.Drive] = {}
        self._entries: list[Entry] = []
        self._calls: list[tuple[driving.Drive, Execute]] = []

    def boundary(self) -> None:
        self.boundaries += 1
        self._left -= 1
        if self._left == 0:
            raise Killed

    def work(self) -> None:
        """Join and work until there is nothing left to do. Raises `Killed`."""
        process = Process(id=self.id, host="clerk", version="1.0.0", rung=0, is_alone=True)
        self._journal.join(process, 10)
        self.boundary()
        while self._claim() or self._entries or self._calls:
            self._commit()
            self._call()

    def _claim(self) -> bool:
        claimed = self._journal.claim(self.id, 10)
        self.boundary()
        for run in claimed:
            state = self._restorer.restore(run)
            drive = driving.Drive(claimed=run, state=state, owner=self.id, rung=0)
            self._drives[run.run] = drive
            created = {} if state.seq else created_data(run, state.inputs, state.options)
            drive.stimuli.append(Claimed(created, self.id, "1.0.0", 0, run.streak))
            drive.stimuli.extend(told_of(row) for row in self._journal.signals(self.id, [run.run]))
            self._step(drive)
        self.boundary()
        return bool(claimed)

    def _step(self, drive: driving.Drive) -> None:
        now = time.time_ns() // 1_000_000
        entry, commands = drive.step(now, random.Random(1).random, _unused, lambda: str(uuid7()))
        if entry is not None:
            self._entries.append(entry)
        self._calls.extend((drive, command) for command in commands if isinstance(command, Execute))

    def _commit(self) -> None:
        entries, self._entries = self._entries, []
        if not entries:
            return
        appends = sealed(self._sealer, entries)
        self.boundary()
        assert all(self._journal.append(appends))
        self.boundary()
        for entry in entries:
            drive = self._drives[entry.run]
            self._calls.extend((drive, execute) for execute in entry.held_calls)

    def _call(self) -> None:
        calls, self._calls = self._calls, []
        for drive, execute in calls:
            self.boundary()
            outcome = self._outside(execute.call)
            self.boundary()
            drive.stimuli.append(Concluded(execute.flight, outcome))
            self._step(drive)
        for drive in self._drives.values():
            if not drive.is_over and not drive.state.is_finished and not calls:
                drive.stimuli.append(Ticked())
                self._step(drive)


def _unused(entry: Entry, holds: bool) -> None:
    """The clerk looks after its entries itself."""
