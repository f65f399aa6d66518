"""The command against a real server with a real engine: publish, review, run, follow."""

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lamina.cli import follow as following
from lamina.cli.failure import BAD_INPUT, REFUSED, RUN_FAILED
from lamina.cli.main import main
from studio.catalog.models import ModuleVersion
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.models import Graph
from studio.runs.models import Run
from studio.teams.actions.create_token import create_token
from studio.teams.models import Team
from tests.studio.cast import Person, counting_graph, person
from tests.studio.live.conftest import LiveServer, running_server, server
from tests.support.studio import running_engine

__all__ = ["running_server", "server"]


@pytest.fixture
def team(transactional_db: None) -> Team:
    return Team.objects.create(slug="demo", title="Demo")


@pytest.fixture
def author(team: Team) -> Person:
    return person("author", team, "author", "reviewer", "operator")


class Terminal:
    """Somebody at a terminal, logged in by a token."""

    def __init__(self, who: Person, server: LiveServer, folder: Path, capsys: Any, monkeypatch: Any) -> None:
        self._token = create_token(who.viewer, title="t", scopes=["admin"], days=1)[1]
        self._url = f"http://127.0.0.1:{server.port}"
        self._folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        self._monkeypatch.setenv("XDG_CONFIG_HOME", str(self._folder))
        self._monkeypatch.setenv("LAMINA_URL", self._url)
        self._monkeypatch.setenv("LAMINA_TOKEN", self._token)
        code = main(arguments)
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def terminal(
    author: Person, server: LiveServer, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    return Terminal(author, server, tmp_path, capsys, monkeypatch)


@pytest.fixture
def engine(transactional_db: None) -> Iterator[None]:
    with running_engine():
        yield


def test_login_keeps_the_token_for_its_owner_alone(
    author: Person, server: LiveServer, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    token = create_token(author.viewer, title="t", scopes=["viewer"], days=1)[1]
    url = f"http://127.0.0.1:{server.port}"
    assert main(["login", "--url", url, "--token", "lam_wrong_one"]) == REFUSED
    assert main(["login", "--url", url, "--token", token]) == 0
    assert "Author (author@example.org)" in capsys.readouterr().out
    kept = tmp_path / "lamina" / "login.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text())["token"] == token


def test_from_a_new_folder_to_a_released_version(
    terminal: Terminal, team: Team, server: LiveServer, tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    folder = str(tmp_path / "greet")
    assert terminal.run("new", folder)[0] == 0
    code, out, err = terminal.run("publish", folder)
    assert (code, "Published demo/greet@0.1.0 (draft)" in out) == (0, True), err
    assert "Next: lamina submit demo/greet@0.1.0" in out
    code, out, _ = terminal.run("submit", "demo/greet@0.1.0", "-m", "Please")
    assert (code, f"http://127.0.0.1:{server.port}/reviews/" in out) == (0, True), out
    code, _, err = terminal.run("approve", "demo/greet@0.1.0")
    assert (code, "[own_work]" in err) == (REFUSED, True)
    owner = Terminal(person("owner", team, "admin"), server, tmp_path, capsys, monkeypatch)
    assert owner.run("approve", "demo/greet@0.1.0")[0] == 0
    assert owner.run("release", "demo/greet@0.1.0")[0] == 0
    assert terminal.run("release", "demo/gone@1.0.0")[0] == BAD_INPUT


def test_a_contract_that_the_code_left_behind_is_written_anew(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "greet"
    terminal.run("new", str(folder))
    code = (folder / "run.py").read_text()
    (folder / "run.py").write_text(
        code.replace(
            "class Outputs:", "class Outputs:\n    count: int = field(default=0, kw_only=True)"
        ).replace("import dataclass", "import dataclass, field")
    )
    (folder / "examples" / "two.json").unlink()
    code, out, err = terminal.run("publish", str(folder))
    assert (code, "Wrote contract.json" in out) == (0, True), err
    assert "count" in json.loads((folder / "contract.json").read_text())["ports"]["out"]


def test_a_folder_is_compared_with_a_version_in_the_catalog(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "greet"
    terminal.run("new", str(folder))
    terminal.run("publish", str(folder))
    assert terminal.run("diff", "demo/greet@0.1.0", str(folder))[0] == 0
    newer = tmp_path / "newer"
    shutil.copytree(folder, newer, ignore=shutil.ignore_patterns("examples"))
    contract = json.loads((newer / "contract.json").read_text())
    contract["ports"]["out"]["more"] = {"media": "json", "schema": True}
    (newer / "contract.json").write_text(json.dumps(contract))
    code, out, err = terminal.run("diff", "demo/greet@0.1.0", str(newer), "--json")
    assert (code, json.loads(out)["level"]) == (10, "minor"), err
    assert terminal.run("diff", str(newer), "demo/greet@0.1.0")[0] == 20
    code, _, err = terminal.run("diff", str(newer / "contract.json"), str(folder))
    assert (code, "name the folder" in err) == (BAD_INPUT, True)
    for wrong in ("demo/greet@0.2.0", "demo/greet@newest", "demo/greet", "nowhere"):
        code, _, err = terminal.run("diff", wrong, str(folder))
        assert (code, wrong in err) == (BAD_INPUT, True)


def test_graphs_go_in_and_out(terminal: Terminal, tmp_path: Path) -> None:
    document = {"format": "lamina/graph@1", "title": "Empty", "nodes": {}, "edges": {}}
    (tmp_path / "g.json").write_text(json.dumps(document))
    assert terminal.run("graph", "check", str(tmp_path / "g.json"))[0] == 0
    code, id, _ = terminal.run("graph", "import", str(tmp_path / "g.json"), "--team", "demo")
    assert code == 0
    assert terminal.run("graph", "export", id.strip())[0] == REFUSED  # it has no revision yet
    broken = {**document, "nodes": {"m": {"kind": "module", "module": "demo/none", "pin": "^1.0.0"}}}
    (tmp_path / "b.json").write_text(json.dumps(broken))
    code, _, err = terminal.run("graph", "check", str(tmp_path / "b.json"))
    assert (code, "/nodes/m" in err) == (REFUSED, True)


@pytest.fixture
def adding(author: Person) -> Graph:
    """A graph of constants alone: it needs no module."""
    document = {
        "format": "lamina/graph@1",
        "title": "Pass on",
        "nodes": {
            "n": {"kind": "input", "name": "n", "port": {"media": "json", "schema": {"type": "integer"}}},
            "o": {"kind": "output", "name": "n"},
        },
        "edges": {"n:value>o:value": {}},
    }
    return create_graph(author.viewer, team="demo", title="Pass on", document=document).graph


def test_a_run_is_followed_to_its_outputs(terminal: Terminal, adding: Graph, engine: None) -> None:
    code, out, err = terminal.run("run", "Pass on", "--input", "n=7", "--follow")
    assert (code, out.endswith("✓ succeeded\nn = 7\n")) == (0, True), out + err
    code, out, _ = terminal.run("run", "Pass on", "--input", "n=7", "--follow", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["event"]["seq"] for line in lines if "event" in line] == [1, 2, 3]
    assert lines[-1]["run"]["outputs"]["n"]["value"] == 7
    code, _, err = terminal.run("run", "Pass on", "--input", "n=x")
    assert (code, "/inputs/n" in err) == (REFUSED, True)
    code, _, err = terminal.run("run", "Pass on", "--input", "n=7", "--environment", "nowhere")
    assert (code, "no environment 'nowhere'" in err) == (REFUSED, True)
    assert terminal.run("run", "Nothing")[0] == REFUSED
    assert terminal.run("run", "Pass on", "--input", "n=7", "--group", "passing", "--follow")[0] == 0
    code, _, err = terminal.run("run", "Pass on", "--input", "n=7", "--group", "passing", "--limit", "0")
    assert (code, "Use 1 to 1000" in err) == (REFUSED, True)
    code, _, err = terminal.run("run", "Pass on", "--input", "n=7", "--limit", "2")
    assert "--group KEY" in err


def test_a_run_is_started_for_each_of_a_list(terminal: Terminal, adding: Graph, tmp_path: Path) -> None:
    lines, array = tmp_path / "lines.jsonl", tmp_path / "array.json"
    lines.write_text('{"n": 1}\n\n{"n": 2}\n{}\n')
    code, out, err = terminal.run("run", "Pass on", "--each", str(lines), "--input", "n=7")
    assert (code, out.splitlines()[-1]) == (0, "Started 3 runs of Pass on."), err
    assert [run.inputs["n"]["value"] for run in Run.objects.order_by("id")] == [1, 2, 7]
    array.write_text('[{"n": 4}, {"n": 5}]')
    code, out, _ = terminal.run("run", "Pass on", "--each", str(array), "--json")
    assert (code, [json.loads(line)["title"] for line in out.splitlines()]) == (0, ["Pass on"] * 2)
    for file in (lines, array):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
        assert terminal.run("run", "Pass on", "--each", str(file), "--input", "n=7")[0] == 0
    lines.write_text('{"n": 1}\n\n{"n": "x"}\n')
    code, _, err = terminal.run("run", "Pass on", "--each", str(lines))
    assert (code, f"{lines}:3 /n: " in err) == (REFUSED, True), err
    assert Run.objects.count() == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"n": 1}\n{"n": \n', "list:2 cannot be read"),
        ('[{"n": 1}, 2]', "list#/1 is no object"),
        ("7\n", "list:1 is no object"),
        (" \n", "list is empty"),
        ("[]", "list is empty"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(
    terminal: Terminal, adding: Graph, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "list").write_text(text)
    code, _, err = terminal.run("run", "Pass on", "--each", str(tmp_path / "list"))
    assert (code, said in err) == (BAD_INPUT, True), err
    assert "one run" in terminal.run("run", "Pass on", "--each", "list", "--follow")[2]


def test_a_part_of_a_graph_is_run_and_the_rest_taken_over(
    terminal: Terminal, adding: Graph, engine: None
) -> None:
    code, _, err = terminal.run("run", "Pass on", "--input", "n=7", "--up-to", "nowhere")
    assert (code, "no node 'nowhere'" in err) == (REFUSED, True)
    assert terminal.run("run", "Pass on", "--input", "n=7", "--up-to", "n", "--follow")[0] == 0
    assert Run.objects.get().outputs in (None, {})
    code, out, err = terminal.run("run", "Pass on", "--input", "n=7", "--from", "o", "--follow")
    assert (code, out.endswith("n = 7\n")) == (0, True), out + err


def test_a_file_for_a_binary_input_is_uploaded(
    terminal: Terminal, author: Person, engine: None, tmp_path: Path
) -> None:
    port = {"media": "binary", "type": "application/octet-stream"}
    document = {
        "format": "lamina/graph@1",
        "title": "Pass a file on",
        "nodes": {
            "in": {"kind": "input", "name": "file", "port": port},
            "text": {
                "kind": "input",
                "name": "text",
                "port": {"media": "json", "schema": {"type": "string"}},
            },
            "out": {"kind": "output", "name": "file"},
            "said": {"kind": "output", "name": "said"},
        },
        "edges": {"in:value>out:value": {}, "text:value>said:value": {}},
    }
    create_graph(author.viewer, team="demo", title="Pass a file on", document=document)
    file = tmp_path / "a.bin"
    file.write_bytes(b"\xff\xfe" * 1000)
    (tmp_path / "a.txt").write_text("to be")
    given = ("--input", f"file=@{file}", "--input", f"text=@{tmp_path / 'a.txt'}")
    code, out, err = terminal.run("run", "Pass a file on", *given, "--follow")
    assert (code, "file = application/octet-stream, 2,000 bytes" in out) == (0, True), out + err
    assert 'said = "to be"' in out
    code, _, err = terminal.run("run", "Pass a file on", "--input", f"text=@{file}")
    assert (code, "neither JSON nor text" in err) == (BAD_INPUT, True)


def test_a_failed_run_ends_with_its_own_code(
    terminal: Terminal, engine: None, author: Person, tmp_path: Path
) -> None:
    folder = tmp_path / "greet"
    terminal.run("new", str(folder))
    terminal.run("publish", str(folder))
    document = counting_graph(title="Greet nobody")
    document["nodes"] = {
        "text": {"kind": "constant", "value": []},
        "count": {"kind": "module", "module": "demo/greet", "pin": "0.1.0"},
        "out": {"kind": "output", "name": "greetings"},
    }
    document["nodes"]["count"]["bundle"] = ModuleVersion.objects.get().bundle_id
    document["edges"] = {"text:value>count:names": {}, "count:greetings>out:value": {}}
    create_graph(author.viewer, team="demo", title="Greet nobody", document=document)
    code, out, err = terminal.run("run", "Greet nobody", "--follow")
    assert (code, "there is nobody to greet" in out) == (RUN_FAILED, True), out + err


def test_following_survives_cut_connections(
    terminal: Terminal, adding: Graph, engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = 3
    connect = following._connected
    lock = threading.Lock()

    def cut(login: Any) -> Any:
        nonlocal cuts
        socket = connect(login)
        with lock:
            if cuts:
                cuts -= 1
                socket.socket.close()
        return socket

    monkeypatch.setattr(following, "_connected", cut)
    code, out, err = terminal.run("run", "Pass on", "--input", "n=7", "--follow", "--json")
    assert code == 0
    assert "connection lost" in err
    assert [json.loads(line)["event"]["seq"] for line in out.splitlines() if "event" in line] == [1, 2, 3]
