"""Rules taken away one at a time: each must be missed by the simulation within a few hundred histories.

A mutant is a name and a context in which the rule does not hold.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import structs

import executors.coordination.aside as aside
import executors.coordination.driving as driving
import executors.coordination.restoring as restoring
import executors.engine.calls as calls
import executors.engine.decide as decide_module
import executors.engine.endings as endings
import executors.engine.evolve as evolve_module
import executors.engine.frames as frames
import executors.engine.graphs as graphs
import executors.engine.maps as maps
import executors.engine.turn as turn_module
from executors.engine.commands import Absorb, Execute
from executors.engine.retry import Again
from executors.engine.state import ACTIVE, DONE
from executors.memory_journal import MemoryJournal
from tests.faults import world

MUTANTS: dict[str, Callable[[], Any]] = {}


def mutant(make: Callable[[], Iterator[None]]) -> None:
    MUTANTS[make.__name__] = contextmanager(make)


@contextmanager
def instead(holder: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(holder, name)
    setattr(holder, name, value)
    try:
        yield
    finally:
        setattr(holder, name, before)


def everywhere(name: str, value: Any, *holders: Any) -> Any:
    """Replace a function in each module that imported it."""
    from contextlib import ExitStack

    stack = ExitStack()
    for holder in holders:
        stack.enter_context(instead(holder, name, value))
    return stack


@mutant
def no_fence() -> Iterator[None]:
    # Each of the two fences suffices alone against every history that was tried; both are kept.
    def append(self: MemoryJournal, item: Any) -> bool:
        run = self.runs[item.run]
        return before(self, structs.replace(item, owner=run.owner, epoch=run.epoch, last_seq=run.last_seq))

    before = MemoryJournal._append
    with instead(MemoryJournal, "_append", append):
        yield


@mutant
def an_unknown_commit_counts_as_held() -> Iterator[None]:
    def written(self: Any, engine: Any, entry: Any, holds: bool) -> None:
        before(self, engine, entry, True)

    before = world.World._written
    with instead(world.World, "_written", written):
        yield


@mutant
def an_append_does_not_wait_for_the_artifact() -> Iterator[None]:
    with instead(aside.Aside, "sorted", lambda self, entries: (entries, [])):
        yield


@mutant
def what_could_not_be_stored_is_written_all_the_same() -> Iterator[None]:
    def sorted_(self: Any, entries: Any) -> Any:
        ready, lost = before(self, entries)
        return [*ready, *lost], []

    before = aside.Aside.sorted
    with instead(aside.Aside, "sorted", sorted_):
        yield


@mutant
def effects_do_not_wait_for_the_journal() -> Iterator[None]:
    def sort(self: Any, commands: Any, entry: Any, beside: Any, after: int) -> bool:
        loose = [structs.replace(c, permit_until=None) if isinstance(c, Execute) else c for c in commands]
        return before(self, loose, entry, beside, after)

    before = driving.Drive._sort
    with instead(driving.Drive, "_sort", sort):
        yield


@mutant
def a_resumed_run_takes_nothing_over() -> Iterator[None]:
    with instead(restoring, "earlier_outputs", lambda state, facts, read: {}):
        yield


@mutant
def an_interrupted_effect_is_repeated() -> Iterator[None]:
    with instead(calls, "_recover", lambda turn, frame, node, attempts, own: _again(attempts)):
        yield


def _again(attempts: Any) -> bool:
    attempts.number += 1
    return True


@mutant
def a_timed_out_effect_is_retried() -> Iterator[None]:
    with instead(calls, "judge", lambda *args, **facts: Again(100)):
        yield


@mutant
def a_repeated_call_gets_a_new_key() -> Iterator[None]:
    def schedule(turn: Any, frame: Any, node: Any, attempts: Any, *rest: Any) -> None:
        attempts.key = f"{attempts.key}/{attempts.number}"
        before(turn, frame, node, attempts, *rest)

    before = calls._schedule
    with instead(calls, "_schedule", schedule):
        yield


@mutant
def an_outcome_is_taken_twice() -> Iterator[None]:
    def conclude(turn: Any, concluded: Any) -> None:
        flight = turn.state.flights.get(concluded.flight)
        before(turn, concluded)
        if flight is not None:
            turn.state.flights[flight.id] = flight

    before = decide_module._conclude
    with instead(decide_module, "_conclude", conclude):
        yield


@mutant
def a_join_waits_for_its_first_input_only() -> Iterator[None]:
    def settle(state: Any, frame: Any, local: int, status: int, outputs: Any) -> None:
        if frame.status[local] <= ACTIVE:
            for consumer in state.node(frame, local).consumers:
                frame.pending[consumer] = min(frame.pending[consumer], 1)
        before(state, frame, local, status, outputs)

    before = frames.settle
    with everywhere("settle", settle, frames, evolve_module, decide_module, graphs, maps, turn_module):
        yield


@mutant
def a_released_run_has_no_wake_up() -> Iterator[None]:
    def append(self: MemoryJournal, item: Any) -> bool:
        return before(self, structs.replace(item, standing=structs.replace(item.standing, wake_at=None)))

    before = MemoryJournal._append
    with instead(MemoryJournal, "_append", append):
        yield


@mutant
def what_is_told_is_absorbed_unheard() -> Iterator[None]:
    def hear(turn: Any, told: Any) -> None:
        turn.ask(Absorb((told.id,)))

    with instead(decide_module, "hear", hear):
        yield


@mutant
def the_last_event_is_not_loaded() -> Iterator[None]:
    def load(self: MemoryJournal, run: str, after: int = 0) -> Any:
        return list(before(self, run, after))[:-1]

    before = MemoryJournal.load
    with instead(MemoryJournal, "load", load):
        yield


@mutant
def a_run_ends_before_its_effects() -> Iterator[None]:
    def end_frames(turn: Any) -> None:
        for flight in turn.state.flights.values():
            flight.is_repeatable = True
        before(turn)

    before = endings.end_frames
    with everywhere("end_frames", end_frames, endings, decide_module):
        yield


@mutant
def a_skip_does_not_travel() -> Iterator[None]:
    def gather(self: Any, frame: Any, node: Any) -> Any:
        found = before(self, frame, node)
        return {} if found is None and node.kind == "module" else found

    before = turn_module.Turn.gather
    with instead(turn_module.Turn, "gather", gather):
        yield


@mutant
def a_map_forgets_the_order_of_its_items() -> Iterator[None]:
    def listed(turn: Any, ports: Any, results: Any) -> Any:
        return before(turn, ports, list(reversed(results)))

    before = maps._listed
    with instead(maps, "_listed", listed):
        yield


@mutant
def a_recovered_node_is_looked_at_too_early() -> Iterator[None]:
    def claim(turn: Any, claimed: Any) -> None:
        before(turn, claimed)
        for frame in turn.state.frames.values():
            frame.pending[:] = [0] * len(frame.pending)

    before = decide_module._claim
    with instead(decide_module, "_claim", claim):
        yield


@mutant
def a_dead_process_keeps_its_runs() -> Iterator[None]:
    def is_claimable(self: Any, id_: str, run: Any, due: Any, now: int) -> bool:
        return run.owner is None and before(self, id_, run, due, now)

    before = MemoryJournal._is_claimable
    with instead(MemoryJournal, "_is_claimable", is_claimable):
        yield


@mutant
def a_default_is_not_given() -> Iterator[None]:
    def handle(state: Any, frame: Any, node: Any, failure: Any, handled: str) -> None:
        if handled == "default":
            frames.settle(state, frame, node.local, DONE, None)
        else:
            before(state, frame, node, failure, handled)

    before = evolve_module.handle_error
    with everywhere("handle_error", handle, evolve_module, graphs):
        yield
