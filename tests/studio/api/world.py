"""The world of the authorisation matrix: one of each thing, all of team text, and everybody who may ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.test import Client

from studio.catalog.actions.store_bundle import store_bundle
from studio.catalog.models import ModuleVersion
from studio.environments.models import Environment
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Graph
from studio.reviews.actions.approve_version import approve_version
from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.submit_version import submit_version
from studio.runs.actions.start_run import start_run
from studio.runs.models import Run
from studio.teams.models import Token
from tests.studio.cast import Person, bearer, gid, person, word_count
from tests.studio.runs.asking import asking_graph

# The author has made all things of the world. One token of theirs may look and nothing else; one of the
# admin's has the scope author.
MEMBERS: Final = (
    "viewer",
    "author",
    "reviewer",
    "operator",
    "maintainer",
    "admin",
    "read token",
    "write token",
)
PEOPLE: Final = (*MEMBERS, "outsider", "anonymous")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`ids` are global ids by the name of the thing; `bundles` digests by the version that carries them."""

    cast: Mapping[str, Person]
    ids: Mapping[str, str]
    bundles: Mapping[str, str]

    def client(self, who: str) -> Client:
        """A fresh browser, or a client that sends a token."""
        if who == "anonymous":
            return Client()
        if who == "read token":
            return bearer(self.cast["author"], "viewer")
        if who == "write token":
            return bearer(self.cast["admin"], "author")
        return self.cast[who].client

    def filled(self, value: Any) -> Any:
        """`value` with `id:<name>` and `bundle:<name>` replaced, also inside of a document."""
        if isinstance(value, dict):
            return {key: self.filled(part) for key, part in value.items()}
        if not isinstance(value, str):
            return value
        for kind, known in (("id", self.ids), ("bundle", self.bundles)):
            for name, text in known.items():
                value = value.replace(f"<{kind}:{name}>", text)
        return value


def new_run(author: Person) -> Run:
    """A queued run that asks for a decision and a signal."""
    return start_run(author.viewer, graph=asking_graph(author).pk, inputs={"n": 1})


@pytest.fixture
def world(
    watcher: Person,
    author: Person,
    reviewer: Person,
    owner: Person,
    outsider: Person,
    counting: Graph,
    released: ModuleVersion,
    publish: Any,
) -> World:
    cast = {"viewer": watcher, "author": author, "reviewer": reviewer, "admin": owner, "outsider": outsider}
    cast |= {role: person(role, author.team, role) for role in ("operator", "maintainer")}
    save_revision(author.viewer, counting.pk, message="First")
    draft, candidate, approved = publish("1.2.1"), publish("1.2.2"), publish("1.2.3")
    review = submit_version(author.viewer, candidate.pk)
    comment = comment_review(author.viewer, review.pk, body="Why?")
    other_review = submit_version(author.viewer, approved.pk)
    approve_version(reviewer.viewer, other_review.pk, expected_bundle=approved.bundle_id)
    fresh = store_bundle(author.viewer, word_count("1.2.4")).candidate.bundle.digest
    bearer(owner)
    failed = new_run(author)
    Run.objects.filter(pk=failed.pk).update(status="failed")
    graph = Graph.objects.get(pk=counting.pk)
    rows = {
        "team": author.team,
        "user": author.user,
        "token": Token.objects.get(),
        "module": released.module,
        "released": released,
        "draft": draft,
        "approved": approved,
        "review": review,
        "comment": comment,
        "graph": graph,
        "revision": graph.head,
        "environment": Environment.objects.first(),
        "run": new_run(author),
        "failed": failed,
    }
    return World(
        cast=cast,
        ids={name: gid(row) for name, row in rows.items()},
        bundles={
            "released": released.bundle_id,
            "candidate": candidate.bundle_id,
            "approved": approved.bundle_id,
            "fresh": fresh,
        },
    )
