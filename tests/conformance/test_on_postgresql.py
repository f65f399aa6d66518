"""The tests that touch the database, once more on PostgreSQL."""

from pathlib import Path

import pytest

from tests.support.again import passed_on

FOLDERS = ("tests/conformance/test_journals.py", "tests/studio/runs", "tests/faults/test_kill_points.py")


@pytest.mark.postgresql
@pytest.mark.slow
@pytest.mark.timeout(1800)  # each test within it has the usual limit
def test_runs_behave_alike_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    passed_on(f"{postgresql_url}_runs", *FOLDERS, LAMINA_DATA=str(tmp_path))
