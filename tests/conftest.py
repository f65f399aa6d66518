"""What all tests share: the servers that a test may ask for, and how a missing one is reported."""

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT))

import services  # noqa: E402 - tools/services.py, shared with `make cluster`


def absent(reason: str) -> None:
    """Skip with one line that says how to get what is missing; in CI nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def started(server: AbstractContextManager[str]) -> Iterator[str]:
    try:
        url = server.__enter__()
    except services.Missing as missing:
        absent(str(missing))
        return
    yield url
    server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def postgresql_url(servers_folder: Path) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test session."""
    yield from started(services.postgresql(servers_folder))


@pytest.fixture(scope="session")
def redis_url(servers_folder: Path) -> Iterator[str]:
    """The URL of a Redis server of this test session."""
    yield from started(services.redis(servers_folder))


@pytest.fixture(scope="session")
def rabbitmq_url(servers_folder: Path) -> Iterator[str]:
    """The URL of a RabbitMQ node of this test session."""
    yield from started(services.rabbitmq(servers_folder))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Debian's Chromium."""
    found = shutil.which("chromium")
    if found is None:
        absent("Chromium is not installed. Get it: apt-get install chromium")
    return str(found)


@pytest.fixture(scope="session")
def bubblewrap_path() -> str:
    found = shutil.which("bwrap")
    if found is None:
        absent("bubblewrap is not installed. Get it: apt-get install bubblewrap")
    return str(found)


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """Where servers keep their files: database servers do not run as root, and have to get in.

    It is none of pytest's folders: every session of pytest that starts, also one within another, closes their
    common parent to others.
    """
    with tempfile.TemporaryDirectory(prefix="lamina-servers-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


SLOW_SECONDS = 5.0


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The files that take long, the longest first: a test file should take a few seconds."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    slow = [(name, taken) for name, taken in seconds.most_common() if taken > SLOW_SECONDS]
    if slow:
        terminalreporter.section(f"files above {SLOW_SECONDS:g} s")
        for name, taken in slow:
            terminalreporter.write_line(f"{taken:6.1f} s {name}")
