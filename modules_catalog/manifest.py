"""module.toml: who a module version is, how it is run, and what it may do.

Owns:      `Manifest`, with every default filled in, and what its fields mean together.
Promises:  all problems at once, as pointers into the document.
"""

import tomllib
from dataclasses import dataclass
from typing import Any, Final, Literal

from msgspec import convert

from contracts.canonical import JSON, canonical_bytes
from contracts.formats import check_structure
from contracts.module import Capabilities, Effects, Limits, Strategy
from contracts.problems import Problem, ProblemsError
from contracts.versions import Version
from modules_catalog.manifest_meaning import check_meaning

Runtime = Literal["python", "wasm", "http", "graph"]
MAX_MANIFEST_BYTES: Final = 64 << 10
_STRATEGIES: Final[dict[str, tuple[Strategy, ...]]] = {
    "python": ("process",),
    "wasm": ("wasm",),
    "http": ("http",),
    "graph": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A module.toml. `document` is what was written, the rest has its defaults."""

    name: str
    version: Version
    summary: str
    owner: str
    runtime: Runtime
    entry: str
    licence: str
    effects: Effects
    capabilities: Capabilities
    limits: Limits
    min_rung: int
    strategies: tuple[Strategy, ...]
    dependencies: str | None
    tags: tuple[str, ...]
    source: str | None
    successor: str | None
    document: JSON

    @property
    def entry_file(self) -> str | None:
        """The file of the bundle that is run; None for http."""
        return None if self.runtime == "http" else self.entry.partition(":")[0]


def parse_manifest(data: bytes) -> Manifest:
    """Read module.toml. Raises `ProblemsError` with every problem."""
    document = _read_toml(data)
    if problems := check_structure("manifest", document) or check_meaning(document):
        raise ProblemsError(problems)
    runtime: Runtime = document["runtime"]
    return Manifest(
        name=document["name"],
        version=Version.parse(document["version"]),
        summary=document["summary"],
        owner=document["owner"],
        runtime=runtime,
        entry=document["entry"],
        licence=document["licence"],
        effects=convert(document["effects"], Effects),
        capabilities=convert(document.get("capabilities", {}), Capabilities),
        limits=convert(document.get("limits", {}), Limits),
        min_rung=document.get("min_rung", 2 if runtime == "python" else 0),
        strategies=tuple(document.get("strategies", _STRATEGIES[runtime])),
        dependencies=document.get("dependencies"),
        tags=tuple(sorted(document.get("tags", ()))),
        source=document.get("source"),
        successor=document.get("successor"),
        document=document,
    )


def _read_toml(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_MANIFEST_BYTES:
        raise _refusal("too_large", f"Larger than {MAX_MANIFEST_BYTES >> 10} KiB. Move text to README.md.")
    try:
        document = tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        raise _refusal("not_utf8", f"Byte {error.start} is not UTF-8. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise _refusal("not_toml", f"Not TOML: {error}.") from error
    except RecursionError as error:
        raise _refusal("too_deep", "Nested too deep. Flatten it.") from error
    except ValueError as error:
        raise _refusal("number_range", "A number has too many digits. Write it as text.") from error
    canonical_bytes(document)  # dates, infinities, large integers and depth have no JSON form
    return document


def _refusal(code: str, message: str) -> ProblemsError:
    return ProblemsError([Problem(code=code, path="", message=message)])
