"""The files of versions as people read them: text, examples and what changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.canonical import Digest
from studio.catalog.bundles import read_file
from studio.catalog.models import StoredBundle

MAX_TEXT_BYTES: Final = 256 << 10
Table = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """`change` is added, removed, changed or equal; `bytes` and `digest` are those of the later bundle.

    A text is None where the file is absent or no text; it is read when it is asked for.
    """

    path: str
    change: str
    bytes: int | None
    digest: Digest | None
    tables: tuple[Table, Table]

    def before(self) -> str | None:
        return read_text(self.tables[0], self.path)

    def after(self) -> str | None:
        return read_text(self.tables[1], self.path)


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


def changes_between(base: Digest | None, bundle: Digest) -> list[FileChange]:
    """Every file of either bundle; without a base all are added."""
    empty: Table = {"files": {}}
    before: Table = _table(base) if base is not None else empty
    after = _table(bundle)
    names = sorted({*before["files"], *after["files"]})
    return [_changed(name, before, after) for name in names]


def _changed(name: str, before: Table, after: Table) -> FileChange:
    old, new = before["files"].get(name), after["files"].get(name)
    return FileChange(
        path=name,
        change=_change(old, new),
        bytes=None if new is None else new["bytes"],
        digest=None if new is None else f"sha256:{new['sha256']}",
        tables=(before, after),
    )


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "equal" if before["sha256"] == after["sha256"] else "changed"


def _table(bundle: Digest) -> Table:
    table: Table = StoredBundle.objects.get(pk=bundle).table
    return table
