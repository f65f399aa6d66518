"""WebAssembly beyond what every strategy does: compiling once, what is refused, memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wasmtime

from executors.protocol import Failed
from executors.strategies.process import ProcessStrategy
from executors.strategies.registry import Stopped
from executors.trial import Packed
from tests.conformance.subject import component_subject, wasm_module, wasm_subject
from tests.executors.workshop import Workshop, failure, given, module

RUN = '(func (export "run") (param i32 i32) (result i32) unreachable)'
ALLOCATE = '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))'
MEMORY = '(memory (export "memory") 1)'


def compiled_files(folder: Path) -> dict[Path, int]:
    found = (folder / "sandbox" / "compiled").glob("*")
    return {path: path.stat().st_mtime_ns for path in found if path.is_file()}


@pytest.mark.parametrize("subject", [wasm_subject, component_subject])
async def test_a_file_is_compiled_once_per_installation(
    tmp_path: Path, subject: Callable[[], Packed]
) -> None:
    seen = []
    for _ in range(2):
        workshop = Workshop(tmp_path)
        assert given(await workshop.run(subject(), {"x": 1}, strategy="wasm"))["n"] == 1
        await workshop.close()
        seen.append(compiled_files(tmp_path))

    assert seen[0] == seen[1]
    assert len(seen[0]) == 1


async def test_a_version_can_be_made_ready_before_its_first_call(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    try:
        call = workshop.call(wasm_subject(), {"x": 1}, strategy="wasm")
        await workshop.execution.make_ready(call)
        assert len(compiled_files(tmp_path)) == 1
    finally:
        await workshop.close()


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (wasm_module(f"(module {MEMORY} {RUN})"), "It exports no cabi_realloc"),
        (wasm_module("(component)"), "exports no function run"),
        (
            wasm_module(f'(module (import "env" "leave" (func)) {MEMORY} {ALLOCATE} {RUN})'),
            "It imports env.leave",
        ),
    ],
    ids=["a missing export", "an empty component", "a foreign import"],
)
async def test_what_is_no_module_is_refused_before_it_runs(
    tmp_path: Path, packed: Packed, words: str
) -> None:
    workshop = Workshop(tmp_path, trust="unreviewed")
    try:
        outcome = await workshop.run(packed, {"x": 1}, strategy="wasm")
    finally:
        await workshop.close()

    assert failure(outcome) == ("system.contract", None)
    assert isinstance(outcome, Failed)
    assert words in outcome.error.message
    assert str(tmp_path) not in outcome.error.message


async def test_bytes_that_are_no_wasm_are_refused(tmp_path: Path) -> None:
    packed = module(
        b"\0asm\1\0\0\0\1\x7f",
        runtime="wasm",
        entry="run.wasm",
        entry_file="run.wasm",
        strategies=["wasm"],
    )
    workshop = Workshop(tmp_path, trust="unreviewed")
    try:
        outcome = await workshop.run(packed, {"x": 1}, strategy="wasm")
    finally:
        await workshop.close()

    assert isinstance(outcome, Failed)
    assert "cannot be compiled" in outcome.error.message


async def test_memory_beyond_the_limit_is_refused_to_the_module(tmp_path: Path) -> None:
    """It answers 0 where the kernel of wasm gave it what it asked for, else 1."""
    text = f"""(module (memory (export "memory") 2) {ALLOCATE}
      (data (i32.const 100) "{{\\22y\\22:0}}") (data (i32.const 120) "{{\\22y\\22:1}}")
      (func (export "run") (param i32 i32) (result i32)
        (i32.store8 (i32.const 0) (i32.const 0)) (i32.store (i32.const 8) (i32.const 7))
        (i32.store (i32.const 4) (if (result i32)
          (i32.eq (memory.grow (i32.const 1024)) (i32.const -1)) (then (i32.const 120)) (else (i32.const 100))))
        (i32.const 0)))"""
    workshop = Workshop(tmp_path)
    answers = []
    try:
        for memory_bytes in (32 << 20, 256 << 20):
            packed = module(
                bytes(wasmtime.wat2wasm(text)),
                runtime="wasm",
                entry="run.wasm",
                entry_file="run.wasm",
                strategies=["wasm"],
                limits={"memory_bytes": memory_bytes},
            )
            answers.append(given(await workshop.run(packed, {"x": 1}, strategy="wasm")))
    finally:
        await workshop.close()

    assert answers == [1, 0]


async def test_a_compiler_that_was_stopped_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out, stops = ProcessStrategy.carry_out, iter([Stopped(name="system.crashed", message="It ended.")])

    async def stopping(self: ProcessStrategy, version: Any, jobs: Any, **options: Any) -> None:
        if "compiler" in options["loader"] and (stopped := next(stops, None)):
            jobs[0].answer(jobs[0], stopped)
        else:
            await carry_out(self, version, jobs, **options)

    monkeypatch.setattr(ProcessStrategy, "carry_out", stopping)
    workshop = Workshop(tmp_path)
    try:
        first = await workshop.run(wasm_subject(), {"x": 1}, strategy="wasm")
        second = await workshop.run(wasm_subject(), {"x": 1}, strategy="wasm")
    finally:
        await workshop.close()

    assert failure(first) == ("system.unavailable", None)
    assert given(second)["n"] == 1


GROWS = "(loop (br_if 0 (i32.ne (memory.grow (i32.const 128)) (i32.const -1))))"
COMPONENT = """(component
  (core module $m (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "run") (param i32 i32) (result i32) {body} unreachable))
  (core instance $i (instantiate $m))
  (func (export "run") (param "input" string) (result (result string (error string)))
    (canon lift (core func $i "run") (memory (core memory $i "memory"))
      (realloc (core func $i "cabi_realloc")))))"""
CORE = """(module (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "run") (param i32 i32) (result i32) {body} unreachable))"""


@pytest.mark.parametrize("form", [CORE, COMPONENT], ids=["core", "component"])
async def test_a_trap_after_memory_was_refused_is_told_as_the_limit(tmp_path: Path, form: str) -> None:
    workshop = Workshop(tmp_path)
    told = []
    try:
        for body in (GROWS, ""):
            packed = module(
                bytes(wasmtime.wat2wasm(form.replace("{body}", body))),
                runtime="wasm",
                entry="run.wasm",
                entry_file="run.wasm",
                strategies=["wasm"],
                limits={"memory_bytes": 32 << 20},
            )
            told += [failure(await workshop.run(packed, {"x": 1}, strategy="wasm")) for _ in range(2)]
    finally:
        await workshop.close()

    assert told == [("system.limit", "memory")] * 2 + [("system.crashed", None)] * 2


COUNTS = """(module (memory (export "memory") 1) (global $n (mut i32) (i32.const 48))
  (data (i32.const 100) "{\\22y\\22:0}")
  (func $count (i32.store8 (i32.const 105) (i32.add (i32.load8_u (i32.const 105)) (i32.const 1))))
  (start $count)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "run") (param i32 i32) (result i32)
    (call $count) (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (i32.store8 (i32.const 0) (i32.const 0)) (i32.store (i32.const 4) (i32.const 100))
    (i32.store (i32.const 8) (i32.const 7))
    (if (i32.ne (global.get $n) (i32.const 49)) (then unreachable))
    (if (i32.load (i32.const 60000)) (then unreachable)) (i32.store (i32.const 60000) (i32.const 1))
    (if (i32.ne (memory.size) (i32.const 1)) (then unreachable)) (drop (memory.grow (i32.const 3)))
    (if (i32.load (i32.const 260000)) (then unreachable)) (i32.store (i32.const 260000) (i32.const 1))
    (i32.const 0)))"""
LARGER_THAN_THE_POOL = {"tables": "(table 1 funcref)" * 2, "memories": "(memory 1)"}
BEGINS = """(module (memory (export "memory") 1)
  (func $begin BODY) (start $begin)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "run") (param i32 i32) (result i32) unreachable))"""


def core(text: str, **fields: Any) -> Packed:
    return module(
        bytes(wasmtime.wat2wasm(text)),
        runtime="wasm",
        entry="run.wasm",
        entry_file="run.wasm",
        strategies=["wasm"],
        **fields,
    )


@pytest.mark.parametrize("more", ["", *LARGER_THAN_THE_POOL.values()], ids=["pool", *LARGER_THAN_THE_POOL])
async def test_nothing_of_a_call_is_left_for_the_next(tmp_path: Path, more: str) -> None:
    workshop = Workshop(tmp_path)
    packed = core(COUNTS.replace("(start", f"{more} (start"))
    try:
        one_by_one = [await workshop.run(packed, {"x": 1}, strategy="wasm") for _ in range(4)]
        together = await workshop.run_all(packed, [{"x": 1}] * 20, strategy="wasm")
    finally:
        await workshop.close()

    assert [given(outcome) for outcome in (*one_by_one, *together)] == [2] * 24


async def test_a_table_may_grow_to_a_million(tmp_path: Path) -> None:
    grown = (
        "(if (i32.eq (table.grow $t (ref.null func) (i32.const 1000000)) (i32.const -1)) (then unreachable))"
    )
    text = COUNTS.replace("(start", "(table $t 1 funcref) (start").replace(
        "(call $count) (g", f"(call $count) {grown} (g"
    )
    workshop = Workshop(tmp_path)
    try:
        outcomes = [await workshop.run(core(text), {"x": 1}, strategy="wasm") for _ in range(3)]
    finally:
        await workshop.close()

    assert [given(outcome) for outcome in outcomes] == [2] * 3


@pytest.mark.parametrize(
    ("body", "limits", "told"),
    [
        ("(loop $on (br $on))", {"wall_seconds": 0.3}, ("system.timeout", "wall")),
        ("unreachable", {}, ("system.crashed", None)),
    ],
    ids=["never ends", "traps"],
)
async def test_what_goes_wrong_when_an_instance_is_made_is_told_to_each_call(
    tmp_path: Path, body: str, limits: dict[str, float], told: tuple[str, str | None]
) -> None:
    workshop = Workshop(tmp_path)
    packed = core(BEGINS.replace("BODY", body), limits=limits)
    try:
        outcomes = [failure(await workshop.run(packed, {"x": 1}, strategy="wasm")) for _ in range(6)]
    finally:
        await workshop.close()

    assert outcomes == [told] * 6
