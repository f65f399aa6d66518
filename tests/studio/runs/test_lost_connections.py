"""Connections to the database that are lost, as when its server is started anew."""

from datetime import datetime

import pytest
from django.db import connection

from studio import announcements
from studio.catalog.models import ModuleVersion
from studio.runs import doorbell
from studio.runs.bundles import ReadBundles
from studio.runs.models import EngineProcess
from studio.runs.trust import BundleTrust
from tests.executors.engine.test_a_graph import chain
from tests.support import waiting


def end_the_connections_of_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_an_idle_engine_goes_on(studio, monkeypatch) -> None:
    """It is to find what another process admits, and to keep its lease, with connections that are no more."""
    maker = chain()
    studio.start(maker, lease_seconds=0.3)
    monkeypatch.setattr(doorbell, "_takers", [])
    end_the_connections_of_others()
    assert studio.wait(studio.admit(maker, {"number": 1})).status == "succeeded"
    renewed_until = lease_until()
    waiting.until(lambda: lease_until() > renewed_until)


def lease_until() -> datetime:
    return EngineProcess.objects.latest("lease_until").lease_until


@pytest.mark.django_db(transaction=True)
def test_what_an_engine_reads_is_read_again(draft: ModuleVersion) -> None:
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
