"""Histories by the thousand: `python -m tests.faults.histories FIRST COUNT` prints what broke, as JSON by seed.

Owns:      spreading seeds over processes.
Promises:  a seed that broke is named; the same seed gives the same history again.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise

from tests.faults.world import World
from tests.support.paths import ROOT

# Below this, a second process costs more to start than it saves.
WORTH_A_PROCESS = 400


def broken_in(seeds: Iterable[int]) -> dict[int, list[str]]:
    """What broke, by seed; an exception of the engine breaks its history too."""
    return {seed: breaks for seed in seeds if (breaks := _breaks(seed))}


def _breaks(seed: int) -> list[str]:
    try:
        return World(seed).run().breaks
    except Exception as error:  # noqa: BLE001  # it is told with its seed, and the other histories go on
        return [f"{type(error).__name__}: {error}"]


def broken_from(first: int, count: int) -> dict[int, list[str]]:
    """As `broken_in`, by as many processes as there are cores."""
    shares = min(os.cpu_count() or 1, max(1, count // WORTH_A_PROCESS))
    if shares == 1:
        return broken_in(range(first, first + count))
    bounds = [first + count * share // shares for share in range(shares + 1)]
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.histories", str(start), str(end - start)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for start, end in pairwise(bounds)
    ]
    broken: dict[int, list[str]] = {}
    for worker in workers:
        output, _ = worker.communicate()
        assert worker.returncode == 0, f"a process of histories ended with {worker.returncode}"
        broken |= {int(seed): breaks for seed, breaks in json.loads(output).items()}
    return broken


if __name__ == "__main__":
    start, number = map(int, sys.argv[1:])
    print(json.dumps(broken_in(range(start, start + number))))
