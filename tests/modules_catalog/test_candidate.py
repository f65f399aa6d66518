"""A candidate is read whole, or every reason against it is told."""

import json
import struct
from pathlib import Path
from typing import get_args

import pytest

from contracts.canonical import digest_of_bytes
from contracts.formats import DocumentKind, schema_of
from contracts.problems import ProblemsError
from modules_catalog.bundle import bundle_of, read_folder
from modules_catalog.candidate import read_candidate
from tests.modules_catalog.hostile import nothing_happens

VECTORS = Path(__file__).parent.parent / "vectors"
GOLDEN = dict(read_folder(VECTORS / "word-count").files)
for kind in get_args(DocumentKind):
    schema_of(kind)  # our own schemas are read once; nothing else may be opened afterwards
HASH = "--hash=sha256:" + "0" * 64


def with_files(**files: bytes | str | None) -> dict[str, bytes]:
    """The golden files with some replaced (dots and slashes written as __ and ___) or taken out (None)."""
    result = dict(GOLDEN)
    for key, content in files.items():
        name = key.replace("___", "/").replace("__", ".")
        if content is None:
            result.pop(name)
        else:
            result[name] = content.encode() if isinstance(content, str) else content
    return result


def manifest(*replacements: tuple[str, str], more: str = "") -> str:
    text = GOLDEN["module.toml"].decode()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text + more


def contract(**changes) -> str:
    document = json.loads(GOLDEN["contract.json"])
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = document
        for parent in parents:
            target = target[parent]
        target[last] = value
    return json.dumps(document)


def example(**changes) -> str:
    document = {**json.loads(GOLDEN["examples/short.json"]), **changes}
    return json.dumps({key: value for key, value in document.items() if value is not None})


PORT = {"media": "json", "schema": {"type": "string"}}
MANY_PORTS = json.dumps(
    {"format": "lamina/contract@1", "ports": {"in": {f"p{n}": PORT for n in range(600)}, "out": {}}}
)


def problems_of(files: dict[str, bytes]) -> list[tuple[str, str]]:
    bundle = bundle_of(files)
    with pytest.raises(ProblemsError) as caught, nothing_happens(but="compile"):  # how ast.parse calls itself
        read_candidate(bundle)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_the_golden_bundle_is_a_candidate():
    candidate = read_candidate(bundle_of(GOLDEN))
    plan = json.loads((VECTORS / "plan.json").read_text("utf-8"))
    assert candidate.contract_digest == plan["versions"]["text/word-count@1.2.0"]["contract"]
    assert candidate.bundle.digest == plan["versions"]["text/word-count@1.2.0"]["bundle"]
    assert [one.name for one in candidate.examples] == ["examples/short.json"]
    assert candidate.migrations[0].config.rename == {"minimum": "min_length"}
    assert (candidate.readme, candidate.dependencies) == ("# Word count\n", None)
    assert "run.py" in candidate.sources


