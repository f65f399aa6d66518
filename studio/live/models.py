"""What rooms keep: the updates of a graph's shared document, in the order in which they came."""

from django.db import models


class RoomUpdate(models.Model):
    """One Yjs update, or after a compaction all of them in one."""

    graph = models.ForeignKey("graphs.Graph", on_delete=models.CASCADE, related_name="+")
    data = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["graph", "id"], name="updates_of_a_room")]


class RoomState(models.Model):
    """The version of the draft that the kept updates amount to; another one was saved past the room."""

    graph = models.OneToOneField("graphs.Graph", on_delete=models.CASCADE, primary_key=True, related_name="+")
    draft_version = models.PositiveIntegerField()
