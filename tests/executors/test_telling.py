"""What a module says and raises is told in a form that can be kept: the same inline and in a process."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from executors.protocol import Failed, Returned
from tests.executors.workshop import Workshop, failure, given, module

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("strategy", ["inline", "process"]),
]
ECHO = "def run(inputs, context):\n    return {'y': inputs['x']}\n"


class Secrets:
    def reveal(self, *, environment: str, name: str, bundle: str) -> str:
        return "hunter22"


def error_of(outcome: Any) -> tuple[str, str, Any]:
    assert isinstance(outcome, Failed), outcome
    error = outcome.error
    orjson.dumps([error.name, error.message, error.data])
    return error.name, error.message, outcome.limit


@pytest.mark.parametrize(
    ("raising", "told"),
    [
        ("class E(Exception):\n  def __str__(self): raise AttributeError\nraise E", "system.crashed"),
        ("raise FileNotFoundError('no \\udcff')", "system.crashed"),
        ("raise SystemExit(3)", "system.crashed"),
        ("raise MemoryError", "system.limit"),
        ("raise ModuleError('boom', {(1, 2): 3})", "system.contract"),
        ("raise ModuleError('boom', {'a': float('nan')})", "system.contract"),
        ("raise ModuleError('boom', {}, 'no \\udcff\\0')", "boom"),
    ],
)
async def test_whatever_is_raised_is_told_at_once(
    workshop: Workshop, strategy: Any, raising: str, told: str
) -> None:
    body = "\n".join(f"    {line}" for line in raising.split("\n"))
    source = f"from lamina import ModuleError\ndef run(inputs, context):\n{body}\n"
    packed = module(source, contract={"errors": {"boom": {}}})
    outcome = await workshop.run(packed, {"x": 1}, strategy=strategy, timeout_seconds=20)
    name, message, limit = error_of(outcome)
    assert name == told
    assert "\0" not in message
    assert limit == ("memory" if told == "system.limit" else None)
    assert given(await workshop.run(module(ECHO), {"x": 2}, strategy=strategy)) == 2


async def test_lines_that_cannot_be_kept_are_told_as_such(tmp_path: Path, strategy: Any) -> None:
    source = """
def run(inputs, context):
    deep = "x"
    for _ in range(70):
        deep = [deep]
    context.log("half \\ud800 and nul \\0")
    for value in (deep, {(1, 2): 3}, float("nan"), "\\ud800"):
        try:
            context.log("fields", value=value)
        except (ValueError, TypeError):
            context.log("refused")
    context.log("after", value=1)
    return {"y": 1}
"""
    workshop = Workshop(tmp_path)
    try:
        assert isinstance(await workshop.run(module(source), {"x": 1}, strategy=strategy), Returned)
    finally:
        await workshop.close()
    lines = [(line.message, line.fields) for line in workshop.lines]
    orjson.dumps(lines)
    assert lines[0][0] == "half ? and nul \ufffd"
    assert lines[-1] == ("after", {"value": 1})
    for message, fields in lines[1:-1]:
        assert message == "refused" or "left_out" in fields or fields == {"value": "?"}


async def test_no_secret_is_left_in_a_name_nor_in_what_lies_deep(tmp_path: Path, strategy: Any) -> None:
    source = """
from lamina import ModuleError
def run(inputs, context):
    secret = context.secret("token")
    deep = secret
    for _ in range(inputs["x"]):
        deep = [deep]
    context.log("deep", value=deep)
    raise ModuleError("open_" + secret, {"deep": deep})
"""
    workshop = Workshop(tmp_path, options={"secrets": Secrets()})
    packed = module(source, capabilities={"secrets": ["token"]})
    try:
        outcomes = [await workshop.run(packed, {"x": depth}, strategy=strategy) for depth in (1, 50, 70)]
    finally:
        await workshop.close()
    assert [failure(outcome)[0] for outcome in outcomes] == ["system.undeclared"] * 2 + ["system.contract"]
    told = str([error_of(outcome) for outcome in outcomes] + [outcome.error.data for outcome in outcomes])
    assert "hunter22" not in told
    assert "hunter22" not in str(workshop.lines)
