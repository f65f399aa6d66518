"""check_graph against the golden cases, and what the cases leave out."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.graph import Wire, check_graph, judge_connection, parse_graph, ports_document
from tests.contracts.graph.conftest import CASES, Documents

NAMES = sorted(path.stem for path in CASES.glob("*.json"))


def checked(document):
    library = Documents(document["contracts"], document["layers"])
    return check_graph(parse_graph(document["graph"]), library)


def places(problems):
    return [{"code": problem.code, "path": problem.path} for problem in problems]


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_graph_gets_its_problems_and_verdicts(name, case):
    document = case(name)
    check = checked(document)
    assert places(check.problems) == document["problems"]
    assert places(check.warnings) == document["warnings"]
    found = {
        key: {"answer": edge.answer} | ({"suggestion": edge.suggestion} if edge.suggestion else {})
        for key, edge in check.edges.items()
    }
    assert found == document["edges"]


def test_there_are_enough_golden_graphs_and_both_kinds_of_them():
    runnable = [name for name in NAMES if not json.loads((CASES / f"{name}.json").read_text())["problems"]]
    assert len(NAMES) >= 12
    assert runnable
    assert len(runnable) < len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_points_into_the_document_and_says_what_to_do(name, case):
    document = case(name)
    check = checked(document)
    for problem in (*check.problems, *check.warnings):
        target = document["graph"]
        steps = [step.replace("~1", "/").replace("~0", "~") for step in problem.path.split("/")[1:]]
        for step in steps[:-1]:
            target = target[int(step) if isinstance(target, list) else step]
        assert isinstance(target, dict | list)
        assert problem.message.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_suggestion_makes_its_edge_green(name, case):
    document = case(name)
    for key, edge in checked(document).edges.items():
        if edge.suggestion is None or "/" in key:
            continue
        mended = json.loads(json.dumps(document))
        mended["graph"]["edges"][key] = {"select": edge.suggestion["expression"]}
        assert checked(mended).edges[key].answer == "yes"


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(NAMES), seed=st.integers(0, 1_000_000))
def test_the_order_of_keys_means_nothing(name, seed):
    document = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    shuffled = {**document, "graph": _shuffled(document["graph"], random.Random(seed))}
    assert checked(shuffled) == checked(document)


def _shuffled(value, dice):
    if isinstance(value, list):
        return [_shuffled(item, dice) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    dice.shuffle(keys)
    return {key: _shuffled(value[key], dice) for key in keys}


def test_type_variables_carry_the_type_of_what_is_wired_in(case):
    ports = checked(case("type-variables")).ports["k"].outputs
    assert ports["first"].schema["properties"]["name"] == {"type": "string"}
    rest = ports["rest"].schema
    assert rest["items"] == {"$ref": "#/$defs/T"}
    assert rest["$defs"]["T"] == ports["first"].schema


def test_a_filter_of_rows_keeps_the_columns(case):
    kept = checked(case("tables")).ports["f"].outputs["kept"]
    assert [column.name for column in kept.columns] == ["id", "total", "who"]


def test_a_map_shows_lists_to_its_edges(case):
    ports = checked(case("map")).ports["d"]
    assert ports.inputs["text"].schema == {"type": "array", "items": {"type": "string"}}
    assert ports.outputs["words"].schema["type"] == "array"
    assert set(ports.outputs) == {"error", "words"}


def test_ports_can_be_sent_to_the_editor(case):
    check = checked(case("nested"))
    for ports in check.ports.values():
        assert json.loads(json.dumps(ports_document(ports))).keys() >= {"in", "out"}


def contract(inputs, outputs, **rest):
    ports = {
        "in": {name: {"media": "json", "schema": schema} for name, schema in inputs.items()},
        "out": {name: {"media": "json", "schema": schema} for name, schema in outputs.items()},
    }
    effects = {"kind": "pure", "deterministic": True}
    return {"format": "lamina/contract@1", "ports": ports, "effects": effects, **rest}


def graph(nodes, edges, **rest):
    return parse_graph(
        {
            "format": "lamina/graph@1",
            "title": "t",
            "nodes": nodes,
            "edges": {edge: {} for edge in edges},
            **rest,
        }
    )


def codes(found):
    return [(problem.code, problem.path) for problem in found.problems]


STRING = {"type": "string"}
ECHO = contract({"x": STRING}, {"y": STRING})
TEXT = {"kind": "input", "name": "t", "port": {"media": "json", "schema": STRING}}


def module(name="a/echo", **rest):
    return {"kind": "module", "module": name, "pin": "1.0.0", **rest}


def test_schemas_that_refer_to_definitions_stay_whole_through_maps():
    tree = {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
        "additionalProperties": False,
    }
    grow = contract({"x": STRING}, {"y": {"$ref": "#/$defs/Tree"}}, **{"$defs": {"Tree": tree}})
    trees = {"type": "array", "items": {"$ref": "#/$defs/Tree"}}
    take = contract({"all": trees}, {"n": {"type": "integer"}}, **{"$defs": {"Tree": tree}})
    nodes = {
        "t": {**TEXT, "port": {"media": "json", "schema": {"type": "array", "items": STRING}}},
        "g": module("a/grow", map={"over": "x"}),
        "k": module("a/take"),
        "o": {"kind": "output", "name": "n"},
    }
    found = check_graph(
        graph(nodes, ["t:value>g:x", "g:y>k:all", "k:n>o:value"]),
        Documents({"a/grow": grow, "a/take": take}),
    )
    assert found.is_runnable
    assert {edge.answer for edge in found.edges.values()} == {"yes"}


def test_a_mapped_output_that_items_may_leave_out_lists_null_in_its_place():
    body = {
        "nodes": {"t": TEXT, "m": module(when="inputs.x != ''"), "o": {"kind": "output", "name": "y"}},
        "edges": {"t:value>m:x": {}, "m:y>o:value": {}},
    }
    texts = {"type": "array", "items": STRING}
    nodes = {
        "t": {**TEXT, "port": {"media": "json", "schema": texts}},
        "g": {"kind": "graph", "body": body, "map": {"over": "t"}},
        "k": module("a/take"),
        "o": {"kind": "output", "name": "n"},
    }
    library = Documents({"a/echo": ECHO, "a/take": contract({"all": texts}, {"n": STRING})})
    found = check_graph(graph(nodes, ["t:value>g:t", "g:y>k:all", "k:n>o:value"]), library)
    assert codes(found) == [("incompatible", "/edges/g:y>k:all")]
    assert "[null]" in found.problems[0].message


def test_a_published_sub_graph_counts_into_the_nesting():
    inner = {"format": "lamina/graph@1", "title": "t", "nodes": {"t": TEXT}, "edges": {}}
    for _ in range(7):
        inner = {**inner, "nodes": {"g": {"kind": "graph", "body": {"nodes": inner["nodes"], "edges": {}}}}}
    nodes = {"s": {"kind": "graph", "module": "a/deep", "pin": "1.0.0"}}
    library = Documents({"a/deep": contract({}, {})}, graphs={"a/deep": inner})
    assert codes(check_graph(graph(nodes, []), library)) == [("nesting", "/nodes/s")]


def test_a_repeat_whose_outputs_do_not_fit_its_inputs_is_refused():
    turn = contract({"x": {"type": "string"}}, {"x": {"type": "integer"}, "end": {"type": "boolean"}})
    nodes = {"t": TEXT, "r": module("a/turn", repeat={"until": "outputs.end", "max": 3})}
    found = check_graph(graph(nodes, ["t:value>r:x"]), Documents({"a/turn": turn}))
    assert codes(found) == [("repeat_types", "/nodes/r/repeat")]


def test_an_error_port_and_collected_failures_do_not_share_one_port():
    nodes = {
        "t": {**TEXT, "port": {"media": "json", "schema": {"type": "array", "items": STRING}}},
        "m": module(map={"over": "x", "failures": "collect"}, on_error="port"),
        "o": {"kind": "output", "name": "o"},
    }
    found = check_graph(graph(nodes, ["t:value>m:x", "m:error>o:value"]), Documents({"a/echo": ECHO}))
    assert codes(found) == [("error_port_twice", "/nodes/m/on_error")]


def test_an_error_port_that_is_not_switched_on_cannot_be_wired():
    nodes = {"t": TEXT, "m": module(), "o": {"kind": "output", "name": "o"}}
    found = check_graph(graph(nodes, ["t:value>m:x", "m:error>o:value"]), Documents({"a/echo": ECHO}))
    assert codes(found) == [("unknown_port", "/edges/m:error>o:value")]
    assert "on_error" in found.problems[0].message


def test_no_input_or_output_of_a_graph_has_the_name_of_the_error_port():
    nodes = {"t": {**TEXT, "name": "error"}, "o": {"kind": "output", "name": "error"}}
    found = check_graph(graph(nodes, ["t:value>o:value"]), Documents({}))
    assert codes(found) == [("reserved_name", "/nodes/o/name"), ("reserved_name", "/nodes/t/name")]


def test_a_bundle_stands_beside_an_exact_version():
    bundle = "sha256:" + "0" * 64
    nodes = {"t": TEXT, "a": module(bundle=bundle), "b": {**module(bundle=bundle), "pin": "^1.0.0"}}
    found = check_graph(graph(nodes, ["t:value>a:x", "t:value>b:x"]), Documents({"a/echo": ECHO}))
    assert codes(found) == [("bundle_pin", "/nodes/b/pin")]


def test_a_signal_is_awaited_after_what_is_wired_into_it():
    go = {
        "kind": "signal",
        "name": "go",
        "schema": True,
        "deadline_seconds": 60,
        "when": "inputs.value != ''",
    }
    nodes = {"t": TEXT, "a": module(), "s": go, "o": {"kind": "output", "name": "o"}}
    found = check_graph(
        graph(nodes, ["t:value>a:x", "a:y>s:value", "s:value>o:value"]), Documents({"a/echo": ECHO})
    )
    assert found.is_runnable


def test_a_table_cannot_be_mapped():
    table = {"media": "table", "columns": [{"name": "a", "type": "utf8"}]}
    cut = {**contract({"x": STRING}, {}), "ports": {"in": {"x": table}, "out": {"y": table}}}
    nodes = {"t": {**TEXT, "port": table}, "m": module("a/cut", map={"over": "x"})}
    found = check_graph(graph(nodes, ["t:value>m:x"]), Documents({"a/cut": cut}))
    assert codes(found) == [("map_media", "/nodes/m/map"), ("map_media", "/nodes/m/map/over")]


def test_a_chain_of_branches_that_exclude_each_other_never_joins():
    both = contract({"l": STRING, "r": STRING}, {"y": STRING})
    nodes = {
        "t": TEXT,
        "a": module(when="inputs.x == 'a'"),
        "a2": module(),
        "b": module(when="inputs.x == 'b' && parameters.on"),
        "j": module("a/both"),
        "o": {"kind": "output", "name": "o"},
    }
    edges = ["t:value>a:x", "a:y>a2:x", "t:value>b:x", "a2:y>j:l", "b:y>j:r", "j:y>o:value"]
    parameters = {"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]}
    library = Documents({"a/echo": ECHO, "a/both": both})
    found = check_graph(graph(nodes, edges, parameters=parameters), library)
    assert codes(found) == [("never_runs", "/nodes/j")]


@pytest.mark.parametrize(
    ("one", "other"), [("inputs.x > 5", "inputs.x <= 5"), ("5 >= inputs.x", "!(5 >= inputs.x)")]
)
def test_a_comparison_and_its_opposite_never_join(one, other):
    whole = contract({"x": {"type": "integer"}}, {"y": STRING})
    both = contract({"l": STRING, "r": STRING}, {"y": STRING})
    nodes = {
        "t": {**TEXT, "port": {"media": "json", "schema": {"type": "integer"}}},
        "a": module("a/whole", when=one),
        "b": module("a/whole", when=other),
        "j": module("a/both"),
        "o": {"kind": "output", "name": "o"},
    }
    edges = ["t:value>a:x", "t:value>b:x", "a:y>j:l", "b:y>j:r", "j:y>o:value"]
    found = check_graph(graph(nodes, edges), Documents({"a/whole": whole, "a/both": both}))
    assert codes(found) == [("never_runs", "/nodes/j")]


def test_branches_over_different_values_may_join():
    both = contract({"l": STRING, "r": STRING}, {"y": STRING})
    nodes = {
        "t": TEXT,
        "u": {**TEXT, "name": "u"},
        "a": module(when="inputs.x == 'a'"),
        "b": module(when="inputs.x == 'b'"),
        "j": module("a/both"),
        "o": {"kind": "output", "name": "o"},
    }
    edges = ["t:value>a:x", "u:value>b:x", "a:y>j:l", "b:y>j:r", "j:y>o:value"]
    found = check_graph(graph(nodes, edges), Documents({"a/echo": ECHO, "a/both": both}))
    assert found.is_runnable


def test_many_circles_are_each_named():
    nodes = {f"n{index}": module() for index in range(6)}
    edges = ["n0:y>n1:x", "n1:y>n0:x", "n2:y>n3:x", "n3:y>n4:x", "n4:y>n2:x", "n5:y>n5:x"]
    found = check_graph(graph(nodes, edges), Documents({"a/echo": ECHO}))
    messages = [problem.message for problem in found.problems if problem.code == "cycle"]
    assert [message.partition(": ")[2].partition(".")[0] for message in messages] == [
        "n0 → n1 → n0",
        "n2 → n3 → n4 → n2",
        "n5 → n5",
    ]


@pytest.mark.parametrize(
    ("wire", "answer"),
    [
        (Wire("p", "value", "g", "person"), "no"),
        (Wire("k", "first", "g", "person"), "yes"),
        (Wire("k", "first", "c", "text"), "no"),
        (Wire("g", "text", "k", "items"), "no"),
        (Wire("k", "nothing", "c", "text"), "no"),
        (Wire("c", "words", "m", "left"), "yes"),
    ],
)
def test_a_connection_is_judged_before_it_is_drawn(wire, answer, case):
    document = case("type-variables")
    library = Documents(document["contracts"])
    found = judge_connection(parse_graph(document["graph"]), library, wire)
    assert found.answer == answer
    assert answer == "yes" or found.verdict.reason


def test_a_connection_says_the_same_as_the_whole_check(case):
    for name in NAMES:
        document = case(name)
        parsed, library = parse_graph(document["graph"]), Documents(document["contracts"], document["layers"])
        for key, edge in check_graph(parsed, library).edges.items():
            scope, _, wire = key.rpartition("/")
            source, _, target = wire.partition(">")
            found = judge_connection(parsed, library, Wire(*source.split(":"), *target.split(":")), scope)
            if found.verdict.keyword != "cycle" and edge.answer != "unknown":
                assert (found.answer, found.suggestion) == (edge.answer, edge.suggestion), (name, key)
