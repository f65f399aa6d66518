"""The one loop that joins engine, journal and executors.

Owns:      the runs of this process: claiming them, driving them, giving them up.
Promises:  nothing leaves the process before it is durable; a run whose fence broke is dropped at once.
Never:     blocks its loop: the journal has threads of its own.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal

from contracts.canonical import Digest
from executors.artifacts import ArtifactStore
from executors.coordination.alarms import Alarms
from executors.coordination.arrivals import Arrival, Handovers
from executors.coordination.dispatch import Dispatcher, ExecutionPort, Ticket
from executors.coordination.driving import Drive
from executors.coordination.entries import Entry
from executors.coordination.lease import Lease
from executors.coordination.restoring import Restorer, created_data, last_entry
from executors.coordination.told import earlier_of, told_of
from executors.coordination.writer import Writer
from executors.engine.commands import (
    BreakerTurned,
    Claimed,
    Command,
    Concluded,
    Execute,
    Fetch,
    LookUp,
    Stimulus,
    Stop,
    Supplied,
    Ticked,
)
from executors.engine.state import RunState
from executors.journal import ClaimedRun, Journal, Process, SignalRow
from executors.protocol import Outcome

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a coordinator is given.

    `announce(run, seq, status)` is called on the loop after each commit; `now` gives milliseconds, `dice`
    [0, 1); `close_connection` ends the journal's connection of the calling thread.
    """

    journal: Journal
    port: ExecutionPort
    artifacts: ArtifactStore
    read_contract: Callable[[Digest], bytes]
    process: Process
    announce: Callable[[str, int, str], None]
    now: Callable[[], int]
    dice: Callable[[], float]
    token: Callable[[], str]
    close_connection: Callable[[], None]
    lease_seconds: float = 10.0
    runs_at_once: int = 500


