"""The tests that touch the database, once more on PostgreSQL (LAMINA_TEST_POSTGRESQL gives its address)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests/conformance/test_journals.py", "tests/studio/runs", "tests/faults/test_kill_points.py")


@pytest.mark.postgresql
@pytest.mark.slow
def test_runs_behave_alike_on_postgresql(tmp_path):
    address = os.environ.get("LAMINA_TEST_POSTGRESQL")
    if not address:
        pytest.skip("LAMINA_TEST_POSTGRESQL is not set to the address of a PostgreSQL server")
    environment = {**os.environ, "LAMINA_DATABASE": address, "LAMINA_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FOLDERS]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