def test_the_lock_of_packages_is_digested():
    lock = f"numpy==2.1.0 \\\n    {HASH}\n    # via run\n"
    files = with_files(
        requirements__lock=lock, module__toml=manifest(more='dependencies = "requirements.lock"\n')
    )
    assert read_candidate(bundle_of(files)).dependencies == digest_of_bytes(lock.encode())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"README__md": None}, ("missing_file", "README.md")),
        ({"module__toml": None}, ("missing_file", "module.toml")),
        ({"contract__json": None}, ("missing_file", "contract.json")),
        ({"run__py": None}, ("missing_file", "run.py")),
        ({"README__md": b"\xff"}, ("not_utf8", "README.md")),
        ({"README__md": b"x" * 300_000}, ("too_large", "README.md")),
        ({"module__toml": "name = "}, ("not_toml", "module.toml#")),
        ({"contract__json": "{"}, ("not_json", "contract.json#")),
        ({"contract__json": b"[" * 10_000}, ("too_deep", "contract.json#")),
        ({"contract__json": b" " * 300_000}, ("too_large", "contract.json")),
        ({"contract__json": '{"format": "lamina/contract@2"}'}, ("structure", "contract.json#/format")),
        ({"run__py": "def walk(inputs, context): pass"}, ("entry", "run.py")),
        ({"run__py": "async def run(inputs, context): pass"}, ("entry", "run.py")),
        ({"run__py": "def run(inputs): pass"}, ("entry", "run.py")),
        ({"run__py": "def run(inputs, context, more): pass"}, ("entry", "run.py")),
        ({"run__py": "def run(inputs, context"}, ("syntax", "run.py")),
        ({"run__py": b"\0"}, ("syntax", "run.py")),
        ({"run__py": "-" * 100_000 + "1"}, ("syntax", "run.py")),
        ({"run__py": "(" * 100_000}, ("syntax", "run.py")),
        ({"run__py": "#" * 600_000}, ("too_large", "run.py")),
        ({"run__py": b"# coding: rot13\n\xff"}, ("not_utf8", "run.py")),
        ({f"examples___{n}__json": "{}" for n in range(201)}, ("too_many", "examples")),
        ({f"examples___{n}__json": " " * 200_000 for n in range(6)}, ("too_large", "examples")),
        ({f"migrations___{n}__json": " " * 12_000 for n in range(3)}, ("too_large", "migrations")),
        ({"contract__json": MANY_PORTS}, ("too_large", "contract.json#")),
        ({"requirements__lock": f"numpy==1.0 {HASH}"}, ("unused_lock", "requirements.lock")),
        ({"examples___short__json": "[]"}, ("structure", "examples/short.json#")),
        ({"examples___short__json": b"\xff"}, ("not_utf8", "examples/short.json#")),
        (
            {"examples___short__json": example(inputs={"text": 3})},
            ("value", "examples/short.json#/inputs/text"),
        ),
        (
            {"examples___short__json": example(inputs={})},
            ("missing_port", "examples/short.json#/inputs/text"),
        ),
        (
            {"examples___short__json": example(inputs={"text": "", "more": 1})},
            ("unknown_port", "examples/short.json#/inputs/more"),
        ),
        (
            {"examples___short__json": example(outputs={"counts": {"a": 0}, "mean_length": 1})},
            ("value", "examples/short.json#/outputs/counts/a"),
        ),
        (
            {"examples___short__json": example(config={"min_length": 0})},
            ("value", "examples/short.json#/config/min_length"),
        ),
        (
            {"examples___short__json": example(outputs=None, error={"name": "too_hot"})},
            ("unknown_error", "examples/short.json#/error/name"),
        ),
        (
            {
                "examples___short__json": example(
                    outputs=None, error={"name": "no_words", "data": {"min_length": "a"}}
                )
            },
            ("value", "examples/short.json#/error/data/min_length"),
        ),
        (
            {"migrations___0__json": '{"format": "lamina/migration@1", "from": "latest"}'},
            ("structure", "migrations/0.json#/from"),
        ),
        (
            {"migrations___0__json": '{"format": "lamina/migration@1", "from": "^1.0.0-01"}'},
            ("version", "migrations/0.json#/from"),
        ),
        (
            {"contract__json": contract(comparators={"/total": "exact"})},
            ("comparator", "contract.json#/comparators/~1total"),
        ),
        (
            {"contract__json": contract(comparators={"total": "exact"})},
            ("comparator", "contract.json#/comparators/total"),
        ),
        (
            {"contract__json": contract(type_variables=["T"])},
            ("unbound_variable", "contract.json#/type_variables/0"),
        ),
        (
            {"contract__json": contract(config__properties__min_length={"type": "integer", "default": "1"})},
            ("bad_default", "contract.json#/config/properties/min_length/default"),
        ),
        (
            {
                "contract__json": contract(
                    ports__in__text={"media": "json", "schema": {"type": "string"}, "default": 1}
                )
            },
            ("bad_default", "contract.json#/ports/in/text/default"),
        ),
        (
            {"contract__json": contract(ports__out__counts={"media": "json", "schema": True, "default": 1})},
            ("bad_default", "contract.json#/ports/out/counts/default"),
        ),
        (
            {"contract__json": contract(ports__out__error={"media": "json", "schema": True})},
            ("reserved_name", "contract.json#/ports/out/error"),
        ),
        (
            {"contract__json": contract(ports__in__text={"media": "table", "columns": "T"})},
            ("unbound_variable", "contract.json#/ports/in/text/columns"),
        ),
        (
            {
                "contract__json": contract(
                    ports__in__text={"media": "table", "columns": [{"name": "a", "type": "int32"}] * 2}
                )
            },
            ("duplicate_column", "contract.json#/ports/in/text/columns/1/name"),
        ),
        (
            {
                "contract__json": contract(
                    ports__in__text={"media": "table", "columns": [{"name": "a", "type": "decimal(4,5)"}]}
                )
            },
            ("column_type", "contract.json#/ports/in/text/columns/0/type"),
        ),
        ({"contract__json": contract(config={"properties": {}})}, ("not_an_object", "contract.json#/config")),
        (
            {"contract__json": contract(ports__in__text__schema={"$ref": "https://example.org/a.json"})},
            ("remote_ref", "contract.json#/ports/in/text/schema/$ref"),
        ),
        (
            {
                "module__toml": manifest(
                    ('kind = "pure"', 'kind = "keyed", key = "/inputs/id", key_seconds = 9')
                )
            },
            ("key", "module.toml#/effects/key"),
        ),
    ],
)
def test_a_wrong_file_is_named_with_its_place(files, expected):
    assert expected in problems_of(with_files(**files))


