"""The simulation notices when a rule is taken away: a check that cannot fail is none."""

import os

import pytest

from tests.faults.mutants import MUTANTS
from tests.faults.world import World

SEEDS = int(os.environ.get("LAMINA_MUTANT_SEEDS", "500"))


@pytest.mark.parametrize("name", MUTANTS)
def test_a_history_breaks_without(name):
    with MUTANTS[name]():
        assert any(_breaks(seed) for seed in range(SEEDS)), f"{name} was not noticed in {SEEDS} histories"


def _breaks(seed: int) -> bool:
    try:
        return bool(World(seed).run().breaks)
    except Exception:  # noqa: BLE001  # a mutant may break anything; that is a notice too
        return True
