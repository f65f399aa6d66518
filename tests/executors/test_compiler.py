"""From a locked graph to its plan, and from a plan to what may start it."""

import json
import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.graph import graph_digest, parse_graph
from contracts.lock import Lock, lock_digest, parse_lock
from contracts.module import contract_digest, join_contract, parse_contract
from contracts.plan import BoundLayer, parse_plan, plan_digest, plan_document
from contracts.problems import ProblemsError
from executors.admission import admit_inputs, admit_parameters, input_ports
from executors.compiler import compile_plan
from executors.hosting import HostPolicy, VersionFacts

VECTORS = Path(__file__).parents[1] / "vectors"
BUNDLE = "sha256:" + "0" * 64
STRING = {"media": "json", "schema": {"type": "string"}}


def vector(name):
    return json.loads((VECTORS / name).read_text("utf-8"))


def word_count():
    manifest = tomllib.loads((VECTORS / "word-count" / "module.toml").read_text("utf-8"))
    return parse_contract(join_contract(vector("word-count/contract.json"), manifest))


def facts(entry):
    return VersionFacts(
        bundle=entry["bundle"],
        contract=entry["contract"],
        runtime=entry["runtime"],
        strategies=tuple(entry["strategies"]),
        min_rung=entry["min_rung"],
    )


def compile_vocabulary(graph=None, lock=None, **changes):
    contracts = {contract_digest(c): c for c in (word_count(), parse_contract(vector("rank.contract.json")))}
    versions = {name: facts(entry) for name, entry in vector("plan.json")["versions"].items()}
    layers = {"text/rank@1": BoundLayer(revision=7, version="text/rank-by-sum@2.0.1", why="primary")}
    given = {"contracts": contracts, "versions": versions, "bindings": layers}
    given |= {
        "environment": "production",
        "host": HostPolicy(queues=frozenset({"local", "slow", "other"})),
    } | changes
    return compile_plan(
        graph or parse_graph(vector("graph.json")), lock or parse_lock(vector("lock.json")), **given
    )


def test_the_plan_of_the_format_page_comes_out_byte_for_byte():
    plan = compile_vocabulary()
    assert plan_document(plan) == vector("plan.json")
    assert plan_digest(plan) == "sha256:4d6423492152e2008c5e1c9a2dd52c40c64b5609879ee826462e41b831a9efd9"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000_000))
def test_the_order_of_keys_never_changes_a_plan(seed):
    dice = random.Random(seed)
    graph, lock = (_shuffled(vector(name), dice) for name in ("graph.json", "lock.json"))
    plan = compile_vocabulary(parse_graph(graph), parse_lock(lock))
    assert plan_digest(plan) == plan_digest(parse_plan(vector("plan.json")))


def _shuffled(value, dice):
    if isinstance(value, list):
        return [_shuffled(item, dice) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _shuffled(value[key], dice) for key in dice.sample(list(value), len(value))}


def contract(inputs=("x",), outputs=("y",), effects=None, **rest):
    ports = {"in": dict.fromkeys(inputs, STRING), "out": dict.fromkeys(outputs, STRING)}
    effects = effects or {"kind": "pure", "deterministic": True}
    return parse_contract({"format": "lamina/contract@1", "ports": ports, "effects": effects, **rest})


ECHO = contract()
SEND = contract(effects={"kind": "effectful"}, capabilities={"secrets": ["smtp"]}, limits={"wall_seconds": 5})


def small(nodes, edges=(), *, modules=None, host=None, graphs=None, strategies=("process",), linked=None):
    """Compile a graph of modules `a/echo` and whatever `modules` adds, all at 1.0.0."""
    modules = {"a/echo": ECHO} | (modules or {})
    graph = parse_graph(
        {"format": "lamina/graph@1", "title": "t", "nodes": nodes, "edges": {edge: {} for edge in edges}}
    )
    lock = Lock(
        format="lamina/lock@1",
        graph=graph_digest(graph),
        nodes=dict(_locked(graph.nodes, "")) | (linked or {}),
        versions={},
    )
    versions = {
        f"{name}@1.0.0": VersionFacts(
            bundle=BUNDLE, contract=contract_digest(c), runtime="python", strategies=strategies, min_rung=2
        )
        for name, c in modules.items()
    }
    contracts = {contract_digest(c): c for c in modules.values()}
    return compile_plan(
        graph,
        lock,
        contracts,
        versions,
        {},
        environment="dev",
        host=host or HostPolicy(queues=frozenset({"local", "slow", "other"})),
        graphs={f"{name}@1.0.0": parse_graph(document) for name, document in (graphs or {}).items()},
    )


