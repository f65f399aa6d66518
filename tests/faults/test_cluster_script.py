"""`make cluster`: the product as a person starts it, and a demo graph carried out by its workers."""

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.support.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.redis, pytest.mark.rabbitmq]
START_SECONDS = 180
GRAPHS = "{ graphs { edges { node { id title } } } }"
START = """mutation($input: StartRunInput!) { startRun(input: $input) { __typename
  ... on StartRunDone { run { id } } ... on Refusal { problems { message } } } }"""
RUN = "query($id: ID!) { run(id: $id) { status } }"


class Browser:
    """Signed in with the link that the script printed, whether the front end is built or not."""

    def __init__(self, link: str) -> None:
        self.jar = http.cookiejar.CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))
        self.address, _, _ = link.partition("/sign-in/")
        page = self._open(link)
        form = re.findall(r'name="(\w+)" value="([^"]*)"', page)
        self._open(link, body="&".join(f"{name}={value}" for name, value in form).encode())

    def _open(self, link: str, body: bytes | None = None) -> str:
        try:
            with self.opener.open(
                Request(link, data=body, headers={"Origin": self.address}), timeout=20
            ) as page:
                return str(page.read().decode())
        except HTTPError as error:
            return error.read().decode()

    def ask(self, query: str, **variables: Any) -> Any:
        token = next(cookie.value for cookie in self.jar if "csrf" in cookie.name.lower())
        headers = {"Content-Type": "application/json", "X-CSRFToken": token or "", "Origin": self.address}
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer = self.opener.open(Request(f"{self.address}/graphql", data=body, headers=headers), timeout=20)
        return json.loads(answer.read())["data"]


@pytest.fixture
def told() -> Iterator[dict[str, str]]:
    """What the script printed, by the word before it."""
    process = subprocess.Popen(
        [sys.executable, "tools/cluster.py"],
        cwd=ROOT,
        env={**os.environ, "LAMINA_PORT": "21250"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    found: dict[str, str] = {}
    lines: list[str] = []
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line)
            for word in ("Sign in", "Logs"):
                if line.strip().startswith(word):
                    found[word] = line.strip().removeprefix(word).strip()
            if line.strip().startswith("Stop "):
                break
        assert found.keys() == {"Sign in", "Logs"}, "".join(lines)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_a_demo_graph_is_carried_out_by_the_workers(told: dict[str, str]) -> None:
    link = re.search(r"http://\S+", told["Sign in"])
    assert link is not None
    browser = Browser(link.group())
    graphs = [edge["node"] for edge in browser.ask(GRAPHS)["graphs"]["edges"]]
    graph = next(node["id"] for node in graphs if node["title"] == "Log analysis")
    started = browser.ask(START, input={"graph": graph, "inputs": {}})["startRun"]
    assert started["__typename"] == "StartRunDone", started
    deadline = time.monotonic() + 60
    while (status := browser.ask(RUN, id=started["run"]["id"])["run"]["status"]) in ("QUEUED", "RUNNING"):
        assert time.monotonic() < deadline, status
        time.sleep(0.1)

    assert status == "SUCCEEDED"
    logs = Path(told["Logs"])
    assert {path.name for path in logs.glob("*.log")} >= {
        "coordinator.log",
        "worker-one.log",
        "worker-two.log",
    }
    assert "on rung R" in (logs / "worker-one.log").read_text()
