"""`manage.py try_module`, as a person runs it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent.parent
DOUBLE = "def run(inputs, context):\n    print('hello')\n    return {'double': inputs['n'] * 2}\n"


def try_module(path: Path, *words: str, **environment: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "manage.py", "try_module", str(path), *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "LAMINA_DATA": str(path.parent / "data"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "double.py"
    path.write_text(DOUBLE)
    return path


def test_a_file_is_tried_without_a_contract(file: Path) -> None:
    code, report = try_module(file, "--input", '{"n": 4}')

    assert code == 0
    assert report["outputs"] == {"double": 8}
    assert [line["message"] for line in report["log"]] == ["hello"]
    assert set(report["cost_us"]) == {"queue", "serialise", "transport", "validate", "execute"}
    assert not (file.parent / "data" / "lamina.sqlite3").exists()


def test_a_failure_says_so_and_exits_with_1(file: Path) -> None:
    code, report = try_module(file, "--input", '{"n": {}}')

    assert (code, report["status"], report["error"]["name"]) == (1, "failed", "system.crashed")


def test_a_limit_is_named(file: Path) -> None:
    file.write_text("def run(inputs, context):\n    while True: pass\n")
    code, report = try_module(file, "--timeout", "0.3")

    assert (code, report["status"], report["limit"]) == (1, "stopped", "wall")


def test_a_weak_sandbox_is_refused_with_what_to_do(file: Path) -> None:
    code, report = try_module(file, "--input", '{"n": 4}', LAMINA_MAX_RUNG="0")

    assert (code, report["limit"], report["rung"]["number"]) == (1, "sandbox", 0)
    assert "Remove the setting" in report["error"]["message"]


@pytest.mark.parametrize(
    ("text", "path"), [("[", "--input"), ("[1]", "--input"), ('{"Not a port": 1}', "/Not a port")]
)
def test_bad_input_exits_with_2(file: Path, text: str, path: str) -> None:
    code, report = try_module(file, "--input", text)

    assert code == 2
    assert [problem["path"] for problem in report["problems"]] == [path]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("--input", "[" * 100_000), "--input"),
        (("--input", '{"n": ' + "1" * 5_000 + "}"), "--input"),
        (("--input", '{"n": NaN}'), "/n"),
        (("--strategy", "wasm"), "--strategy"),
        (("--timeout", "-1"), "--timeout"),
        (("--timeout", "nan"), "--timeout"),
    ],
    ids=["deep", "a huge integer", "not a number", "a strategy it lacks", "no time", "no number of seconds"],
)
def test_what_cannot_be_tried_exits_with_2(file: Path, words: tuple[str, ...], path: str) -> None:
    told = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("try_module", str(file), *words, "--json", stdout=told)

    assert ended.value.code == 2
    assert [problem["path"] for problem in json.loads(told.getvalue())["problems"]] == [path]


def test_what_is_no_module_exits_with_2(tmp_path: Path) -> None:
    code, report = try_module(tmp_path)

    assert (code, report["problems"][0]["path"]) == (2, "module.toml")


def test_the_folder_of_the_formats_page_is_tried(tmp_path: Path) -> None:
    code, report = try_module(
        ROOT / "tests" / "vectors" / "word-count",
        *("--input", '{"text": "to be to"}', "--trust", "released"),
        LAMINA_DATA=str(tmp_path / "data"),
    )

    assert code == 0, report
    assert report["outputs"] == {"counts": {"be": 1, "to": 2}, "mean_length": 2}