def _locked(nodes, prefix):
    for node_id, node in nodes.items():
        if node.kind == "module":
            yield prefix + node_id, f"{node.module}@1.0.0"
        elif node.kind == "graph" and node.body:
            yield from _locked(node.body.nodes, f"{prefix}{node_id}/")


def module(name="a/echo", **rest):
    return {"kind": "module", "module": name, "pin": "1.0.0", **rest}


def by_path(plan):
    return {node.path: node for node in plan.nodes}


def test_every_plan_has_the_structure_of_its_format():
    body = {
        "nodes": {"i": {"kind": "input", "name": "x", "port": STRING}, "m": module()},
        "edges": {"i:value>m:x": {}},
    }
    nodes = {
        "w": {"kind": "wait", "seconds": 5},
        "u": {"kind": "wait", "until": "timestamp('2026-01-31T09:00:00Z')"},
        "s": {"kind": "signal", "name": "paid", "schema": True, "deadline_seconds": 5},
        "a": {
            "kind": "approval",
            "who": {"roles": ["admin"]},
            "prompt": "?",
            "deadline_seconds": 5,
            "form": {},
        },
        "c": {"kind": "constant", "value": {"a": None}},
        "m": module(repeat={"until": "true", "max": 2}, cache=True),
        "e": module("a/send", on_error="port", when="true"),
        "g": {"kind": "graph", "body": body | {"parameters": {"type": "object"}}, "map": {"over": "x"}},
        "o": {"kind": "output", "name": "o", "port": STRING},
    }
    plan = small(nodes, ["c:value>m:x", "m:y>e:x", "e:y>o:value", "m:y>g:x"], modules={"a/send": SEND})
    document = plan_document(plan)
    assert parse_plan(document) == plan
    assert plan_document(parse_plan(document)) == document


def test_effectful_nodes_are_tried_once_and_others_four_times():
    plan = by_path(small({"m": module(), "e": module("a/send")}, modules={"a/send": SEND}))
    assert plan["m"].retry.attempts == 4
    assert plan["e"].retry.attempts == 1


def test_a_timeout_only_lowers_the_limit_of_the_contract():
    nodes = {
        "e": module("a/send"),
        "f": module("a/send", timeout_seconds=2),
        "g": module("a/send", timeout_seconds=9),
    }
    plan = by_path(small(nodes, modules={"a/send": SEND}))
    assert [plan[name].timeout_seconds for name in "efg"] == [5, 2, 5]


def test_graph_nodes_hand_down_retry_cache_placement_and_names_of_secrets():
    inner = {
        "nodes": {"e": module("a/send", secrets={"smtp": "mail"}), "r": module(retry={"attempts": 2})},
        "edges": {},
    }
    graph = {
        "kind": "graph",
        "body": inner,
        "retry": {"attempts": 7},
        "cache": False,
        "placement": {"queue": "slow"},
        "secrets": {"mail": "office_mail"},
    }
    plan = by_path(small({"g": graph}, modules={"a/send": SEND}))
    sender, retried = plan["g/e"], plan["g/r"]
    assert (sender.retry.attempts, retried.retry.attempts) == (7, 2)
    assert sender.cache is False
    assert sender.placement.queue == "slow"
    assert sender.secrets == {"smtp": "office_mail"}


def test_a_linked_sub_graph_is_inlined_under_its_path():
    linked = {
        "format": "lamina/graph@1",
        "title": "t",
        "parameters": {"type": "object", "properties": {"n": {"type": "integer", "default": 1}}},
        "nodes": {
            "i": {"kind": "input", "name": "x", "port": STRING},
            "m": module(),
            "o": {"kind": "output", "name": "y"},
        },
        "edges": {"i:value>m:x": {}, "m:y>o:value": {}},
    }
    nodes = {
        "c": {"kind": "constant", "value": "a"},
        "a": module(),
        "s": {"kind": "graph", "module": "a/sub", "pin": "^1.0.0", "config": {"n": 2}},
    }
    plan = small(
        nodes,
        ["c:value>s:x", "s:y>a:x"],
        graphs={"a/sub": linked},
        linked={"s": "a/sub@1.0.0", "s/m": "a/echo@1.0.0"},
    )
    assert [node.path for node in plan.nodes] == ["c", "s", "s/i", "s/m", "s/o", "a"]
    assert by_path(plan)["s"].schema == linked["parameters"]
    assert by_path(plan)["s/m"].scope == "s"
    assert by_path(plan)["s/m"].inputs["x"].address == "s/i:value"
    assert list(plan.versions) == ["a/echo@1.0.0"]


