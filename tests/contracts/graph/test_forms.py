"""Flat and nested forms, the derived contract, settings, and the difference of two graphs."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.graph import (
    check_graph,
    derive_contract,
    difference,
    flatten,
    nest,
    parse_graph,
    prune,
    with_unique_ids,
)
from contracts.module import contract_document, parse_contract
from contracts.problems import ProblemsError
from tests.contracts.graph.conftest import CASES, Documents

VECTORS = Path(__file__).parents[2] / "vectors"


def vocabulary():
    return json.loads((VECTORS / "graph.json").read_text("utf-8"))


@st.composite
def nested_graphs(draw, depth=3):
    """Documents with unique ids, bodies in bodies, and edges within each scope."""
    counter = iter(range(10_000))

    def body(level):
        ids = [f"n{next(counter)}" for _ in range(draw(st.integers(0, 3)))]
        nodes = {}
        for node_id in ids:
            if level and draw(st.booleans()):
                nodes[node_id] = {"kind": "graph", "title": node_id, "body": body(level - 1)}
            else:
                nodes[node_id] = {"kind": "constant", "value": draw(st.integers())}
        pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)))) if ids else []
        edges = {f"{source}:a>{target}:b": {} for source, target in pairs}
        extra = {"parameters": {"type": "object"}} if draw(st.booleans()) else {}
        return {"nodes": nodes, "edges": edges, **extra}

    return {"format": "lamina/graph@1", "title": "t", "layout": {"notes": {}}, **body(depth)}


@settings(max_examples=150, deadline=None)
@given(nested_graphs())
def test_flattening_and_nesting_are_exact_inverses(document):
    flat = flatten(document)
    assert nest(flat) == document
    assert flatten(nest(flat)) == flat
    assert prune(flat) == flat


def test_the_graph_of_the_format_page_survives_its_flat_form():
    flat = flatten(vocabulary())
    assert flat["nodes"]["r"]["parent"] == "gate"
    assert flat["nodes"]["gate"]["body"] == {}
    assert nest(flat) == vocabulary()


def test_pruning_drops_what_lost_its_parent_or_an_end():
    flat = flatten(vocabulary())
    del flat["nodes"]["gate"]
    with pytest.raises(ProblemsError) as caught:
        nest(flat)
    assert {problem.code for problem in caught.value.problems} == {"edge", "parent"}
    document = nest(prune(flat))
    assert sorted(document["nodes"]) == ["count", "ok", "out", "rank", "texts"]
    assert sorted(document["edges"]) == [
        "count:counts>rank:counts",
        "rank:ranking>ok:value",
        "texts:value>count:text",
    ]


@pytest.mark.parametrize("parents", [{"a": "b", "b": "a"}, {"a": "a"}, {"a": "gone"}, {"a": "leaf"}])
def test_a_parent_that_cannot_hold_a_node_is_a_problem(parents):
    nodes = {
        "a": {"kind": "graph", "body": {}},
        "b": {"kind": "graph", "body": {}},
        "leaf": {"kind": "constant", "value": 1},
    }
    flat = {"nodes": {key: node | _parent(parents.get(key)) for key, node in nodes.items()}, "edges": {}}
    with pytest.raises(ProblemsError) as caught:
        nest(flat)
    assert {problem.code for problem in caught.value.problems} == {"parent"}
    nest(prune(flat))


def _parent(name):
    return {} if name is None else {"parent": name}


def test_an_edge_does_not_cross_the_wall_of_a_graph_node():
    flat = flatten(vocabulary())
    flat["edges"]["r:value>out:value"] = {}
    with pytest.raises(ProblemsError) as caught:
        nest(flat)
    assert caught.value.problems[0].path == "/edges/r:value>out:value"


def test_ids_that_stand_twice_get_a_number():
    inner = {"nodes": {"x": {"kind": "constant", "value": 1}, "y": {"kind": "output", "name": "y"}}}
    inner["edges"] = {"x:value>y:value": {}}
    document = {
        "nodes": {"x": {"kind": "graph", "body": inner}, "y": {"kind": "graph", "body": inner}},
        "edges": {},
    }
    with pytest.raises(ProblemsError):
        flatten(document)
    flat = flatten(with_unique_ids(document))
    assert sorted(flat["nodes"]) == ["x", "x-2", "x-3", "y", "y-2", "y-3"]
    assert sorted(flat["edges"]) == ["x-2:value>y-2:value", "x-3:value>y-3:value"]


@pytest.fixture
def text_library():
    contracts = json.loads((CASES / "green.json").read_text("utf-8"))["contracts"]
    return Documents(contracts)


def test_a_graph_has_the_contract_that_its_nodes_give_it(text_library):
    document = json.loads((CASES / "green.json").read_text("utf-8"))["graph"]
    contract = derive_contract(parse_graph(document), text_library)
    written = contract_document(contract)
    assert parse_contract(written) == contract
    assert (
        written["ports"]["in"] == {"t": {"media": "json", "schema": {"type": "string"}}}
        or "text" in written["ports"]["in"]
    )
    assert contract.effects.kind == "pure"
    assert contract.effects.deterministic
    assert set(contract.errors) == {"empty"}
    assert not contract.errors["empty"].retryable


def test_an_output_that_may_be_skipped_is_optional(text_library):
    document = json.loads((CASES / "green.json").read_text("utf-8"))["graph"]
    document["nodes"]["c"]["when"] = "inputs.text != ''"
    contract = derive_contract(parse_graph(document), text_library)
    assert contract.ports.outputs["text"].cardinality == "optional"


def test_errors_that_a_node_handles_stay_inside(text_library):
    document = json.loads((CASES / "green.json").read_text("utf-8"))["graph"]
    document["nodes"]["c"]["on_error"] = {"default": {"words": 0}}
    assert derive_contract(parse_graph(document), text_library).errors == {}


def test_a_graph_with_problems_has_no_contract(text_library):
    document = json.loads((CASES / "green.json").read_text("utf-8"))["graph"]
    del document["edges"]["t:value>c:text"]
    with pytest.raises(ProblemsError):
        derive_contract(parse_graph(document), text_library)


def test_a_derived_contract_with_references_can_be_called(library):
    tree = {"type": "object", "properties": {"kid": {"$ref": "#/$defs/Tree"}}, "additionalProperties": False}
    port = {"media": "json", "schema": {"$ref": "#/$defs/Tree", "$defs": {"Tree": tree}}}
    inner = {
        "format": "lamina/graph@1",
        "title": "t",
        "nodes": {"i": {"kind": "input", "name": "x", "port": port}, "o": {"kind": "output", "name": "y"}},
        "edges": {"i:value>o:value": {}},
        "parameters": {
            "type": "object",
            "properties": {"n": {"$ref": "#/$defs/N"}},
            "$defs": {"N": {"type": "integer"}},
        },
    }
    contract = contract_document(derive_contract(parse_graph(inner), library()))
    outer = {
        **inner,
        "parameters": {"type": "object"},
        "nodes": {
            **inner["nodes"],
            "g": {"kind": "graph", "module": "a/g", "pin": "1.0.0", "config": {"n": 3}},
        },
        "edges": {"i:value>g:x": {}, "g:y>o:value": {}},
    }
    found = check_graph(parse_graph(outer), library({"a/g": contract}))
    assert found.problems == ()
    outer["nodes"]["g"]["config"] = {"n": "three"}
    assert [p.path for p in check_graph(parse_graph(outer), library({"a/g": contract})).problems] == [
        "/nodes/g/config/n"
    ]


def test_a_difference_names_nodes_edges_and_fields():
    old, new = vocabulary(), vocabulary()
    new["nodes"]["count"]["config"]["min_length"] = 3
    new["nodes"]["count"]["retry"]["attempts"] = 5
    del new["nodes"]["ok"]["prompt"]
    new["nodes"]["ok"]["prompt"] = "Sure?"
    new["nodes"]["gate"]["body"]["nodes"]["extra"] = {"kind": "constant", "value": 1}
    del new["edges"]["rank:ranking>ok:value"]
    new["edges"]["ok:decision>gate:ok"] = {"select": "true"}
    new["title"] = "Words"
    found = difference(parse_graph(old), parse_graph(new))
    assert [field.field for field in found.fields] == ["/title"]
    assert [(part.path, part.change, [f.field for f in part.fields]) for part in found.nodes] == [
        ("count", "changed", ["/config/min_length", "/retry/attempts"]),
        ("gate/extra", "added", []),
        ("ok", "changed", ["/prompt"]),
    ]
    assert [(part.path, part.change) for part in found.edges] == [
        ("ok:decision>gate:ok", "changed"),
        ("rank:ranking>ok:value", "removed"),
    ]
    assert not found.is_layout_changed


def test_moving_things_about_changes_the_layout_only():
    new = vocabulary()
    new["layout"]["positions"]["texts"] = [5, 5]
    found = difference(parse_graph(vocabulary()), parse_graph(new))
    assert found.is_empty
    assert found.is_layout_changed


def test_true_and_one_are_different_settings():
    old, new = vocabulary(), vocabulary()
    old["nodes"]["count"]["config"] = {"a": 1, "b": 1}
    new["nodes"]["count"]["config"] = {"a": True, "b": 1.0}
    (part,) = difference(parse_graph(old), parse_graph(new)).nodes
    assert [field.field for field in part.fields] == ["/config/a"]