def test_a_bundle_packed_one_folder_too_high_says_so():
    files = {f"word-count/{name}": data for name, data in GOLDEN.items()}
    with pytest.raises(ProblemsError, match="pack what is inside that folder"):
        read_candidate(bundle_of(files))


def test_problems_of_all_files_come_together():
    files = with_files(
        README__md=None,
        run__py="def walk(): pass",
        examples___short__json=example(inputs={"text": 3}),
        migrations___0__json=json.dumps(
            {"format": "lamina/migration@1", "from": "^0.9.0", "inputs": {"rename": {"a": "b"}}}
        ),
    )
    assert problems_of(files) == [
        ("missing_file", "README.md"),
        ("entry", "run.py"),
        ("value", "examples/short.json#/inputs/text"),
        ("unknown_name", "migrations/0.json#/inputs/rename/a"),
    ]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"set": {"min_length": "old.a ?"}}, ("expression_syntax", "/config/set/min_length")),
        ({"set": {"min_length": "new.a"}}, ("unknown_variable", "/config/set/min_length")),
        ({"set": {"length": "1"}}, ("unknown_name", "/config/set/length")),
        ({"rename": {"a": "min_length"}, "drop": ["a"]}, ("contradiction", "/config/rename/a")),
        (
            {"rename": {"a": "min_length", "b": "min_length"}},
            ("contradiction", "/config/rename/a"),
        ),
    ],
)
def test_a_migration_that_cannot_work_is_told(config, expected):
    document = {"format": "lamina/migration@1", "from": "^0.9.0", "config": config}
    code, path = expected
    found = problems_of(with_files(migrations___0__json=json.dumps(document)))
    assert found[0] == (code, f"migrations/0.json#{path}")


def test_a_migration_may_use_its_own_loop_variables():
    document = {
        "format": "lamina/migration@1",
        "from": "^0.9.0",
        "config": {"set": {"min_length": "size(old.words.filter(w, size(w) > 1)) + 1"}},
    }
    files = with_files(migrations___0__json=json.dumps(document))
    assert read_candidate(bundle_of(files)).migrations


def _table_contract() -> str:
    columns = [{"name": "id", "type": "int32"}, {"name": "at", "type": "timestamp", "nullable": True}]
    ports = {
        "in": {
            "rows": {"media": "table", "columns": columns},
            "icon": {"media": "binary", "type": "image/*"},
        },
        "out": {},
    }
    return json.dumps({"format": "lamina/contract@1", "ports": ports})


