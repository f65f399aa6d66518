"""The tables of runs: what was admitted, what happened, and what the engine works with.

Owns:      runs, their events and logs, work in flight, signals, wake-ups, artifacts, engine processes.
Promises:  `event` is a run's only memory of what happened; the columns of `run` beside the admitted ones are
           written by the engine in the transaction that appends the events they sum up.
Never:     is written by hand: a run is admitted by `studio.runs.admission.admit_runs`, told something by
           `studio.runs.signals.send_signal`, and everything else is the engine's (`studio/runs/journal.py`).
"""

from django.db import models

from contracts.canonical import JSON
from contracts.events import TERMINAL_STATUSES
from studio.fields import JSONText
from studio.ids import uuid7

DIGEST_LENGTH = 71
ADDRESS_LENGTH = 320
STATUSES = (
    "queued",
    "running",
    "waiting",
    "paused",
    "attention",
    "cancelling",
    "quarantined",
    "succeeded",
    "failed",
    "timed_out",
    "cancelled",
)


class Document(models.Model):
    """A plan, graph or lock, kept once under the digest of its canonical form."""

    digest = models.CharField(primary_key=True, max_length=DIGEST_LENGTH)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in ("plan", "graph", "lock")])
    data = JSONText()
    created_at = models.DateTimeField(auto_now_add=True)


class Run(models.Model):
    """One execution of one plan, kept to the end.

    `inputs` and `outputs` are envelopes by port, `error` {name, message, data?}, `counters` state → nodes.
    `graph_id` is no foreign key: a run outlives its graph. `plan`, `graph_document` and `lock_document` are
    its own, as they were locked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("teams.Team", on_delete=models.PROTECT, related_name="runs", db_index=False)
    graph_id = models.UUIDField(null=True)
    revision = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=200)
    environment = models.CharField(max_length=63)
    # Nobody asks for the runs of a document, and an index costs every admission.
    plan = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    graph_document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    lock_document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    inputs = JSONText(default=dict)
    parameters = JSONText(default=dict)
    options = JSONText(default=dict)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=120)
    deployment_id = models.UUIDField(null=True)
    trigger_id = models.UUIDField(null=True)
    resumed_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="resumed_by")
    admission_key = models.CharField(max_length=200, null=True)
    priority = models.SmallIntegerField(default=0)
    # Of the runs of a team with this key no more than `group_limit` have begun and not ended.
    group_key = models.CharField(max_length=200, null=True)
    group_limit = models.PositiveSmallIntegerField(null=True)
    node_count = models.PositiveIntegerField(default=0)

    status = models.CharField(max_length=12, default="queued", choices=[(name, name) for name in STATUSES])
    epoch = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey("EngineProcess", on_delete=models.SET_NULL, null=True, related_name="runs")
    last_seq = models.PositiveBigIntegerField(default=0)
    claim_streak = models.PositiveSmallIntegerField(default=0)
    counters = JSONText(default=dict)
    rung = models.SmallIntegerField(null=True)
    error = JSONText(null=True)
    outputs = JSONText(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "admission_key"], name="one_run_per_admission_key")
        ]
        indexes = [
            models.Index(fields=["team", "-id"], name="run_of_team"),
            models.Index(fields=["team", "status", "-id"], name="run_of_team_by_status"),
            models.Index(fields=["graph_id", "-id"], name="run_of_graph"),
            models.Index(fields=["-priority", "id"], name="run_queued", condition=models.Q(status="queued")),
            models.Index(
                fields=["team", "group_key"],
                name="run_of_group",
                condition=models.Q(group_key__isnull=False, finished_at__isnull=True),
            ),
        ]

    @property
    def is_finished(self) -> bool:
        return self.status in TERMINAL_STATUSES


class Event(models.Model):
    """One numbered fact of a run; `data` is the text that was appended, ≤ 64 KiB."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    # The fence of the append holds the row of the run: to ask for it once more costs as much as the event.
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="events", db_index=False, db_constraint=False
    )
    seq = models.PositiveBigIntegerField()
    epoch = models.PositiveIntegerField()
    type = models.CharField(max_length=32)
    v = models.PositiveSmallIntegerField()
    at = models.CharField(max_length=24)
    data = models.TextField()

    def as_document(self) -> JSON:
        """The event as formats.md §f writes it; `data` is decoded."""
        head = {"seq": self.seq, "epoch": self.epoch, "type": self.type, "v": self.v, "at": self.at}
        return {**head, "data": JSONText().from_db_value(self.data, None, None)}


