"""The fixed cast: an owner, a reviewer and an author of one team, and an outsider of another."""

from collections.abc import Callable
from typing import Any

import pytest

from executors.artifacts import FolderArtifacts
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.store_bundle import store_bundle
from studio.catalog.models import ModuleVersion
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.models import Graph
from studio.reviews.actions.approve_version import approve_version
from studio.reviews.actions.release_version import release_version
from studio.reviews.actions.submit_version import submit_version
from studio.reviews.models import Review
from studio.teams.models import Team
from tests.studio.cast import Person, counting_graph, person, word_count


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(slug="text", title="Text")


@pytest.fixture
def other_team(db: None) -> Team:
    return Team.objects.create(slug="elsewhere", title="Elsewhere")


@pytest.fixture
def owner(team: Team) -> Person:
    return person("owner", team, "admin")


@pytest.fixture
def reviewer(team: Team) -> Person:
    return person("reviewer", team, "reviewer")


@pytest.fixture
def author(team: Team) -> Person:
    return person("author", team, "author")


@pytest.fixture
def watcher(team: Team) -> Person:
    """A member who may look and nothing else."""
    return person("watcher", team, "viewer")


@pytest.fixture
def outsider(other_team: Team) -> Person:
    return person("outsider", other_team, "admin")


@pytest.fixture(autouse=True)
def bundles_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One folder of bundles for all tests: its files are content-addressed."""
    folder = FolderArtifacts(tmp_path_factory.getbasetemp() / "bundles")
    monkeypatch.setattr("studio.catalog.bundles.blobs", lambda: folder)


Publish = Callable[..., ModuleVersion]


@pytest.fixture
def publish(author: Person) -> Publish:
    """publish("1.2.0", …) as the author; what `word_count` takes."""

    def publish(version: str = "1.2.0", *, by: Person = author, **changes: Any) -> ModuleVersion:
        stored = store_bundle(by.viewer, word_count(version, **changes))
        return publish_version(by.viewer, digest=stored.candidate.bundle.digest).version

    return publish


@pytest.fixture
def draft(publish: Publish) -> ModuleVersion:
    """text/word-count 1.2.0, published by the author."""
    return publish()


@pytest.fixture
def review(draft: ModuleVersion, author: Person) -> Review:
    """The draft, submitted by its author."""
    return submit_version(author.viewer, draft.pk, message="Please look")


@pytest.fixture
def approved(review: Review, reviewer: Person) -> ModuleVersion:
    approve_version(reviewer.viewer, review.pk, expected_bundle=review.version.bundle_id)
    return ModuleVersion.objects.get(pk=review.version_id)


@pytest.fixture
def released(approved: ModuleVersion, owner: Person) -> ModuleVersion:
    return release_version(owner.viewer, approved.pk, expected_bundle=approved.bundle_id)


@pytest.fixture
def graph(author: Person) -> Graph:
    """An empty graph of the author's team."""
    return create_graph(author.viewer, team="text", title="Empty").graph


@pytest.fixture
def counting(released: ModuleVersion, author: Person) -> Graph:
    """A graph that counts words with a released version; nothing is saved but its draft."""
    return create_graph(author.viewer, team="text", title="Count", document=counting_graph()).graph
