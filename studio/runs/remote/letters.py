"""Calls and outcomes as the text that lies in a row between coordinator and worker.

Owns:      that text; what is too large for a row, as an artifact of the shared store.
Promises:  a value arrives byte for byte; a call arrives only when its plan allows exactly that call.
Never:     carries a secret's value or anything executable: names, digests, ids and inputs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from contracts.canonical import JSON, Digest
from contracts.module import ModuleContract
from contracts.plan import Plan, PlanNode
from contracts.values import Media
from executors.artifacts import ArtifactStore
from executors.engine.program import callee_of
from executors.protocol import Call, CallError, Cost, Failed, Outcome, Returned, Value

ROW_BYTES: Final = 256 << 10
ReadContract = Callable[[Digest], ModuleContract]


class NotInPlan(Exception):
    """A call that the plan of its run does not have; the text says in what it differs."""

    code = "not_in_plan"


class _Value(Struct, frozen=True, kw_only=True, omit_defaults=True):
    media: Media
    size: int
    json: Raw | UnsetType = UNSET
    blob: bytes | UnsetType = UNSET
    artifact: Digest | None = None
    type: str | None = None
    rows: int | None = None


class _Call(Struct, frozen=True, kw_only=True, omit_defaults=True):
    node: str
    index: tuple[int, ...] = ()
    attempt: int = 1
    version: str
    bundle: Digest
    contract: Digest
    config: Raw
    inputs: dict[str, _Value]
    key: str = ""


class _Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cost: tuple[int, int, int, int, int]
    outputs: dict[str, _Value] | None = None
    error: str | None = None
    message: str = ""
    data: JSON = None
    retryable: bool = False
    limit: str | None = None


class _Order(Struct, frozen=True, kw_only=True):
    """`batch` makes two orders with the same calls two artifacts: each is deleted with its row."""

    batch: str
    calls: list[_Call]


class _Report(Struct, frozen=True, kw_only=True):
    token: str
    outcomes: list[_Outcome]


class _Elsewhere(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    elsewhere: Digest


_order = msgspec.json.Decoder(_Order)
_report = msgspec.json.Decoder(_Report)
_elsewhere = msgspec.json.Decoder(_Elsewhere)
_MARK: Final = '{"elsewhere":'


def order_of(batch: str, calls: Sequence[Call], store: ArtifactStore) -> str:
    """The text of a batch of calls, all of one run."""
    return _kept(_Order(batch=batch, calls=[_written_call(call) for call in calls]), store)


def calls_in(order: str, store: ArtifactStore, *, run: str, plan: Plan, read: ReadContract) -> list[Call]:
    """The calls of an order, each as the plan has it. Raises `NotInPlan`."""
    nodes = {node.path: node for node in plan.nodes}
    written = _order.decode(_whole(order, store)).calls
    return [_checked_call(call, run, plan, nodes.get(call.node), read) for call in written]


def report_of(token: str, outcomes: Sequence[Outcome], store: ArtifactStore) -> str:
    """The text of what became of a batch, in the order of its calls."""
    return _kept(_Report(token=token, outcomes=[_written_outcome(outcome) for outcome in outcomes]), store)


def outcomes_in(report: str, store: ArtifactStore) -> list[Outcome]:
    return [_outcome(written) for written in _report.decode(_whole(report, store)).outcomes]


def drop(text: str | None, store: ArtifactStore) -> None:
    """Delete what a text has outside its row."""
    if text is not None and text.startswith(_MARK):
        store.delete(_elsewhere.decode(text).elsewhere)


def _kept(document: Struct, store: ArtifactStore) -> str:
    text = msgspec.json.encode(document)
    if len(text) > ROW_BYTES:
        text = msgspec.json.encode(_Elsewhere(elsewhere=store.put(text)[0]))
    return text.decode()


def _whole(text: str, store: ArtifactStore) -> bytes:
    if not text.startswith(_MARK):
        return text.encode()
    with store.open(_elsewhere.decode(text).elsewhere) as file:
        return file.read()


# Values


def _written(values: Mapping[str, Value]) -> dict[str, _Value]:
    return {name: _written_value(value) for name, value in values.items()}


def _written_value(value: Value) -> _Value:
    is_json = value.media == "json"
    data = value.data if value.artifact is None else None
    return _Value(
        media=value.media,
        size=value.size,
        json=Raw(data) if is_json and data is not None else UNSET,
        blob=data if not is_json and data is not None else UNSET,
        artifact=value.artifact,
        type=value.type,
        rows=value.rows,
    )


def _values(written: Mapping[str, _Value]) -> dict[str, Value]:
    return {name: _value(value) for name, value in written.items()}


def _value(written: _Value) -> Value:
    data = bytes(written.json) if written.json is not UNSET else None
    return Value(
        media=written.media,
        size=written.size,
        data=written.blob if written.blob is not UNSET else data,
        artifact=written.artifact,
        type=written.type,
        rows=written.rows,
    )


# Calls


def _written_call(call: Call) -> _Call:
    return _Call(
        node=call.node,
        index=call.index,
        attempt=call.attempt,
        version=call.name,
        bundle=call.version.bundle,
        contract=call.version.contract,
        config=Raw(call.config),
        inputs=_written(call.inputs),
        key=call.key,
    )


def _checked_call(written: _Call, run: str, plan: Plan, node: PlanNode | None, read: ReadContract) -> Call:
    """An order says which call is meant; what it may do stands in the plan alone."""
    version = plan.versions.get(written.version)
    if node is None or node.version != written.version or version is None:
        raise NotInPlan(f"The plan of the run does not carry out {written.version} at {written.node!r}.")
    if (written.bundle, written.contract) != (version.bundle, version.contract):
        raise NotInPlan(f"{written.version} at {written.node!r} has other digests than in the run's plan.")
    callee = callee_of(node, plan, {version.contract: read(version.contract)})
    return Call(
        run=run,
        node=written.node,
        index=written.index,
        attempt=written.attempt,
        name=written.version,
        version=version,
        contract=callee.contract,
        strategy=callee.placement.strategy,  # type: ignore[arg-type]  # always set in a plan
        config=bytes(written.config),
        inputs=_values(written.inputs),
        timeout_seconds=callee.timeout_seconds,
        key=written.key,
        secrets=callee.secrets,
        environment=plan.environment,
        queue=callee.placement.queue,
    )


# Outcomes


def _written_outcome(outcome: Outcome) -> _Outcome:
    cost = outcome.cost
    costs = (cost.queue, cost.serialise, cost.transport, cost.validate, cost.execute)
    if isinstance(outcome, Returned):
        return _Outcome(cost=costs, outputs=_written(outcome.outputs))
    error = outcome.error
    return _Outcome(
        cost=costs,
        error=error.name,
        message=error.message,
        data=error.data,
        retryable=error.retryable,
        limit=outcome.limit,
    )


def _outcome(written: _Outcome) -> Outcome:
    queue, serialise, transport, validate, execute = written.cost
    cost = Cost(queue=queue, serialise=serialise, transport=transport, validate=validate, execute=execute)
    if written.outputs is not None:
        return Returned(outputs=_values(written.outputs), cost=cost)
    error = CallError(
        name=written.error or "system.crashed",
        message=written.message,
        data=written.data,
        retryable=written.retryable,
    )
    return Failed(error=error, cost=cost, limit=written.limit)