@pytest.mark.parametrize(
    ("rows", "icon", "expected"),
    [
        ([{"id": 1, "at": "2026-01-31T09:00:00Z"}, {"id": 2}], {"$file": "README.md"}, []),
        ({"$file": "README.md"}, {"$file": "none.png"}, [("missing_file", "/inputs/icon/$file")]),
        ([{"id": 1 << 40}], {"$file": "README.md"}, [("value", "/inputs/rows/0/id")]),
        ([{"id": True}], {"$file": "README.md"}, [("value", "/inputs/rows/0/id")]),
        ([{"at": None}], {"$file": "README.md"}, [("value", "/inputs/rows/0/id")]),
        ([{"id": 1, "at": "soon"}], {"$file": "README.md"}, [("value", "/inputs/rows/0/at")]),
        ([{"id": 1, "of": 1}], "text", [("value", "/inputs/rows/0/of"), ("value", "/inputs/icon")]),
        ("rows", {"$file": "README.md"}, [("value", "/inputs/rows")]),
    ],
)
def test_rows_and_files_of_an_example_are_checked(rows, icon, expected):
    inputs = {"rows": rows, "icon": icon}
    files = with_files(
        contract__json=_table_contract(),
        migrations___0__json=None,
        examples___short__json=example(inputs=inputs, outputs={}),
    )
    if expected:
        assert problems_of(files) == [(code, f"examples/short.json#{path}") for code, path in expected]
    else:
        assert read_candidate(bundle_of(files)).examples


WASM = b"\0asm\x01\0\0\0"


def _wasm(memory_pages: int) -> bytes:
    number = b""
    while memory_pages >= 0x80:
        number += bytes([memory_pages & 0x7F | 0x80])
        memory_pages >>= 7
    body = b"\x01\x00" + number + bytes([memory_pages])
    return WASM + bytes([5, len(body)]) + body


def _component(inner: bytes) -> bytes:
    size = struct.pack("<B", len(inner))
    return b"\0asm\x0d\0\x01\0" + b"\x01" + size + inner


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (_wasm(65_536), [("memory", "run.wasm")]),
        (_component(_wasm(65_536)), [("memory", "run.wasm")]),
        (b"#!/bin/sh", [("wasm", "run.wasm")]),
        (WASM + b"\x05\x7f", [("wasm", "run.wasm")]),
        (_wasm(1), []),
        (_component(_wasm(1)), []),
    ],
)
def test_a_wasm_file_is_measured_and_never_run(data, expected):
    text = manifest(
        ('runtime = "python"', 'runtime = "wasm"'), ('entry = "run.py:run"', 'entry = "run.wasm"')
    )
    files = with_files(run__wasm=data, module__toml=text)
    if expected:
        assert problems_of(files) == expected
    else:
        assert read_candidate(bundle_of(files)).manifest.strategies == ("wasm",)


def test_wasm_and_http_take_json_only():
    text = manifest(
        ('runtime = "python"', 'runtime = "wasm"'), ('entry = "run.py:run"', 'entry = "run.wasm"')
    )
    files = with_files(
        run__wasm=_wasm(1),
        module__toml=text,
        contract__json=_table_contract(),
        examples___short__json=None,
        migrations___0__json=None,
    )
    assert problems_of(files) == [
        ("media", "contract.json#/ports/in/rows/media"),
        ("media", "contract.json#/ports/in/icon/media"),
    ]


def _sub_graph(**changes: str | None) -> dict[str, bytes]:
    text = manifest(
        ('runtime = "python"', 'runtime = "graph"'), ('entry = "run.py:run"', 'entry = "g/graph.json"')
    )
    files = {
        "g___graph__json": (VECTORS / "graph.json").read_text("utf-8"),
        "g___lock__json": (VECTORS / "lock.json").read_text("utf-8"),
        **changes,
    }
    return with_files(module__toml=text, **{key: value for key, value in files.items() if value is not None})


def test_a_sub_graph_brings_its_graph_and_its_lock():
    candidate = read_candidate(bundle_of(_sub_graph()))
    assert candidate.graph is not None
    assert candidate.lock is not None
    assert candidate.manifest.strategies == ()


def test_a_sub_graph_with_the_lock_of_another_graph_is_refused():
    graph = json.loads((VECTORS / "graph.json").read_text("utf-8"))
    files = _sub_graph(g___graph__json=json.dumps({**graph, "title": "Another"}))
    assert problems_of(files) == [("other_graph", "g/lock.json#/graph")]
    assert problems_of(_sub_graph(g___lock__json=None)) == [("missing_file", "g/lock.json")]


def test_the_code_of_a_bundle_is_not_run_to_read_it(capsys):
    source = b"print('run')\ndef run(inputs, context=print('default')): pass\n"
    with nothing_happens(but="compile"):
        read_candidate(bundle_of(with_files(run__py=source)))
    assert capsys.readouterr().out == ""
