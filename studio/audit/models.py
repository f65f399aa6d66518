"""The audit: who did what to which thing, in one chain of hashes."""

from django.db import models

from studio.fields import JSONText

HASH_LENGTH = 71


class AuditEntry(models.Model):
    """One action, written in the transaction that carried it out and never changed after.

    `seq` counts from 1 without gaps; `hash` covers every other column and, through `previous`, the whole
    history. `object` is the name people know, `object_id` the key. `requester` asked for what `approver`
    allowed, where those are others than the actor. Ids are no foreign keys: the audit outlives its objects.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    team = models.UUIDField(null=True)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=120)
    requester = models.CharField(max_length=80, blank=True)
    approver = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=300)
    object_id = models.CharField(max_length=80)
    before = JSONText(null=True)
    after = JSONText(null=True)
    reason = models.TextField(blank=True)
    evidence = JSONText(null=True)
    address = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=HASH_LENGTH)
    hash = models.CharField(max_length=HASH_LENGTH)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-seq"], name="audit_of_a_team"),
            models.Index(fields=["object_id", "seq"], name="audit_of_an_object"),
        ]
