"""The tests that touch the database, once more on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The server ends with these tests, so nobody needs to drop the database that each of them makes.
KEEP = "--reuse-db"
FOLDERS = ("tests/conformance/test_journals.py", "tests/studio/runs", "tests/faults/test_kill_points.py")


@pytest.mark.postgresql
@pytest.mark.slow
def test_runs_behave_alike_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "LAMINA_DATABASE": f"{postgresql_url}_runs", "LAMINA_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", KEEP, *FOLDERS]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
