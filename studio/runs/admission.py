"""Admit a run: keep its documents, write it as queued, ring the engine.

Owns:      what a run is made of before an engine has seen it.
Promises:  what is committed will be executed to an end; one admission key of a team admits one run.
Never:     decides who may start what, compiles, or checks values against ports: the caller has done that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from contracts.canonical import JSON, Digest, canonical_bytes, digest_of, digest_of_bytes
from contracts.events import MAX_EVENT_BYTES
from contracts.plan import Plan, plan_document
from executors.artifacts import ArtifactStore
from studio.runs.doorbell import hand_over, ring
from studio.runs.models import Artifact, ArtifactUse, Document, Run
from studio.runs.queueing import as_admitted, insert_queued, queued_run
from studio.teams.models import Team

ENVELOPE_ALLOWANCE = MAX_EVENT_BYTES - (8 << 10)
PLANS_REMEMBERED = 64
_written_plans: dict[int, tuple[Plan, "Written"]] = {}
COUNTED_KINDS = ("module", "wait", "approval", "signal")


@dataclass(frozen=True, slots=True)
class Group:
    """Runs of a team that share `key` begin in their turn: no more than `limit` that have not ended."""

    key: str
    limit: int


def group_of(run: Run) -> Group | None:
    if run.group_key is None or run.group_limit is None:
        return None
    return Group(run.group_key, run.group_limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What a run is made of.

    `inputs` are envelopes by name (see `envelopes_of`); `graph_document` and `lock_document` are the run's
    own graph as locked; `options` {reuse, upto, from, pins} of its first event. `admission_key` makes a
    repeated request return the first run.
    """

    team: Team
    plan: Plan
    title: str
    actor: str
    actor_name: str
    inputs: Mapping[str, JSON] = field(default_factory=dict)
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    options: Mapping[str, JSON] = field(default_factory=dict)
    graph_document: JSON = None
    lock_document: JSON = None
    graph_id: UUID | None = None
    revision: int | None = None
    deployment_id: UUID | None = None
    trigger_id: UUID | None = None
    resumed_from: Run | None = None
    admission_key: str | None = None
    priority: int = 0
    group: Group | None = None
    deadline_at: datetime | None = None


def admit_run(admission: Admission) -> tuple[Run, bool]:
    """Write the run as queued, in the caller's transaction or one of its own; the ring follows the commit.

    With an admission key that the team has used before, returns that run; and whether the run is a new one.
    """
    if admission.admission_key is None:
        with transaction.atomic(savepoint=False):
            return _admit(admission), True
    if (known := known_run(admission)) is not None:
        return known, False
    try:
        with transaction.atomic():
            return _admit(admission), True
    except IntegrityError:
        known = known_run(admission)
        if known is None:
            raise
        return known, False


def _admit(admission: Admission) -> Run:
    documents = [_written(admission.plan)]
    for kind, given in (("graph", admission.graph_document), ("lock", admission.lock_document)):
        if given is not None:
            documents.append(Written(kind=kind, digest=digest_of(given), document=given))
    run = _run_of(admission, {each.kind: each.digest for each in documents})
    missing = insert_queued(run)
    for each in documents:
        if each.digest in missing:
            Document.objects.get_or_create(
                digest=each.digest, defaults={"kind": each.kind, "data": each.document}
            )
    _name_artifacts(run)
    if run.resumed_from_id is None and admission.group is None:
        hand_over(as_admitted(run, documents[0].text))
    else:
        ring(run.pk)
    return run


def known_run(admission: Admission) -> Run | None:
    """The run that was admitted before under the same key."""
    if admission.admission_key is None:
        return None
    return Run.objects.filter(team=admission.team, admission_key=admission.admission_key).first()


def _run_of(admission: Admission, documents: Mapping[str, Digest]) -> Run:
    run = queued_run(
        team_id=admission.team.pk,
        graph_id=admission.graph_id,
        revision=admission.revision,
        title=admission.title,
        environment=admission.plan.environment,
        plan_id=documents["plan"],
        graph_document_id=documents.get("graph"),
        lock_document_id=documents.get("lock"),
        inputs=dict(admission.inputs),
        parameters=dict(admission.parameters),
        options=dict(admission.options),
        actor=admission.actor,
        actor_name=admission.actor_name,
        deployment_id=admission.deployment_id,
        trigger_id=admission.trigger_id,
        resumed_from_id=None if admission.resumed_from is None else admission.resumed_from.pk,
        admission_key=admission.admission_key,
        priority=admission.priority,
        group_key=None if admission.group is None else admission.group.key,
        group_limit=None if admission.group is None else admission.group.limit,
        deadline_at=admission.deadline_at,
        node_count=sum(node.kind in COUNTED_KINDS for node in admission.plan.nodes),
    )
    run.team = admission.team  # whoever shows the run need not look it up
    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document of a run under its digest; `text` is the canonical one of a plan."""

    kind: str
    digest: Digest
    document: JSON
    text: str = ""


def _written(plan: Plan) -> Written:
    """A plan that is started often is written out and digested once: that takes 50 µs a node."""
    known = _written_plans.get(id(plan))
    if known is None or known[0] is not plan:
        document = plan_document(plan)
        text = canonical_bytes(document)
        written = Written(kind="plan", digest=digest_of_bytes(text), document=document, text=text.decode())
        known = _written_plans[id(plan)] = (plan, written)
        if len(_written_plans) > PLANS_REMEMBERED:
            _written_plans.pop(next(iter(_written_plans)), None)
    return known[1]


def _name_artifacts(run: Run) -> None:
    pinned = [envelope for ports in run.options.get("pins", {}).values() for envelope in ports.values()]
    for envelope in (*run.inputs.values(), *pinned):
        if "artifact" in envelope:
            artifact, _ = Artifact.objects.get_or_create(
                digest=envelope["artifact"], defaults={"bytes": envelope["bytes"]}
            )
            ArtifactUse.objects.get_or_create(run=run, artifact=artifact)


Name = TypeVar("Name")


def envelopes_of(values: Mapping[Name, JSON], store: ArtifactStore) -> dict[Name, JSON]:
    """The envelopes of json values by name; the largest become artifacts until all fit into one event."""
    encoded = {name: canonical_bytes(value) for name, value in values.items()}
    envelopes: dict[Name, JSON] = {
        name: {"media": "json", "bytes": len(data), "value": msgspec.json.decode(data)}
        for name, data in encoded.items()
    }
    inline = sum(map(len, encoded.values()))
    for name in sorted(encoded, key=lambda name: -len(encoded[name])):
        if inline <= ENVELOPE_ALLOWANCE:
            break
        digest, size = store.put(encoded[name])
        assert digest == digest_of_bytes(encoded[name])
        envelopes[name] = {"media": "json", "bytes": size, "artifact": digest}
        inline -= size
    return envelopes
