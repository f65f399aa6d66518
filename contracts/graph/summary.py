"""What the nodes of a scope do to the world, added up.

Owns:      the worst of effects, the union of errors and capabilities, the largest of limits.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from contracts.canonical import JSON
from contracts.module import Capabilities, EffectKind, Effects, ErrorDeclaration, Limits, ModuleContract
from contracts.schema import join_schemas, localise

_WORST: Final[tuple[EffectKind, ...]] = ("pure", "idempotent", "keyed", "effectful")
_HARMLESS: Final = Effects(kind="pure", deterministic=True)
_NO_CAPABILITIES: Final = Capabilities()
_NO_LIMITS: Final = Limits(cpu_seconds=0, memory_bytes=1, output_bytes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """`errors` are those that leave the scope; their schemas are self-contained."""

    effects: Effects = _HARMLESS
    errors: dict[str, ErrorDeclaration] = field(default_factory=dict)
    errors_open: bool = False
    capabilities: Capabilities = _NO_CAPABILITIES
    limits: Limits = _NO_LIMITS


# A person's answer or the time of day comes out differently when asked again.
WAITS: Final = Summary(effects=Effects(kind="pure"))


def summary_of(contract: ModuleContract, *, secrets: dict[str, str], handles_errors: bool) -> Summary:
    """What one call contributes; `secrets` maps slots to names, errors that the node handles stay inside."""
    errors = {} if handles_errors else contract.errors
    slots = contract.capabilities.secrets
    return Summary(
        effects=contract.effects,
        errors={name: _own(error, contract.root) for name, error in errors.items()},
        errors_open=contract.errors_open and not handles_errors,
        capabilities=replace(
            contract.capabilities, secrets=tuple({secrets.get(slot, slot) for slot in slots})
        ),
        limits=contract.limits,
    )


def renamed(inner: Summary, *, secrets: dict[str, str], handles_errors: bool) -> Summary:
    """The summary of a nested scope as the node around it passes it on."""
    names = tuple({secrets.get(slot, slot) for slot in inner.capabilities.secrets})
    return Summary(
        effects=inner.effects,
        errors={} if handles_errors else inner.errors,
        errors_open=inner.errors_open and not handles_errors,
        capabilities=replace(inner.capabilities, secrets=names),
        limits=inner.limits,
    )


def _own(error: ErrorDeclaration, root: JSON) -> ErrorDeclaration:
    return error if error.schema is UNSET else replace(error, schema=localise(error.schema, root))


def added(parts: Iterable[Summary]) -> Summary:
    found = list(parts)
    return Summary(
        effects=_effects([part.effects for part in found]),
        errors=_errors([part.errors for part in found]),
        errors_open=any(part.errors_open for part in found),
        capabilities=_capabilities([part.capabilities for part in found]),
        limits=Limits(
            cpu_seconds=sum(part.limits.cpu_seconds for part in found),
            memory_bytes=max((part.limits.memory_bytes for part in found), default=1),
            output_bytes=max((part.limits.output_bytes for part in found), default=1),
        ),
    )


def _effects(parts: list[Effects]) -> Effects:
    kind = _WORST[max((_WORST.index(part.kind) for part in parts), default=0)]
    lifetimes = [part.key_seconds for part in parts if isinstance(part.key_seconds, int)]
    return Effects(
        kind=kind,
        deterministic=all(part.deterministic for part in parts),
        key_seconds=min(lifetimes) if kind == "keyed" and lifetimes else UNSET,
    )


def _errors(parts: list[dict[str, ErrorDeclaration]]) -> dict[str, ErrorDeclaration]:
    """An error of several modules may be retried if each of them says so; its data is one of theirs."""
    names = sorted({name for part in parts for name in part})
    result = {}
    for name in names:
        found = [part[name] for part in parts if name in part]
        schemas = [True if error.schema is UNSET else error.schema for error in found]
        schema = join_schemas(schemas)
        result[name] = ErrorDeclaration(
            retryable=all(error.retryable for error in found),
            schema=UNSET if schema is True else schema,
            doc=found[0].doc,
        )
    return result


def _capabilities(parts: list[Capabilities]) -> Capabilities:
    return Capabilities(
        network=tuple({host for part in parts for host in part.network}),
        secrets=tuple({slot for part in parts for slot in part.secrets}),
        scratch_bytes=max((part.scratch_bytes for part in parts), default=0),
        gpus=max((part.gpus for part in parts), default=0),
    )
