"""`python -m tests.benchmarks --workload W1 --executor inline --database sqlite --json`: one measurement.

Measured from admission to the announcement of the end, which follows the last commit. A first run of the same
plan warms up. PostgreSQL is found by LAMINA_BENCH_POSTGRESQL (a postgresql:// address, default local 8125).
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

POSTGRESQL = "postgresql://postgres@127.0.0.1:8125/lamina_bench"


def main() -> None:
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="lamina-bench-") as folder:
        os.environ["LAMINA_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
        if given.database == "postgresql":
            os.environ["LAMINA_DATABASE"] = os.environ.get("LAMINA_BENCH_POSTGRESQL", POSTGRESQL)
        import django

        django.setup()
        print(_shown(measure(given, Path(folder)), as_json=given.json))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--workload", required=True, choices=[f"W{number}" for number in range(1, 9)])
    parser.add_argument("--executor", default="inline", choices=["inline", "process", "none"])
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _shown(result: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(result)
    return "\n".join(f"{name:14} {value}" for name, value in result.items())


def measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from tests.benchmarks.usage import Peak, cpu_seconds
    from tests.benchmarks.workloads import WORKLOADS

    if connection.vendor == "postgresql":
        call_command("flush", interactive=False, verbosity=0) if _is_migrated() else None
    call_command("migrate", verbosity=0)
    workload = WORKLOADS[given.workload]
    stage = Stage(given, folder, workload)
    try:
        stage.carry_out()
        walls: list[float] = []
        cpu = 0.0
        with Peak() as peak:
            for _ in range(given.repeat):
                before = cpu_seconds()
                walls.append(stage.carry_out())
                cpu = cpu_seconds() - before
    finally:
        stage.stop()
    wall = statistics.median(walls)
    result = {
        "workload": given.workload,
        "executor": given.executor,
        "database": given.database,
        "nodes": workload.nodes,
        "wall_s": round(wall, 4),
        "best_s": round(min(walls), 4),
        "per_node_ms": round(wall * 1000 / workload.nodes, 4),
        "cpu_s": round(cpu, 3),
        "peak_rss_mb": round(peak.mb, 1),
    }
    if workload.is_sequential:
        times = sorted(stage.times)
        result["p50_ms"] = round(times[len(times) // 2] * 1000, 2)
        result["p99_ms"] = round(times[int(len(times) * 0.99)] * 1000, 2)
    return result


def _is_migrated() -> bool:
    from django.db import connection

    return "runs_run" in connection.introspection.table_names()


class Stage:
    """An engine with an executor, and the plan of a workload."""

    def __init__(self, given: argparse.Namespace, folder: Path, workload: Any) -> None:
        from executors.artifacts import FolderArtifacts
        from studio.runs.announcements import listen
        from studio.runs.engine_thread import EngineParts, EngineThread
        from studio.teams.models import Team
        from tests.benchmarks.workloads import BenchMaker

        self.workload = workload
        self.maker = BenchMaker("inline" if given.executor == "none" else given.executor)
        workload.build(self.maker)
        self.plan = self.maker.plan()
        self.artifacts = FolderArtifacts(folder / "artifacts")
        self.team = Team.objects.create(slug="bench", title="Bench")
        self.times: list[float] = []
        self._ended: dict[str, str] = {}
        self._news = threading.Condition()
        self._given = given
        self._folder = folder
        listen(self._hear)
        self.engine = EngineThread(
            EngineParts(
                make_port=self._make_port,
                close_port=lambda port: getattr(port, "close", _nothing)(),
                artifacts=self.artifacts,
                read_contract=self.maker.read_contract,
                rung=0,
                is_alone=True,
            )
        )
        self.engine.start()

    def _make_port(self) -> Any:
        if self._given.executor == "none":
            from executors.protocol import Call, Returned
            from tests.support.ports import LocalPort

            def passed(call: Call) -> Returned:
                return Returned(outputs={"value": next(iter(call.inputs.values()))})

            return LocalPort({}, passed)
        from executors.execution import Execution
        from executors.trust import TrustPolicy

        policy = TrustPolicy(trust_of=lambda bundle: "shipped", lowered={"shipped": 0})
        bundles, artifacts = self.maker.bundles, self.artifacts
        return Execution(bundles=bundles, artifacts=artifacts, policy=policy, folder=self._folder / "stage")

    def _hear(self, run: str, seq: int, status: str) -> None:
        if status in ("succeeded", "failed", "timed_out", "cancelled"):
            with self._news:
                self._ended[run] = status
                self._news.notify()

    def carry_out(self) -> float:
        """Admit the runs and wait for their ends; seconds."""
        started = time.perf_counter()
        if self._given.profile:
            _profile_engine()
        if self.workload.is_sequential:
            for _ in range(self.workload.runs):
                begun = time.perf_counter()
                self._wait([self._admit()])
                self.times.append(time.perf_counter() - begun)
        else:
            from django.db import transaction

            with transaction.atomic():
                runs = [self._admit() for _ in range(self.workload.runs)]
            self._wait(runs)
        return time.perf_counter() - started

    def _admit(self) -> str:
        from studio.runs.admission import Admission, admit_run, envelopes_of

        run = admit_run(
            Admission(
                team=self.team,
                plan=self.plan,
                title="Bench",
                actor="system:bench",
                actor_name="Bench",
                inputs=envelopes_of(self.workload.inputs, self.artifacts),
            )
        )
        return str(run.id)

    def _wait(self, runs: list[str]) -> None:
        with self._news:
            while not all(run in self._ended for run in runs):
                if not self._news.wait(120):
                    sys.exit("a run did not end within two minutes")
        failed = [run for run in runs if self._ended[run] != "succeeded"]
        if failed:
            from studio.runs.models import Run

            sys.exit(f"a run ended {self._ended[failed[0]]}: {Run.objects.get(pk=failed[0]).error}")

    def stop(self) -> None:
        self.engine.stop()


async def _nothing() -> None:
    """Nothing to close."""


def _profile_engine() -> None:
    """Profiling is of the process as a whole; see `make profile`."""


if __name__ == "__main__":
    main()
