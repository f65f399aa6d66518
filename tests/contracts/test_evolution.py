"""The bump of a release: each line of the table, with its reason and its witness."""

import copy
from typing import Any

import jsonschema_rs
import pytest

from contracts.evolution import Bump, derive_bump

OLD: dict[str, Any] = {
    "format": "lamina/contract@1",
    "type_variables": ["T"],
    "$defs": {
        "T": True,
        "Row": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]},
    },
    "ports": {
        "in": {
            "text": {"media": "json", "schema": {"type": "string", "maxLength": 100}},
            "many": {
                "media": "json",
                "schema": {"type": "array", "items": {"$ref": "#/$defs/T"}},
                "default": [],
            },
            "rows": {"media": "table", "columns": [{"name": "a", "type": "int32"}]},
            "picture": {"media": "binary", "type": "image/png", "cardinality": "optional"},
        },
        "out": {
            "counts": {
                "media": "json",
                "schema": {
                    "type": "object",
                    "properties": {"n": {"type": "integer", "minimum": 0}},
                    "required": ["n"],
                    "additionalProperties": False,
                },
            },
            "one": {"media": "json", "schema": {"$ref": "#/$defs/T"}},
            "row": {"media": "json", "schema": {"$ref": "#/$defs/Row"}},
        },
    },
    "config": {
        "type": "object",
        "properties": {"limit": {"type": "integer", "default": 10}},
        "additionalProperties": False,
    },
    "errors": {"no_words": {"retryable": True, "schema": {"type": "object"}}},
    "effects": {"kind": "keyed", "deterministic": True, "key_seconds": 60},
    "capabilities": {"network": ["a.example:443"], "scratch_bytes": 1000},
    "limits": {"wall_seconds": 10},
}

COUNTS = "ports.out.counts.schema"


def changed(**changes: Any) -> dict[str, Any]:
    """The contract with values put at dotted paths; None removes."""
    contract = copy.deepcopy(OLD)
    for path, value in changes.items():
        *above, last = path.replace("__", "$").split(".")
        node: Any = contract
        for part in above:
            node = node[part]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return contract


def bump(changes: dict[str, Any], old: dict[str, Any] = OLD) -> Bump:
    return derive_bump(old, changed(**changes))


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("nothing", {}, "patch", ""),
    ("words only", {"ports.in.text.doc": "words"}, "patch", ""),
    (
        "a description in a schema",
        {"ports.in.text.schema": {"type": "string", "maxLength": 100, "description": "x"}},
        "patch",
        "",
    ),
    (
        "the same in other words",
        {"ports.in.text.schema": {"allOf": [{"type": "string"}, {"maxLength": 100}]}},
        "patch",
        "/ports/in/text/schema",
    ),
    ("an input accepts more", {"ports.in.text.schema": {"type": "string"}}, "minor", "/ports/in/text/schema"),
    (
        "an input accepts less",
        {"ports.in.text.schema": {"type": "string", "maxLength": 99}},
        "major",
        "/ports/in/text/schema",
    ),
    (
        "an output emits less",
        {f"{COUNTS}.properties.n": {"type": "integer", "minimum": 1}},
        "minor",
        "/ports/out/counts/schema",
    ),
    (
        "an output emits more",
        {f"{COUNTS}.properties.n": {"type": "number", "minimum": 0}},
        "major",
        "/ports/out/counts/schema",
    ),
    (
        "an output has a new field",
        {f"{COUNTS}.properties.m": {"type": "integer"}},
        "minor",
        "/ports/out/counts/schema",
    ),
    (
        "an output lost a field",
        {f"{COUNTS}.required": [], f"{COUNTS}.properties": {}},
        "major",
        "/ports/out/counts/schema",
    ),
    ("a definition changed", {"__defs.Row.required": []}, "major", "/ports/out/row/schema"),
    ("an input is added", {"ports.in.more": {"media": "json", "schema": True}}, "major", "/ports/in/more"),
    (
        "an input with a default is added",
        {"ports.in.more": {"media": "json", "schema": True, "default": 1}},
        "minor",
        "/ports/in/more",
    ),
    (
        "an optional input is added",
        {"ports.in.more": {"media": "json", "schema": True, "cardinality": "optional"}},
        "minor",
        "/ports/in/more",
    ),
    ("an input is removed", {"ports.in.text": None}, "major", "/ports/in/text"),
    ("an input lost its default", {"ports.in.many.default": None}, "major", "/ports/in/many"),
    ("an input got a default", {"ports.in.text.default": "x"}, "minor", "/ports/in/text"),
    ("the default of an input changed", {"ports.in.many.default": [1]}, "minor", "/ports/in/many/default"),
    ("an output is added", {"ports.out.more": {"media": "json", "schema": True}}, "minor", "/ports/out/more"),
    ("an output is removed", {"ports.out.one": None}, "major", "/ports/out/one"),
    (
        "an output may be absent",
        {"ports.out.one.cardinality": "optional"},
        "major",
        "/ports/out/one/cardinality",
    ),
    (
        "a port carries something else",
        {"ports.in.text": {"media": "binary", "type": "text/plain"}},
        "major",
        "/ports/in/text/media",
    ),
    ("nothing is stripped any more", {"ports.in.text.unknown": "reject"}, "major", "/ports/in/text/unknown"),
    ("an input may be larger", {"ports.in.text.max_bytes": 1 << 21}, "minor", "/ports/in/text/max_bytes"),
    ("an input may be less large", {"ports.in.text.max_bytes": 1000}, "major", "/ports/in/text/max_bytes"),
    (
        "a column widens",
        {"ports.in.rows.columns": [{"name": "a", "type": "int64"}]},
        "minor",
        "/ports/in/rows/columns",
    ),
    (
        "a column is asked for",
        {"ports.in.rows.columns": [{"name": "a", "type": "int32"}, {"name": "b", "type": "utf8"}]},
        "major",
        "/ports/in/rows/columns",
    ),
    ("a wider range of pictures", {"ports.in.picture.type": "image/*"}, "minor", "/ports/in/picture/type"),
    ("other pictures", {"ports.in.picture.type": "image/jpeg"}, "major", "/ports/in/picture/type"),
    ("a variable became anything", {"ports.out.one.schema": True}, "major", "/ports/out/one/schema"),
    (
        "a variable became a type",
        {"ports.in.many.schema.items": {"type": "object"}},
        "major",
        "/ports/in/many/schema",
    ),
    (
        "a setting is added",
        {"config.properties.more": {"type": "string", "default": "x"}},
        "minor",
        "/config",
    ),
    (
        "a setting is required",
        {"config.properties.more": {}, "config.required": ["more"]},
        "major",
        "/config",
    ),
    ("a setting is removed", {"config.properties.limit": None}, "major", "/config"),
    (
        "the default of a setting changed",
        {"config.properties.limit.default": 20},
        "minor",
        "/config/properties/limit/default",
    ),
    ("an error is added", {"errors.too_long": {}}, "major", "/errors/too_long"),
    ("an error is removed", {"errors.no_words": None}, "minor", "/errors/no_words"),
    (
        "an error cannot be retried any more",
        {"errors.no_words.retryable": False},
        "major",
        "/errors/no_words/retryable",
    ),
    ("the data of an error widens", {"errors.no_words.schema": {}}, "major", "/errors/no_words/schema"),
    ("undeclared errors appear", {"errors_open": True}, "major", "/errors_open"),
    ("towards pure", {"effects": {"kind": "pure", "deterministic": True}}, "minor", "/effects/kind"),
    ("away from pure", {"effects": {"kind": "effectful", "deterministic": True}}, "major", "/effects/kind"),
    ("no longer deterministic", {"effects.deterministic": False}, "major", "/effects/deterministic"),
    ("another key", {"effects.key": "/inputs/text"}, "major", "/effects/key"),
    ("a key is remembered less long", {"effects.key_seconds": 30}, "major", "/effects/key_seconds"),
    (
        "a host is added",
        {"capabilities.network": ["a.example:443", "b.example:443"]},
        "major",
        "/capabilities/network",
    ),
    ("a host is given up", {"capabilities.network": []}, "patch", "/capabilities/network"),
    ("a secret is added", {"capabilities.secrets": ["key"]}, "major", "/capabilities/secrets"),
    ("more scratch space", {"capabilities.scratch_bytes": 2000}, "minor", "/capabilities/scratch_bytes"),
    ("a gpu", {"capabilities.gpus": 1}, "major", "/capabilities/gpus"),
    ("it needs more time", {"limits.wall_seconds": 20}, "minor", "/limits/wall_seconds"),
    ("it needs less time", {"limits.wall_seconds": 5}, "patch", "/limits/wall_seconds"),
    ("another comparison", {"comparators": {"/counts": "unordered"}}, "minor", "/comparators/~1counts"),
]


