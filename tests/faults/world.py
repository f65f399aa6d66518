"""A simulated installation: the real engine, journal and drives on a made-up clock, executor and misfortune.

Owns:      time, two engine processes, the outside world with its ledger of effects, and the people.
Promises:  one seed gives one history; every fault of engine.md §6 that a process can meet may happen.
"""

import heapq
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from contracts.canonical import canonical_bytes
from contracts.plan import plan_document
from executors.chains import call_of
from executors.coordination import driving
from executors.coordination.aside import Aside
from executors.coordination.entries import Entry, sealed
from executors.coordination.restoring import Restorer, created_data
from executors.coordination.sealing import Sealer
from executors.coordination.told import told_of
from executors.engine.commands import (
    Claimed,
    Concluded,
    Execute,
    Fetch,
    Found,
    LookUp,
    Stop,
    Supplied,
    Ticked,
)
from executors.engine.endings import next_due
from executors.journal import Append, ClaimedRun, Process
from executors.memory_journal import MemoryJournal
from executors.protocol import Call, CallError, Cost, Failed, Outcome, Returned
from studio.runs.invariants import check_journal
from tests.faults.graphs import Case, carry_out, expected, random_case
from tests.faults.stores import MemoryArtifacts, Settling
from tests.support.engine import decoded
from tests.support.ports import worked

LEASE = 10_000
FIRST, SECOND = "019c1347-d280-70a5-8000-3e5c7a98b6d4", "019c1347-d280-70a5-8000-3e5c7a98b6d5"
HORIZON = 7_200_000


# (node, index) → (key, attempt, effect, outcome) of each call that reached the outside.
Ledger = dict[tuple[str, tuple[int, ...]], list[tuple[str, int, str, Any]]]


@dataclass(slots=True, eq=False)
class Engine:
    """One simulated process: what dies with it is here."""

    id: str
    drives: dict[str, driving.Drive] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    calls: dict[tuple[str, int], Any] = field(default_factory=dict)
    is_dead: bool = False
    stalled_until: int = 0
    store: Settling = field(init=False)
    aside: Aside = field(init=False)


