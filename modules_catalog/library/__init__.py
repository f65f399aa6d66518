"""The modules that are shipped with the product, one folder per module and major version.

Owns:      finding them, and `library.lock`, which says under which version which bytes were shipped.
Never:     imports their code; they are bundles like any other.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from contracts.canonical import parse_json
from contracts.problems import Problem
from contracts.versions import Version
from modules_catalog.bundle import Bundle, read_folder
from modules_catalog.manifest import parse_manifest

LOCK_FILE: Final = Path(__file__).parent / "library.lock"
LOCK_FORMAT: Final = "lamina/library@1"
Versions = dict[str, str]  # "team/name@1.0.0" → bundle digest


def shipped_bundles() -> Iterator[Bundle]:
    """The bundle of every shipped module version, in the order of their names."""
    for folder in shipped_folders():
        yield read_folder(folder)


def shipped_folders() -> list[Path]:
    """`<module>/v<major>` below this package."""
    return sorted(path.parent for path in Path(__file__).parent.glob("*/v*/module.toml"))


def shipped_versions() -> Versions:
    """What stands in the folders now."""
    versions = {}
    for bundle in shipped_bundles():
        manifest = parse_manifest(bundle.files["module.toml"])
        versions[f"{manifest.name}@{manifest.version}"] = bundle.digest
    return versions


def locked_versions() -> Versions:
    """What library.lock says was shipped; older versions stay in it."""
    if not LOCK_FILE.exists():
        return {}
    document = parse_json(LOCK_FILE.read_bytes())
    return dict(document["versions"])


def newest_versions(locked: Versions) -> set[str]:
    """The `team/name@1.2.3` of the highest version of every module and major."""
    newest: dict[tuple[str, int], Version] = {}
    for entry in locked:
        name, _, number = entry.partition("@")
        version = Version.parse(number)
        newest[name, version.major] = max(version, newest.get((name, version.major), version))
    return {f"{name}@{version}" for (name, _), version in newest.items()}


def check_lock(shipped: Versions, locked: Versions) -> list[Problem]:
    """Problems of bytes that changed without a new version, and of versions that were never locked."""
    problems = []
    for name, digest in shipped.items():
        if name not in locked:
            message = "Not in library.lock. Run `python -m modules_catalog.library --write`."
            problems.append(Problem(code="not_locked", path=name, message=message))
        elif locked[name] != digest:
            message = f"Its files changed: {locked[name]} was shipped, {digest} is there. Raise its version."
            problems.append(Problem(code="changed", path=name, message=message))
    return problems
