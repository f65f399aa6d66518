"""Deleting a graph."""

import pytest

from studio.audit.models import AuditEntry
from studio.graphs.actions.delete_graph import delete_graph
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Draft, Graph, Revision
from studio.refusals import Forbidden
from tests.studio.cast import gid, person


def test_a_graph_goes_with_its_draft_and_revisions_and_the_audit_stays(author, counting):
    revision = save_revision(author.viewer, counting.pk, message="First")
    assert author.do("deleteGraph", "graph", graph=gid(counting))["graph"] == gid(counting)
    for model in (Graph, Draft, Revision):
        assert not model.objects.exists()
    assert AuditEntry.objects.get(action="delete_graph").before == {"revision": 1, "graph": revision.digest}


def test_a_maintainer_may(owner, counting):
    delete_graph(owner.viewer, counting.pk)
    assert not Graph.objects.exists()


def test_another_author_may_not(team, counting):
    with pytest.raises(Forbidden):
        delete_graph(person("second", team, "author").viewer, counting.pk)


def test_the_outsider_may_not(outsider, counting):
    assert outsider.do("deleteGraph", graph=gid(counting))["__typename"] == "NotFound"
    assert Graph.objects.exists()
