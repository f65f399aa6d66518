"""Environments: named places where graphs run."""

from django.db import models

from studio.ids import uuid7


class Environment(models.Model):
    """A named place where graphs run; `position` orders them towards production."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=63, unique=True)
    position = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name
