"""Reviews: a team's examination of a module version."""

from typing import Final

from django.db import models
from django.db.models import Q

from studio.fields import JSONText
from studio.ids import uuid7

DIGEST_LENGTH: Final = 71
OPEN, APPROVED, CHANGES_REQUESTED, WITHDRAWN = STATES = (
    "open",
    "approved",
    "changes_requested",
    "withdrawn",
)
APPROVE, REQUEST_CHANGES = VERDICTS = ("approve", "request_changes")


class Review(models.Model):
    """The examination of one version, from its submission on.

    `bundle` is the digest that is looked at now: a new one reopens the review and leaves old verdicts behind.
    `base` is the release that it is compared with.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey("catalog.ModuleVersion", on_delete=models.CASCADE, related_name="reviews")
    base = models.ForeignKey("catalog.ModuleVersion", on_delete=models.SET_NULL, null=True, related_name="+")
    bundle = models.CharField(max_length=DIGEST_LENGTH)
    state = models.CharField(max_length=17, default=OPEN, choices=[(state, state) for state in STATES])
    author = models.ForeignKey("teams.User", on_delete=models.PROTECT, related_name="+")
    message = models.TextField(blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=~Q(state="withdrawn"), name="one_review_per_version"
            )
        ]


class Verdict(models.Model):
    """How one reviewer ended their look at one bundle. It counts for that bundle alone."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="verdicts")
    author = models.ForeignKey("teams.User", on_delete=models.PROTECT, related_name="+")
    bundle = models.CharField(max_length=DIGEST_LENGTH)
    verdict = models.CharField(max_length=15, choices=[(verdict, verdict) for verdict in VERDICTS])
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Comment(models.Model):
    """A remark, anchored to {file, line}, to a {pointer} of the contract, or to nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey("teams.User", on_delete=models.PROTECT, related_name="+")
    bundle = models.CharField(max_length=DIGEST_LENGTH)
    body = models.TextField()
    anchor = JSONText(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("teams.User", on_delete=models.PROTECT, null=True, related_name="+")
