"""Many histories of the simulated installation: every run settles, and no invariant breaks.

LAMINA_SEEDS fixed histories are run (default 300; 3,000 with CI=true), from LAMINA_FIRST_SEED on (default 0),
and with CI=true 500 fresh ones, whose first seed is printed: LAMINA_FRESH_SEED=<it> repeats them.
"""

import os
import secrets

import pytest

from tests.faults.histories import broken_from
from tests.faults.world import World

IS_CI = os.environ.get("CI") == "true"
SEEDS = int(os.environ.get("LAMINA_SEEDS", "3000" if IS_CI else "300"))
FIRST = int(os.environ.get("LAMINA_FIRST_SEED", "0"))
FRESH = int(os.environ.get("LAMINA_FRESH_SEEDS", "500" if IS_CI else "25"))
FRESH_FIRST = int(os.environ.get("LAMINA_FRESH_SEED") or 1_000_000 + secrets.randbelow(1 << 40))


def test_no_history_breaks_a_promise():
    assert broken_from(FIRST, SEEDS) == {}


def test_no_fresh_history_breaks_a_promise(capsys: pytest.CaptureFixture[str]):
    with capsys.disabled():
        print(f"\nfresh histories: LAMINA_FRESH_SEED={FRESH_FIRST} LAMINA_FRESH_SEEDS={FRESH}")
    assert broken_from(FRESH_FIRST, FRESH) == {}, f"repeat with LAMINA_FRESH_SEED={FRESH_FIRST}"


def test_a_seed_gives_one_history():
    first, second = World(7).run(), World(7).run()
    assert [event.data for event in first.journal.runs.popitem()[1].events] == [
        event.data for event in second.journal.runs.popitem()[1].events
    ]
