"""Claimed rows → states in memory: the plan's program, and the fold of the journal.

Owns:      the programs of plans in use.
Promises:  a program is built once per plan while it stays in use; a restored state equals the lost one.
Never:     decides. Called from worker threads.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from contracts.canonical import Digest
from contracts.module import ModuleContract, parse_contract
from contracts.plan import Plan, parse_plan
from executors.artifacts import ArtifactStore
from executors.coordination.arrivals import Arrival
from executors.coordination.entries import Entry
from executors.engine.decide import MAX_FRUITLESS_CLAIMS
from executors.engine.earlier import earlier_outputs, still_kept
from executors.engine.evolve import evolve
from executors.engine.facts import Fact, Outputs, Place, decode_fact, decode_options, decode_ports, instant
from executors.engine.frames import new_state
from executors.engine.program import Program, build_program
from executors.engine.state import RunState
from executors.journal import ClaimedRun, Journal, Standing

PROGRAMS_KEPT = 256
CONTRACTS_KEPT = 4_096


class Unreadable(Exception):
    """The inputs or options with which a run was admitted cannot be read, now or later."""


class Restorer:
    """`read_contract` gives the canonical bytes of a contract by digest."""

    def __init__(
        self, journal: Journal, read_contract: Callable[[Digest], bytes], artifacts: ArtifactStore
    ) -> None:
        self._journal = journal
        self._artifacts = artifacts
        self._read_contract = read_contract
        self._programs: OrderedDict[Digest, Program] = OrderedDict()
        self._contracts: OrderedDict[Digest, ModuleContract] = OrderedDict()
        self._lock = threading.Lock()
        self._building = threading.Lock()

    def knows(self, plan: Digest) -> bool:
        """Whether a fresh run of this plan can be restored without reading or building anything."""
        return plan in self._programs

    def program(self, digest: Digest, text: str) -> Program:
        """Raises `ProblemsError` for a plan that cannot be read, `KeyError` for an unknown contract."""
        # To build one takes up to seconds, for which nobody waits whose program is there.
        return self._known(digest) or self._built(digest, text)

    def _known(self, digest: Digest) -> Program | None:
        with self._lock:
            known = self._programs.get(digest)
            if known is not None:
                self._programs.move_to_end(digest)
            return known

    def _built(self, digest: Digest, text: str) -> Program:
        with self._building:
            known = self._known(digest)
            if known is None:
                plan = parse_plan(msgspec.json.decode(text))
                known = build_program(plan, self._contracts_of(plan))
                with self._lock:
                    self._programs[digest] = known
                    if len(self._programs) > PROGRAMS_KEPT:
                        self._programs.popitem(last=False)
            return known

    def _contracts_of(self, plan: Plan) -> dict[Digest, ModuleContract]:
        found = {}
        for version in plan.versions.values():
            contract = self._contracts.get(version.contract)
            if contract is None:
                contract = parse_contract(msgspec.json.decode(self._read_contract(version.contract)))
                self._contracts[version.contract] = contract
                if len(self._contracts) > CONTRACTS_KEPT:
                    self._contracts.popitem(last=False)
            found[version.contract] = contract
        return found

    def restore(self, claimed: ClaimedRun) -> RunState:
        """The state of a claimed run, up to its last event."""
        state = self._fresh(claimed)
        state.epoch = claimed.epoch
        if claimed.last_seq:
            for row in self._journal.load(claimed.run):
                evolve(state, decode_fact(row.type, row.v, row.at, row.data))
        if claimed.resumed_from is not None and not state.is_finished:
            state.reusable = self._outputs_of(claimed)
        return state

    def _fresh(self, claimed: ClaimedRun) -> RunState:
        program = self.program(claimed.plan, claimed.plan_text)
        inputs, options = _given(claimed)
        return new_state(
            run=claimed.run,
            program=program,
            inputs=inputs,
            parameters=claimed.parameters,
            options=options,
            key_run=claimed.key_run,
            deadline_at=claimed.deadline_at,
        )

    def _outputs_of(self, claimed: ClaimedRun) -> dict[Place, tuple[Digest, Outputs, str, int]]:
        """What the resumed run has journaled, by address, with the key under which it may be taken over."""
        assert claimed.resumed_from is not None
        before = self._journal.admitted(claimed.resumed_from)
        rows = self._journal.load(claimed.resumed_from)
        facts = (decode_fact(row.type, row.v, row.at, row.data) for row in rows)
        state = self._fresh(before)
        found = earlier_outputs(state, facts, self.read_artifact)
        return still_kept(found, state.program, self._artifacts.has)

    def read_artifact(self, artifact: Digest) -> bytes | None:
        """None for one that is no longer kept."""
        try:
            with self._artifacts.open(artifact) as file:
                return file.read()
        except FileNotFoundError:
            return None


def created_data(claimed: ClaimedRun, inputs: Outputs, options: Mapping[str, Any]) -> dict[str, Any]:
    """The data of run_created, from the admitted row."""
    data: dict[str, Any] = {
        "run": claimed.run,
        "admitted_at": instant(claimed.admitted_at),
        "plan": claimed.plan,
        "environment": claimed.environment,
        "actor": claimed.actor,
        "inputs": inputs,
    }
    if claimed.parameters:
        data["parameters"] = dict(claimed.parameters)
    for name in ("deployment", "trigger", "resumed_from"):
        value = getattr(claimed, name)
        if value is not None:
            data[name] = value
    if claimed.deadline_at is not None:
        data["deadline_at"] = instant(claimed.deadline_at)
    if options:
        data["options"] = dict(options)
    return data


def _given(claimed: ClaimedRun) -> tuple[Outputs, Mapping[str, Any]]:
    """With which inputs and options it was admitted. Raises `Unreadable`."""
    try:
        return decode_ports(claimed.inputs), decode_options(claimed.options)
    except msgspec.MsgspecError as error:
        raise Unreadable(str(error)) from error


def last_entry(
    arrival: Arrival, error: Exception, owner: str, now: int, when_over: Callable[[Entry, bool], None]
) -> Entry | None:
    """What stops a run whose state cannot be restored, so that it cannot decide by itself; None: try again."""
    claimed = arrival.claimed
    if isinstance(error, Unreadable) and not claimed.last_seq:
        facts = [_created(claimed, now, {}, {}), Fact("run_finished", now, _unreadable(error))]
        standing = Standing(status="failed", counters={}, finished_at=now)
    elif claimed.streak > MAX_FRUITLESS_CLAIMS:
        facts = [Fact("run_quarantined", now, {"claims": claimed.streak - 1})]
        standing = Standing(status="quarantined", counters=None, is_released=True)
        if not claimed.last_seq:
            try:
                inputs, options = _given(claimed)
            except Unreadable as unreadable:
                return last_entry(arrival, unreadable, owner, now, when_over)
            facts.insert(0, _created(claimed, now, inputs, options))
    else:
        return None
    return Entry(
        run=claimed.run,
        owner=owner,
        epoch=claimed.epoch,
        last_seq=claimed.last_seq,
        facts=facts,
        standing=standing,
        when_over=when_over,
        is_claim=arrival.is_unclaimed,
    )


def _created(claimed: ClaimedRun, now: int, inputs: Outputs, options: Mapping[str, Any]) -> Fact:
    return Fact("run_created", now, created_data(claimed, inputs, options))


def _unreadable(error: Exception) -> dict[str, Any]:
    message = f"The inputs of the run, as they were admitted, cannot be read: {error} Start it anew."
    return {"status": "failed", "error": {"name": "system.contract", "message": message}}