class World:
    """Run one history with `run()`; `breaks` then says what went wrong."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = 1_769_850_000_000
        self.start = self.now
        self.events: list[tuple[int, int, Callable[[], None]]] = []
        self.order = 0
        self.journal = MemoryJournal(lambda: self.now)
        self.artifacts = MemoryArtifacts()
        self.case: Case = random_case(self.dice)
        self.id = FIRST
        self.ledgers: dict[str, Ledger] = {FIRST: {}, SECOND: {}}
        self.not_applied: set[tuple[str, tuple[int, ...]]] = set()
        self.breaks: list[str] = []
        self.engines: list[Engine] = []
        self.names = 0
        self.faults = self.dice.choice([0.0, 0.02, 0.05, 0.1])
        self.is_cancelled = False
        plan = self.case.maker.plan()
        self.plan_text = canonical_bytes(plan_document(plan)).decode()
        self.restorer = Restorer(self.journal, self.case.maker.read_contract, self.artifacts)
        self.sealer = Sealer(self.artifacts)  # type: ignore[arg-type]

    # Time

    def after(self, milliseconds: float, action: Callable[[], None]) -> None:
        self.order += 1
        heapq.heappush(self.events, (self.now + max(1, int(milliseconds)), self.order, action))

    def soon(self) -> int:
        return self.dice.choice([1, 1, 2, 5, 20])

    # A history

    def run(self) -> "World":
        self._admit()
        for _ in range(2):
            self._start_engine()
        if self.dice.random() < 0.7:
            # Admitted beside an engine, which is handed the run, and may be beaten to it.
            self.after(self.soon(), lambda: self._hand_over(self.dice.choice(self.engines)))
        self.after(self.dice.randrange(1, 3_000), self._people)
        self._live()
        self._judge()
        if self._is_settled() and self.journal.runs[FIRST].standing.status != "succeeded":
            self._resume()
        return self

    def _live(self) -> None:
        while self.events and not self._is_settled():
            self.now, _, action = heapq.heappop(self.events)
            if self.now - self.start > HORIZON:
                break
            action()

    def _resume(self) -> None:
        """Somebody starts what has ended badly again, with what it had done."""
        self.id, self.start, self.is_cancelled = SECOND, self.now, False
        self.not_applied.clear()
        self._admit(resumed_from=FIRST)
        self._live()
        self._judge()
        self._judge_taking_over()

    def _is_settled(self) -> bool:
        return self.journal.runs[self.id].standing.status in ("succeeded", "failed", "timed_out", "cancelled")

    def _admit(self, resumed_from: str | None = None) -> None:
        envelopes = {
            name: {"media": "json", "bytes": len(json.dumps(value)), "value": value}
            for name, value in self.case.inputs.items()
        }
        self.journal.admit(
            ClaimedRun(
                run=self.id,
                epoch=0,
                last_seq=0,
                streak=0,
                status="queued",
                plan="sha256:" + "0" * 64,
                plan_text=self.plan_text,
                inputs=json.dumps(envelopes),
                parameters={},
                options="{}",
                environment="test",
                actor="system:test",
                admitted_at=self.now,
                resumed_from=resumed_from,
            )
        )

    # Engines

    def _start_engine(self) -> None:
        self.names += 1
        engine = Engine(id=f"019c1346-e820-70a5-8000-{self.names:012d}")
        engine.store = Settling(self.artifacts, lambda digest: self._settle_later(engine, digest))
        engine.aside = Aside(engine.store.unsettled, lambda: self._come_back(engine))
        self.engines.append(engine)
        process = Process(id=engine.id, host="sim", version="1.0.0", rung=0, is_alone=False)
        self.journal.join(process, LEASE / 1000)
        self.after(self.soon(), lambda: self._look(engine))
        self.after(LEASE / 3, lambda: self._beat(engine))
        self.after(self.dice.randrange(50, 20_000), lambda: self._misfortune(engine))

    def _alive(self, engine: Engine, action: Callable[[], None]) -> bool:
        """A stalled process does everything later; a dead one never."""
        if engine.is_dead:
            return False
        if engine.stalled_until > self.now:
            self.after(engine.stalled_until - self.now + self.soon(), action)
            return False
        return True

    def _beat(self, engine: Engine) -> None:
        if self._alive(engine, lambda: self._beat(engine)):
            if self.journal.renew(engine.id, LEASE / 1000):
                self.after(LEASE / 3, lambda: self._beat(engine))
            else:
                self._die(engine)

    def _misfortune(self, engine: Engine) -> None:
        if engine.is_dead:
            return
        if self.dice.random() < self.faults * 4:
            if self.dice.random() < 0.5:
                self._die(engine)
                return
            engine.stalled_until = self.now + self.dice.choice([200, 5_000, 15_000, 30_000])
        self.after(self.dice.randrange(50, 20_000), lambda: self._misfortune(engine))

    def _die(self, engine: Engine) -> None:
        engine.is_dead = True
        self.engines.remove(engine)
        self.after(self.dice.choice([10, 2_000, 12_000]), self._start_engine)

    def _look(self, engine: Engine) -> None:
        if not self._alive(engine, lambda: self._look(engine)):
            return
        lost, engine.lost = sorted(engine.lost), set()
        if self.journal.leases.get(engine.id, 0) > self.now:
            for claimed in self.journal.claim(engine.id, 5, lost):
                self._adopt(engine, claimed)
            for signal in self.journal.signals(engine.id):
                self._feed(engine, signal.run, told_of(signal))
        self.after(self.dice.choice([20, 1_000]), lambda: self._look(engine))

    def _hand_over(self, engine: Engine) -> None:
        if self._alive(engine, lambda: self._hand_over(engine)) and FIRST not in engine.drives:
            admitted = structs.replace(self.journal.admitted(FIRST), epoch=1, streak=1, key_run=FIRST)
            self._adopt(engine, admitted, is_unclaimed=True)

    def _adopt(self, engine: Engine, claimed: ClaimedRun, *, is_unclaimed: bool = False) -> None:
        state = self.restorer.restore(claimed)
        drive = driving.Drive(claimed=claimed, state=state, owner=engine.id, rung=0)
        drive.is_unclaimed = is_unclaimed
        engine.drives[claimed.run] = drive
        created = {} if state.seq else created_data(claimed, state.inputs, state.options)
        self._feed(engine, claimed.run, Claimed(created, engine.id, "1.0.0", 0, claimed.streak))
        for signal in self.journal.signals(engine.id, [claimed.run]):
            self._feed(engine, claimed.run, told_of(signal))

    def _feed(self, engine: Engine, run: str, stimulus: Any) -> None:
        drive = engine.drives.get(run)
        if drive is None or drive.is_over:
            return
        drive.stimuli.append(stimulus)
        self.after(self.soon(), lambda: self._step(engine, run, drive))

    def _step(self, engine: Engine, run: str, drive: driving.Drive) -> None:
        if not self._alive(engine, lambda: self._step(engine, run, drive)):
            return
        if engine.drives.get(run) is not drive or drive.is_over or not drive.stimuli:
            return
        entry, commands = drive.step(self.now, self.dice.random, _unused, lambda: f"{self.order:036d}")
        if entry is not None:
            engine.entries.append(entry)
            self.after(self.soon(), lambda: self._commit(engine))
        for command in commands:
            self._do(engine, drive, command)
        due_at = None if drive.is_over or drive.state.is_finished else next_due(drive.state)
        if due_at is not None:
            self.after(due_at - self.now, lambda: self._tick(engine, run, drive))

    def _tick(self, engine: Engine, run: str, drive: driving.Drive) -> None:
        if engine.drives.get(run) is drive:
            self._feed(engine, run, Ticked())

    def _do(self, engine: Engine, drive: driving.Drive, command: Any) -> None:
        match command:
            case Execute():
                self._send(engine, drive, command)
            case Stop(flight=flight):
                call = engine.calls.pop((drive.run, flight), None)
                if call is not None and call.version.effects.kind in ("keyed", "effectful"):
                    self.breaks.append(f"the started effect {call.node} was stopped")
            case Fetch(artifact=artifact):
                self._feed(engine, drive.run, Supplied(artifact, engine.store.read(artifact)))
            case LookUp(place=place, key=key):
                self._feed(engine, drive.run, Found(place, key))

    def _commit(self, engine: Engine) -> None:
        """As the writer does: one transaction for what has gathered, whose outcome may stay unknown."""
        if not self._alive(engine, lambda: self._commit(engine)):
            return
        if self.dice.random() < self.faults / 4:
            # The process stands still with a transaction in its hands; others may take its runs meanwhile.
            engine.stalled_until = self.now + self.dice.choice([12_000, 25_000])
            self.after(engine.stalled_until - self.now, lambda: self._commit(engine))
            return
        entries, engine.entries = engine.entries, []
        entries, lost = engine.aside.sorted(entries)
        for entry in lost:
            self._written(engine, entry, False)
        if not entries:
            return
        appends = sealed(self.sealer, entries)
        self._judge_artifacts(appends)
        fate = self.dice.random()
        if fate < self.faults / 2:
            held = {append.run: False for append in appends}
        else:
            answers = self.journal.append(appends)
            held = {append.run: holds for append, holds in zip(appends, answers, strict=True)}
            if fate < self.faults:
                held = dict.fromkeys(held, False)
        if fate > 1 - self.faults / 2:
            self._die(engine)
            return
        for entry in entries:
            self._written(engine, entry, held[entry.run])

    def _settle_later(self, engine: Engine, digest: str) -> None:
        self.after(self.dice.choice([1, 20, 300, 4_000]), lambda: self._settle(engine, digest))

    def _settle(self, engine: Engine, digest: str) -> None:
        if self._alive(engine, lambda: self._settle(engine, digest)):
            engine.store.settle(digest, fails=self.dice.random() < self.faults / 2)

    def _come_back(self, engine: Engine) -> None:
        self.after(self.soon(), lambda: self._commit(engine))

    def _written(self, engine: Engine, entry: Entry, holds: bool) -> None:
        drive = engine.drives.get(entry.run)
        if drive is None or drive.claimed is not entry.claimed:
            return
        if not holds:
            engine.lost.add(entry.run)
            del engine.drives[entry.run]
        elif drive.is_over or drive.state.is_finished:
            if entry.standing.is_released or entry.standing.finished_at is not None:
                del engine.drives[entry.run]
        else:
            for execute in entry.held_calls:
                if execute.flight in drive.state.flights:
                    self._send(engine, drive, execute)

    # The outside

    def _send(self, engine: Engine, drive: driving.Drive, execute: Execute) -> None:
        call = self._gathered(engine, execute.call)
        execute = structs.replace(execute, call=call)
        ticket = (drive.run, execute.flight)
        engine.calls[ticket] = call
        effect = call.version.effects.kind
        here = (call.node, call.index)
        if effect in ("keyed", "effectful"):
            # The call reaches the outside now, whatever becomes of the process that made it.
            self.ledgers[drive.run].setdefault(here, []).append(
                (call.key, call.attempt, effect, carry_out(call))
            )
        self.after(self.dice.choice([1, 5, 50, 300, 3_000]), lambda: self._answer(engine, drive, execute))

    def _answer(self, engine: Engine, drive: driving.Drive, execute: Execute) -> None:
        if not self._alive(engine, lambda: self._answer(engine, drive, execute)):
            return
        ticket = (drive.run, execute.flight)
        if engine.calls.get(ticket) is not execute.call:
            # Stopped, or of a drive that was lost: the one after it numbers its calls anew.
            return
        del engine.calls[ticket]
        outcome: Any = worked(self._item_carried_out, execute.call)
        if self.dice.random() < self.faults:
            name = self.dice.choice(["system.crashed", "system.timeout", "system.unavailable"])
            outcome = Failed(error=CallError(name=name, message="Bad luck."))
        if isinstance(outcome, Returned) and execute.call.followers:
            outcome = self._followed(engine, execute.call, outcome)
        if engine.drives.get(drive.run) is drive:
            outcome = self._left_behind(engine, execute.call, outcome)
            self._feed(engine, drive.run, Concluded(execute.flight, outcome))
            if self.dice.random() < self.faults:
                self._feed(engine, drive.run, Concluded(execute.flight, outcome))

    def _gathered(self, engine: Engine, call: Call) -> Call:
        """The call with the bytes of what it is given as artifacts."""
        given = {}
        for name, value in call.inputs.items():
            data = value.data
            if data is None and (data := engine.store.read(value.artifact)) is None:
                if value.artifact not in engine.store.unsettled:
                    self.breaks.append(f"{call.node} was given an artifact that nobody has")
                data = b"0"  # what is made of it must never be written
            given[name] = structs.replace(value, data=data, artifact=None)
        return structs.replace(call, inputs=given)

    def _left_behind(self, engine: Engine, call: Call, outcome: Outcome) -> Outcome:
        """What is pure may be told before it is on the disk."""
        if not isinstance(outcome, Returned) or call.version.effects.kind not in ("pure", "idempotent"):
            return outcome
        if self.dice.random() < 0.7:
            return outcome
        outputs = {
            name: structs.replace(value, data=None, artifact=engine.store.leave(value.data))
            for name, value in outcome.outputs.items()
        }
        return structs.replace(outcome, outputs=outputs)

    def _item_carried_out(self, call: Call) -> Any:
        """Every outcome tells a cost, so that the engine lets quick items travel together."""
        outcome = carry_out(call)
        if call.index and self.dice.random() < self.faults:
            return Failed(error=CallError(name="system.crashed", message="Bad luck."))
        if isinstance(outcome, Returned):
            return structs.replace(outcome, cost=Cost(execute=self.dice.choice([10, 1_000, 5_000])))
        return outcome

    def _followed(self, engine: Engine, call: Call, first: Returned) -> Returned:
        """Some of the followers are carried out in the same hop, as far as their inputs are there."""
        outcomes: list[Outcome | None] = [first]
        for follower in call.followers:
            outcomes.append(None)
            given = dict(follower.inputs)
            for port, place, source_port in follower.wires:
                before = outcomes[place]
                if isinstance(before, Returned) and source_port in before.outputs:
                    given[port] = before.outputs[source_port]
            if len(given) < len(follower.inputs) + len(follower.wires) or self.dice.random() < 0.1:
                continue
            following = structs.replace(call_of(follower, call), inputs=given)
            outcomes[-1] = carry_out(self._gathered(engine, following))
            if self.dice.random() < self.faults:
                outcomes[-1] = Failed(error=CallError(name="system.crashed", message="Bad luck."))
        return structs.replace(first, then=tuple(outcomes[1:]))

    # People

    def _people(self) -> None:
        """Approve what waits, judge what is uncertain, resume what is halted; sometimes meddle."""
        run = self.journal.runs[self.id]
        if run.standing.status == "attention":
            self._judge_effects()
        if run.standing.status in ("paused", "quarantined"):
            self.journal.tell(self.id, "resume")
        if self.case.waits and self.dice.random() < 0.5:
            node = self.dice.choice(self.case.waits)
            data = f'{{"node":"{node}","verdict":"approved"}}'
            self.journal.tell(self.id, "decide", data, actor="user:x")
        if self.dice.random() < self.faults / 2:
            kind = self.dice.choice(["pause", "resume", "cancel"])
            self.is_cancelled = self.is_cancelled or kind == "cancel"
            self.journal.tell(self.id, kind)
        self.after(self.dice.choice([500, 5_000, 60_000]), self._people)

    def _judge_effects(self) -> None:
        """An operator looks at the outside: was it called, and what did it give?"""
        raised = next(
            e for e in reversed(self.journal.runs[self.id].events) if e.type == "run_attention_raised"
        )
        for doubt in json.loads(raised.data)["invocations"]:
            here = (doubt["node"], tuple(doubt.get("index", ())))
            calls = self.ledgers[self.id].get(here)
            outcome = calls[-1][3] if calls else None
            data = {**doubt, "decision": "not_applied", "reason": "Looked.", "outputs": {"value": 0}}
            if isinstance(outcome, Returned) and self.dice.random() < 0.5:
                data |= {"decision": "done", "outputs": {"value": decoded(outcome.outputs["value"])}}
            else:
                self.not_applied.add(here)
            self.journal.tell(self.id, "resolve", json.dumps(data))

    # Judgement

    def _judge(self) -> None:
        run = self.journal.runs[self.id]
        if not self._is_settled():
            self.breaks.append(f"the run never settled: {run.standing.status}")
        kinds = {node["path"]: node["kind"] for node in self.case.maker.nodes}
        rows = [(e.seq, e.epoch, e.type, e.v, e.at, e.data) for e in run.events]
        self.breaks += check_journal(rows, nodes=kinds)
        self._judge_ledger()
        self._judge_outputs()

    def _judge_artifacts(self, appends: list[Append]) -> None:
        for append in appends:
            for digest, _ in append.artifacts:
                if not self.artifacts.has(digest):
                    self.breaks.append("an event names an artifact that is not durable")

    def _value(self, envelope: dict[str, Any]) -> Any:
        if "artifact" in envelope:
            return json.loads(self.artifacts.kept[envelope["artifact"]])
        return envelope["value"]

    def _judge_ledger(self) -> None:
        for here, calls in self.ledgers[self.id].items():
            if len({key for key, _, _, _ in calls}) > 1:
                self.breaks.append(f"{here} was called with several keys")
            attempts = [attempt for _, attempt, _, _ in calls]
            if calls[0][2] == "effectful" and here not in self.not_applied and len(calls) > 1:
                self.breaks.append(f"{here} was called {len(calls)} times")
            if max(attempts) > 60:
                self.breaks.append(f"{here} was tried {max(attempts)} times")

    def _judge_taking_over(self) -> None:
        """A keyed effect keeps its key, and what the first run has done is not done again."""
        first, second = self.ledgers[FIRST], self.ledgers[SECOND]
        done = {
            (data["node"], tuple(data.get("index", ())))
            for event in self.journal.runs[FIRST].events
            if event.type == "invocation_completed" and (data := json.loads(event.data))
        }
        for here in first.keys() & second.keys():
            if {call[0] for call in first[here]} != {call[0] for call in second[here]}:
                self.breaks.append(f"{here} was called with another key by the run that resumed it")
            if here in done:
                self.breaks.append(f"{here} was done, and is done again by the run that resumed it")

    def _judge_outputs(self) -> None:
        run = self.journal.runs[self.id]
        status = run.standing.status
        if status == "succeeded":
            envelopes = json.loads(run.standing.outputs or "{}")
            outputs = {name: self._value(envelope) for name, envelope in envelopes.items()}
            wanted = expected(self.case)
            if wanted != outputs and not self._had_exhaustion():
                self.breaks.append(f"the outputs are {outputs}, not {wanted}")
        elif status == "failed" and not self._had_exhaustion() and expected(self.case) is not None:
            self.breaks.append(f"the run failed: {run.standing.error}")
        elif status == "cancelled" and not self.is_cancelled:
            self.breaks.append("nobody cancelled the run")
        elif status == "timed_out":
            self.breaks.append("the run ran out of time")

    def _had_exhaustion(self) -> bool:
        """Whether bad luck alone used a call's attempts up: then the oracle does not know the outcome."""
        return any(
            '"name":"system.' in event.data
            for event in self.journal.runs[self.id].events
            if event.type in ("invocation_exhausted", "map_chunk_completed")
        )


def _unused(entry: Entry, holds: bool) -> None:
    """The simulation looks after its entries itself."""
