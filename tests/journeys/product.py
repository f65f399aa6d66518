"""The real product in a process of its own, and a person who uses it over HTTP."""

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
READY_SECONDS = 60
ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "CANCELLED", "QUARANTINED"}


class Product:
    """`manage.py up` on a data folder. Start, kill and start again; `close` ends what is left."""

    def __init__(self, data: Path, *, port: int, arguments: tuple[str, ...] = ()) -> None:
        self.data = data
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, "LAMINA_DATA": str(data), "LAMINA_PORT": str(port)}
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self.output: list[str] = []
        self.first_link = ""

    def start(self) -> str:
        """Start and wait until it serves; returns the sign-in link that it printed."""
        self.output = []
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *self._arguments],
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._collect, args=(self._process,), daemon=True)
        self._reader.start()
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            found = re.search(r"(http://\S+/sign-in/\S+)", "".join(self.output))
            if found and self._is_ready():
                return found.group(1)
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError("the product did not start:\n" + "".join(self.output))

    def _collect(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.output.append(line)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """As the machine would in the worst case: SIGKILL, nothing is tidied up."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        self._reader.join(10)

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; returns its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(20)
        self._reader.join(10)
        return code

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def manage(self, *words: str) -> str:
        """A management command beside the running server."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sign_in_link(self, who: str) -> str:
        found = re.search(r"(http://\S+/sign-in/\S+)", self.manage("sign_in_link", "--as", who))
        assert found is not None
        return found.group(1)

    def lamina(self, *words: str, token: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """The command line, as the holder of a token."""
        environment = {**self.environment, "LAMINA_URL": self.url, "LAMINA_TOKEN": token}
        done = subprocess.run(
            [sys.executable, "-m", "lamina.cli", *words],
            cwd=ROOT,
            env=environment,
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done


class Person:
    """Somebody signed in by a link, who speaks GraphQL."""

    def __init__(self, product: Product, link: str) -> None:
        self._product = product
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        page = self._open(urllib.request.Request(link)).decode()
        form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert form is not None, page
        body = f"csrfmiddlewaretoken={form.group(1)}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": product.url}
        self._open(urllib.request.Request(link, data=body, headers=headers))

    def _open(self, request: urllib.request.Request) -> bytes:
        try:
            with self._opener.open(request, timeout=30) as answer:
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as error:
            raise AssertionError(
                f"{request.full_url}: {error.code} {error.read().decode()[:2000]}"
            ) from error

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def post(self, path: str, data: bytes, content_type: str) -> Any:
        token = next(cookie.value for cookie in self._jar if "csrf" in cookie.name)
        headers = {"Content-Type": content_type, "X-CSRFToken": str(token), "Origin": self._product.url}
        return json.loads(
            self._open(urllib.request.Request(self._product.url + path, data=data, headers=headers))
        )

    def get(self, path: str) -> bytes:
        return self._open(urllib.request.Request(self._product.url + path))

    def ask(self, document: str, **variables: Any) -> Any:
        """The data of a GraphQL answer; top-level errors fail the test."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        answer = self.post("/graphql", body, "application/json")
        assert "errors" not in answer, json.dumps(answer["errors"])
        return answer["data"]

    def do(self, verb: str, fields: str, **inputs: Any) -> Any:
        """A mutation; its Done, or a failure of the test with the problems that came back."""
        result = self.attempt(verb, fields, **inputs)
        assert result["__typename"].endswith("Done"), json.dumps(result)
        return result

    def attempt(self, verb: str, fields: str, **inputs: Any) -> Any:
        name = verb[0].upper() + verb[1:]
        document = (
            f"mutation($input: {name}Input!) {{ {verb}(input: $input) {{ __typename "
            f"... on {name}Done {{ {fields} }} ... on Refusal {{ problems {{ code path message }} }} }} }}"
        )
        return self.ask(document, input=inputs)[verb]

    def wait_for_run(self, run: str, *, seconds: float = 60) -> Any:
        """The run once it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.ask(
                "query($id: ID!) { run(id: $id) { status lastSeq outputs error counts view } }", id=run
            )["run"]
            if found["status"] in ENDED:
                return found
            time.sleep(0.1)
        raise AssertionError(f"the run has not ended: {found}")
