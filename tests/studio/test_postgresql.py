"""The same actions on PostgreSQL: locks, constraints and the audit's chain behave as on SQLite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# The server ends with these tests, so nobody needs to drop the database that each of them makes.
KEEP = "--reuse-db"
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
    "runs/test_cancel_run.py",
)


@pytest.mark.postgresql
def test_actions_work_on_postgresql(postgresql_url: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", KEEP]
    done = subprocess.run(
        [*command, *(f"tests/studio/{name}" for name in FILES)],
        cwd=ROOT,
        env={**os.environ, "LAMINA_DATABASE": f"{postgresql_url}_actions"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
