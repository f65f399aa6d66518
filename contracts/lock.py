"""The lock: every module node resolved to an exact digest, every layer node to a contract digest."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, convert, field
from msgspec.structs import force_setattr

from contracts.canonical import JSON, Digest, digest_of
from contracts.formats import Part, plain, require_structure


class LockedVersion(Part, frozen=True, kw_only=True):
    bundle: Digest
    contract: Digest
    dependencies: Digest | UnsetType = UNSET


class LockedLayer(Struct, frozen=True, kw_only=True):
    contract: Digest


class Lock(Part, frozen=True, kw_only=True):
    """`nodes`: path of a module or layer node → `team/name@1.2.0` or `team/name@1`."""

    format: Literal["lamina/lock@1"]
    graph: Digest
    nodes: dict[str, str]
    versions: dict[str, LockedVersion]
    layers: dict[str, LockedLayer] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "secrets", tuple(sorted(self.secrets)))


def parse_lock(document: JSON) -> Lock:
    """Read a lock. Raises `ProblemsError`."""
    require_structure("lock", document)
    return convert(document, Lock)


def lock_document(lock: Lock) -> JSON:
    return plain(lock)


def lock_digest(lock: Lock) -> Digest:
    return digest_of(lock_document(lock))
