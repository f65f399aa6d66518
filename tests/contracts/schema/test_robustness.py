"""Any JSON document gets an answer, soon, and the command survives every line."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from contracts.problems import ProblemsError
from contracts.schema import (
    adapt,
    check_port_schema,
    compile_guard,
    contains,
    infer,
    is_in_subset,
    judge_edge,
)
from contracts.schema.guard import MAX_PROBLEMS
from contracts.schema.unfolded import MAX_STEPS
from tests.contracts.schema.generators import nodes, realistic_schema, small_schema

ROOT = Path(__file__).parent.parent.parent.parent
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    1e308,
    2**70,
    float("inf"),
    float("nan"),
    "",
    "x",
    "(",
    "#",
    "#/$defs/x",
    "http://[",
    "#/%zz",
    "\ud800",
    [],
    [1],
    [None],
    ["a", "a"],
    {},
    {"a": 1},
    {"": {}},
    {"$ref": "#"},
    {"$ref": "http://elsewhere.example/x"},
    {"$dynamicRef": "#x"},
    {"$id": "http://[", "$ref": "x"},
]
WORDS = [
    "$ref",
    "items",
    "properties",
    "pattern",
    "required",
    "enum",
    "const",
    "type",
    "minLength",
    "allOf",
    "if",
]


def scrambled(random: Random, schema: Any) -> Any:
    found = nodes(schema)
    for node in random.sample(found, min(len(found), 2)):
        word = random.choice([*node, *WORDS])
        node[word] = random.choice(ODD)
    return schema if found else random.choice(ODD)


@pytest.mark.parametrize("batch", range(5))
def test_scrambled_schemas_get_an_answer(batch: int):
    for seed in range(batch * 100, batch * 100 + 100):
        random = Random(seed)
        a = scrambled(random, small_schema(random, 2))
        b = scrambled(random, realistic_schema(random, 2))
        for verdict in (contains(a, b), contains(b, a), judge_edge(a, b)):
            assert "The checker failed" not in verdict.reason, (a, b)
        for schema in (a, b):
            check_port_schema(schema)
            is_in_subset(schema)
            adapt({"a": [1, {"b": 2}]}, schema)
            with suppress(ProblemsError):
                compile_guard(schema).problems({"a": 1})


@pytest.mark.parametrize("a", ODD, ids=repr)
def test_any_document_gets_an_answer(a: Any):
    for b in ODD:
        assert "The checker failed" not in contains(a, b).reason


def nested(depth: int, leaf: Any) -> Any:
    for _ in range(depth):
        leaf = {"items": leaf}
    return leaf


def test_depth_is_bounded():
    assert contains(nested(60, {"type": "integer"}), nested(60, {"type": "number"})).answer == "yes"
    assert contains(nested(60, {"type": "number"}), nested(60, {"type": "integer"})).answer == "no"
    assert contains(nested(20_000, True), True).answer == "unknown"
    chain: dict[str, Any] = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(3000)}
    assert contains({"$ref": "#/$defs/d0", "$defs": {**chain, "d3000": True}}, False).answer in (
        "no",
        "unknown",
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"const": "a" * 60 + "!"}, {"pattern": "^(a+)+$"}),
        ({"const": "a" * 60 + "!"}, {"pattern": "^(?=a)(a+)+$"}),
        (
            {"const": {"a" * 60 + "!": 1}},
            {"patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False},
        ),
        ({"type": "string", "pattern": "^(a|b)*a(a|b){16}$"}, {"pattern": "^(a|b)*b(a|b){16}$"}),
        ({"type": "string", "pattern": "^([a-z]{1,100}){1,100}$"}, {"maxLength": 7}),
        ({"type": "string", "minLength": 10**30}, {"minLength": 10**30 + 1}),
        ({"type": "array", "minItems": 10**9}, {"minItems": 10**9 + 1}),
        ({"type": "object", "minProperties": 10**9}, {"minProperties": 10**9 + 1}),
        ({"type": "number", "multipleOf": 5e-324}, {"multipleOf": 1e-300}),
        ({"enum": list(range(20_000))}, {"type": "integer"}),
        (
            {"allOf": [{"anyOf": [{"required": [f"a{n}"]}, {"required": [f"b{n}"]}]} for n in range(40)]},
            False,
        ),
        (True, {"oneOf": [{"required": [f"a{n}"]} for n in range(60)]}),
        ({"$ref": "#"}, {"type": "string"}),
        ({"allOf": [{"$ref": "#"}]}, {"not": {"$ref": "#"}}),
    ],
    ids=str,
)
def test_hard_questions_end(a: Any, b: Any):
    assert contains(a, b).answer in ("yes", "no", "unknown")
    assert contains(b, a).answer in ("yes", "no", "unknown")


def test_large_schemas_are_refused_at_once():
    assert [problem.code for problem in check_port_schema(nested(10_000, True))] == ["too_deep"]
    assert [problem.code for problem in check_port_schema({"const": "x" * 10_000_000})] == ["too_large"]
    assert [problem.code for problem in check_port_schema({"enum": list(range(1_000_000))})] == ["too_large"]


def test_the_command_answers_every_line():
    deep = "[" * 50_000
    lines = [
        '{"id": 1, "a": {"type": "integer"}, "b": {"type": "number"}}',
        '{"id": "two", "a": {"type": "number"}, "b": {"type": "integer"}}',
        "not json",
        '{"id": 4}',
        "[]",
        "5",
        deep,
        '{"id": 8, "a": ' + "9" * 5000 + ', "b": true}',
        '{"id": {"x": [9]}, "a": 5, "b": []}',
        '{"id": 10, "a": "\\ud800", "b": {"const": 1e999}}',
    ]
    command = [sys.executable, "-m", "contracts.schema"]
    done = subprocess.run(
        command, input="\n".join(lines) + "\n", capture_output=True, text=True, cwd=ROOT, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["answer"] for answer in answers] == ["yes", "no", *["unknown"] * 8]
    assert answers[1] | {"ms": 0} == {
        "id": "two",
        "answer": "no",
        "witness": 0.5,
        "pointer_a": "",
        "pointer_b": "/type",
        "keyword": "type",
        "reason": '0.5 is not of type "integer"',
        "ms": 0,
    }
    assert answers[8]["id"] == {"x": [9]}


def test_infer_accepts_what_it_saw():
    for seed in range(150):
        random = Random(seed)
        values = [random.choice(ODD[:7] + ODD[9:]) for _ in range(random.randint(1, 4))]
        guard = compile_guard(infer(values))
        for value in values:
            if value != "\ud800":
                assert guard.is_valid(value), (values, infer(values))


def test_what_is_missing_and_what_is_unknown_is_told_by_its_name() -> None:
    guard = compile_guard(
        {
            "type": "object",
            "properties": {"a": {"type": "integer", "minimum": 3}},
            "required": ["x"],
            "additionalProperties": False,
        }
    )
    assert [(problem.path, problem.message) for problem in guard.problems({"a": 1, "b": 2})] == [
        ("/a", "1 is less than the minimum of 3. The schema says so at /properties/a/minimum."),
        ("", "Not known here: b. Remove it, or look at its spelling."),
        ("", "The field x is missing. Add it."),
    ]


_UNIONS_OF_ITSELF = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"of": {"items": {"$ref": "#/$defs/node"}}, "op": {"const": name}},
                    "required": ["op"],
                }
                for name in ("add", "mul", "neg", "sum")
            ]
        }
    },
}


def test_a_wrong_leaf_deep_in_a_recursive_schema_is_told_without_telling_of_every_branch() -> None:
    value: Any = "no node"
    for _ in range(60):
        value = {"op": "add", "of": [value]}
    (problem,) = compile_guard(_UNIONS_OF_ITSELF).problems(value)
    assert problem.message.endswith(
        "is not valid under exactly one of the schemas of oneOf. The schema says so at /$defs/node/oneOf."
    )


def test_of_a_value_with_a_million_mistakes_the_first_is_told() -> None:
    problems = compile_guard({"items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}).problems(
        [0] * 1_000_000
    )
    assert [problem.path for problem in problems] == ["/0"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"allOf": [{"items": {"minimum": n}} for n in range(1, 701)]}, [0] * 1900),
        ({"allOf": [{"maxLength": n} for n in range(700)]}, "x" * 1_000_000),
        ({"allOf": [{"additionalProperties": {"minimum": n}} for n in range(1, 701)]}, {"x" * 1_000_000: 0}),
        ({"items": {"enum": ["x" * 1_000_000]}}, list("abcdefgh")),
    ],
    ids=["many values", "a long text", "a long name", "a long choice"],
)
def test_of_what_is_large_with_its_schema_the_first_problem_is_told(schema: Any, value: Any) -> None:
    assert len(compile_guard(schema).problems(value)) == 1


def test_every_problem_of_a_form_is_told_up_to_the_bound() -> None:
    fields = {
        f"f{n}": {"type": "string", "title": f"Field {n}", "description": "What it is for.", "maxLength": 40}
        for n in range(40)
    }
    guard = compile_guard({"type": "object", "properties": fields, "additionalProperties": False})
    assert len(guard.problems({f"f{n}": n for n in range(15)})) == 15
    assert len(guard.problems({f"f{n}": n for n in range(40)})) == MAX_PROBLEMS
    assert len(guard.problems({f"f{n}": n for n in range(40)}, at_most=1)) == 1


def test_what_only_the_judge_refuses_is_told_in_general_words() -> None:
    guard = compile_guard({"type": "string"})
    guard._explainer = compile_guard(True)._validator  # as if it were rewritten to accept more
    assert [problem.message for problem in guard.problems(5)] == ["Its schema refuses it."]


def test_an_author_s_own_else_is_no_union() -> None:
    schema = {"allOf": [{"if": {"type": "string"}, "else": False}, {"anyOf": [{"minLength": 9}]}]}
    assert [problem.message for problem in compile_guard(schema).problems(5)] == [
        "False schema does not allow 5. The schema says so at /allOf/0/else."
    ]
    assert [problem.message for problem in compile_guard(schema).problems("x")] == [
        '"x" is not valid under any of the schemas of anyOf. The schema says so at /allOf/1/anyOf.'
    ]


def test_a_reference_into_a_union_is_told_in_general_words() -> None:
    schema = {"properties": {"a": {"$ref": "#/anyOf/0"}}, "anyOf": [{"type": "object"}]}
    assert [problem.message for problem in compile_guard(schema).problems({"a": 1})] == [
        "Its schema refuses it."
    ]


def test_definitions_that_double_each_other_are_refused() -> None:
    doubling = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(30)}
    schema = {"$ref": "#/$defs/d0", "$defs": {**doubling, "d30": {"type": "integer"}}}
    assert [problem.code for problem in check_port_schema(schema)] == ["too_large"]


def test_a_chain_of_definitions_is_refused_only_where_it_is_too_long() -> None:
    def chain(length: int) -> Any:
        links = {f"d{n}": {"properties": {"a": {"$ref": f"#/$defs/d{n + 1}"}}} for n in range(length)}
        return {"$ref": "#/$defs/d0", "$defs": {**links, f"d{length}": {"type": "integer"}}}

    longest = (MAX_STEPS - 1) // 2  # of the steps, one leads to the first, and two to each that follows
    assert check_port_schema(chain(longest)) == []
    for length in (longest + 1, 5_000):
        (problem,) = check_port_schema(chain(length))
        assert (problem.code, problem.message) == (
            "too_deep",
            "Its references lead more than 400 schemas deep. Make the way through them shorter.",
        )


def test_each_of_ten_thousand_references_is_followed_once() -> None:
    def links(last: int) -> Any:
        return {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(10_000)} | {
            "d10000": {"$ref": f"#/$defs/d{last}"}
        }

    assert {problem.code for problem in check_port_schema({"$defs": links(0)})} == {"endless_ref"}
    problems = check_port_schema({"$defs": links(20_000)})
    assert len(problems) == 10_001
    assert {problem.message for problem in problems} == {
        "#/$defs/d20000 points at nothing. Define it in $defs."
    }
