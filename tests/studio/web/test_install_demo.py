"""The demo: once, and never against what people made of it."""

import json
from pathlib import Path

import pytest

from studio.graphs.models import Graph
from studio.teams.models import Membership
from studio.web.install_demo import FOLDER, install_demo

EMPTY = {"format": "lamina/graph@1", "title": "Empty", "nodes": {}, "edges": {}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "empty.json").write_text(json.dumps(EMPTY))
    return tmp_path


def test_people_and_graphs_are_installed_once(db: None, folder: Path) -> None:
    assert len(list(install_demo(folder))) == 2
    assert list(install_demo(folder)) == []
    assert sorted(role for row in Membership.objects.all() for role in row.roles) == [
        "admin",
        "author",
        "reviewer",
    ]
    graph = Graph.objects.get()
    assert graph.head is not None
    assert (graph.team.slug, graph.head.number) == ("demo", 1)


def test_a_deleted_graph_stays_away_and_a_new_one_comes(db: None, folder: Path) -> None:
    list(install_demo(folder))
    Graph.objects.all().delete()
    (folder / "more.json").write_text(json.dumps({**EMPTY, "title": "More"}))
    assert list(install_demo(folder)) == ["Added the demo graph More."]
    assert [graph.title for graph in Graph.objects.all()] == ["More"]


def test_a_file_that_does_not_fit_is_left_out_and_said(db: None, folder: Path) -> None:
    (folder / "odd.json").write_text(json.dumps({**EMPTY, "nodes": {"n": {"kind": "none"}}}))
    said = list(install_demo(folder))
    assert any(text.startswith("Left out the demo graph odd.json") for text in said)
    assert Graph.objects.count() == 1


def test_the_shipped_files_are_graphs() -> None:
    for path in FOLDER.glob("*.json"):
        assert json.loads(path.read_text("utf-8"))["format"] == "lamina/graph@1"
