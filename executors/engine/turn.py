"""One decision in the making: the state, the instant, and what has been decided so far.

Owns:      recording facts (each is applied at once), commands, and what an expression sees.
Promises:  facts and commands stand in the order in which they were decided.
Never:     reads a clock or throws dice: `now` and `dice` are given.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from contracts.canonical import JSON, Digest
from contracts.events import EventType
from contracts.expressions import Expression, ExpressionError
from executors.engine.commands import Command, Fetch
from executors.engine.evolve import evolve
from executors.engine.facts import Fact, Index, error_document, json_value
from executors.engine.frames import settle
from executors.engine.program import Node
from executors.engine.settings import refusal
from executors.engine.state import SKIPPED, Frame, RunState
from executors.protocol import CallError, Value

JSON_LIMIT = 16 << 20
SKIPS_PER_FACT = 400


class Absent(Exception):
    """The bytes of an artifact must be fetched before the node can be looked at."""

    def __init__(self, artifact: Digest) -> None:
        super().__init__(artifact)
        self.artifact = artifact


class Faulty(Exception):
    """What a node asks for cannot be had: an expression failed, or a value is out of bounds."""

    def __init__(self, error: CallError) -> None:
        super().__init__(error.message)
        self.error = error


class Turn:
    """Collects one decision."""

    __slots__ = ("commands", "dice", "facts", "now", "skips", "state")

    def __init__(self, state: RunState, now: int, dice: Callable[[], float]) -> None:
        self.state = state
        self.now = now
        self.dice = dice
        self.facts: list[Fact] = []
        self.commands: list[Command] = []
        self.skips: dict[tuple[Index, str], list[str]] = {}

    def record(self, kind: EventType, data: dict[str, Any]) -> None:
        fact = Fact(kind, self.now, data)
        self.facts.append(fact)
        evolve(self.state, fact)

    def ask(self, command: Command) -> None:
        self.commands.append(command)

    def skip(self, frame: Frame, node: Node, cause: str) -> None:
        """Skip a node now; the skips of a decision share facts."""
        settle(self.state, frame, node.local, SKIPPED, None)
        self.skips.setdefault((frame.index, cause), []).append(node.path)

    def flush_skips(self) -> None:
        for (index, cause), paths in self.skips.items():
            for first in range(0, len(paths), SKIPS_PER_FACT):
                data = {"nodes": paths[first : first + SKIPS_PER_FACT], "cause": cause}
                self.record("invocation_skipped", {**data, "index": index} if index else data)
        self.skips = {}

    def exhaust(
        self, frame: Frame, node: Node, error: CallError, *, own: Index = (), attempt: int = 1
    ) -> None:
        """Record a node's final error; what it does is the node's `on_error`."""
        data: dict[str, Any] = {**place(frame, node, own), "error": error_document(error)}
        if attempt > 1:
            data["attempt"] = attempt
        self.record("invocation_exhausted", {**data, "handled": handling(node)})

    def bytes_of(self, value: Value) -> bytes:
        """The bytes of a json value. Raises `Absent` until they have been fetched."""
        if value.data is not None:
            return value.data
        assert value.artifact is not None
        if value.artifact not in self.state.fetched:
            raise Absent(value.artifact)
        data = self.state.fetched[value.artifact]
        if data is None:
            message = (
                f"The artifact {value.artifact} is no longer kept. Run again from the node that made it."
            )
            raise Faulty(CallError(name="system.unavailable", message=message))
        return data

    def seen(self, value: Value) -> JSON:
        """What an expression sees of a value: json itself; of others bytes, rows and type."""
        if value.media == "json":
            return msgspec.json.decode(self.bytes_of(value))
        facts: dict[str, JSON] = {"bytes": value.size, "type": value.type or ""}
        return facts if value.rows is None else {**facts, "rows": value.rows}

    def evaluate(self, expression: Expression, variables: dict[str, JSON]) -> JSON:
        try:
            return expression.evaluate(variables)
        except ExpressionError as error:
            raise Faulty(CallError(name="system.expression", message=str(error))) from None

    def is_true(self, expression: Expression, variables: dict[str, JSON]) -> bool:
        answer = self.evaluate(expression, variables)
        if isinstance(answer, bool):
            return answer
        message = (
            f"A condition gave {msgspec.json.encode(answer).decode()[:100]}. It must give true or false. "
            f"(in {expression.text})"
        )
        raise Faulty(CallError(name="system.expression", message=message))

    def parameters(self, frame: Frame) -> dict[str, JSON]:
        """The run's parameters; inside a graph node its config."""
        if frame.parameters is None:
            assert frame.parent is not None
            node = self.state.node(frame.parent, frame.local)
            frame.parameters = msgspec.json.decode(self.config(frame.parent, node))
        assert frame.parameters is not None
        return frame.parameters

    def config(self, frame: Frame, node: Node) -> bytes:
        """A node's config with its expressions evaluated, as JSON."""
        if node.config is not None:
            return node.config
        known = frame.configs.get(node.local)
        if known is None:
            variables = {"parameters": self.parameters(frame)}
            values = {key: self.evaluate(text, variables) for key, text in node.config_expressions}
            assert isinstance(node.plan.config, dict)
            known = frame.configs[node.local] = self._settings(node, {**node.plan.config, **values})
        return known

    def _settings(self, node: Node, given: dict[str, JSON]) -> bytes:
        filled: Any = given if node.config_fill is None else node.config_fill(given)
        if node.kind == "graph" and node.plan.schema is not msgspec.UNSET:
            refused = refusal(node.plan.schema, filled)
            if refused is not None:
                raise Faulty(refused)
        return msgspec.json.encode(filled)

    def gather(self, frame: Frame, node: Node) -> dict[str, Value] | None:
        """A node's inputs by port; None when it is to be skipped (formats.md §d)."""
        inputs: dict[str, Value] = {}
        for wire in node.wires:
            outputs = frame.outputs[wire.source]
            value = outputs.get(wire.source_port) if outputs else None
            if value is None:
                if wire.is_required:
                    return None
            elif wire.select is None:
                inputs[wire.port] = value
            else:
                narrowed = self.evaluate(wire.select, {"value": self.seen(value)})
                inputs[wire.port] = json_value(msgspec.json.encode(narrowed))
        if not inputs and node.wires:
            return None
        return inputs

    def variables(self, frame: Frame, node: Node, inputs: dict[str, Value]) -> dict[str, JSON]:
        """What `when`, `until` and waits see: inputs (defaults filled in) and parameters."""
        seen = {port: self.seen(value) for port, value in inputs.items()}
        if node.callee is not None:
            for name, port in node.callee.contract.ports.inputs.items():
                if port.default is not msgspec.UNSET:
                    seen.setdefault(name, port.default)
        return {"inputs": seen, "parameters": self.parameters(frame)}

    def admit(self, frame: Frame, node: Node) -> dict[str, Value] | None:
        """The inputs of a node that is to run; None: it has been skipped."""
        inputs = self.gather(frame, node)
        if inputs is None:
            self.skip(frame, node, "upstream")
            return None
        if node.when is not None and not self.is_true(node.when, self.variables(frame, node, inputs)):
            self.skip(frame, node, "when")
            return None
        return inputs

    def await_artifact(self, artifact: Digest, frame: Frame, local: int) -> None:
        waiting = self.state.awaited.setdefault(artifact, [])
        if not waiting:
            self.ask(Fetch(artifact))
        waiting.append((frame, local))


def place(frame: Frame, node: Node, own: Index = ()) -> dict[str, Any]:
    """`node` and `index` as facts carry them."""
    index = frame.index + own
    return {"node": node.path, "index": index} if index else {"node": node.path}


def handling(node: Node) -> str:
    if node.emits_errors:
        return "port"
    return "fail" if node.fallback is None else "default"


def is_too_large(value: Value) -> bool:
    """Whether only a map may take it."""
    return value.media == "json" and value.size > JSON_LIMIT
