"""Admit runs: keep their documents, write them as queued, ring the engine.

Owns:      what a run is made of before an engine has seen it.
Promises:  what is committed will be executed to an end; one admission key of a team admits one run, or one list.
Never:     decides who may start what, compiles, or checks values against ports: the caller has done that.
"""

from collections.abc import Mapping, Sequence
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
from studio.runs.queueing import as_admitted, insert_queued, queued_runs
from studio.teams.models import Team

ENVELOPE_ALLOWANCE = MAX_EVENT_BYTES - (8 << 10)
PLANS_REMEMBERED = 64
_written_plans: dict[int, tuple[Plan, "Written"]] = {}
# Between a key and a place: no key that people or programs think of has it.
PLACE_MARK = "\x1f"
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


@dataclass(frozen=True, slots=True)
class Own:
    """What a run of several that are admitted together has of its own; both as in `Admission`."""

    inputs: Mapping[str, JSON]
    options: Mapping[str, JSON]


def admit_run(admission: Admission) -> tuple[Run, bool]:
    """`admit_runs` for one run."""
    runs, are_new = admit_runs(admission, [Own(admission.inputs, admission.options)])
    return runs[0], are_new


def admit_runs(admission: Admission, each: Sequence[Own]) -> tuple[list[Run], bool]:
    """Write runs as queued that are alike but for what each has of its own (in place of the admission's): all of
    them or none, in the caller's transaction or one of its own; the ring follows the commit.

    With an admission key that the team has used before, returns the runs of then; and whether they are new ones.
    """
    if admission.admission_key is None:
        with transaction.atomic(savepoint=False):
            return _admit(admission, each), True
    if known := known_runs(admission, len(each)):
        return known, False
    try:
        with transaction.atomic():
            return _admit(admission, each), True
    except IntegrityError:
        known = known_runs(admission, len(each))
        if not known:
            raise
        return known, False


def _admit(admission: Admission, each: Sequence[Own]) -> list[Run]:
    documents = [_written(admission.plan)]
    for kind, given in (("graph", admission.graph_document), ("lock", admission.lock_document)):
        if given is not None:
            documents.append(Written(kind=kind, digest=digest_of(given), document=given))
    runs = _runs_of(admission, each, {document.kind: document.digest for document in documents})
    missing = insert_queued(runs)
    for document in documents:
        if document.digest in missing:
            Document.objects.get_or_create(
                digest=document.digest, defaults={"kind": document.kind, "data": document.document}
            )
    _name_artifacts(runs)
    if admission.resumed_from is None and admission.group is None:
        hand_over([as_admitted(run, documents[0].text) for run in runs])
    else:
        ring(runs[0].pk)  # whoever hears it looks for all that is queued
    return runs


def known_runs(admission: Admission, count: int) -> list[Run]:
    """The runs that were admitted before under the same key, in their order; one more than `count` if there were
    more.
    """
    if admission.admission_key is None:
        return []
    keys = [key_of(admission.admission_key, place) for place in range(count + 1)]
    found = {
        run.admission_key: run for run in Run.objects.filter(team=admission.team, admission_key__in=keys)
    }
    return [found[key] for key in keys if key in found]


def key_of(key: str, place: int) -> str:
    """The key of one of the runs that were admitted under `key`: the first one's is that of a run alone."""
    return f"{key}{PLACE_MARK}{place}" if place else key


def _runs_of(admission: Admission, each: Sequence[Own], documents: Mapping[str, Digest]) -> list[Run]:
    key, group = admission.admission_key, admission.group
    runs = queued_runs(
        [
            {
                "inputs": dict(own.inputs),
                "options": own.options,
                "admission_key": None if key is None else key_of(key, place),
            }
            for place, own in enumerate(each)
        ],
        team_id=admission.team.pk,
        graph_id=admission.graph_id,
        revision=admission.revision,
        title=admission.title,
        environment=admission.plan.environment,
        plan_id=documents["plan"],
        graph_document_id=documents.get("graph"),
        lock_document_id=documents.get("lock"),
        parameters=dict(admission.parameters),
        actor=admission.actor,
        actor_name=admission.actor_name,
        deployment_id=admission.deployment_id,
        trigger_id=admission.trigger_id,
        resumed_from_id=None if admission.resumed_from is None else admission.resumed_from.pk,
        priority=admission.priority,
        group_key=None if group is None else group.key,
        group_limit=None if group is None else group.limit,
        deadline_at=admission.deadline_at,
        node_count=sum(node.kind in COUNTED_KINDS for node in admission.plan.nodes),
    )
    for run in runs:
        run._state.fields_cache["team"] = admission.team  # whoever shows the run need not look it up
    return runs


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


def _name_artifacts(runs: Sequence[Run]) -> None:
    sizes: dict[Digest, int] = {}
    uses: dict[tuple[UUID, Digest], ArtifactUse] = {}
    for run in runs:
        pinned = [envelope for ports in run.options.get("pins", {}).values() for envelope in ports.values()]
        for envelope in (*run.inputs.values(), *pinned):
            if "artifact" in envelope:
                digest = envelope["artifact"]
                sizes[digest] = envelope["bytes"]
                uses[run.pk, digest] = ArtifactUse(run=run, artifact_id=digest)
    if uses:
        artifacts = [Artifact(digest=digest, bytes=size) for digest, size in sizes.items()]
        Artifact.objects.bulk_create(artifacts, ignore_conflicts=True)
        ArtifactUse.objects.bulk_create(uses.values(), ignore_conflicts=True)


Name = TypeVar("Name")


def envelopes_of(
    values: Mapping[Name, JSON], store: ArtifactStore, room: int = ENVELOPE_ALLOWANCE
) -> dict[Name, JSON]:
    """The envelopes of json values by name; the largest become artifacts until the others fit into `room` bytes."""
    encoded = {name: canonical_bytes(value) for name, value in values.items()}
    envelopes: dict[Name, JSON] = {
        name: {"media": "json", "bytes": len(data), "value": msgspec.json.decode(data)}
        for name, data in encoded.items()
    }
    inline = sum(map(len, encoded.values()))
    for name in sorted(encoded, key=lambda name: -len(encoded[name])):
        if inline <= room:
            break
        digest, size = store.put(encoded[name])
        assert digest == digest_of_bytes(encoded[name])
        envelopes[name] = {"media": "json", "bytes": size, "artifact": digest}
        inline -= size
    return envelopes
