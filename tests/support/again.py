"""Tests that are run once more in a pytest of their own, on another database."""

import os
import subprocess
import sys

from tests.support.paths import ROOT


def passed_on(database: str, *tests: str, **environment: str) -> None:
    """Fails with the end of what that pytest said.

    The server ends with these tests, so nobody needs to drop the database that is made in it.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--reuse-db", *tests],
        cwd=ROOT,
        env={**os.environ, "LAMINA_DATABASE": database, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
