"""The settings of a node, checked at edit time."""

from contracts.graph import parse_graph
from contracts.graph.check import check_graph

CONTRACT = {
    "format": "lamina/contract@1",
    "ports": {"in": {}, "out": {"text": {"media": "json", "schema": {"type": "string"}}}},
    "config": {"type": "object", "properties": {"rules": {"type": "array"}}, "additionalProperties": False},
    "effects": {"kind": "pure", "deterministic": True},
}


def problems_of(library, rules):
    graph = parse_graph(
        {
            "format": "lamina/graph@1",
            "title": "Rules",
            "parameters": {"type": "object", "properties": {"low": {"type": "integer"}}, "required": ["low"]},
            "nodes": {"n": {"kind": "module", "module": "a/b", "pin": "1.0.0", "config": {"rules": rules}}},
            "edges": {},
        }
    )
    return check_graph(graph, library(contracts={"a/b": CONTRACT})).problems


def test_an_expression_inside_a_setting_is_refused_with_what_to_write(library):
    problems = problems_of(library, [{"at_least": {"$cel": "parameters.low"}}])
    assert [(p.code, p.path) for p in problems] == [("inner_expression", "/nodes/n/config/rules")]


def test_an_expression_for_the_whole_setting_is_taken(library):
    assert problems_of(library, {"$cel": "[{'at_least': parameters.low}]"}) == ()
