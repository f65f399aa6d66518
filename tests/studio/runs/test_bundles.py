"""Bundles for an engine, whose threads come and go."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db.backends.signals import connection_created

from studio.catalog.models import ModuleVersion
from studio.runs.bundles import ReadBundles


@pytest.mark.django_db(transaction=True)
def test_reading_from_many_threads_leaves_no_connection_behind(draft: ModuleVersion) -> None:
    """A database that somebody is connected to cannot be dropped."""
    opened: list[Any] = []

    def note(connection: Any, **_: Any) -> None:
        opened.append(connection)

    connection_created.connect(note)
    bundles = ReadBundles()
    try:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(bundles.files, [draft.bundle_id] * 8))
    finally:
        bundles.close()
        connection_created.disconnect(note)
    assert all("contract.json" in each for each in found)
    assert opened
    assert [each for each in opened if each.connection is not None] == []
