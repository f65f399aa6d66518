"""Many histories of the simulated installation: every run settles, and no invariant breaks.

LAMINA_SEEDS histories are run (default 300), from LAMINA_FIRST_SEED on (default 0).
"""

import os

from tests.faults.world import World

SEEDS = int(os.environ.get("LAMINA_SEEDS", "300"))
FIRST = int(os.environ.get("LAMINA_FIRST_SEED", "0"))


def test_no_history_breaks_a_promise():
    broken = {seed: breaks for seed in range(FIRST, FIRST + SEEDS) if (breaks := World(seed).run().breaks)}
    assert broken == {}


def test_a_seed_gives_one_history():
    first, second = World(7).run(), World(7).run()
    assert [event.data for event in first.journal.runs.popitem()[1].events] == [
        event.data for event in second.journal.runs.popitem()[1].events
    ]