@pytest.mark.parametrize(
    ("changes", "level", "path"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_change_gets_its_bump_and_its_reason(changes: dict[str, Any], level: str, path: str):
    result = bump(changes)
    assert result.level == level, result
    assert not result.needs_attestation
    assert result.proven_level == level
    assert (not path and not result.reasons) or path in [reason.path for reason in result.reasons], result
    assert all(reason.message.endswith(".") or reason.has_witness for reason in result.reasons)


def test_a_narrower_input_comes_with_the_value_that_old_callers_send():
    (reason,) = bump({"ports.in.text.schema": {"type": "string", "maxLength": 99}}).reasons
    assert reason.verdict == "no"
    assert reason.witness == "a" * 100


def test_a_wider_output_comes_with_the_value_that_old_readers_refuse():
    new = {"type": "number", "minimum": 0}
    (reason,) = bump({f"{COUNTS}.properties.n": new}).reasons
    old = jsonschema_rs.Draft202012Validator(OLD["ports"]["out"]["counts"]["schema"])
    assert reason.has_witness
    assert not old.is_valid(reason.witness)


def test_a_default_of_the_old_output_does_not_hide_a_lost_field():
    old = changed(**{f"{COUNTS}.properties.n": {"type": "integer", "default": 0}})
    new = copy.deepcopy(old)
    new["ports"]["out"]["counts"]["schema"]["required"] = []
    assert derive_bump(old, new).level == "major"


def test_an_error_of_an_open_set_is_a_minor():
    old = changed(errors_open=True)
    new = copy.deepcopy(old)
    new["errors"]["too_long"] = {}
    assert derive_bump(old, new).level == "minor"


def test_what_nobody_can_prove_needs_an_attestation():
    old = changed(**{"ports.in.text.schema": {"type": "string", "pattern": "^(?!x)a{3}$"}})
    new = changed(**{"ports.in.text.schema": {"type": "string", "pattern": "^(?!y)a{3}$", "maxLength": 3}})
    result = derive_bump(old, new)
    assert (result.level, result.needs_attestation, result.proven_level) == ("major", True, "patch")
    assert result.reasons[0].verdict == "unknown"
    worse = copy.deepcopy(new)
    del worse["ports"]["out"]["one"]
    assert (derive_bump(old, worse).level, derive_bump(old, worse).needs_attestation) == ("major", False)


def test_the_bump_is_the_largest_of_its_reasons_and_they_come_first():
    result = bump(
        {"ports.out.more": {"media": "json", "schema": True}, "ports.in.text": None, "limits.wall_seconds": 5}
    )
    assert [reason.level for reason in result.reasons] == ["major", "minor", "patch"]
    assert result.level == "major"
