"""What the command does without a server: new, diff, and how it fails."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.values import parse_envelopes
from lamina.cli.credentials import login_file, read_login
from lamina.cli.failure import BAD_INPUT, UNREACHABLE
from lamina.cli.main import main
from lamina.cli.progress import Progress
from lamina.cli.run import named_values
from lamina.cli.show import plain, shown_value
from modules_catalog.bundle import read_folder
from modules_catalog.candidate import read_candidate
from tests.support.paths import ROOT, VECTORS

DIGEST = "sha256:" + "0" * 64
WORD_COUNT = VECTORS / "word-count"


@pytest.fixture(autouse=True)
def no_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("LAMINA_TOKEN", raising=False)
    monkeypatch.delenv("LAMINA_URL", raising=False)


def test_a_new_module_is_a_candidate_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "Greet people"
    assert main(["new", str(folder)]) == 0
    candidate = read_candidate(read_folder(folder))
    assert (candidate.manifest.name, candidate.manifest.owner) == ("demo/greet-people", "demo")
    assert len(candidate.examples) == 1
    assert "lamina publish" in capsys.readouterr().out


def test_a_new_module_takes_the_name_it_is_given(tmp_path: Path) -> None:
    assert main(["new", str(tmp_path / "x"), "--name", "text/hello"]) == 0
    manifest = read_candidate(read_folder(tmp_path / "x")).manifest
    assert (manifest.name, manifest.owner) == ("text/hello", "text")


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("x")
    assert main(["new", str(tmp_path)]) == BAD_INPUT
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("envelope", "shown"),
    [
        ({"media": "json", "bytes": 7, "value": "Fünf"}, '"Fünf"'),
        ({"media": "json", "bytes": 502, "value": "x" * 500}, '"' + "x" * 399 + "… (502 characters)"),
        ({"media": "json", "bytes": 70_000, "artifact": DIGEST}, f"json, 70,000 bytes, {DIGEST}"),
        (
            {"media": "binary", "type": "image/svg+xml", "bytes": 9, "artifact": DIGEST},
            f"image/svg+xml, 9 bytes, {DIGEST}",
        ),
        ({"media": "json", "bytes": 4, "withheld": True}, "json, 4 bytes, withheld"),
    ],
)
def test_an_output_is_shown_on_one_line(envelope: dict[str, Any], shown: str) -> None:
    assert shown_value(parse_envelopes({"port": envelope})["port"]) == shown


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "no-folder"]) == BAD_INPUT
    assert capsys.readouterr().err == "lamina: There is no file or folder no-folder.\n"


def test_a_problem_of_a_whole_file_has_no_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.zip").write_text("no zip")
    assert main(["publish", str(tmp_path / "a.zip")]) == BAD_INPUT
    assert "\n  Not a zip" in capsys.readouterr().err


def changed(tmp_path: Path, **ports: Any) -> Path:
    folder = tmp_path / "changed"
    shutil.copytree(WORD_COUNT, folder)
    contract = json.loads((folder / "contract.json").read_text())
    contract["ports"]["in"] |= ports
    (folder / "contract.json").write_text(json.dumps(contract))
    shutil.rmtree(folder / "examples")
    return folder


def test_the_same_contract_is_a_patch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(WORD_COUNT), str(WORD_COUNT)]) == 0
    assert capsys.readouterr().out.startswith("patch")


def test_an_optional_input_is_minor_and_a_needed_one_major(tmp_path: Path) -> None:
    port = {"media": "json", "schema": {"type": "string"}}
    optional = changed(tmp_path / "a", more={**port, "cardinality": "optional"})
    needed = changed(tmp_path / "b", more=port)
    assert main(["diff", str(WORD_COUNT), str(optional)]) == 10
    assert main(["diff", str(WORD_COUNT), str(needed)]) == 20


def test_a_difference_is_a_document_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needed = changed(tmp_path, more={"media": "json", "schema": {"type": "string"}})
    main(["diff", str(WORD_COUNT), str(needed), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["level"] == "major"
    assert document["reasons"][0]["path"] == "/ports/in/more"


@pytest.mark.parametrize("name", ["gone", "broken.json"])
def test_what_is_no_module_is_bad_input(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.json").write_text("{")
    assert main(["diff", str(tmp_path / name), str(WORD_COUNT)]) == BAD_INPUT
    assert capsys.readouterr().err.startswith("lamina: ")


def test_problems_name_file_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(WORD_COUNT, tmp_path / "m")
    (tmp_path / "m" / "examples" / "short.json").write_text('{"format": "lamina/example@1", "inputs": {}}')
    (tmp_path / "m" / "README.md").unlink()
    assert main(["diff", str(tmp_path / "m"), str(WORD_COUNT)]) == BAD_INPUT
    lines = capsys.readouterr().err.splitlines()
    assert any(line.strip().startswith("README.md") for line in lines)
    assert any("examples/short.json#" in line for line in lines)


def test_nobody_is_logged_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "Words"]) == BAD_INPUT
    assert "lamina login" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMINA_TOKEN", "lam_x_y")
    monkeypatch.setenv("LAMINA_URL", "http://127.0.0.1:9")
    assert main(["run", "Words"]) == UNREACHABLE
    assert "Is the server running?" in capsys.readouterr().err


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    login_file().parent.mkdir(parents=True)
    login_file().write_text('{"url": "http://one.example", "token": "a"}')
    assert (read_login().url, read_login().token) == ("http://one.example", "a")
    monkeypatch.setenv("LAMINA_TOKEN", "b")
    assert read_login().token == "b"
    assert "token" not in repr(read_login())


def test_values_are_json_text_or_files(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text('{"a": 1}')
    (tmp_path / "v.txt").write_text("plain")
    given = ["n=3", "t=Paris", 'q="3"', f"j=@{tmp_path / 'v.json'}", f"f=@{tmp_path / 'v.txt'}", "e=a=b"]
    assert named_values(given, "--input") == {
        "n": 3,
        "t": "Paris",
        "q": "3",
        "j": {"a": 1},
        "f": "plain",
        "e": "a=b",
    }


def test_the_script_runs_from_anywhere(tmp_path: Path) -> None:
    link = tmp_path / "lamina"
    link.symlink_to(ROOT / "bin" / "lamina")
    environment = os.environ | {"LAMINA_PYTHON": sys.executable}
    ran = subprocess.run(
        [link, "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "publish" in ran.stdout


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"seq": 1, "type": kind, "v": 1, "at": "2026-01-31T09:00:00.003Z", "data": data}


def test_progress_folds_events_and_snapshots() -> None:
    progress = Progress()
    progress.take_view({"status": "running", "nodes": {"old": {"state": "succeeded"}}})
    progress.take_events(
        [
            event("map_opened", node="each", count=3),
            event("map_chunk_completed", node="each", first=0, count=3, failed_count=1, outputs={}),
            event("invocation_attempt_failed", node="x", error={"message": "no"}),
            event("invocation_skipped", nodes=["a", "b"], cause="when"),
            event("run_finished", status="failed"),
        ]
    )
    each = progress.nodes["each"]
    assert (each.state, each.done, each.failed, each.total) == ("succeeded", 2, 1, 3)
    assert (progress.nodes["x"].state, progress.nodes["x"].note) == ("retrying", "no")
    assert progress.nodes["b"].state == "skipped"
    assert (progress.status, progress.nodes["old"].state) == ("failed", "succeeded")


def test_what_modules_say_cannot_move_the_cursor() -> None:
    assert plain("a\x1b[2Jb\rc\n") == "a [2Jb c "


def test_the_command_that_is_installed_runs() -> None:
    command = Path(sys.executable).with_name("lamina")
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, "publish" in done.stdout) == (0, True), done.stderr