class Snapshot(models.Model):
    """The projection of a run's first `seq` events; deleted and rebuilt at will."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="snapshot")
    seq = models.PositiveBigIntegerField()
    view = models.TextField()


class Invocation(models.Model):
    """A keyed, effectful or remote invocation in flight, until the journal has absorbed it.

    `index` is comma-separated, empty for none. States: scheduled → permitted → done → absorbed;
    permitted → uncertain; scheduled → withdrawn. Each change is a compare-and-swap on state and token.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="invocations", db_index=False)
    node = models.CharField(max_length=ADDRESS_LENGTH)
    index = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=500)
    attempt = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    queue = models.CharField(max_length=63)
    worker = models.CharField(max_length=120, blank=True)
    token = models.UUIDField(null=True)
    permit_until = models.DateTimeField(null=True)
    inputs = models.TextField()
    result = models.TextField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "node", "index"], name="one_row_per_invocation")
        ]


class RemoteBatch(models.Model):
    """Calls of one run and one version that a worker is to carry out; deleted once their outcomes are taken.

    States: queued → permitted (to the worker that holds `token`, until `permit_until`) → done | lost;
    permitted → queued again where `is_repeatable`. Each change is a compare-and-swap on state and token, and a
    row can only be permitted while its run is still at `epoch`. `order` and `report` are texts of
    `studio.runs.remote.letters`. `claims` counts permits, `rung_at` is when a worker was last called.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="remote_batches")
    epoch = models.PositiveIntegerField()
    queue = models.CharField(max_length=63)
    is_repeatable = models.BooleanField()
    order = models.TextField()
    state = models.CharField(max_length=9, default="queued")
    token = models.UUIDField(null=True)
    worker = models.CharField(max_length=120, blank=True)
    permit_until = models.DateTimeField(null=True)
    claims = models.PositiveSmallIntegerField(default=0)
    report = models.TextField(null=True)
    created_at = models.DateTimeField()
    rung_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "rung_at"], name="remote_batch_by_state")]


class Signal(models.Model):
    """What somebody tells a run: written by an action, read and absorbed by the run's owner.

    `kind` → `data`: cancel {reason?}; pause, resume {}; decide {node, index?, verdict, form}; signal {name,
    value}; resolve {node, index?, decision, reason, outputs?}. A second row with one `dedupe` is refused.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(max_length=8)
    data = JSONText(default=dict)
    actor = models.CharField(max_length=80)
    dedupe = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    absorbed_seq = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dedupe"], name="one_signal_per_dedupe")]
        indexes = [
            models.Index(
                fields=["run", "id"], name="signal_pending", condition=models.Q(absorbed_seq__isnull=True)
            )
        ]


class Wakeup(models.Model):
    """A reason to look at a run that nobody owns, from `due_at` on. Added freely, removed by a claim."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="wakeups")
    due_at = models.DateTimeField(db_index=True)


class Artifact(models.Model):
    """A stored value, addressed by its digest; the bytes are in the artifact store."""

    digest = models.CharField(primary_key=True, max_length=DIGEST_LENGTH)
    bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)


class ArtifactUse(models.Model):
    """A run that names an artifact: who may see the run's data may read the artifact."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="uses")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifact_uses", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "artifact"], name="one_use_per_run")]


class ArtifactUpload(models.Model):
    """An artifact that a team brought in; dropped after 24 hours unless a run uses it."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="uploads")
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "artifact"], name="one_upload_per_team")]


class ReusableOutput(models.Model):
    """The journaled outputs that a team's later runs may take over, by reuse key (formats.md §c)."""

    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=DIGEST_LENGTH)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_output_per_key")]


class EngineProcess(models.Model):
    """A coordinator. It owns runs while its lease, judged by the database's clock, has not run out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    host = models.CharField(max_length=200)
    version = models.CharField(max_length=20)
    rung = models.SmallIntegerField()
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField(db_index=True)


class LogLine(models.Model):
    """A line that a module wrote, numbered per run; the oldest are dropped beyond the bound of a run."""

    pk = models.CompositePrimaryKey("run_id", "line")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="log_lines", db_index=False)
    line = models.PositiveBigIntegerField()
    at = models.CharField(max_length=24)
    node = models.CharField(max_length=ADDRESS_LENGTH)
    index = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=8)
    message = models.TextField()
    fields = JSONText(default=dict)
