"""Saying what became of an effect of which nobody knows whether it was applied."""

from typing import Any

import pytest

from contracts.module import contract_document
from executors.protocol import Call, Outcome
from studio.audit.models import AuditEntry
from studio.catalog.models import StoredContract
from studio.runs.invocations import invocations_of
from studio.runs.models import Run
from tests.studio.cast import Person, gid, person
from tests.support.engine import failed, returned
from tests.support.plans import PlanMaker
from tests.support.ports import LocalPort


@pytest.fixture
def operator(studio) -> Person:
    return person("operator", studio.team, "operator")


@pytest.fixture
def doubtful(studio) -> Run:
    """A run whose only effect was interrupted, and gives 7 when it is called again."""
    maker = PlanMaker()
    maker.module("send", effect="effectful", outputs=("value",))
    maker.input("number")
    maker.call("send", "send", {"value": "number:value"})
    maker.output("out", "send:value")
    for digest, contract in maker.contracts.items():
        StoredContract.objects.create(digest=digest, document=contract_document(contract))
    calls: list[Call] = []

    def interrupted(call: Call) -> Outcome:
        calls.append(call)
        return failed("system.crashed") if len(calls) == 1 else returned(value=7)

    studio.start(maker, LocalPort({}, interrupted))
    return studio.wait(studio.admit(maker, {"number": 1}), lambda run: run.status == "attention")


@pytest.mark.parametrize(
    ("given", "status", "outputs"),
    [
        ({"decision": "DONE", "outputs": {"value": 5}}, "succeeded", 5),
        ({"decision": "NOT_APPLIED"}, "succeeded", 7),
        ({"decision": "FAIL"}, "failed", None),
    ],
)
def test_what_became_of_it_is_said_once(
    studio, operator: Person, doubtful: Run, given: dict[str, Any], status: str, outputs: int | None
) -> None:
    done = operator.do(
        "resolveInvocation", "run { id }", run=gid(doubtful), node="send", reason="Looked.", **given
    )
    assert done["__typename"] == "ResolveInvocationDone", done
    run = studio.wait(doubtful)
    assert (run.status, run.outputs and run.outputs["out"]["value"]) == (status, outputs)
    ((row,), _) = invocations_of(run, "send", index=None, first=1, after=None)
    assert (row.state, row.outputs and row.outputs["value"]["value"]) == (status, outputs)
    again = operator.do("resolveInvocation", run=gid(run), node="send", reason="Looked.", decision="FAIL")
    assert again["__typename"] == "Conflict"
    assert AuditEntry.objects.get(action="resolve_invocation").reason == "Looked."


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"decision": "FAIL", "reason": " "}, "/reason"),
        ({"decision": "DONE"}, "/outputs/value"),
        ({"decision": "DONE", "outputs": {"value": 1, "more": 1}}, "/outputs/more"),
        ({"decision": "FAIL", "outputs": {"value": 1}}, "/outputs"),
    ],
)
def test_what_cannot_be_said_says_where(
    operator: Person, doubtful: Run, given: dict[str, Any], path: str
) -> None:
    done = operator.do("resolveInvocation", run=gid(doubtful), node="send", **{"reason": "x", **given})
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)


DECIDED = {"node": "ok", "decision": "FAIL", "reason": "x"}


def test_only_what_is_uncertain_is_resolved_and_by_operators(
    author: Person, owner: Person, asked: Run
) -> None:
    assert owner.do("resolveInvocation", run=gid(asked), **DECIDED)["__typename"] == "Conflict"
    assert author.do("resolveInvocation", run=gid(asked), **DECIDED)["__typename"] == "Forbidden"


def test_the_outsider_may_not(outsider: Person, asked: Run) -> None:
    assert outsider.do("resolveInvocation", run=gid(asked), **DECIDED)["__typename"] == "NotFound"


def test_of_several_in_doubt_it_is_said_which(studio, operator: Person) -> None:
    maker = PlanMaker()
    maker.module("send", effect="effectful")
    maker.input("numbers")
    maker.call("send", "send", {"value": "numbers:value"}, map={"over": "value"})
    maker.output("out", "send:value")
    calls: list[Call] = []

    def interrupted(call: Call) -> Outcome:
        calls.append(call)
        return failed("system.crashed") if len(calls) <= 2 else returned(value=7)

    studio.start(maker, LocalPort({}, interrupted))
    run = studio.wait(studio.admit(maker, {"numbers": [1, 2]}), lambda run: run.status == "attention")
    given = {"run": gid(run), "node": "send", "decision": "NOT_APPLIED", "reason": "Looked."}
    done = operator.do("resolveInvocation", **given)
    assert (done["problems"][0]["path"], "[0], [1]" in done["problems"][0]["message"]) == ("/index", True)
    assert operator.do("resolveInvocation", **given, index=[5])["__typename"] == "Conflict"
    operator.do("resolveInvocation", "run { id }", **given, index=[1])
    studio.wait(run, lambda run: run.events.filter(type="invocation_resolved").exists())
    operator.do("resolveInvocation", "run { id }", **given)
    assert studio.wait(run).outputs["out"]["value"] == [7, 7]
