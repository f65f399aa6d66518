"""The shipped modules are released by the installer, once."""

import pytest

from contracts.problems import ProblemsError
from modules_catalog.bundle import read_bundle
from modules_catalog.library import newest_versions, shipped_versions
from studio.audit.models import AuditEntry
from studio.catalog.actions import install_library as module
from studio.catalog.actions.install_library import install_library
from studio.catalog.models import ModuleVersion
from tests.studio.cast import query_count, word_count


def test_every_shipped_version_is_released_and_shared_and_a_second_start_is_one_query(
    db, outsider, django_assert_num_queries
):
    shipped = shipped_versions()
    assert install_library() == len(shipped)
    versions = ModuleVersion.objects.select_related("module")
    assert {str(version): version.bundle_id for version in versions} == shipped
    assert {version.state for version in versions} == {"released"}
    assert AuditEntry.objects.filter(actor="system:installer", action="release_version").count() == len(
        shipped
    )
    with django_assert_num_queries(1):
        assert install_library() == 0
    query = "{ modules { edges { node { name latest { version runtime contract } } } } }"
    assert len(outsider.ask(query)["data"]["modules"]["edges"]) == len(shipped)
    assert query_count(outsider, query) < 15


def test_bytes_that_are_not_those_of_the_lock_are_not_installed(db, monkeypatch):
    bundle = read_bundle(word_count())
    monkeypatch.setattr(module, "locked_versions", lambda: {"text/word-count@1.2.0": "sha256:" + "0" * 64})
    monkeypatch.setattr(module, "shipped_versions", lambda: {"text/word-count@1.2.0": bundle.digest})
    with pytest.raises(ProblemsError, match="Raise its version"):
        install_library()
    assert not ModuleVersion.objects.exists()


def test_the_newest_version_of_a_major_is_what_must_be_there():
    locked = dict.fromkeys(("a/b@1.0.0", "a/b@1.10.0", "a/b@1.9.0", "a/b@2.0.0", "a/c@1.0.0"), "sha256:0")
    assert newest_versions(locked) == {"a/b@1.10.0", "a/b@2.0.0", "a/c@1.0.0"}
