"""Graphs, their drafts and their revisions."""

from typing import Final

from django.db import models

from studio.fields import JSONText
from studio.ids import uuid7

DIGEST_LENGTH: Final = 71


class Graph(models.Model):
    """A composition of a team. `title`, `doc` and `node_count` are those of the draft, for lists."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("teams.Team", on_delete=models.PROTECT, related_name="graphs")
    title = models.CharField(max_length=200)
    doc = models.TextField(blank=True)
    node_count = models.PositiveIntegerField(default=0)
    head = models.OneToOneField("Revision", on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey("teams.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["team", "-updated_at", "-id"], name="graphs_of_a_team")]

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """What is being edited, as a `lamina/graph@1` document; `version` counts its saves."""

    graph = models.OneToOneField(Graph, on_delete=models.CASCADE, primary_key=True, related_name="draft")
    document = JSONText()
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey("teams.User", on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField()


class Revision(models.Model):
    """An immutable saved graph: its canonical document, and its lock where one could be made.

    `problems` are those found when it was saved: [{code, path, message}].
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    message = models.CharField(max_length=500, blank=True)
    document = JSONText()
    digest = models.CharField(max_length=DIGEST_LENGTH, db_index=True)
    layout_digest = models.CharField(max_length=DIGEST_LENGTH)
    lock = JSONText(null=True)
    problems = JSONText(default=list)
    author = models.ForeignKey("teams.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["graph", "number"], name="one_row_per_revision")]


class GraphUse(models.Model):
    """That a graph's head or draft uses a module or a version of it: the index behind "where used".

    `version` is empty where the pin is a range that nothing fits yet.
    """

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="uses")
    module = models.CharField(max_length=127, db_index=True)
    version = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["graph", "module", "version"], name="one_row_per_use")]
