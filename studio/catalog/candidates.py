"""Putting a candidate into its place in the catalog, within the caller's transaction.

Owns:      what follows from a bundle: module, version, contract, findings, the index for search.
Promises:  the same bundle twice changes nothing; a released number never changes.
Never:     asks who may: its callers have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from contracts.module import ModuleContract, parse_contract
from contracts.problems import Problem
from modules_catalog.candidate import Candidate
from modules_catalog.checks.contract_checks import undecided_schemas
from studio.announcements import announce
from studio.audit.actions.append_entry import append_entry
from studio.catalog import replacements
from studio.catalog.bumps import check_bump
from studio.catalog.errors import build_metadata, foreign_name, foreign_owner, number_is_fixed
from studio.catalog.models import (
    APPROVED,
    FIXED,
    IN_REVIEW,
    Module,
    ModulePort,
    ModuleTag,
    ModuleVersion,
    StoredBundle,
    StoredContract,
    VersionCheck,
)
from studio.catalog.port_kinds import kinds_of
from studio.catalog.queries import precedence
from studio.teams.models import Team
from studio.teams.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """`problems` are remarks that stop nothing."""

    version: ModuleVersion
    problems: tuple[Problem, ...] = ()


def put_candidate(actor: Viewer, candidate: Candidate, owner: Team, *, is_shared: bool = False) -> Published:
    """Create or replace the version that the candidate's manifest names.

    Raises `Invalid` and `Conflict` as `publish_version` says.
    """
    module = _module(candidate, owner, is_shared=is_shared)
    number = str(candidate.manifest.version)
    known = ModuleVersion.objects.select_for_update().filter(module=module, number=number).first()
    if known is not None and known.bundle_id == candidate.bundle.digest:
        return Published(version=known, problems=tuple(_remarks(candidate)))
    if known is not None and known.is_fixed:
        raise number_is_fixed(str(known), state=known.state, bundle=known.bundle_id)
    bump = check_bump(module, number, candidate.contract_document)
    before = {"bundle": known.bundle_id, "state": known.state} if known else None
    version = _write(actor, candidate, module, known)
    _note_checks(version, bump)
    refresh_module(module)
    if before is not None:
        replacements.tell(version)
    append_entry(
        actor,
        "publish_version",
        object=str(version),
        object_id=version.pk,
        team=owner.pk,
        before=before,
        after={"bundle": version.bundle_id, "contract": version.contract_id, "state": version.state},
    )
    announce("version", version.pk, owner.pk)
    return Published(version=version, problems=tuple(_remarks(candidate)))


def refresh_module(module: Module) -> None:
    """Make the module's own columns, tags and ports those of its latest version."""
    rows = list(module.versions.select_related("contract"))
    released = [row for row in rows if row.state in FIXED]
    stable = [row for row in released if row.state != "yanked" and not precedence(row).prerelease]
    latest = max(stable or released or rows, key=precedence)
    module.latest = latest
    module.summary = latest.manifest["summary"]
    module.runtime = latest.runtime
    module.save(update_fields=["latest", "summary", "runtime"])
    ModuleTag.objects.filter(module=module).delete()
    ModuleTag.objects.bulk_create(
        ModuleTag(module=module, tag=tag) for tag in latest.manifest.get("tags", ())
    )
    ModulePort.objects.filter(module=module).delete()
    ModulePort.objects.bulk_create(_ports(module, parse_contract(latest.contract.document)))


def _module(candidate: Candidate, owner: Team, *, is_shared: bool) -> Module:
    name = candidate.manifest.name
    if candidate.manifest.version.build:
        raise build_metadata()
    if not Module.objects.filter(name=name).exists():
        if not is_shared and name.partition("/")[0] != owner.slug:
            raise foreign_name(name, owner.slug)
        Module.objects.get_or_create(name=name, defaults={"owner": owner, "is_shared": is_shared})
    module = Module.objects.select_for_update().get(name=name)
    if module.owner_id != owner.pk:
        raise foreign_owner(owner.slug, module.owner.slug)
    return module


def _write(actor: Viewer, candidate: Candidate, module: Module, known: ModuleVersion | None) -> ModuleVersion:
    manifest = candidate.manifest
    StoredContract.objects.get_or_create(
        digest=candidate.contract_digest, defaults={"document": candidate.contract_document}
    )
    version = known or ModuleVersion(module=module, number=str(manifest.version))
    version.bundle = StoredBundle.objects.get(pk=candidate.bundle.digest)
    version.contract = StoredContract.objects.get(pk=candidate.contract_digest)
    version.manifest = manifest.document
    version.runtime = manifest.runtime
    version.strategies = list(manifest.strategies)
    version.min_rung = manifest.min_rung
    version.dependencies = candidate.dependencies or ""
    version.readme = candidate.readme
    version.published_by = actor.user
    version.published_at = timezone.now()
    if version.state == APPROVED:
        version.state = IN_REVIEW
    version.save()
    return version


def _note_checks(version: ModuleVersion, bump: Mapping[str, Any] | None) -> None:
    unsure = bump is not None and bump["needs_attestation"]
    if bump is None:
        detail = "There is no earlier release to compare with."
    else:
        detail = f"A {bump['level']} change against {bump['previous']}."
        detail += " Some changes could not be decided: the reviewer must look." if unsure else ""
    undecided = undecided_schemas(version.contract.document)
    tiers = "Every schema is within the port language."
    if undecided:
        tiers += f" About {', '.join(undecided)} the checker may have to answer unknown."
    rows = (
        ("C1", "passed", tiers, None, "contracts.schema"),
        ("C2", "warned" if unsure else "passed", detail, bump, "contracts.evolution"),
        ("C8", "passed", "Licence and package lock are in order.", None, "modules_catalog.checks"),
    )
    VersionCheck.objects.filter(version=version).delete()
    VersionCheck.objects.bulk_create(
        VersionCheck(
            version=version,
            bundle=version.bundle_id,
            name=name,
            result=result,
            detail=text,
            evidence=evidence,
            tool=tool,
        )
        for name, result, text, evidence, tool in rows
    )


def _ports(module: Module, contract: ModuleContract) -> list[ModulePort]:
    sides = ((True, contract.ports.inputs), (False, contract.ports.outputs))
    return [
        ModulePort(module=module, is_input=is_input, name=name, kind=kind)
        for is_input, ports in sides
        for name, port in ports.items()
        for kind in sorted(kinds_of(port, contract))
    ]


def _remarks(candidate: Candidate) -> list[Problem]:
    if candidate.examples:
        return []
    message = "There is no example. Add one to examples/: it is documentation and a test."
    return [Problem(code="no_examples", path="examples", message=message)]
