"""Every measurement, one after the other, written as docs/reference/benchmarks.md.

Each workload runs in a process of its own, so that peak memory is its own. What fails is told in its row.
"""

import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import uvloop

from tests.benchmarks.boundary import Crossing, measured_boundary
from tests.benchmarks.checker import NODES, measure_checker
from tests.benchmarks.floor import Floor, floor_of_machine, with_values
from tests.benchmarks.targets import SAYS, floor_ms, is_met, target
from tests.benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
EXECUTORS = ("inline", "process")
REPEATS = {"W1": 15, "W2": 7, "W3": 7, "W4": 5, "W6": 9, "W6-binary": 9, "W7": 1}
REPEAT = 3
TIMEOUT_SECONDS = 240
LIBRARIES = ("Django", "msgspec", "orjson", "jsonschema-rs", "psycopg", "pyarrow", "wasmtime")
HEAD = """# Benchmarks

Written by `make bench`. Every figure was taken with the journal synced to disk, every output validated and the
whole history kept; *floor* is what the same machine took in the same minutes for the least that the work needs: a
journal row in a group commit and, across a process, a message (W5: a synced commit of one row; W6: decode, encode
and validate the value, or hash and sync it, taken anew beside each). The runs of W4 are admitted as `startRuns`
does it, in one transaction, those of W5 one by one as `startRun` does it. Absolute times move between machines;
ratios move less. CPU and memory are of the process that measures and all its sandboxes.
"""


def write_report(postgresql_url: str, missing: str) -> None:
    """`missing` says why PostgreSQL is left out, where it is."""
    began = time.monotonic()
    load = os.getloadavg()[0]
    databases = ("sqlite", "postgresql") if postgresql_url else ("sqlite",)
    with tempfile.TemporaryDirectory(prefix="lamina-bench-") as name:
        folder = Path(name)
        _say("floor")
        floor = floor_of_machine(folder, postgresql_url, WORKLOADS["W6"].inputs["start"])
        parts = [HEAD, _machine(postgresql_url, missing, load), _floor_table(floor)]
        for database in databases:
            parts.append(f"## Workloads on {'SQLite' if database == 'sqlite' else 'PostgreSQL'}\n")
            parts.append("\n".join(_workload_table(database, floor, folder, postgresql_url)) + "\n")
    _say("boundary")
    rung, crossings = uvloop.run(measured_boundary())
    parts.append(_boundary_table(rung, crossings))
    _say("checker")
    parts.append(_checker_table(*measure_checker()))
    parts.append(f"Taken in {(time.monotonic() - began) / 60:.0f} minutes.\n")
    PAGE.write_text("\n".join(parts), "utf-8")
    _say(f"written: {PAGE.relative_to(ROOT)}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _machine(postgresql_url: str, missing: str, load: float) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        f"- {datetime.now(UTC):%Y-%m-%d}, Lamina {version_of_tree()}",
        f"- {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}; "
        f"load before {load:.1f}",
        f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}",
        f"- PostgreSQL {_postgresql_version(postgresql_url) if postgresql_url else f'left out: {missing}'}",
    ]
    return "\n".join(lines) + "\n"


def version_of_tree() -> str:
    """The version, and the commit where git knows it."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f"0.1.0 at {told.stdout.strip()}" if told.returncode == 0 else "0.1.0"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgresql_version(url: str) -> str:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else "of unknown version"


def _floor_table(floor: Floor) -> str:
    rows = [
        ("a message of 60 bytes to a process and back, one at a time", floor.round_trip),
        ("the same, one of 100 in flight", floor.pipelined),
        ("SQLite: a row of 1,000 in a synced commit (`executemany`)", floor.row),
        ("SQLite: a synced commit of one row", floor.commit),
        ("PostgreSQL: a row of 1,000 in a commit (`COPY`)", floor.postgresql_row),
        ("PostgreSQL: a commit of one row", floor.postgresql_commit),
        ("hash, write and sync 10 MB", floor.blob),
        ("decode, encode and validate the value of W6", floor.text),
    ]
    lines = ["## Floor\n", "| | µs |", "|---|---:|"]
    lines += [f"| {name} | {value:,.1f} |" for name, value in rows if value is not None]
    return "\n".join(lines) + "\n"


def _workload_table(database: str, floor: Floor, folder: Path, url: str) -> Iterator[str]:
    yield "| | executor | wall s | per node ms | CPU s | peak MB | target | | × floor |"
    yield "|---|---|---:|---:|---:|---:|---|---|---:|"
    for workload in WORKLOADS:
        for executor in EXECUTORS:
            _say(f"{workload} {executor} {database}")
            result = _measured(workload, executor, database, url)
            beside = floor
            if workload.startswith("W6"):
                beside = with_values(floor, folder, WORKLOADS["W6"].inputs["start"])
            yield _row(workload, executor, database, beside, result)


def _measured(workload: str, executor: str, database: str, url: str) -> dict[str, Any] | str:
    """The result, or what went wrong."""
    environment = {**os.environ, "LAMINA_BENCH_POSTGRESQL": url}
    command = [sys.executable, "-m", "tests.benchmarks", "--workload", workload, "--json"]
    command += ["--executor", executor, "--database", database]
    command += ["--repeat", str(REPEATS.get(workload, REPEAT))]
    if database == "postgresql":
        _empty(url)
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not over after {TIMEOUT_SECONDS} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no word"])[-1]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _empty(url: str) -> None:
    """Each measurement finds the database as it was made."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _row(workload: str, executor: str, database: str, floor: Floor, result: dict[str, Any] | str) -> str:
    least = floor_ms(workload, executor, database, floor)
    head = f"| **{workload}** {SAYS[workload]} | {executor} "
    wanted = target(workload, executor, least)
    if isinstance(result, str):
        return f"{head}| – | – | – | – | {wanted} | failed: {result} | – |"
    per_node = f"{result['per_node_ms']:.3f}"
    if "p50_ms" in result:
        per_node = f"p50 {result['p50_ms']:.1f}, p99 {result['p99_ms']:.1f}"
    met = "met" if is_met(result, workload, executor, least) else "**missed**"
    figures = f"{result['wall_s']:.3f} | {per_node} | {result['cpu_s']:.2f} | {result['peak_rss_mb']:.0f}"
    return f"{head}| {figures} | {wanted} | {met} | {result['per_node_ms'] / least:.1f} |"


def _boundary_table(rung: str, crossings: list[Crossing]) -> str:
    lines = [
        f"## Boundaries\n\nThrough the choke point, contracts checked on both sides; sandbox at rung {rung}.\n",
        "| | µs | p99 | × floor |",
        "|---|---:|---:|---:|",
    ]
    for each in crossings:
        slow = "" if each.slow is None else f"{each.slow:,.0f}"
        rate = f" ({1e6 / each.median:,.0f}/s)" if "pipelined" in each.name else ""
        lines.append(f"| {each.name} | {each.median:,.1f}{rate} | {slow} | {each.median / each.floor:.1f} |")
    return "\n".join(lines) + "\n"


def _checker_table(connection_ms: float, whole_ms: float) -> str:
    lines = [
        f"## Contracts\n\nOn a graph of {NODES:,} nodes.\n",
        "| | ms |",
        "|---|---:|",
        f"| the verdict on one connection | {connection_ms:.2f} |",
        f"| the check of the whole graph | {whole_ms:.0f} |",
    ]
    return "\n".join(lines) + "\n"
