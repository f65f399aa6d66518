"""An entry function is reached in one way, whatever form it has."""

import io
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

import pyarrow
import pytest

from lamina import Binary, CapabilityRefused, Context, HttpResponse, ModuleError, Port, Table, module
from lamina.calling import call, load_entry
from lamina.testing import LocalHost
from lamina.testing import call as call_for_test

VECTORS = Path(__file__).parent.parent / "vectors"


@dataclass(frozen=True)
class Circle:
    kind: Literal["circle"]
    radius: float


@dataclass(frozen=True)
class Square:
    kind: Literal["square"]
    side: int


@dataclass(frozen=True)
class Inputs:
    shapes: list[Circle | Square]
    by_name: dict[str, Circle]
    count: int
    corner: tuple[int, int] = (0, 0)
    first: Circle | None = None


@dataclass(frozen=True)
class Config:
    names: list[str] = field(default_factory=lambda: ["a"])


@dataclass(frozen=True)
class Outputs:
    shapes: list[Circle | Square]
    seen: dict[str, Any]
    first: Circle | None = None


@module
def echo(inputs: Inputs, context: Context[Config]) -> Outputs:
    seen = {
        "count": inputs.count,
        "corner": inputs.corner,
        "names": context.config.names,
        "a": inputs.by_name["a"],
    }
    return Outputs(shapes=inputs.shapes, seen=seen, first=inputs.first)


CIRCLE = {"kind": "circle", "radius": 1}


def test_dicts_become_the_declared_classes_and_back():
    square = {"kind": "square", "side": 2.0}
    outputs = call_for_test(echo, {"shapes": [CIRCLE, square], "by_name": {"a": CIRCLE}, "count": 3.0})
    assert outputs == {
        "shapes": [CIRCLE, {"kind": "square", "side": 2}],
        "seen": {"count": 3, "corner": [0, 0], "names": ["a"], "a": CIRCLE},
    }
    json.dumps(outputs)
    assert isinstance(outputs["seen"]["count"], int)


def test_an_optional_output_with_a_value_is_there():
    inputs = {"shapes": [], "by_name": {"a": CIRCLE}, "count": 1, "first": CIRCLE}
    assert call_for_test(echo, inputs)["first"] == CIRCLE


def test_the_plain_form_reads_and_writes_tables():
    function = load_entry(VECTORS, "plain.py:run")
    table = pyarrow.table({"id": [1, 2, 3]})
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    outputs = call_for_test(function, {"orders": sink.getvalue().to_pybytes()}, {"rows": 2})
    assert pyarrow.ipc.open_file(outputs["first"]).read_all().to_pydict() == {"id": [1, 2]}


def test_a_handle_is_read_only_and_shares_its_memory():
    data = bytearray(b"abc")
    handle = Binary(data, "text/plain")
    data[0] = ord("x")
    assert (bytes(handle.buffer), handle.size, handle.type) == (b"xbc", 3, "text/plain")
    assert handle.open().read() == b"xbc"
    with pytest.raises(TypeError):
        handle.buffer[0] = 0
    assert Table(b"").type == "application/vnd.apache.arrow.file"


def test_a_handle_opens_as_a_file_like_any_other():
    data = bytes(range(256)) * 1000
    with Binary(data).open() as file, io.BytesIO(data) as plain:
        for step in (
            lambda file: file.read(10),
            lambda file: file.seek(-5, os.SEEK_END) and file.read(),
            lambda file: file.seek(100_000) and file.read(20_000),
            lambda file: file.seek(3, os.SEEK_CUR) and file.tell(),
            lambda file: file.seek(300_000) and file.read(1),
            lambda file: file.seek(0) or file.read(),
        ):
            assert step(file) == step(plain)
        with pytest.raises(ValueError, match="negative"):
            file.seek(-1)


@dataclass
class Picture:
    data: Annotated[bytes, Port(type="image/png")]


@module
def picture(inputs: Picture, context: Context) -> Picture:
    return Picture(data=inputs.data + b"!")


def test_bytes_are_a_binary_port():
    assert call_for_test(picture, {"data": b"png"}) == {"data": b"png!"}


class TypedInputs(TypedDict):
    text: str


class TypedOutputs(TypedDict):
    length: int


@module
def typed(inputs: TypedInputs, context: Context) -> TypedOutputs:
    return {"length": len(inputs["text"])}


def test_typed_dicts_stay_dicts():
    assert call_for_test(typed, {"text": "abc"}) == {"length": 3}


def test_what_is_no_dict_by_port_breaks_the_contract():
    with pytest.raises(ModuleError) as caught:
        call(lambda inputs, context: [1], {}, Context({}, LocalHost()))
    assert caught.value.document()["name"] == "system.contract"


@pytest.mark.parametrize(
    ("entry", "words"), [("none.py:run", "missing"), ("plain.py:walk", "no function walk")]
)
def test_a_missing_entry_says_what_is_missing(entry, words):
    with pytest.raises(ImportError, match=words):
        load_entry(VECTORS, entry)


def test_two_bundles_with_the_same_file_name_stay_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.py").write_text(
            f"def run(inputs, context):\n    return {{'name': '{name}'}}\n"
        )
    functions = [load_entry(tmp_path / name, "run.py:run") for name in ("a", "b")]
    assert [call_for_test(function)["name"] for function in functions] == ["a", "b"]


class TooShort(ModuleError):
    message = "{length} is shorter than {wanted}"
    length: int
    wanted: int


def test_an_error_has_name_message_and_data():
    error = TooShort(length=1, wanted=2)
    data = {"length": 1, "wanted": 2}
    assert error.document() == {"name": "too_short", "message": "1 is shorter than 2", "data": data}
    assert error.length == 1
    plain = ModuleError("no_words", {"min_length": 3})
    assert plain.document() == {"name": "no_words", "message": "no_words", "data": {"min_length": 3}}


class Misnamed(ModuleError):
    message: str
    length: int


def test_a_field_that_every_error_has_is_refused():
    with pytest.raises(TypeError, match="every error has a message"):
        Misnamed(message="x", length=1)


@pytest.mark.parametrize("make", [ModuleError, lambda: TooShort(length=1), lambda: TooShort("x", wanted=1)])
def test_an_error_without_its_facts_is_refused_where_it_is_made(make):
    with pytest.raises(TypeError):
        make()


def test_a_context_passes_everything_to_its_host():
    answer = HttpResponse(status=200, headers={}, body=b"ok")
    asked = []
    host = LocalHost(
        secrets={"token": "s"}, answer=lambda *request: asked.append(request) or answer, wall_seconds=7
    )
    context = Context({"a": 1}, host)
    context.log("counted", words=3)
    context.progress(1, 2, "half")
    assert context.http("post", "https://example.org/", body="text") is answer
    assert asked == [("POST", "https://example.org/", {}, b"text")]
    assert (host.lines, host.steps) == ([("info", "counted", {"words": 3})], [(1, 2, "half")])
    assert (context.secret("token"), context.key, context.seconds_left, context.cancelled) == (
        "s",
        "test",
        7,
        False,
    )
    (context.scratch / "a").write_text("a")
    assert (context.scratch / "a").exists()


def test_what_was_not_declared_is_refused():
    context = Context({}, LocalHost())
    with pytest.raises(CapabilityRefused, match="secret token"):
        context.secret("token")
    with pytest.raises(CapabilityRefused, match="GET https://example"):
        context.http("GET", "https://example.org/")
    with pytest.raises(ValueError, match="no level"):
        context.log("x", level="loud")
