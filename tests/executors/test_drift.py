"""What a service's description leaves open is no drift."""

from typing import Any

import pytest
from msgspec import convert

from contracts.module import ModuleContract
from executors.drift import check_description

DIGEST = "sha256:" + "0" * 64
CONTRACT = convert(
    {
        "format": "lamina/contract@1",
        "ports": {"in": {}, "out": {"n": {"media": "json", "schema": {"type": "integer"}}}},
        "effects": {"kind": "pure"},
    },
    ModuleContract,
)
GONE: dict[str, Any] = {"type": "object", "properties": {"m": True}, "additionalProperties": False}


def described(schema: Any, *, version: str = "3.1.0", path: str = "/run") -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": schema}}}
    return {"openapi": version, "paths": {path: {"post": {"responses": {"200": answer}}}}}


def codes(description: dict[str, Any]) -> list[str]:
    return [problem.path for problem in check_description(CONTRACT, DIGEST, description, "/run")]


def test_an_output_that_a_closed_object_lacks_is_gone() -> None:
    assert codes(described(GONE)) == ["/responses/200/n"]


def test_an_output_of_another_type_is_drift_with_a_value_that_shows_it() -> None:
    problems = check_description(
        CONTRACT,
        DIGEST,
        described({"type": "object", "properties": {"n": {"const": "seven"}}, "required": ["n"]}),
        "/run",
    )
    assert [problem.path for problem in problems] == ["/responses/200/n"]
    assert 'It may give "seven"' in problems[0].message


def test_a_path_item_elsewhere_in_the_document_is_followed() -> None:
    description = described(GONE, path="/other")
    description["components"] = {"pathItems": {"run": description["paths"].pop("/other")}}
    description["paths"]["/run"] = {"$ref": "#/components/pathItems/run"}
    assert codes(description) == ["/responses/200/n"]


@pytest.mark.parametrize(
    "description",
    [
        described(GONE, version="3.0.3"),
        {"swagger": "2.0", "paths": {}},
        described(GONE, path="/{name}"),
        {"openapi": "3.1.0", "paths": {}},
        {"openapi": "3.1.0"},
        described({"type": "object", "properties": {"m": True}}),
        described({**GONE, "allOf": [{"properties": {"n": True}}]}),
        described({"$ref": "elsewhere.json", **GONE}),
        described({"properties": {"n": True}, "allOf": [{"properties": {"n": {"type": "integer"}}}]}),
    ],
)
def test_what_is_left_open_is_no_drift(description: dict[str, Any]) -> None:
    assert codes(description) == []


def doubling() -> dict[str, Any]:
    twice = {str(n): {"allOf": [{"$ref": f"#/twice/{n + 1}"}] * 2} for n in range(60)}
    return {**described({"properties": {"n": {"$ref": "#/twice/0"}}}), "twice": {**twice, "60": True}}


def many() -> dict[str, Any]:
    properties = {f"p{n}": {"$ref": f"#/types/t{n}"} for n in range(40_000)}
    return {**described({"properties": {"n": {"properties": properties}}}), "types": properties}


def deep() -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(900):
        schema = {"properties": {"n": schema}}
    return described(schema)


@pytest.mark.parametrize("description", [doubling(), many(), deep()], ids=["doubling", "many", "deep"])
def test_a_schema_that_cannot_be_judged_in_a_moment_is_left_open(description: dict[str, Any]) -> None:
    assert codes(description) == []


@pytest.mark.parametrize("operation", [1, "a text", [1], [], None])
def test_an_operation_that_is_no_object_is_left_open(operation: object) -> None:
    assert codes({"openapi": "3.1.0", "paths": {"/run": {"post": operation}}}) == []
