"""module.toml says what it means, or why it cannot."""

import re
from pathlib import Path

import pytest

from contracts.problems import ProblemsError
from contracts.versions import Version
from modules_catalog.licence import why_no_licence
from modules_catalog.manifest import parse_manifest

GOLDEN = (Path(__file__).parent.parent / "vectors" / "word-count" / "module.toml").read_text("utf-8")


def changed(**fields: str) -> bytes:
    """The golden manifest with some lines replaced, added, or taken out (by "")."""
    text = GOLDEN
    for key, value in fields.items():
        text = re.sub(rf"(?m)^{key} = .*\n", "", text)
        text += f"{key} = {value}\n" if value else ""
    return text.encode()


def problems_of(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(ProblemsError) as caught:
        parse_manifest(data)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_what_is_not_written_has_its_default():
    manifest = parse_manifest(GOLDEN.encode())
    assert (manifest.name, manifest.version, manifest.entry_file) == (
        "text/word-count",
        Version(1, 2, 0),
        "run.py",
    )
    assert (manifest.min_rung, manifest.strategies, manifest.capabilities.network) == (2, ("process",), ())
    assert (manifest.limits.wall_seconds, manifest.limits.cpu_seconds) == (2, 30)
    assert (manifest.effects.kind, manifest.effects.deterministic) == ("pure", True)


def test_an_http_module_runs_over_http_and_needs_no_rung():
    manifest = parse_manifest(
        changed(
            runtime='"http"',
            entry='"https://api.example.org:8443/count"',
            capabilities='{ network = ["api.example.org:8443"] }',
        )
    )
    assert (manifest.min_rung, manifest.strategies, manifest.entry_file) == (0, ("http",), None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"entry": '"run.py"'}, ("entry", "/entry")),
        ({"entry": '"run.py:class"'}, ("entry", "/entry")),
        ({"entry": '"../run.py:run"'}, ("entry", "/entry")),
        ({"entry": '"run.sh:run"'}, ("entry", "/entry")),
        ({"runtime": '"wasm"', "entry": '"/a.wasm"'}, ("entry", "/entry")),
        ({"runtime": '"http"', "entry": '"http://a.example/x"'}, ("entry", "/entry")),
        ({"runtime": '"http"', "entry": '"https://u:p@a.example/x"'}, ("entry", "/entry")),
        ({"runtime": '"http"', "entry": '"https://[::1/x"'}, ("entry", "/entry")),
        ({"runtime": '"http"', "entry": '"https://a.example/x"'}, ("undeclared_host", "/entry")),
        ({"licence": '"Apache 2"'}, ("licence", "/licence")),
        ({"summary": '"  "'}, ("summary", "/summary")),
        ({"summary": '"a\\nb"'}, ("summary", "/summary")),
        ({"version": '"1.2.0-01"'}, ("version", "/version")),
        ({"effects": '{ kind = "keyed" }'}, ("key_seconds", "/effects")),
        ({"effects": '{ kind = "keyed", key_seconds = 9, key = "/outputs/a" }'}, ("key", "/effects/key")),
        ({"effects": '{ kind = "pure", key_seconds = 9 }'}, ("key", "/effects/key_seconds")),
        ({"capabilities": '{ network = ["a..b:443"] }'}, ("host", "/capabilities/network/0")),
        ({"capabilities": '{ network = ["a.example:70000"] }'}, ("host", "/capabilities/network/0")),
        ({"limits": "{ wall_seconds = 0 }"}, ("limit", "/limits/wall_seconds")),
        ({"strategies": '["wasm"]'}, ("strategy", "/strategies/0")),
        ({"strategies": "[]"}, ("strategy", "/strategies")),
        ({"dependencies": '"../lock"'}, ("dependencies", "/dependencies")),
        ({"source": '"github.com/a/b"'}, ("source", "/source")),
        ({"successor": '"text/word-count"'}, ("successor", "/successor")),
        ({"name": '"Word Count"'}, ("structure", "/name")),
        ({"owner": ""}, ("structure", "")),
        ({"colour": '"red"'}, ("structure", "")),
        ({"effects": '{ kind = "harmless" }'}, ("structure", "/effects/kind")),
        ({"summary": "2026-01-31"}, ("not_json", "/summary")),
        ({"min_rung": "inf"}, ("number_range", "/min_rung")),
        ({"summary": "1" + "0" * 400}, ("number_range", "/summary")),
    ],
)
def test_a_wrong_field_is_named(fields, expected):
    assert problems_of(changed(**fields)) == [expected]


def test_all_problems_are_told_at_once():
    data = changed(licence='"?"', entry='"x"', strategies='["http"]')
    assert [code for code, _ in problems_of(data)] == ["licence", "entry", "strategy"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a = [" + b"[" * 10_000, "too_deep"),
        (b".".join([b"a"] * 10_000) + b" = 1", "too_deep"),
        (b"a = 1\na = 2", "not_toml"),
        (b"\xff", "not_utf8"),
        (b"a = " + b"9" * 10_000, "number_range"),
        (b"#" * 100_000, "too_large"),
    ],
)
def test_a_hostile_manifest_is_refused(data, code):
    assert [found for found, _ in problems_of(data)] == [code]


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "MIT OR Apache-2.0",
        "(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0",
        "Apache-2.0+",
        "LicenseRef-House-Rules",
        "MIT AND (Zlib OR (ISC))",
    ],
)
def test_licence_expressions_are_understood(expression):
    assert why_no_licence(expression) is None


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "MIT OR",
        "OR MIT",
        "MIT Apache-2.0",
        "(MIT",
        "MIT)",
        "mit",
        "MIT WITH nothing",
        "MIT WITH",
        "MIT/ISC",
        "( ",
        "MIT OR OR ISC",
        "MIT AND ()",
        "(" * 101,
    ],
)
def test_what_is_no_licence_expression_is_told(expression):
    assert why_no_licence(expression)
