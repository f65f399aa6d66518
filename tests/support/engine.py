"""Drive the sans-IO engine by hand: what was asked for, and answers to it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from contracts.canonical import JSON
from executors.engine.commands import (
    Claimed,
    Command,
    Concluded,
    Decision,
    Execute,
    Fetch,
    Found,
    LookUp,
    Release,
    Remember,
    Stimulus,
    Stop,
    Supplied,
    Ticked,
    Told,
)
from executors.engine.decide import decide
from executors.engine.earlier import earlier_outputs, still_kept
from executors.engine.endings import next_due
from executors.engine.evolve import evolve
from executors.engine.facts import Fact, decode_fact, encode_data, instant, json_value
from executors.engine.frames import new_state
from executors.engine.program import build_program
from executors.protocol import Call, CallError, Failed, Outcome, Returned
from tests.support.plans import PlanMaker

RUN = "019c1347-d280-70a5-8000-3e5c7a98b6d4"
START = 1_769_850_000_000


def encoded(value: JSON) -> Any:
    return json_value(msgspec.json.encode(value))


def decoded(value: Any) -> JSON:
    return msgspec.json.decode(value.data)


def returned(**outputs: JSON) -> Returned:
    return Returned(outputs={port: encoded(value) for port, value in outputs.items()})


def failed(name: str, *, retryable: bool = False, message: str = "It failed.") -> Failed:
    return Failed(error=CallError(name=name, message=message, retryable=retryable))


class Bench:
    """One run on the engine alone. `calls` are under way; `facts` all that was decided."""

    def __init__(
        self,
        maker: PlanMaker,
        *,
        inputs: Mapping[str, JSON] | None = None,
        parameters: Mapping[str, JSON] | None = None,
        options: Mapping[str, Any] | None = None,
        dice: float = 0.5,
    ) -> None:
        self.program = build_program(maker.plan(), maker.contracts)
        self.inputs = {name: encoded(value) for name, value in (inputs or {}).items()}
        self.parameters = dict(parameters or {})
        self.options = dict(options or {})
        self.now = START
        self.dice = dice
        self.facts: list[Fact] = []
        self.calls: dict[int, Call] = {}
        self.asked: list[Command] = []
        self.released: Release | None = None
        self.tells = 0
        self.artifacts: dict[str, bytes] = {}
        self.known: dict[str, Found] = {}
        self.state = self._fresh()

    def _fresh(self) -> Any:
        return new_state(
            run=RUN,
            program=self.program,
            inputs=self.inputs,
            parameters=self.parameters,
            options=self.options,
        )

    def start(self) -> "Bench":
        created = {
            "run": RUN,
            "admitted_at": instant(START),
            "plan": "sha256:" + "0" * 64,
            "environment": "test",
            "actor": "system:test",
            "inputs": self.inputs,
        }
        self.give(Claimed(created, RUN, "1.0.0", 0, 1))
        return self

    def give(self, *stimuli: Stimulus) -> Decision:
        self.released = None
        decision = decide(self.state, stimuli, now=self.now, dice=lambda: self.dice)
        start = len(self.facts)
        self.facts.extend(decision.facts)
        for command in decision.commands:
            self.asked.append(command)
            match command:
                case Execute():
                    self.calls[command.flight] = command.call
                case Stop():
                    self.calls.pop(command.flight, None)
                case Release():
                    self.released = command
                case Remember(position=position, key=key):
                    outputs = self.facts[start + position].data["outputs"]
                    self.known[key] = Found(("", ()), key, outputs, RUN, start + position + 1)
                case Fetch(artifact=artifact):
                    self.give(Supplied(artifact, self.artifacts.get(artifact)))
                case LookUp(place=place, key=key):
                    found = self.known.get(key)
                    self.give(Found(place, key) if found is None else replace(found, place=place))
        return decision

    def after(self, earlier: "Bench") -> "Bench":
        """Resume an earlier bench's run: its outputs may be taken over."""
        facts = [decode_fact(f.type, 1, instant(f.at), encode_data(f)) for f in earlier.facts]
        found = earlier_outputs(earlier._fresh(), facts, earlier.artifacts.get)
        self.state.reusable = still_kept(found, self.program, earlier.artifacts.__contains__)
        return self

    def flight(self, node: str, index: tuple[int, ...] = ()) -> int:
        return next(f for f, call in self.calls.items() if (call.node, call.index) == (node, index))

    def answer(self, node: str, outcome: Outcome, index: tuple[int, ...] = ()) -> Decision:
        flight = self.flight(node, index)
        del self.calls[flight]
        return self.give(Concluded(flight, outcome))

    def answer_all(self, work: Callable[[Call], Outcome]) -> None:
        """Answer calls until none is under way."""
        while self.calls:
            flight, call = next(iter(self.calls.items()))
            del self.calls[flight]
            self.give(Concluded(flight, work(call)))

    def tell(self, kind: str, actor: str = "system:test", outputs: Any = None, **data: Any) -> Decision:
        self.tells += 1
        return self.give(Told(self.tells, kind, actor, data, outputs))

    def wait(self, seconds: float) -> Decision:
        self.now += int(seconds * 1000)
        return self.give(Ticked())

    def wait_until_due(self) -> Decision:
        due_at = next_due(self.state)
        assert due_at is not None
        self.now = max(self.now, due_at)
        return self.give(Ticked())

    def recover(self, streak: int = 1) -> "Bench":
        """Lose the memory and fold the journal anew, through its text."""
        self.state = self._fresh()
        self.calls = {}
        for fact in self.facts:
            evolve(self.state, decode_fact(fact.type, 1, instant(fact.at), encode_data(fact)))
        self.give(Claimed({}, RUN, "1.0.0", 0, streak))
        return self

    @property
    def types(self) -> list[str]:
        return [fact.type for fact in self.facts]

    def last(self, kind: str) -> dict[str, Any]:
        return next(fact.data for fact in reversed(self.facts) if fact.type == kind)

    @property
    def outcome(self) -> tuple[str, Any]:
        data = self.last("run_finished")
        outputs = {name: decoded(value) for name, value in data.get("outputs", {}).items()}
        return data["status"], outputs or data.get("error", {}).get("name")


def doubling(call: Call) -> Outcome:
    """Outputs `value` twice as large as the input `value`."""
    return returned(value=decoded(call.inputs["value"]) * 2)
