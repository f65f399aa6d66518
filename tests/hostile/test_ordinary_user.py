"""The same attempts where the server is an ordinary user with a closed home: with namespaces of its own, and with
bubblewrap where only that may make them."""

import os

import pytest

from tests.support.ordinary_user import run_as_ordinary_user

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
# What hangs in there is told by the one who can see it: before the limit of this test.
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=200"]


def passed(*words: str, **environment: str) -> str:
    done = run_as_ordinary_user([*PYTEST, *words], environment)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def test_every_attempt_is_contained_and_lower_rungs_let_through_what_their_lists_say() -> None:
    told = passed(
        "tests/hostile/test_hostile.py",
        "tests/hostile/test_lower_rungs.py",
        "tests/hostile/test_warm_workers.py",
    )
    assert "skipped" not in told


@pytest.mark.bubblewrap
@pytest.mark.usefixtures("bubblewrap_path")
def test_every_attempt_is_contained_by_bubblewrap() -> None:
    told = passed("tests/hostile/test_hostile.py", LAMINA_TEST_BUBBLEWRAP="1")
    assert "skipped" not in told