class Coordinator:
    """Made on the loop that it lives on. `run` returns after `stop`."""

    def __init__(self, given: Surroundings) -> None:
        self._given = given
        self._loop = asyncio.get_running_loop()
        self._thread = threading.current_thread()
        self._drives: dict[str, Drive] = {}
        self._dirty: dict[str, Drive] = {}
        self._has_turn = False
        self._alarms = Alarms(self._drives, given.now, lambda run: self._feed(run, Ticked()))
        self._lost: set[str] = set()
        self._restoring: dict[str, Arrival] = {}
        self._unclaimed: set[str] = set()  # driven, and not yet ours in the journal
        self._handovers = Handovers(self._post, self._take_over)
        self._handed: list[ClaimedRun] = []
        self._has_backlog = False
        self._is_looking = False
        self._looks_again = False
        self._over = asyncio.Event()
        self._has_lost = False
        self._dispatcher = Dispatcher(given.port, self._concluded, self._breaker_turned, given.now)
        self._restorer = Restorer(given.journal, given.read_contract, given.artifacts)
        self._writer = Writer(given.journal, given.artifacts, self._post, given.close_connection)
        self._lease = Lease(
            given.journal,
            given.process.id,
            given.lease_seconds,
            partial(self._post, self._lease_lost),
            given.close_connection,
        )
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="journal-reader")

    # From other threads

    def ring(self, run: str = "") -> None:
        """Rows of a run have changed: look now. Any thread; harmless when doubled or lost."""
        self._post(self._look)

    def take(self, admitted: Sequence[ClaimedRun]) -> None:
        """Drive queued runs, and claim each with its first append. Any thread; harmless when lost or doubled."""
        self._handovers.put(admitted)

    def stop(self) -> None:
        """Have `run` return. Any thread."""
        self._post(self._over.set)

    def _post(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            # The loop is closed: whoever still calls has outlived the coordinator.
            log.debug("a call came after the loop had closed")

    # Life

    async def run(self, joined: Callable[[], None] = lambda: None) -> Literal["stopped", "lost"]:
        """Join and say so, drive runs until `stop`, and leave: what is unfinished is claimed by the next process.

        Returns "lost" at once when the lease has run out; only a new coordinator may take part then.
        """
        given = self._given
        await asyncio.to_thread(self._join)
        joined()
        self._writer.start()
        self._lease.start()
        try:
            while not self._over.is_set():
                self._look()
                try:
                    await asyncio.wait_for(self._over.wait(), LOOK_SECONDS)
                except TimeoutError:
                    continue
        finally:
            self._alarms.close()
            await self._dispatcher.close()
            await asyncio.to_thread(self._end_threads)
            await asyncio.to_thread(self._leave, given.process.id)
        return "lost" if self._has_lost else "stopped"

    def _join(self) -> None:
        self._given.journal.join(self._given.process, self._given.lease_seconds)
        self._given.close_connection()

    def _end_threads(self) -> None:
        self._lease.stop()
        self._readers.shutdown()
        self._writer.stop()

    def _leave(self, process: str) -> None:
        try:
            self._given.journal.leave(process)
        except Exception:
            log.exception("the lease could not be ended; it runs out by itself")
        self._given.close_connection()

    def _lease_lost(self) -> None:
        """Others may own our runs now: forget them, and end."""
        log.error("the lease of engine process %s has run out", self._given.process.id)
        for run in tuple(self._drives):
            self._drop(run)
        self._has_lost = True
        self._over.set()

    # Looking for work

    def _look(self) -> None:
        if self._is_looking:
            self._looks_again = True
            return
        self._is_looking = True
        lost, self._lost = sorted(self._lost), set()
        self._writer.do(partial(self._look_up, self._room(), lost, frozenset(self._unclaimed)))

    def _room(self) -> int:
        return max(0, self._given.runs_at_once - len(self._drives) - len(self._restoring))

    def _look_up(self, room: int, lost: list[str], spared: frozenset[str]) -> None:
        """On the writer's thread."""
        journal, process = self._given.journal, self._given.process.id
        claimed: list[ClaimedRun] = []
        told: list[SignalRow] = []
        try:
            claimed = journal.claim(process, room, lost, spared)
            # A claim has removed the wake-ups of what these runs were told, those that were queued among them.
            told = journal.signals(process, [run.run for run in claimed]) if claimed else []
            told += journal.signals(process)
        except Exception:
            log.exception("the journal cannot be read; looking again")
            self._given.close_connection()
            # Also what was claimed: nobody has heard what these runs were told.
            self._post(partial(self._lost.update, [*lost, *(run.run for run in claimed)]))
            claimed = []
        self._post(partial(self._looked, claimed, told, room))

    def _looked(self, claimed: list[ClaimedRun], told: list[SignalRow], room: int) -> None:
        self._is_looking = False
        self._has_backlog = len(claimed) >= room
        arrivals = [Arrival(run) for run in claimed]
        self._restoring.update((arrival.claimed.run, arrival) for arrival in arrivals)
        for signal in told:
            if signal.run in self._drives:
                self._feed(signal.run, told_of(signal))
            elif signal.run in self._restoring:
                self._restoring[signal.run].told.append(signal)
        for arrival in arrivals:
            self._bring_in(arrival)
        handed, self._handed = self._handed, []
        self._take_over(handed)
        if self._looks_again or len(claimed) >= self._given.runs_at_once:
            self._looks_again = False
            self._look()

    def _take_over(self, admitted: list[ClaimedRun]) -> None:
        """What others wait for, and what there is no room for, is claimed in its turn."""
        if self._is_looking:
            self._handed += admitted  # what is being looked for now may be among it
            return
        room = 0 if self._has_backlog or self._over.is_set() else self._room()
        for run in admitted[:room]:
            if run.run not in self._drives and run.run not in self._restoring:
                arrival = self._restoring[run.run] = Arrival(run, is_unclaimed=True)
                self._unclaimed.add(run.run)
                self._bring_in(arrival)
        if len(admitted) > room:
            self._look()

    def _bring_in(self, arrival: Arrival) -> None:
        run = arrival.claimed
        if run.last_seq or run.resumed_from or not self._restorer.knows(run.plan):
            self._readers.submit(self._restore, arrival)
        else:
            self._restore(arrival)

    def _restore(self, arrival: Arrival) -> None:
        """On the loop for a fresh run of a known plan, else on a reader's thread."""
        is_here = threading.current_thread() is self._thread
        try:
            then = partial(self._adopt, arrival, self._restorer.restore(arrival.claimed))
        except Exception as error:
            log.exception("run %s cannot be restored", arrival.claimed.run)
            then = partial(self._give_up, arrival, error)
        if is_here:
            then()
        else:
            self._post(then)
            self._given.close_connection()

    def _give_up(self, arrival: Arrival, error: Exception) -> None:
        """Claim it again after a pause, and in the end no more."""
        given = self._given
        entry = last_entry(arrival, error, given.process.id, given.now(), self._put_aside)
        if entry is None:
            self._loop.call_later(LOOK_SECONDS, self._claim_again, arrival)
        else:
            del self._restoring[arrival.claimed.run]
            self._writer.write([entry])

    def _claim_again(self, arrival: Arrival) -> None:
        run = arrival.claimed.run
        del self._restoring[run]
        self._unclaimed.discard(run)
        self._lost.add(run)  # looked for within a second

    def _put_aside(self, entry: Entry, holds: bool) -> None:  # a callback's shape
        self._unclaimed.discard(entry.run)
        if holds:
            self._given.announce(entry.run, entry.last_seq + len(entry.facts), entry.standing.status)
        else:
            self._lost.add(entry.run)

    def _adopt(self, arrival: Arrival, state: RunState) -> None:
        claimed, process = arrival.claimed, self._given.process
        del self._restoring[claimed.run]
        drive = Drive(claimed=claimed, state=state, owner=process.id, rung=process.rung)
        drive.is_unclaimed = arrival.is_unclaimed
        self._drives[claimed.run] = drive
        created = {} if state.seq else created_data(claimed, state.inputs, state.options)
        self._feed(claimed.run, Claimed(created, process.id, process.version, process.rung, claimed.streak))
        for signal in arrival.told:
            self._feed(claimed.run, told_of(signal))

    # Driving

    def _feed(self, run: str, stimulus: Stimulus) -> None:
        drive = self._drives.get(run)
        if drive is None or drive.is_over:
            return
        drive.stimuli.append(stimulus)
        self._dirty[run] = drive
        if not self._has_turn:
            self._has_turn = True
            self._loop.call_soon(self._turn)

    def _concluded(self, ticket: Ticket, outcome: Outcome) -> None:
        self._feed(ticket[0], Concluded(ticket[1], outcome))

    def _breaker_turned(self, run: str, version: str, queue: str, until: int | None) -> None:
        self._feed(run, BreakerTurned(version, queue, until))

    def _turn(self) -> None:
        self._has_turn = False
        dirty, self._dirty = self._dirty, {}
        entries: list[Entry] = []
        now = self._given.now()
        for run, drive in dirty.items():
            if self._drives.get(run) is not drive or drive.is_over:
                continue
            try:
                entry, commands = drive.step(now, self._given.dice, self._written, self._given.token)
            except Exception:
                log.exception("the engine failed on run %s; it is claimed anew", run)
                self._drop(run)
                continue
            if entry is not None:
                entries.append(entry)
            for command in commands:
                self._do(drive, command)
            self._alarms.set(drive)
        if entries:
            self._writer.write(entries)
        self._dispatch()

    def _dispatch(self) -> None:
        """Nothing is begun while what has been done cannot be written down."""
        if not self._writer.is_waiting_for_journal:
            self._dispatcher.flush()

    def _do(self, drive: Drive, command: Command) -> None:
        run = drive.run
        match command:
            case Execute(flight=flight, call=call, queue=queue):
                self._dispatcher.add((run, flight), call, queue)
            case Stop(flight=flight):
                self._dispatcher.stop((run, flight))
            case Fetch(artifact=artifact):
                self._readers.submit(self._fetch, run, artifact)
            case LookUp():
                self._readers.submit(self._look_for, run, command)

    def _fetch(self, run: str, artifact: Digest) -> None:
        try:
            then = partial(self._feed, run, Supplied(artifact, self._restorer.read_artifact(artifact)))
        except Exception:
            log.exception("the artifact %s cannot be read; run %s is claimed anew", artifact, run)
            then = partial(self._drop, run)
        self._post(then)

    def _look_for(self, run: str, wanted: LookUp) -> None:
        found = earlier_of(self._given.journal, self._given.artifacts, run, wanted)
        self._given.close_connection()
        self._post(partial(self._feed, run, found))

    # After a commit

    def _written(self, entry: Entry, holds: bool) -> None:  # a callback's shape
        run = entry.run
        drive = self._drives.get(run)
        if drive is None or drive.claimed is not entry.claimed:
            return
        if entry.is_claim:
            self._unclaimed.discard(run)
        if not holds:
            self._drop(run)
            return
        if drive.is_over or drive.state.is_finished:
            if entry.standing.is_released or entry.standing.finished_at is not None:
                self._forget(run)
        else:
            for held in entry.held_calls:
                if held.flight in drive.state.flights:
                    is_effect = held.permit_until is not None
                    self._dispatcher.add((run, held.flight), held.call, held.queue, is_alone=is_effect)
        # Also what waited while the journal was out of reach.
        self._dispatcher.flush()
        self._given.announce(run, entry.last_seq + len(entry.facts), entry.standing.status)

    def _forget(self, run: str) -> None:
        drive = self._drives.pop(run)
        self._unclaimed.discard(run)
        for flight in drive.state.flights:
            self._dispatcher.stop((run, flight))
        if drive.claimed.is_grouped or len(self._drives) + 1 == self._given.runs_at_once:
            self._look()

    def _drop(self, run: str) -> None:
        """Ownership is lost or unknown: claim again, reload, never resend from memory."""
        if run in self._drives:
            self._lost.add(run)
            self._forget(run)
