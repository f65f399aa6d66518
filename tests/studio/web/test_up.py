"""The server as a process of its own: starting, refusing, answering, stopping, starting again."""

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.support.paths import ROOT

READY_SECONDS = 60


class Up:
    """`manage.py up` on a data folder; `text` is what it has printed so far."""

    def __init__(self, data: Path, *options: str, port: int = 8160) -> None:
        self.environment = os.environ | {"LAMINA_DATA": str(data), "LAMINA_PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *options],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.text = ""

    def ready(self) -> "Up":
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line
            if "Stop     Ctrl-C" in line:
                return self
        raise AssertionError(self.text)

    @property
    def address(self) -> str:
        return re.search(r"Address  (\S+)", self.text)[1]  # type: ignore[index]

    @property
    def link(self) -> str:
        return re.search(r"Sign in  (\S+)", self.text)[1]  # type: ignore[index]

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=30)
        self.text += rest
        return self.process.returncode

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@contextmanager
def running(data: Path, *options: str, port: int = 8160) -> Iterator[Up]:
    up = Up(data, *options, port=port)
    try:
        yield up.ready()
    finally:
        up.stop()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def first(data: Path) -> Iterator[Up]:
    with running(data) as up:
        yield up


def opened(url: str, opener: urllib.request.OpenerDirector | None = None, **form: str) -> tuple[int, str]:
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode() if form else None
    try:
        with (opener or urllib.request.build_opener()).open(url, data=body, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_the_first_start_installs_and_says_where_to_go(first: Up) -> None:
    assert "modules of the library" in first.text
    assert "team demo" in first.text
    assert "demo graph" in first.text
    assert "Left out" not in first.text
    assert first.address.startswith("http://127.0.0.1:")


def test_it_answers_when_it_says_so(first: Up) -> None:
    assert opened(first.address + "/healthz") == (200, '{"status": "ok"}')
    assert opened(first.address + "/readyz") == (200, '{"status": "ok"}')


def test_the_printed_link_signs_the_owner_in(first: Up) -> None:
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    status, page = opened(first.link, browser)
    assert (status, "Ada Owner" in page) == (200, True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    opened(first.link, browser, csrfmiddlewaretoken=token[1])
    assert {"sessionid", "csrftoken"} <= {cookie.name for cookie in cookies}
    assert '"engine": "ok"' in opened(first.address + "/readyz", browser)[1]
    status, page = opened(first.link)
    assert (status, "used before" in page) == (410, True)


def test_another_link_is_made_while_it_runs(first: Up) -> None:
    made = first.command("sign_in_link", "--as", "reviewer")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith(first.address + "/sign-in/")
    assert "Ruth Reviewer" in opened(made.stdout.strip())[1]
    nobody = first.command("sign_in_link", "--as", "nobody@example.org")
    assert nobody.returncode == 1
    assert "There is nobody with the address nobody@example.org" in nobody.stderr


def test_a_second_server_on_the_folder_is_refused(first: Up, data: Path) -> None:
    second = Up(data, port=8161)
    assert second.stop(signal.SIGCONT) == 1
    assert "in use" in second.text
    assert "Traceback" not in second.text


def test_a_taken_port_gives_the_next_one_and_says_so(first: Up, tmp_path: Path) -> None:
    taken = int(first.address.rpartition(":")[2])
    with running(tmp_path, "--no-demo", port=taken) as other:
        assert f"Port {taken} is taken, using" in other.text
        assert other.address != first.address
        assert "demo" not in other.text.replace("--no-demo", "")
        assert opened(other.link)[0] == 200


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a server has run before."""
    folder = tmp_path_factory.mktemp("installed")
    with running(folder, "--no-demo", port=8165):
        pass
    return folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_the_next_start_has_nothing_to_do(installed: Path, number: int) -> None:
    up = Up(installed, "--no-demo", port=8165).ready()
    assert "Installed" not in up.text
    assert "Created" not in up.text
    assert up.stop(number) == 0
    assert up.text.rstrip().endswith("Stopped.")
    assert not (installed / "control.sock").exists()


def test_a_link_is_made_while_no_server_runs(installed: Path) -> None:
    made = subprocess.run(
        [sys.executable, "manage.py", "sign_in_link"],
        cwd=ROOT,
        env=os.environ | {"LAMINA_DATA": str(installed), "LAMINA_PORT": "8165"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.startswith("http://127.0.0.1:8165/sign-in/")


def test_the_doctor_looks_and_advises(first: Up) -> None:
    looked = first.command("doctor")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    for subject in ("sandbox", "database", "disk"):
        assert subject in looked.stdout
