"""Every document of the format page keeps its bytes and its digest."""

import json
import tomllib
from pathlib import Path

import pytest

from contracts.canonical import canonical_bytes, digest_of, digest_of_bytes, parse_json
from contracts.events import event_document, parse_event
from contracts.formats import check_structure
from contracts.graph import graph_digest, graph_document, parse_graph
from contracts.lock import lock_digest, lock_document, parse_lock
from contracts.module import contract_digest, contract_document, join_contract, parse_contract
from contracts.plan import parse_plan, plan_digest, plan_document
from contracts.problems import ProblemsError
from contracts.values import envelopes_document, parse_envelopes

VECTORS = Path(__file__).parent.parent / "vectors"
BUNDLE = VECTORS / "word-count"


def vector(name: str):
    return json.loads((VECTORS / name).read_text("utf-8"))


def test_a_graph_keeps_its_digest_and_its_document():
    graph = parse_graph(vector("graph.json"))
    assert graph_digest(graph) == "sha256:a9246ebe0bdfebd7d046de4a3ef788eae6eeb5eac153cee7aea1d46b007c4944"
    assert graph_document(graph) == vector("graph.json")


def test_a_lock_keeps_its_digest_and_its_document():
    lock = parse_lock(vector("lock.json"))
    assert lock_digest(lock) == "sha256:86879263a0f13cbcd7af4d04e22b5d6757d3221eff82859eab1ff577af1e8fa7"
    assert lock_document(lock) == vector("lock.json")


def test_a_plan_keeps_its_digest_and_writes_its_defaults_out():
    plan = parse_plan(vector("plan.json"))
    assert plan_digest(plan) == "sha256:4d6423492152e2008c5e1c9a2dd52c40c64b5609879ee826462e41b831a9efd9"
    assert plan_document(plan) == vector("plan.json")


def test_a_contract_is_made_of_two_files_and_keeps_its_digest():
    manifest = tomllib.loads((BUNDLE / "module.toml").read_text("utf-8"))
    document = join_contract(vector("word-count/contract.json"), manifest)
    contract = parse_contract(document)
    assert contract_digest(contract) == vector("plan.json")["versions"]["text/word-count@1.2.0"]["contract"]
    assert contract_document(contract) == document


def test_a_bundle_table_names_the_bytes_of_its_files():
    table = vector("bundle.json")
    assert digest_of(table) == vector("plan.json")["versions"]["text/word-count@1.2.0"]["bundle"]
    for name, entry in table["files"].items():
        data = (BUNDLE / name).read_bytes()
        assert (len(data), digest_of_bytes(data)) == (entry["bytes"], "sha256:" + entry["sha256"])


def test_journal_events_survive_a_round_trip():
    lines = (VECTORS / "journal.jsonl").read_text("utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    assert [event_document(parse_event(document)) for document in documents] == documents


def test_values_survive_a_round_trip():
    assert envelopes_document(parse_envelopes(vector("values.json"))) == vector("values.json")


@pytest.mark.parametrize(("key", "default"), [("deadline_seconds", 86_400), ("doc", ""), ("layout", {})])
def test_a_key_that_equals_its_default_does_not_change_the_digest(key, default):
    document = vector("graph.json")
    plain = graph_digest(parse_graph(document))
    assert graph_digest(parse_graph({**document, key: default})) == plain


def test_moving_a_node_does_not_change_the_graph_digest():
    document = vector("graph.json")
    moved = {**document, "layout": {"positions": {"texts": [5, 5]}}}
    assert graph_digest(parse_graph(moved)) == graph_digest(parse_graph(document))


@pytest.mark.parametrize("kind", ["graph", "lock", "plan"])
def test_an_unknown_key_is_refused_with_its_pointer(kind):
    problems = check_structure(kind, {**vector(f"{kind}.json"), "colour": "red"})
    assert len(problems) == 1
    assert "colour" in problems[0].message


def test_a_wrong_node_says_which_key_of_which_node():
    document = vector("graph.json")
    document["nodes"]["count"]["retry"] = {"attempts": "many"}
    assert [p.path for p in check_structure("graph", document)] == ["/nodes/count/retry/attempts"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/deadline_seconds", 1e12),
        ("/nodes/ok/deadline_seconds", 1e12),
        ("/nodes/ok/who/teams", []),
        ("/nodes/count/timeout_seconds", 1e12),
        ("/nodes/count/retry/cap_seconds", 1e12),
        ("/nodes/count/retry/factor", 1e300),
        ("/nodes/w/seconds", 1e12),
    ],
)
def test_what_no_run_could_carry_out_is_refused_with_its_pointer(path, value):
    document = vector("graph.json")
    document["nodes"]["w"] = {"kind": "wait", "seconds": 1}
    *outer, last = path.split("/")[1:]
    place = document
    for key in outer:
        place = place[key]
    place[last] = value
    assert [problem.path for problem in check_structure("graph", document)] == [path]


def test_an_unknown_kind_of_node_is_told_with_those_there_are():
    document = vector("graph.json")
    document["nodes"]["w"] = {"kind": "modul", "module": "text/x", "pin": "1.0.0"}
    (problem,) = check_structure("graph", document)
    assert problem.path == "/nodes/w/kind"
    assert problem.message.startswith("'modul' is not known here. Choose one of: module, ")


@pytest.mark.parametrize(("type_", "v"), [("run_dreamt", 1), ("run_finished", 2)])
def test_an_unknown_event_type_or_version_is_refused_by_name(type_, v):
    event = {"seq": 1, "epoch": 1, "type": type_, "v": v, "at": "2026-01-31T09:00:00.000Z", "data": {}}
    with pytest.raises(ProblemsError, match=type_):
        parse_event(event)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (333333333.33333329, "333333333.3333333"),
        (2.0, "2"),
        (1 << 52, "4503599627370496"),
    ],
)
def test_numbers_have_the_form_of_rfc_8785(value, text):
    assert canonical_bytes(value).decode() == text


def test_keys_are_sorted_by_utf_16_code_units():
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = list(json.loads(canonical_bytes(dict.fromkeys(keys, 0))))
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b"[NaN]", "number_range"),
        (b"[1e999]", "number_range"),
        (b'["\\ud800"]', "lone_surrogate"),
        (b"\xff", "not_utf8"),
        (b"[" * 65 + b"]" * 65, "too_deep"),
        (b"[" * 1_000_000, "too_deep"),
        (b"[1,", "not_json"),
        (b"9" * 10_000, "number_range"),
    ],
)
def test_what_is_not_i_json_is_refused_with_its_reason(data, code):
    with pytest.raises(ProblemsError) as caught:
        parse_json(data)
    assert caught.value.problems[0].code == code
