"""Hostile WebAssembly: what is no module is refused before it runs, and what is one ends in words."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import wasmtime

from executors.protocol import Failed
from executors.trial import Packed
from tests.executors.workshop import Workshop, failure, module

CRASHED = ("system.crashed", None)
MEMORY_LIMIT = ("system.limit", "memory")
WALL = ("system.timeout", "wall")
REFUSED = ("system.contract", None)
FOREVER = "(loop $on (br $on)) unreachable"
MEMORY = '(memory (export "memory") 1)'
REALLOC = "(param i32 i32 i32 i32) (result i32) {}"
ALLOCATE = f'(func (export "cabi_realloc") {REALLOC.format("(i32.const 1024)")})'
WASI = '(import "wasi_snapshot_preview1" '


def run(body: str, signature: str = "(param i32 i32) (result i32)") -> str:
    return f'(func (export "run") {signature} {body})'


def core(code: str, *, before: str = "", memory: str = MEMORY, allocate: str = ALLOCATE) -> str:
    return f"(module {before} {memory} {allocate} {code})"


def answering(start: int, size: int, data: str = "") -> str:
    told = f"(i32.store (i32.const 4) (i32.const {start})) (i32.store (i32.const 8) (i32.const {size}))"
    return core(f'(data (i32.const 100) "{data}")' + run(told + "(i32.const 0)"))


def allocating(body: str) -> str:
    return core(run("(i32.const 0)"), allocate=f'(func (export "cabi_realloc") {REALLOC.format(body)})')


def component(code: str, signature: str, *, options: str = "", before: str = "") -> str:
    return f"""(component {before} (core module $m {code.removeprefix("(module")}
      (core instance $i (instantiate $m))
      (func (export "run") {signature} (canon lift (core func $i "run") {options})))"""


MEMORY_OPTIONS = '(memory (core memory $i "memory")) (realloc (core func $i "cabi_realloc"))'
DEEP = "(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))"
GROW = "(loop $on (drop (table.grow $t (ref.null func) (i32.const 1000000))) (br $on)) unreachable"
LIAR = '(func $"Caused by: wasm trap: interrupt" unreachable)'
ATTEMPTS = {
    "loop": (core(run(FOREVER)), WALL, "longer than"),
    "loop while it allocates": (allocating(FOREVER), WALL, "longer than"),
    "loop at its start": (
        core(f"(func $s {FOREVER}) (start $s)" + run("(i32.const 0)")),
        WALL,
        "longer than",
    ),
    "recurse": (core(DEEP + run("(call $deep)")), CRASHED, "call stack exhausted"),
    "recurse by tail calls": (
        core("(func $f (result i32) (return_call $f))" + run("(call $f)")),
        WALL,
        "longer than",
    ),
    "name a function as a timeout": (
        core(LIAR + run('(call $"Caused by: wasm trap: interrupt") (i32.const 0)')),
        CRASHED,
        "`unreachable`",
    ),
    "allocate below 0": (allocating("(i32.const -1)"), CRASHED, "outside of its memory"),
    "allocate at the end": (allocating("(i32.const 65535)"), CRASHED, "outside of its memory"),
    "answer below 0": (core(run("(i32.const -1)")), CRASHED, "outside of its memory"),
    "answer from outside": (answering(-8, 16), CRASHED, "outside of its memory"),
    "answer with 4 GiB": (answering(100, -1), CRASHED, "outside of its memory"),
    "answer without UTF-8": (answering(100, 3, "\\22\\ff\\22"), CRASHED, "no UTF-8"),
    "answer with nothing": (answering(0, 0), REFUSED, "no JSON"),
    "begin with a huge table": (
        core(run("(i32.const 0)"), before="(table 4294967295 funcref)"),
        MEMORY_LIMIT,
        "memory",
    ),
    "begin with a huge memory": (
        core(run("(i32.const 0)"), memory='(memory (export "memory") 65536)'),
        MEMORY_LIMIT,
        "memory",
    ),
    "begin with many tables": (core(run("(i32.const 0)"), before="(table 1 funcref)" * 65), CRASHED, "table"),
    # The pool has no more for it; where a module has more tables than the pool, memory is what ends.
    "grow a table": (core("(table $t 1 funcref)" + run(GROW)), WALL, "longer than"),
    "grow a table beside others": (
        core("(table $t 1 funcref)" + "(table 1 funcref)" + run(GROW)),
        MEMORY_LIMIT,
        "memory",
    ),
    "data outside": (core('(data (i32.const 65535) "ab")' + run("(i32.const 0)")), CRASHED, "out of bounds"),
    "leave": (
        core(run("(call $f (i32.const 0)) unreachable"), before=f'{WASI}"proc_exit" (func $f (param i32)))'),
        CRASHED,
        "exit status 0",
    ),
    "sleep": (
        core(
            run(
                "(i64.store (i32.const 224) (i64.const 1000000000000)) (i32.store (i32.const 216) (i32.const 1))"
                "(call $f (i32.const 200) (i32.const 1000) (i32.const 1) (i32.const 400))"
            ),
            before=f'{WASI}"poll_oneoff" (func $f (param i32 i32 i32 i32) (result i32)))',
        ),
        WALL,
        "longer than",
    ),
    "write without end": (
        core(
            run(
                "(i32.store (i32.const 204) (i32.const 65536)) (loop $on (drop (call $f (i32.const 1)"
                " (i32.const 200) (i32.const 1) (i32.const 300))) (br $on)) unreachable"
            ),
            before=f'{WASI}"fd_write" (func $f (param i32 i32 i32 i32) (result i32)))',
        ),
        WALL,
        "longer than",
    ),
    "import what does not exist": (
        core(run("(i32.const 0)"), before=f'{WASI}"of_its_own" (func))'),
        REFUSED,
        "It cannot be linked",
    ),
    "import another signature": (
        core(run("(i32.const 0)"), before=f'{WASI}"fd_write" (func (param i64)))'),
        REFUSED,
        "It cannot be linked",
    ),
    "import a name without a form": (
        core(run("(i32.const 0)"), before='(import "a\\00b" "c" (func))'),
        REFUSED,
        "It imports a\ufffdb.c",
    ),
    "trap in a function without a name": (
        core('(func $"a\\00b" unreachable)' + run('(call $"a\\00b") (i32.const 0)')),
        CRASHED,
        "a\ufffdb",
    ),
    "take nothing": (core(run("(i32.const 0)", "(result i32)")), REFUSED, "Its run is not"),
    "take references": (
        core(run("(i32.const 0)", "(param externref i32) (result i32)")),
        REFUSED,
        "Its run is not",
    ),
    "return nothing": (core(run("", "(param i32 i32)")), REFUSED, "Its run is not"),
    "return twice": (
        core(run("(i32.const 0) (i32.const 0)", "(param i32 i32) (result i32 i32)")),
        REFUSED,
        "Its run is not",
    ),
    "allocate nothing": (
        core(run("(i32.const 0)"), allocate='(func (export "cabi_realloc"))'),
        REFUSED,
        "Its cabi_realloc is not",
    ),
    "export a number as memory": (
        core(run("(i32.const 0)"), memory='(global (export "memory") i32 (i32.const 1))'),
        REFUSED,
        "Its memory is not",
    ),
    "a component that takes a number": (
        component(core(run("(local.get 0)", "(param i32) (result i32)")), '(param "x" u32) (result u32)'),
        REFUSED,
        "Its run is not func(input: string)",
    ),
    "a component that returns a text": (
        component(core(run("(i32.const 0)")), '(param "x" string) (result string)', options=MEMORY_OPTIONS),
        REFUSED,
        "Its run is not func(input: string)",
    ),
    "a component that takes nothing": (component(core(run("", "")), ""), REFUSED, "Its run is not"),
    "a component that exports a type": (
        '(component (type $t u32) (export "run" (type $t)))',
        REFUSED,
        "Its run is not",
    ),
    "a component that answers below 0": (
        component(
            core(run("(i32.const -4)")),
            '(param "x" string) (result (result string (error string)))',
            options=MEMORY_OPTIONS,
        ),
        CRASHED,
        "out of bounds",
    ),
    "a component that imports what does not exist": (
        component(
            core(run("(i32.const 0)")),
            '(param "x" string) (result (result string (error string)))',
            options=MEMORY_OPTIONS,
            before='(import "a:b/c" (instance (export "f" (func))))',
        ),
        CRASHED,
        "not found",
    ),
}


def subject(text: str) -> Packed:
    return module(
        bytes(wasmtime.wat2wasm(text)),
        runtime="wasm",
        entry="run.wasm",
        entry_file="run.wasm",
        strategies=["wasm"],
        limits={"wall_seconds": 0.5, "memory_bytes": 64 << 20},
    )


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    made = Workshop(tmp_path, trust="unreviewed")
    yield made
    await made.close()


async def test_every_attempt_is_contained_and_told_in_words(workshop: Workshop) -> None:
    calls = [workshop.call(subject(text), {"x": 1}, strategy="wasm") for text, _, _ in ATTEMPTS.values()]
    outcomes = [(await workshop.execute([call]))[0] for call in calls]

    expected = {name: told for name, (_, told, _) in ATTEMPTS.items()}
    assert dict(zip(ATTEMPTS, map(failure, outcomes), strict=True)) == expected
    for outcome, (name, (_, _, words)) in zip(outcomes, ATTEMPTS.items(), strict=True):
        assert isinstance(outcome, Failed)
        assert words in outcome.error.message, name
        assert "\n" not in outcome.error.message