def test_nodes_behind_a_graph_node_come_after_its_inside():
    inner = {
        "nodes": {"z": module(), "y": {"kind": "graph", "body": {"nodes": {"q": module()}, "edges": {}}}},
        "edges": {},
    }
    plan = small({"g": {"kind": "graph", "body": inner}, "a": module()}, ["g:out>a:x"])
    assert [node.path for node in plan.nodes] == ["g", "g/y", "g/y/q", "g/z", "a"]


def test_pure_neighbours_share_a_segment_and_others_do_not():
    nodes = {
        "i": {"kind": "input", "name": "x", "port": STRING},
        "a": module(),
        "b": module("a/pair"),
        "c": module("a/send"),
        "d": module(),
        "e": module(when="true"),
        "f": module(placement={"queue": "other"}),
        "h": module("a/pair"),
    }
    edges = [
        "i:value>a:x",
        "a:y>b:l",
        "i:value>b:r",
        "b:y>c:x",
        "c:y>d:x",
        "d:y>e:x",
        "d:y>f:x",
        "b:y>h:l",
        "d:y>h:r",
    ]
    plan = by_path(small(nodes, edges, modules={"a/send": SEND, "a/pair": contract(("l", "r"))}))
    segments = {name: plan[name].segment for name in "abcdefh"}
    assert segments["a"] == segments["b"]
    assert len({segments[name] for name in "acdefh"}) == 6


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_leaves_a_segment_never_comes_back_into_it(data):
    count = data.draw(st.integers(2, 9))
    nodes = {f"n{i}": module(data.draw(st.sampled_from(["a/pair", "a/send2"]))) for i in range(count)}
    edges = []
    for target in range(1, count):
        ports = data.draw(st.sets(st.sampled_from(["l", "r"])))
        edges += [f"n{data.draw(st.integers(0, target - 1))}:y>n{target}:{port}" for port in sorted(ports)]
    send = contract(("l", "r"), effects={"kind": "effectful"})
    plan = small(nodes, edges, modules={"a/pair": contract(("l", "r")), "a/send2": send})
    segments = {node.path: node.segment for node in plan.nodes}
    after = {segment: set() for segment in segments.values()}
    for node in plan.nodes:
        for source in node.inputs.values():
            if segments[source.path] != segments[node.path]:
                after[segments[source.path]].add(segments[node.path])
    for start in after:
        reached, pending = set(), [start]
        while pending:
            for following in after[pending.pop()] - reached:
                reached.add(following)
                pending.append(following)
        assert start not in reached


@pytest.mark.parametrize(
    ("host", "strategies", "wanted", "chosen"),
    [
        (HostPolicy(), ("process",), None, "process"),
        (HostPolicy(), ("inline", "process"), None, "process"),
        (HostPolicy(strategies=("inline", "process")), ("inline", "process"), None, "process"),
        (
            HostPolicy(strategies=("inline", "process"), inline=frozenset({BUNDLE})),
            ("inline", "process"),
            None,
            "inline",
        ),
        (
            HostPolicy(strategies=("inline", "process"), inline=frozenset({BUNDLE})),
            ("process",),
            None,
            "process",
        ),
        (
            HostPolicy(strategies=("inline", "process"), inline=frozenset({BUNDLE})),
            ("inline", "process"),
            "process",
            "process",
        ),
        (HostPolicy(), ("inline", "process"), "inline", None),
        (HostPolicy(strategies=("process",)), ("http",), None, None),
    ],
)
def test_a_strategy_is_declared_and_allowed_or_the_plan_is_refused(host, strategies, wanted, chosen):
    placement = {} if wanted is None else {"placement": {"strategy": wanted}}
    nodes = {"m": module(**placement)}
    if chosen is None:
        with pytest.raises(ProblemsError) as caught:
            small(nodes, host=host, strategies=strategies)
        assert [(p.code, p.path) for p in caught.value.problems] == [("strategy", "/nodes/m/placement")]
    else:
        assert by_path(small(nodes, host=host, strategies=strategies))["m"].placement.strategy == chosen


