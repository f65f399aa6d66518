"""One module, written for every strategy: what it does depends on the digit it is given."""

import json
from typing import Any

import wasmtime

from executors.trial import Packed
from tests.executors.workshop import json_port, module

CONTRACT: dict[str, Any] = {
    "errors": {
        "refused": {
            "retryable": True,
            "schema": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
        }
    }
}
PORTS: dict[str, Any] = {
    "inputs": {"x": json_port({"type": "integer", "minimum": 0, "maximum": 9})},
    "outputs": {"y": json_port({"type": "object", "properties": {"n": {"type": "integer"}}})},
}
ANSWERS = {
    1: (0, '{"y":{"b":[1,2.5,null,true],"a":"ü","n":1}}'),
    2: (1, '{"name":"refused","message":"not that","data":{"x":2}}'),
    5: (0, '{"y":{"n":"not a number"}}'),
    6: (1, '{"name":"unheard","message":"of","data":{}}'),
    7: (0, '{"z":1}'),
    8: (1, '{"name":"refused","message":"no x","data":{}}'),
}
LOOPS, TRAPS = 3, 4

PYTHON = f"""
import json
from lamina import ModuleError

ANSWERS = {ANSWERS!r}


def run(inputs, context):
    digit = inputs["x"]
    while digit == {LOOPS}:
        pass
    if digit == {TRAPS}:
        raise ZeroDivisionError
    fails, text = ANSWERS[digit]
    answer = json.loads(text)
    if fails:
        raise ModuleError(answer["name"], answer["data"], answer["message"])
    return answer
"""


def _escaped(text: str) -> str:
    return "".join(f"\\{byte:02x}" for byte in text.encode())


def _core_module(name: str = "") -> str:
    data, cases, at = [], [], 1024
    for digit, (fails, text) in ANSWERS.items():
        size = len(text.encode())
        data.append(f'(data (i32.const {at}) "{_escaped(text)}")')
        cases.append(
            f"(if (i32.eq (local.get $d) (i32.const {48 + digit})) (then"
            f" (i32.store8 (i32.const 512) (i32.const {fails})) (i32.store (i32.const 516) (i32.const {at}))"
            f" (i32.store (i32.const 520) (i32.const {size})) (return (i32.const 512))))"
        )
        at += size + 8
    return f"""(module {name}
      (memory (export "memory") 2)
      {" ".join(data)}
      (global $top (mut i32) (i32.const 65536))
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $top (i32.add (global.get $top) (local.get 3)))
        (i32.sub (global.get $top) (local.get 3)))
      (func (export "run") (param $at i32) (param $n i32) (result i32) (local $d i32)
        (local.set $d (i32.load8_u (i32.sub (i32.add (local.get $at) (local.get $n)) (i32.const 3))))
        {" ".join(cases)}
        (if (i32.eq (local.get $d) (i32.const {48 + LOOPS})) (then (loop $again (br $again))))
        unreachable))"""


def _component() -> str:
    return f"""(component (core {_core_module("$m")[1:]}
      (core instance $i (instantiate $m))
      (func (export "run") (param "input" string) (result (result string (error string)))
        (canon lift (core func $i "run")
          (memory (core memory $i "memory")) (realloc (core func $i "cabi_realloc")))))"""


def python_subject() -> Packed:
    return module(PYTHON, **PORTS, contract=CONTRACT)


def wasm_subject() -> Packed:
    return wasm_module(_core_module())


def component_subject() -> Packed:
    return wasm_module(_component())


def wasm_module(text: str) -> Packed:
    """A subject of WebAssembly text."""
    return module(
        bytes(wasmtime.wat2wasm(text)),
        **PORTS,
        contract=CONTRACT,
        runtime="wasm",
        entry="run.wasm",
        entry_file="run.wasm",
        strategies=["wasm"],
    )


def http_subject(port: int) -> Packed:
    return module(
        b"",
        **PORTS,
        contract=CONTRACT,
        runtime="http",
        entry=f"http://127.0.0.1:{port}/run",
        entry_file="unused.txt",
        strategies=["http"],
        capabilities={"network": [f"127.0.0.1:{port}"]},
    )


def http_answer(body: bytes) -> tuple[int, bytes]:
    """What the service answers: status and body; nothing at all for the endless digit."""
    digit = json.loads(body)["inputs"]["x"]
    if digit == TRAPS:
        return 500, b"broken"
    fails, text = ANSWERS[digit]
    return (422 if fails else 200), text.encode()
