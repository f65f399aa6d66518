"""The files of versions as people read them: text, examples and what changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from studio.catalog.bundles import read_file
from studio.catalog.models import ModuleVersion, StoredBundle

MAX_TEXT_BYTES: Final = 256 << 10
Table = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """`change` is added, removed, changed or equal; `before` and `after` are None when absent or no text."""

    path: str
    change: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFile:
    name: str
    document: Any


def read_text(table: Table, name: str) -> str | None:
    """A file's text; None where it is missing, large or not UTF-8."""
    entry = table["files"].get(name)
    if entry is None or entry["bytes"] > MAX_TEXT_BYTES:
        return None
    data = read_file(table, name)
    try:
        text = None if data is None else data.decode()
    except UnicodeDecodeError:
        return None
    return None if text is None or "\0" in text else text


def examples_of(table: Table) -> list[ExampleFile]:
    """The examples of a bundle, which were checked when it was published."""
    names = sorted(name for name in table["files"] if name.startswith("examples/") and name.endswith(".json"))
    return [ExampleFile(name=name, document=json.loads(read_file(table, name) or b"null")) for name in names]


def changes_between(base: ModuleVersion | None, version: ModuleVersion) -> list[FileChange]:
    """Every file of either version; without a base all are added."""
    empty: Table = {"files": {}}
    before: Table = _table(base) if base is not None else empty
    after = _table(version)
    names = sorted({*before["files"], *after["files"]})
    return [
        FileChange(
            path=name,
            change=_change(before["files"].get(name), after["files"].get(name)),
            before=read_text(before, name),
            after=read_text(after, name),
        )
        for name in names
    ]


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "equal" if before["sha256"] == after["sha256"] else "changed"


def _table(version: ModuleVersion) -> Table:
    table: Table = StoredBundle.objects.get(pk=version.bundle_id).table
    return table
