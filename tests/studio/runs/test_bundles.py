"""Bundles for an engine, whose threads come and go."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db.backends.signals import connection_created

from studio import announcements
from studio.catalog.models import ModuleVersion
from studio.runs.bundles import ReadBundles
from studio.runs.trust import BundleTrust
from tests.support.connections import end_the_connections_of_others


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


@pytest.mark.django_db(transaction=True)
def test_what_an_engine_reads_is_read_again_after_its_connections_were_lost(draft: ModuleVersion) -> None:
    bundles, trust = ReadBundles(), BundleTrust()
    try:
        assert "contract.json" in bundles.files(draft.bundle_id)
        assert trust(draft.bundle_id) == "unreviewed"
        end_the_connections_of_others()
        announcements.announce("version", None, None)  # what is known of trust is forgotten
        assert "contract.json" in bundles.files(draft.bundle_id)
        assert bundles.contract(draft.contract_id)
        assert trust(draft.bundle_id) == "unreviewed"
    finally:
        bundles.close()
        trust.close()
