"""`manage.py try_module`, as a person runs it."""

import io
import json
import os
import shutil
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
        (("--input", '{"n": NaN}'), "--input"),
        (("--input", '{"n": 1, "n": 2}'), "--input"),
        (("--input", '{"n": "\\ud800"}'), "--input#/n"),
        (("--input", '{"n": "\udcff"}'), "--input"),
        (("--input", '{"n": 9223372036854775808000}'), "/n"),
        (("--config", '{"a": "\\ud800"}'), "--config#/a"),
        (("--config", '{"a": 9223372036854775808000}'), "--config"),
        (("--strategy", "wasm"), "--strategy"),
        (("--timeout", "-1"), "--timeout"),
        (("--timeout", "nan"), "--timeout"),
    ],
    ids=[
        "deep",
        "a huge integer",
        "not a number",
        "a key twice",
        "half of a pair",
        "no UTF-8",
        "beyond 64 bits",
        "half of a pair in the settings",
        "settings beyond 64 bits",
        "a strategy it lacks",
        "no time",
        "no number of seconds",
    ],
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


def told_of(path: Path) -> tuple[object, dict[str, Any]]:
    told = io.StringIO()
    try:
        call_command("try_module", str(path), "--json", stdout=told)
    except SystemExit as ended:
        return ended.code, json.loads(told.getvalue())
    return 0, json.loads(told.getvalue())


def test_a_path_that_is_too_long_exits_with_2(tmp_path: Path) -> None:
    code, report = told_of(tmp_path / ("a" * 5_000 + ".py"))

    assert (code, report["problems"][0]["message"]) == (2, "Cannot be read: File name too long.")


@pytest.mark.parametrize(
    ("file", "text", "path"),
    [
        ("module.toml", 'min_rung = "x"', "module.toml#/min_rung"),
        ("module.toml", 'strategies = ["fast"]', "module.toml#/strategies/0"),
        ("module.toml", "x = " + "[" * 5_000 + "]" * 5_000, "module.toml#"),
        ("contract.json", "[" * 100_000, "contract.json#"),
        ("contract.json", '{"ports": {}, "ports": {}}', "contract.json#"),
        ("compiled~wasm", "native code", "compiled~wasm"),
    ],
    ids=["a rung", "a strategy", "deep settings", "a deep contract", "a key twice", "a name"],
)
def test_a_folder_is_read_as_an_upload_is(tmp_path: Path, file: str, text: str, path: str) -> None:
    folder = shutil.copytree(ROOT / "tests" / "vectors" / "word-count", tmp_path / "module")
    known = (folder / "module.toml").read_text() if file == "module.toml" else ""
    (folder / file).write_text(f"{text}\n{known}")

    code, report = told_of(folder)

    assert code == 2, report
    assert path in [problem["path"] for problem in report["problems"]]


def test_an_answer_that_is_no_object_breaks_the_contract_of_a_file(file: Path) -> None:
    result = '{"us":1,"outputs":{"outputs":[1,2]}}'
    file.write_text(
        "import os, struct\n"
        "def run(inputs, context):\n"
        f"    result = {result.encode()!r}\n"
        "    os.write(3, struct.pack('<IBQ', len(result), 20, 1) + result)\n"
        "    os._exit(0)\n"
    )
    code, report = try_module(file)

    assert (code, report["error"]["name"]) == (1, "system.contract")


def test_nothing_that_is_printed_moves_a_cursor(file: Path) -> None:
    file.write_text(
        "def run(inputs, context):\n    return {'text': '\\x1b[2J \\x9b31m \\u202e \\x7f é \\U000e0001'}\n"
    )
    printed = io.StringIO()
    call_command("try_module", str(file), "--json", stdout=printed)

    assert printed.getvalue().strip().isprintable()
    assert json.loads(printed.getvalue())["outputs"] == {"text": "\x1b[2J \x9b31m \u202e \x7f é \U000e0001"}
