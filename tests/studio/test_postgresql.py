"""The same actions on PostgreSQL: locks, constraints and the audit's chain behave as on SQLite."""

import os
import socket
import subprocess
import sys

import pytest

from tests.support.again import passed_on
from tests.support.paths import ROOT

# One of each kind of write; `LAMINA_DATABASE=postgresql://… pytest tests/studio` runs them all.
FILES = (
    "audit",
    "teams/test_create_team.py",
    "teams/test_set_roles.py",
    "teams/test_use_ticket.py",
    "graphs/test_save_revision.py",
    "reviews/test_release_version.py",
    "runs/test_grants.py",
    "runs/test_start_run.py",
    "runs/test_start_runs.py",
    "runs/test_cancel_run.py",
)


@pytest.mark.postgresql
@pytest.mark.timeout(1800)  # each test within it has the usual limit
def test_actions_work_on_postgresql(postgresql_url: str) -> None:
    passed_on(f"{postgresql_url}_actions", *(f"tests/studio/{name}" for name in FILES))


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://lamina@127.0.0.1:{silent.getsockname()[1]}/lamina"
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--check"],
            cwd=ROOT,
            env={**os.environ, "LAMINA_DATABASE": url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1
    assert "timeout" in done.stderr
