"""Uploading a bundle keeps it and publishes nothing."""

import pytest

from contracts.problems import ProblemsError
from studio.audit.models import AuditEntry
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.store_bundle import store_bundle
from studio.catalog.bundles import DatabaseBundles
from studio.catalog.models import ModuleVersion, StoredBundle
from studio.refusals import Forbidden, NotFound
from studio.teams.viewer import ANONYMOUS
from tests.studio.cast import word_count


def test_a_bundle_is_kept_whole_and_can_be_read_by_digest(author):
    stored = store_bundle(author.viewer, word_count())
    assert stored.is_new
    files = DatabaseBundles().files(stored.candidate.bundle.digest)
    assert dict(files) == dict(stored.candidate.bundle.files)
    assert not ModuleVersion.objects.exists()


def test_the_same_bundle_twice_is_one(author):
    store_bundle(author.viewer, word_count())
    assert not store_bundle(author.viewer, word_count()).is_new
    assert StoredBundle.objects.count() == 1
    assert AuditEntry.objects.filter(action="store_bundle").count() == 1


def test_a_bundle_that_could_never_be_published_is_refused_with_every_problem(author):
    with pytest.raises(ProblemsError) as caught:
        store_bundle(author.viewer, word_count(README__md=None, contract__json="{}"))
    assert {problem.path.partition("#")[0] for problem in caught.value.problems} == {
        "README.md",
        "contract.json",
    }
    assert not StoredBundle.objects.exists()


def test_an_unknown_bundle_or_contract_is_a_key_error(db):
    with pytest.raises(KeyError):
        DatabaseBundles().files("sha256:" + "0" * 64)
    with pytest.raises(KeyError):
        DatabaseBundles().contract("sha256:" + "0" * 64)


def test_who_may_publish_nowhere_uploads_nothing(watcher):
    for viewer in (watcher.viewer, ANONYMOUS):
        with pytest.raises(Forbidden):
            store_bundle(viewer, word_count())


def test_the_outsider_may_not_upload_for_a_team_that_is_not_theirs(outsider, team):
    with pytest.raises(NotFound):
        publish_version(
            outsider.viewer, digest=store_bundle(outsider.viewer, word_count()).candidate.bundle.digest
        )
    assert not ModuleVersion.objects.exists()
