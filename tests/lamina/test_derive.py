"""Type hints become contract.json, exactly."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NotRequired, TypedDict, TypeVar

import msgspec
import pydantic
import pytest

from contracts.formats import check_structure
from lamina import Binary, Context, ModuleError, Port, Schema, Table, module
from lamina.calling import load_entry
from lamina.derive import NotDerivable, contract_text, derive_contract

WORD_COUNT = Path(__file__).parent.parent / "vectors" / "word-count"
T = TypeVar("T", bound=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Leaf:
    value: int
    children: list["Leaf"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Inputs(Generic[T]):
    rows: list[T]
    mode: Literal["fast", "exact"] = "fast"
    tree: Leaf | None = None
    maybe: int | None
    pair: tuple[int, str] = (1, "a")
    orders: Annotated[Table, Port(columns=[{"name": "id", "type": "int64"}])]
    picture: Annotated[Binary, Port(type="image/png", max_bytes=1000, doc="A picture.")]


@dataclass(frozen=True, kw_only=True)
class Outputs(Generic[T]):
    rows: list[T]
    extra: dict[str, float | bool] | None = None
    page: Annotated[bytes, Port(type="text/html")]


class Busy(ModuleError):
    """Try again
    later."""

    error_name = "too_busy"
    retryable = True


class HTTPFailed(ModuleError):
    status: Annotated[int, Schema(minimum=100)]


@module(errors=[Busy, HTTPFailed], errors_open=True, comparators={"/rows": "unordered"})
def everything(inputs: Inputs[T], context: Context) -> Outputs[T]:
    raise NotImplementedError


def test_the_golden_example_derives_its_contract():
    function = load_entry(WORD_COUNT, "run.py:run")
    assert derive_contract(function) == json.loads((WORD_COUNT / "contract.json").read_text("utf-8"))


def test_every_kind_of_hint_has_its_schema():
    document = derive_contract(everything)
    assert check_structure("contract_file", document) == []
    leaf = {"$ref": "#/$defs/Leaf"}
    assert document["ports"]["in"] == {
        "rows": {"media": "json", "schema": {"type": "array", "items": {"$ref": "#/$defs/T"}}},
        "mode": {"media": "json", "schema": {"enum": ["fast", "exact"]}, "default": "fast"},
        "tree": {"media": "json", "schema": leaf, "cardinality": "optional"},
        "maybe": {"media": "json", "schema": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
        "pair": {
            "media": "json",
            "schema": {
                "type": "array",
                "prefixItems": [{"type": "integer"}, {"type": "string"}],
                "items": False,
                "minItems": 2,
            },
            "default": [1, "a"],
        },
        "orders": {"media": "table", "columns": [{"name": "id", "type": "int64"}]},
        "picture": {"media": "binary", "type": "image/png", "max_bytes": 1000, "doc": "A picture."},
    }
    assert document["ports"]["out"] == {
        "rows": {"media": "json", "schema": {"type": "array", "items": {"$ref": "#/$defs/T"}}},
        "extra": {
            "media": "json",
            "cardinality": "optional",
            "schema": {
                "type": "object",
                "additionalProperties": {"anyOf": [{"type": "number"}, {"type": "boolean"}]},
            },
        },
        "page": {"media": "binary", "type": "text/html"},
    }
    assert document["type_variables"] == ["T"]
    assert document["$defs"] == {
        "T": {"type": "object"},
        "Leaf": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": leaf, "default": []},
            },
            "required": ["value"],
            "additionalProperties": False,
        },
    }
    assert document["errors"] == {
        "too_busy": {"retryable": True, "doc": "Try again later."},
        "http_failed": {
            "schema": {
                "type": "object",
                "properties": {"status": {"type": "integer", "minimum": 100}},
                "required": ["status"],
                "additionalProperties": False,
            }
        },
    }
    assert (document["errors_open"], document["comparators"]) == (True, {"/rows": "unordered"})
    assert json.loads(contract_text(document)) == document


class TypedInputs(TypedDict):
    text: str
    note: NotRequired[Annotated[str, Schema(maxLength=5)]]


class Model(pydantic.BaseModel):
    size: int = pydantic.Field(default=3, ge=1)
    name: str


class Point(msgspec.Struct):
    x: float
    y: float = 0.0


@module
def foreign(inputs: TypedInputs, context: Context[Model]) -> Point:
    return Point(x=float(len(inputs["text"])) * context.config.size)


def test_typed_dicts_pydantic_and_msgspec_bring_their_schema():
    document = derive_contract(foreign)
    assert check_structure("contract_file", document) == []
    assert document["ports"]["in"]["note"] == {
        "media": "json",
        "schema": {"type": "string", "maxLength": 5},
        "cardinality": "optional",
    }
    assert document["ports"]["out"]["x"] == {"media": "json", "schema": {"type": "number"}}
    assert document["config"]["properties"]["size"]["minimum"] == 1
    assert document["config"]["required"] == ["name"]


def test_a_table_port_may_be_a_type_variable():
    @dataclass
    class Rows:
        table: Annotated[Table, Port(columns="R")]

    @module
    def same(inputs: Rows, context: Context) -> Rows:
        return inputs

    # hints are resolved through the module's names, as in a file
    same.__annotations__.update(inputs=Rows, **{"return": Rows})
    document = derive_contract(same)
    assert document["ports"]["out"]["table"] == {"media": "table", "columns": "R"}
    assert (document["type_variables"], document["$defs"]) == (["R"], {"R": True})


def _entry(annotations: dict[str, Any]):
    def run(inputs, context):
        raise NotImplementedError

    run.__annotations__ = annotations
    return module(run)


@dataclass
class NoForm:
    moment: complex


@dataclass
class BareTable:
    table: Table


@dataclass
class ListOfBinaries:
    pictures: list[Binary]


@pytest.mark.parametrize(
    ("annotations", "words"),
    [
        ({"inputs": NoForm, "context": Context, "return": NoForm}, "NoForm.moment"),
        ({"inputs": BareTable, "context": Context, "return": NoForm}, "needs its columns"),
        ({"inputs": ListOfBinaries, "context": Context, "return": NoForm}, "a port of its own"),
        ({"inputs": dict, "context": Context, "return": dict}, "must be a dataclass"),
        ({"inputs": TypedInputs, "context": Context}, "Write "),
        ({"inputs": TypedInputs, "context": dict, "return": TypedInputs}, "must be a Context"),
        ({"inputs": "Missing", "context": Context, "return": TypedInputs}, "Missing"),
        ({"inputs": TypedInputs, "context": Context[int], "return": TypedInputs}, "must name a dataclass"),
    ],
)
def test_what_has_no_contract_is_refused_with_its_place(annotations, words):
    with pytest.raises(NotDerivable, match=words):
        derive_contract(_entry(annotations))


def test_the_plain_form_has_nothing_to_derive():
    with pytest.raises(NotDerivable, match=r"contract\.json by hand"):
        derive_contract(lambda inputs, context: {})


def test_the_package_needs_the_standard_library_only():
    import subprocess

    code = (
        "import sys, lamina, lamina.calling, lamina.derive, lamina.testing;"
        "print({n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names) - {'__main__'})"
    )
    answer = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert answer.stdout.strip() == "{'lamina'}"
