"""What each workload is meant to reach, and what the machine itself would take for it."""

from collections.abc import Callable

from tests.benchmarks.floor import Floor

# Per node in milliseconds, W7 and W8 in seconds for all nodes, W5 the median and 99th percentile.
PER_NODE_MS = {
    "inline": {"W1": 0.15, "W2": 0.10, "W3": 0.10, "W4": 0.12},
    "process": {"W1": 0.35, "W2": 0.20, "W3": 0.20, "W4": 0.25},
}
WHOLE_S = {"inline": {"W7": 3.0, "W8": 1.0}, "process": {"W7": 8.0, "W8": 2.0}}
TRIGGER_MS = {"inline": (3.0, 8.0), "process": (4.0, 10.0)}
# Times the floor, per node.
LARGE_RATIO = {"inline": {"W6": 1.3, "W6-binary": 2.0}, "process": {"W6": 2.0, "W6-binary": 3.0}}

SAYS = {
    "W1": "chain of 100",
    "W2": "1 → 1,000 → 1",
    "W3": "grid 20 × 50, two inputs each",
    "W4": "200 runs of a chain of 5, started together",
    "W5": "one node, trigger to finished, 100 times",
    "W6": "chain of 10, 10 MB of JSON passed on",
    "W6-binary": "chain of 10, 10 MB of binary read and written anew",
    "W7": "map over 100,000 items",
    "W8": "5,000 nodes, compiled and run",
}


def floor_ms(workload: str, executor: str, database: str, floor: Floor) -> float:
    """Per node: its journal row and, across a process, its message; W5 a commit; W6 the value itself."""
    is_sqlite = database == "sqlite"
    row = floor.row if is_sqlite else floor.postgresql_row or 0.0
    commit = floor.commit if is_sqlite else floor.postgresql_commit or 0.0
    crosses = executor == "process"
    least: dict[str, Callable[[], float]] = {
        "W1": lambda: row + floor.round_trip * crosses,
        "W5": lambda: commit + floor.round_trip * crosses,
        "W6": lambda: floor.text,
        "W6-binary": lambda: floor.blob,
        "W7": lambda: floor.pipelined if crosses else row,
    }
    return least.get(workload, lambda: row + floor.pipelined * crosses)() / 1000


def target(workload: str, executor: str, least_ms: float) -> str:
    """The target as the page shows it."""
    if workload in PER_NODE_MS[executor]:
        return f"≤ {PER_NODE_MS[executor][workload]:.2f} ms"
    if workload in WHOLE_S[executor]:
        return f"≤ {WHOLE_S[executor][workload]:g} s in all"
    if workload == "W5":
        median, slow = TRIGGER_MS[executor]
        return f"p50 ≤ {median:g} ms, p99 ≤ {slow:g} ms"
    ratio = LARGE_RATIO[executor][workload]
    return f"≤ {ratio:g} × floor = {ratio * least_ms:.1f} ms"


def is_met(result: dict[str, float], workload: str, executor: str, least_ms: float) -> bool:
    if workload in PER_NODE_MS[executor]:
        return result["per_node_ms"] <= PER_NODE_MS[executor][workload]
    if workload in WHOLE_S[executor]:
        return result["wall_s"] <= WHOLE_S[executor][workload]
    if workload == "W5":
        median, slow = TRIGGER_MS[executor]
        return result["p50_ms"] <= median and result["p99_ms"] <= slow
    return result["per_node_ms"] <= LARGE_RATIO[executor][workload] * least_ms
