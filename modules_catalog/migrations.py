"""migrations/*.json: how nodes of an older version become nodes of this one.

Owns:      `Migration`, and whether what it renames and sets exists in the contract.
Never:     evaluates an expression; it is only judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.canonical import JSON
from contracts.expressions import check_expression
from contracts.module import ModuleContract
from contracts.problems import Problem, pointer
from contracts.versions import Version, is_exact
from modules_catalog.bundle import Bundle
from modules_catalog.bundle_documents import in_file, names_below, read_document

MAX_MIGRATIONS_BYTES: Final = 32 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`rename` old → new; `drop` is loss on purpose; `set` (config only) is CEL over `old`."""

    rename: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    set: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """`source` is the pin of the versions that it takes."""

    name: str
    source: str
    inputs: Change
    outputs: Change
    config: Change


def read_migrations(bundle: Bundle, contract: ModuleContract) -> tuple[list[Migration], list[Problem]]:
    """Every migration of a bundle, and every problem."""
    migrations: list[Migration] = []
    problems: list[Problem] = []
    names = names_below(bundle, "migrations")
    if sum(len(bundle.files[name]) for name in names) > MAX_MIGRATIONS_BYTES:
        message = f"The migrations add up to more than {MAX_MIGRATIONS_BYTES >> 10} KiB. Drop old ones."
        return [], [Problem(code="too_large", path="migrations", message=message)]
    for name in names:
        document, found = read_document(bundle, name, "migration")
        if document is not None:
            migration = _migration(name, document)
            found = in_file(name, list(_check(contract, migration)))
            migrations.append(migration)
        problems.extend(found)
    return migrations, problems


def _migration(name: str, document: JSON) -> Migration:
    parts = {side: _change(document.get(side, {})) for side in ("inputs", "outputs", "config")}
    return Migration(name=name, source=document["from"], **parts)


def _change(part: Mapping[str, Any]) -> Change:
    return Change(
        rename=part.get("rename", {}), drop=tuple(sorted(part.get("drop", ()))), set=part.get("set", {})
    )


def _check(contract: ModuleContract, migration: Migration) -> Iterator[Problem]:
    yield from _check_source(migration.source)
    config = contract.config_schema
    settings = None if config.get("additionalProperties", True) is not False else config.get("properties", {})
    yield from _check_change(migration.inputs, contract.ports.inputs, "/inputs")
    yield from _check_change(migration.outputs, contract.ports.outputs, "/outputs")
    yield from _check_change(migration.config, settings, "/config")


def _check_source(pin: str) -> Iterator[Problem]:
    """A range must hold a version, which its pattern alone does not promise."""
    if pin in ("stable", "next") or is_exact(pin):
        return
    try:
        Version.parse(pin.lstrip("^~"))
    except ValueError:
        yield Problem(code="version", path="/from", message="Not a range. Write it as ^1.2.0.")


def _check_change(change: Change, known: Mapping[str, Any] | None, path: str) -> Iterator[Problem]:
    for word, names in (("rename", change.rename.items()), ("set", [(name, name) for name in change.set])):
        for old, new in names:
            if known is not None and new not in known:
                message = f"This version has no {new}. It has {', '.join(known) or 'none'}."
                yield Problem(code="unknown_name", path=path + pointer(word, old), message=message)
    for old, new in change.rename.items():
        if old in change.drop:
            message = f"{old} is both renamed and dropped. Keep one."
            yield Problem(code="contradiction", path=path + pointer("rename", old), message=message)
        if sum(other == new for other in change.rename.values()) > 1:
            message = f"Two names become {new}. Rename one of them only."
            yield Problem(code="contradiction", path=path + pointer("rename", old), message=message)
    for name, expression in change.set.items():
        for problem in check_expression(expression, {"old": True}):
            yield problem.within(path + pointer("set", name))
