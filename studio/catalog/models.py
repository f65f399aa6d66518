"""The catalog: bundles, contracts, modules, their versions and what was checked of them."""

from typing import Final

from django.db import models
from django.db.models import Q

from studio.fields import JSONText
from studio.ids import uuid7

DIGEST_LENGTH: Final = 71
DRAFT, IN_REVIEW, APPROVED, RELEASED, DEPRECATED, YANKED = STATES = (
    "draft",
    "in_review",
    "approved",
    "released",
    "deprecated",
    "yanked",
)
FIXED: Final = frozenset({RELEASED, DEPRECATED, YANKED})


class StoredBundle(models.Model):
    """The file table `lamina/bundle@1` of an uploaded bundle; its files are kept by digest on disk."""

    digest = models.CharField(primary_key=True, max_length=DIGEST_LENGTH)
    table = JSONText()
    uploaded_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)


class StoredContract(models.Model):
    """A contract document, kept once under its digest."""

    digest = models.CharField(primary_key=True, max_length=DIGEST_LENGTH)
    document = JSONText()


class Module(models.Model):
    """A named unit of work with one owner team and a line of versions.

    `latest` is the highest release, or the highest version while nothing is released; `summary`, `runtime`,
    tags and ports are those of `latest`, for lists and search. `is_shared`: every team may see and use it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=127, unique=True)
    owner = models.ForeignKey("teams.Team", on_delete=models.PROTECT, related_name="modules")
    is_shared = models.BooleanField(default=False)
    summary = models.CharField(max_length=140, blank=True)
    runtime = models.CharField(max_length=10, blank=True)
    latest = models.ForeignKey("ModuleVersion", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ModuleTag(models.Model):
    """A slug that a module is found by."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=63, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["module", "tag"], name="one_row_per_tag")]


class ModulePort(models.Model):
    """A port of a module's latest version, for "gives X, takes Y". `kind` is one of `ports.KINDS`."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="ports")
    is_input = models.BooleanField()
    name = models.CharField(max_length=63)
    kind = models.CharField(max_length=127)

    class Meta:
        indexes = [models.Index(fields=["is_input", "kind"], name="ports_by_kind")]


class ModuleVersion(models.Model):
    """A semantic version of a module: contract, bundle and state.

    Until it is released its number may carry successive bundles; from then on it never changes but in
    `state`, `successor` and `state_reason`. `manifest` is module.toml as written; `runtime`, `strategies`,
    `min_rung` and `dependencies` (digest of the package lock) have its defaults filled in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="versions")
    number = models.CharField(max_length=100)
    bundle = models.ForeignKey(StoredBundle, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(StoredContract, on_delete=models.PROTECT, related_name="+")
    manifest = JSONText()
    runtime = models.CharField(max_length=10)
    strategies = JSONText()
    min_rung = models.PositiveSmallIntegerField()
    dependencies = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    readme = models.TextField()
    state = models.CharField(max_length=10, default=DRAFT, choices=[(state, state) for state in STATES])
    state_reason = models.TextField(blank=True)
    successor = models.CharField(max_length=127, blank=True)
    published_by = models.ForeignKey("teams.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "number"], name="one_row_per_number"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "in_review", "approved"), released_at=None)
                | Q(state__in=("released", "deprecated", "yanked"), released_at__isnull=False),
                name="released_versions_have_an_instant",
            ),
        ]

    @property
    def is_fixed(self) -> bool:
        """Whether its bundle may no longer change."""
        return self.state in FIXED

    def __str__(self) -> str:
        return f"{self.module.name}@{self.number}"


class VersionCheck(models.Model):
    """An automated finding about one bundle of a version."""

    version = models.ForeignKey(ModuleVersion, on_delete=models.CASCADE, related_name="checks")
    bundle = models.CharField(max_length=DIGEST_LENGTH)
    name = models.CharField(max_length=40)
    result = models.CharField(max_length=10, choices=[(r, r) for r in ("passed", "failed", "warned")])
    detail = models.TextField()
    evidence = JSONText(null=True)
    tool = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "bundle", "name"], name="one_row_per_check")
        ]