def test_what_is_missing_is_named_with_its_node():
    with pytest.raises(ProblemsError) as caught:
        compile_vocabulary(bindings={}, versions={})
    assert [(p.code, p.path) for p in caught.value.problems] == [
        ("unknown_version", "/nodes/count"),
        ("unbound_layer", "/nodes/rank"),
    ]
    with pytest.raises(ProblemsError) as caught:
        compile_vocabulary(contracts={})
    assert {p.code for p in caught.value.problems} == {"unknown_contract"}


def test_a_lock_of_another_graph_or_bundle_is_refused():
    document = vector("graph.json")
    document["title"] = "Other"
    with pytest.raises(ProblemsError) as caught:
        compile_vocabulary(parse_graph(document))
    assert caught.value.problems[0].code == "other_graph"
    lock = vector("lock.json")
    lock["versions"]["text/word-count@1.2.0"]["bundle"] = BUNDLE
    with pytest.raises(ProblemsError) as caught:
        compile_vocabulary(lock=parse_lock(lock))
    assert caught.value.problems[0].code == "other_bundle"


def test_a_node_that_the_lock_does_not_know_is_refused():
    lock = vector("lock.json")
    del lock["nodes"]["count"]
    with pytest.raises(ProblemsError) as caught:
        compile_vocabulary(lock=parse_lock(lock))
    assert [(p.code, p.path) for p in caught.value.problems] == [("not_locked", "/nodes/count")]
    assert lock_digest(parse_lock(lock)) != lock_digest(parse_lock(vector("lock.json")))


def test_a_circle_has_no_order():
    with pytest.raises(ProblemsError) as caught:
        small({"a": module(), "b": module()}, ["a:y>b:x", "b:y>a:x"])
    assert caught.value.problems[0].code == "cycle"


def test_a_run_is_admitted_with_its_defaults():
    plan = compile_vocabulary()
    assert admit_inputs(input_ports(plan), {"texts": ["a b"]}) == ({"texts": ["a b"]}, [])
    assert admit_parameters(plan, {}) == ({"min_length": 2}, [])


@pytest.mark.parametrize(
    ("inputs", "parameters", "refused"),
    [
        ({}, {}, [("input_missing", "/inputs/texts")]),
        ({"texts": "a"}, {}, [(None, "/inputs/texts")]),
        ({"texts": ["a", 1]}, {}, [(None, "/inputs/texts/1")]),
        ({"texts": [], "more": 1}, {}, [("unknown_input", "/inputs/more")]),
        ({"texts": []}, {"min_length": 0}, [(None, "/parameters/min_length")]),
        ({"texts": []}, {"other": 0}, [(None, "/parameters")]),
        ({"texts": ["a\0"]}, {}, [("nul", "/inputs/texts/0")]),
        ({"texts": [2**53]}, {}, [("number_range", "/inputs/texts/0")]),
        (
            {"texts": ["\ud800"]},
            {"min_length": float("nan")},
            [("lone_surrogate", "/inputs/texts/0"), ("number_range", "/parameters/min_length")],
        ),
    ],
)
def test_what_a_graph_does_not_take_is_refused_with_its_place(inputs, parameters, refused):
    plan = compile_vocabulary()
    problems = admit_inputs(input_ports(plan), inputs)[1] + admit_parameters(plan, parameters)[1]
    assert [p.path for p in problems] == [path for _, path in refused]
    assert all(code in (None, p.code) for (code, _), p in zip(refused, problems, strict=True))


def test_ports_strip_default_and_take_references():
    row = {
        "type": "object",
        "properties": {"a": {"type": "integer", "default": 3}},
        "additionalProperties": False,
    }
    nodes = {
        "r": {"kind": "input", "name": "row", "port": {"media": "json", "schema": row}},
        "s": {
            "kind": "input",
            "name": "strict",
            "port": {"media": "json", "schema": row, "unknown": "reject", "default": {}},
        },
        "t": {
            "kind": "input",
            "name": "table",
            "port": {"media": "table", "columns": [{"name": "a", "type": "utf8"}]},
        },
        "o": {"kind": "input", "name": "maybe", "port": STRING | {"cardinality": "optional"}},
    }
    ports = input_ports(small(nodes))
    table = {"artifact": BUNDLE}
    given = {"row": {"b": 1}, "table": table}
    assert admit_inputs(ports, given) == ({"row": {"a": 3}, "strict": {}, "table": table}, [])
    _, problems = admit_inputs(ports, {"row": {}, "strict": {"b": 1}, "table": {"a": [1]}})
    assert [p.path for p in problems] == ["/inputs/strict", "/inputs/table"]
