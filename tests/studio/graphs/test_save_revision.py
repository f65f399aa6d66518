"""Saving a revision: checked, locked, immutable."""

import pytest

from contracts.lock import parse_lock
from studio.audit.models import AuditEntry
from studio.catalog.actions.yank_version import yank_version
from studio.graphs.actions.save_draft import save_draft
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Graph, GraphUse, Revision
from studio.refusals import Conflict, Forbidden, Invalid
from tests.studio.cast import counting_graph, gid

DONE = "revision { number message document digest lock author { name } graph { head { number } } }"


def test_a_revision_is_saved_with_its_lock(author, counting, released):
    answer = author.do("saveRevision", DONE, graph=gid(counting), message="First", expectedHead=0)
    revision = answer["revision"]
    assert (revision["number"], revision["message"], revision["author"]) == (1, "First", {"name": "Author"})
    assert revision["document"] == counting_graph()
    lock = parse_lock(revision["lock"])
    assert lock.graph == revision["digest"]
    assert lock.nodes == {"count": "text/word-count@1.2.0"}
    assert lock.versions["text/word-count@1.2.0"].bundle == released.bundle_id
    assert revision["graph"] == {"head": {"number": 1}}
    assert AuditEntry.objects.get(action="save_revision").after["graph"] == revision["digest"]


def test_a_range_is_locked_to_the_version_that_it_means_now(author, counting):
    save_draft(author.viewer, counting.pk, document=counting_graph("^1.0.0"))
    revision = save_revision(author.viewer, counting.pk, message="")
    assert revision.lock["nodes"] == {"count": "text/word-count@1.2.0"}
    assert set(GraphUse.objects.values_list("version", flat=True)) == {"", "1.2.0"}


def test_saving_what_is_saved_already_answers_the_head(author, counting):
    first = save_revision(author.viewer, counting.pk, message="First")
    assert save_revision(author.viewer, counting.pk, message="Again").pk == first.pk


def test_moving_a_node_is_a_revision_with_the_same_digest(author, counting):
    first = save_revision(author.viewer, counting.pk, message="First")
    moved = counting_graph(layout={"positions": {"text": [0, 50]}})
    second = save_revision(author.viewer, counting.pk, message="Tidy", document=moved)
    assert (second.number, second.digest) == (2, first.digest)
    assert second.layout_digest != first.layout_digest
    assert counting.draft.__class__.objects.get(graph=counting).document["layout"] == moved["layout"]


def test_moving_a_node_keeps_the_lock_even_of_what_was_yanked_since(author, owner, counting, released):
    first = save_revision(author.viewer, counting.pk, message="First")
    yank_version(owner.viewer, released.pk, reason="Wrong")
    moved = counting_graph(layout={"positions": {"text": [0, 50]}})
    assert save_revision(author.viewer, counting.pk, message="Tidy", document=moved).lock == first.lock
    with pytest.raises(Invalid):
        save_revision(author.viewer, counting.pk, message="", document=counting_graph(title="Other"))


def test_a_red_wire_is_not_saved(author, counting):
    port = {"media": "json", "schema": {"type": "integer"}}
    nodes = {**counting_graph()["nodes"], "text": {"kind": "input", "name": "text", "port": port}}
    answer = author.do(
        "saveRevision", graph=gid(counting), message="Bad", document=counting_graph(nodes=nodes)
    )
    assert answer["__typename"] == "Invalid"
    assert answer["problems"][0]["path"] == "/edges/text:value>count:text"
    assert not Revision.objects.exists()


def test_a_module_that_is_not_there_is_not_saved(author, counting):
    with pytest.raises(Invalid):
        save_revision(author.viewer, counting.pk, message="", document=counting_graph("9.9.9"))


def test_a_candidate_is_used_by_its_bundle_alone(author, publish, graph):
    draft = publish()
    with pytest.raises(Invalid):
        save_revision(author.viewer, graph.pk, message="", document=counting_graph())
    pinned = counting_graph()
    pinned["nodes"]["count"]["bundle"] = draft.bundle_id
    assert save_revision(author.viewer, graph.pk, message="", document=pinned).lock is not None


def test_somebody_elses_revision_is_not_passed_over(author, counting):
    save_revision(author.viewer, counting.pk, message="First")
    with pytest.raises(Conflict) as caught:
        save_revision(
            author.viewer, counting.pk, message="", document=counting_graph(title="B"), expected_head=0
        )
    assert caught.value.current == "1"


def test_a_watcher_may_not(watcher, counting):
    with pytest.raises(Forbidden):
        save_revision(watcher.viewer, counting.pk, message="")


def test_the_outsider_may_not(outsider, counting):
    assert outsider.do("saveRevision", graph=gid(counting), message="")["__typename"] == "NotFound"
    assert Graph.objects.get(pk=counting.pk).head is None
