"""The contract of a module version: ports, config, errors, effects, capabilities, limits.

Owns:      `ModuleContract`, its parsing from contract.json and module.toml, and its digest.
Promises:  one meaning has one byte form: keys that equal their default are dropped, sets are sorted.
Never:     rewrites an author's schemas; name and version stand in neither the document nor its digest.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, convert, field
from msgspec.structs import force_setattr

from contracts.canonical import JSON, Digest, digest_of
from contracts.formats import Part, plain, require_structure

Strategy = Literal["inline", "process", "wasm", "http"]
EffectKind = Literal["pure", "idempotent", "keyed", "effectful"]
JSON_MAX_BYTES = 1 << 20
BLOB_MAX_BYTES = 1 << 28


class Column(Part, frozen=True, kw_only=True):
    """One column of a table port; `type` is one of formats.md §a."""

    name: str
    type: str
    nullable: bool = False
    unit: str = ""
    doc: str = ""


class Port(Part, frozen=True, kw_only=True):
    """A named, typed input or output.

    `media` json has a `schema` (and an input a `default`), table has `columns` (or a type variable's name),
    binary has a media `type` or range.
    """

    media: Literal["json", "table", "binary"]
    schema: JSON | UnsetType = UNSET
    columns: tuple[Column, ...] | str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    cardinality: Literal["one", "optional"] = "one"
    unknown: Literal["strip", "reject"] = "strip"
    max_bytes: int | None = None
    doc: str = ""
    default: JSON | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.max_bytes == self._default_max_bytes:
            force_setattr(self, "max_bytes", None)

    @property
    def _default_max_bytes(self) -> int:
        return JSON_MAX_BYTES if self.media == "json" else BLOB_MAX_BYTES

    @property
    def bytes_allowed(self) -> int:
        return self.max_bytes if self.max_bytes is not None else self._default_max_bytes

    @property
    def is_required(self) -> bool:
        """An input that must be wired: neither optional nor with a default."""
        return self.cardinality == "one" and self.default is UNSET


class Ports(Struct, frozen=True, kw_only=True):
    inputs: dict[str, Port] = field(name="in")
    outputs: dict[str, Port] = field(name="out")


class ErrorDeclaration(Part, frozen=True, kw_only=True):
    retryable: bool = False
    schema: JSON | UnsetType = UNSET
    doc: str = ""


class Effects(Part, frozen=True, kw_only=True):
    """What a call does to the world; drives caching, retry, shadowing and replay."""

    kind: EffectKind
    deterministic: bool = False
    key: str | UnsetType = UNSET
    key_seconds: int | UnsetType = UNSET


class Capabilities(Part, frozen=True, kw_only=True):
    """What a module may reach; `network` as host:port, `secrets` by slot."""

    network: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    scratch_bytes: int = 0
    gpus: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "network", tuple(sorted(self.network)))
        force_setattr(self, "secrets", tuple(sorted(self.secrets)))


class Limits(Part, frozen=True, kw_only=True):
    wall_seconds: float = 30
    cpu_seconds: float = 30
    memory_bytes: int = 256 << 20
    output_bytes: int = 16 << 20


class ModuleContract(Part, frozen=True, kw_only=True):
    """The contract document `lamina/contract@1`: stored, compared, digested; also a layer's contract."""

    format: Literal["lamina/contract@1"]
    ports: Ports
    effects: Effects
    type_variables: tuple[str, ...] = ()
    defs: dict[str, JSON] = field(default_factory=dict, name="$defs")
    config: JSON | UnsetType = UNSET
    errors: dict[str, ErrorDeclaration] = field(default_factory=dict)
    errors_open: bool = False
    comparators: dict[str, JSON] = field(default_factory=dict)
    capabilities: Capabilities = Capabilities()
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "type_variables", tuple(sorted(self.type_variables)))

    @property
    def config_schema(self) -> JSON:
        """The schema of a node's settings; without one, none are allowed."""
        return {"type": "object", "additionalProperties": False} if self.config is UNSET else self.config

    @property
    def root(self) -> JSON:
        """What `#/…` references of its schemas count from."""
        return {"$defs": self.defs}


def parse_contract(document: JSON) -> ModuleContract:
    """Read a complete contract document. Raises `ProblemsError`."""
    require_structure("contract", document)
    return convert(document, ModuleContract)


def join_contract(contract_file: JSON, manifest: JSON) -> JSON:
    """The contract document made of contract.json and what module.toml says of effects and limits.

    Raises `ProblemsError` where contract.json is not one.
    """
    require_structure("contract_file", contract_file)
    shared: dict[str, Any] = {
        key: manifest[key] for key in ("effects", "capabilities", "limits") if key in manifest
    }
    return contract_document(parse_contract({**contract_file, **shared}))


def contract_document(contract: ModuleContract) -> JSON:
    """The canonical document: defaults dropped, sets sorted."""
    return plain(contract)


def contract_digest(contract: ModuleContract) -> Digest:
    return digest_of(contract_document(contract))
