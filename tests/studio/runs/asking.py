"""A graph that asks: an approval and a signal, and runs of it."""

from typing import Any, Final

from studio.api.nodes import split_id
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.models import Graph
from studio.runs.models import Run
from tests.studio.cast import Person, gid

NUMBER: Final = {"media": "json", "schema": {"type": "integer"}}
FORM: Final = {
    "type": "object",
    "properties": {"note": {"type": "string"}},
    "required": ["note"],
    "additionalProperties": False,
}


def asking_graph(author: Person, *, count: int = 1) -> Graph:
    """n → approval by `count` people → n, and beside it a signal."""
    document = {
        "format": "lamina/graph@1",
        "title": "Ask",
        "nodes": {
            "n": {"kind": "input", "name": "n", "port": NUMBER},
            "ok": {
                "kind": "approval",
                "who": {"roles": ["reviewer"], "count": count},
                "prompt": "Go on?",
                "form": FORM,
                "deadline_seconds": 3600,
            },
            "go": {
                "kind": "signal",
                "name": "go",
                "schema": {"type": "integer"},
                "deadline_seconds": 3600,
            },
            "out": {"kind": "output", "name": "decision"},
            "went": {"kind": "output", "name": "went"},
        },
        "edges": {"n:value>ok:value": {}, "ok:decision>out:value": {}, "go:value>went:value": {}},
    }
    return create_graph(author.viewer, team="text", title="Ask", document=document).graph


def started(person: Person, graph: Graph, **given: Any) -> Run:
    done = person.do("startRun", "run { id }", graph=gid(graph), **{"inputs": {"n": 1}, **given})
    found = split_id(done["run"]["id"])
    assert found is not None
    return Run.objects.get(pk=found[1])
