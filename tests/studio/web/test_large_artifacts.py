"""Hundreds of megabytes through the real server, by reference: in, through a run and out, never whole in memory."""

import hashlib
import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules_catalog.bundle import write_bundle
from tests.studio.runs.test_store_artifact import BINARY
from tests.studio.web.test_up import Up, running

pytestmark = pytest.mark.slow

PART = bytes(range(256)) * 4096
PARTS = 192
SIZE = PARTS * len(PART)
ROOM = 64 << 20  # what the server may need beside what it had, far below the value
PORT = {**BINARY, "max_bytes": 4 << 30}
MODULE = {
    "module.toml": b"""format = "lamina/module@1"
name = "home/copy"
version = "1.0.0"
summary = "Copies a file."
owner = "home"
runtime = "python"
entry = "run.py:run"
licence = "Apache-2.0"
effects = { kind = "pure" }
limits = { wall_seconds = 120, cpu_seconds = 120, output_bytes = 4294967296, memory_bytes = 67108864 }
""",
    "contract.json": json.dumps(
        {"format": "lamina/contract@1", "ports": {"in": {"file": PORT}, "out": {"copy": PORT}}}
    ).encode(),
    "README.md": b"# Copy\n",
    "run.py": b"""def run(inputs, context):
    with inputs["file"].open() as source, context.writer("copy") as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)
    return {"copy": target}
""",
}
GRAPH = {
    "format": "lamina/graph@1",
    "title": "Large",
    "nodes": {
        "in": {"kind": "input", "name": "picture", "port": PORT},
        "copy": {"kind": "module", "module": "home/copy", "pin": "1.0.0", "timeout_seconds": 120},
        "out": {"kind": "output", "name": "same"},
    },
    "edges": {"in:value>copy:file": {}, "copy:copy>out:value": {}},
}


class Body:
    """A request's body that is made while it is sent."""

    def __init__(self) -> None:
        self._left = PARTS

    def read(self, _size: int) -> bytes:
        self._left -= 1
        return PART if self._left >= 0 else b""


def peak_bytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10  # type: ignore[index]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with running(tmp_path / "data", "--no-demo", port=21150) as up:
        yield up


def test_a_large_value_is_never_whole_in_memory(up: Up, tmp_path: Path) -> None:
    made = up.command("shell", "-c", TOKEN)
    token = made.stdout.strip().splitlines()[-1]

    def ask(path: str, data: Any = None, **headers: str) -> Any:
        request = urllib.request.Request(up.address + path, data=data, headers=headers)
        request.add_header("Authorization", f"Bearer {token}")
        return urllib.request.urlopen(request, timeout=120)

    def do(query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        with ask("/graphql", body, **{"Content-Type": "application/json"}) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    before = peak_bytes(up.process.pid)
    headers = {"Content-Length": str(SIZE), "Content-Type": "image/png"}
    with ask("/artifacts?team=home", Body(), **headers) as answer:
        kept = json.load(answer)
    assert kept["bytes"] == SIZE
    with ask("/bundles", write_bundle(MODULE), **{"Content-Type": "application/zip"}) as answer:
        bundle = json.load(answer)["bundle"]
    assert "version" in do(PUBLISH, i={"digest": bundle})["publishVersion"]
    GRAPH["nodes"]["copy"]["bundle"] = bundle  # type: ignore[index]
    graph = do(CREATE, i={"team": "home", "title": "Large", "document": GRAPH})["createGraph"]["graph"]["id"]
    inputs = {"picture": {"artifact": kept["artifact"]}}
    run = do(START, i={"graph": graph, "inputs": inputs})["startRun"]["run"]["id"]
    found: Any = {}
    while found.get("status") not in ("SUCCEEDED", "FAILED"):
        found = do("query($id: ID!) { run(id: $id) { status outputs error view } }", id=run)["run"]
    assert found["status"] == "SUCCEEDED", found
    assert found["outputs"]["same"]["artifact"] == kept["artifact"]

    digest, size = hashlib.sha256(), 0
    with ask(f"/runs/{found['view']['run']}/artifacts/{kept['artifact']}") as answer:
        while data := answer.read(1 << 20):
            digest.update(data)
            size += len(data)
    assert (size, f"sha256:{digest.hexdigest()}") == (SIZE, kept["artifact"])
    assert peak_bytes(up.process.pid) - before < ROOM


TOKEN = """
from studio.teams.actions.create_token import create_token
from studio.teams.models import User
from studio.teams.viewer import viewer_for
print(create_token(viewer_for(User.objects.get()), title="Test", scopes=("author",), days=1)[1])
"""
CREATE = """mutation($i: CreateGraphInput!) { createGraph(input: $i) {
  ... on CreateGraphDone { graph { id } } ... on Refusal { problems { message } } } }"""
PUBLISH = """mutation($i: PublishVersionInput!) { publishVersion(input: $i) {
  ... on PublishVersionDone { version { version } } ... on Refusal { problems { message } } } }"""
START = """mutation($i: StartRunInput!) { startRun(input: $i) {
  ... on StartRunDone { run { id } } ... on Refusal { problems { message } } } }"""
