"""News are told after commit, and a bell that does not ring stops nothing."""

import pytest

from studio import announcements
from studio.announcements import announce
from studio.graphs.actions.create_graph import create_graph
from studio.ids import uuid7


@pytest.fixture
def heard(monkeypatch):
    told = []
    monkeypatch.setattr(announcements, "listeners", [lambda *news: told.append(news)])
    return told


def test_an_action_is_announced_when_it_is_committed(author, team, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        graph = create_graph(author.viewer, team="text", title="T").graph
        assert heard == []
    assert heard == [("graph", graph.pk, team.pk)]


def test_a_listener_that_fails_does_not_silence_the_others(
    db, heard, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def broken(*_):
        raise RuntimeError("no bell")

    announcements.listeners.insert(0, broken)
    key = uuid7()
    with django_capture_on_commit_callbacks(execute=True):
        announce("graph", key, None)
    assert heard == [("graph", key, None)]
    assert "no bell" in caplog.text
