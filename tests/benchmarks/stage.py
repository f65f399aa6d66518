"""One workload on a real engine, database and executor, in a process of its own that has what a server has.

Measured from admission to the announcement of the end, which follows the last commit. A first run of the same
plan warms up.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is measured. `executor` none: outcomes are made up, so that the engine alone is measured."""

    workload: str
    executor: str
    database: str
    repeat: int


def measure(setting: Setting, database_url: str = "") -> dict[str, Any]:
    """Once in a process: Django is set up here. Durations in seconds or milliseconds, as their names say."""
    with tempfile.TemporaryDirectory(prefix="lamina-bench-") as folder:
        os.environ["LAMINA_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
        if database_url:
            os.environ["LAMINA_DATABASE"] = database_url
        import django
        from django.core.management import call_command

        django.setup()
        from tests.benchmarks.workloads import WORKLOADS

        call_command("migrate", verbosity=0)
        stage = Stage(setting, Path(folder), WORKLOADS[setting.workload])
        try:
            return _measured(stage, setting)
        finally:
            stage.stop()


def _measured(stage: "Stage", setting: Setting) -> dict[str, Any]:
    from tests.benchmarks.usage import Peak, cpu_seconds

    workload = stage.workload
    stage.carry_out()
    stage.times.clear()
    before = cpu_seconds()
    with Peak() as peak:
        walls = [stage.carry_out() for _ in range(setting.repeat)]
    cpu = (cpu_seconds() - before) / setting.repeat
    wall = statistics.median(walls)
    result = {
        "workload": setting.workload,
        "executor": setting.executor,
        "database": setting.database,
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


class Stage:
    """An engine with an executor, and the plan of a workload."""

    def __init__(self, setting: Setting, folder: Path, workload: Any) -> None:
        from executors.artifacts import FolderArtifacts
        from executors.settling import SettlingArtifacts
        from studio.runs.announcements import listen
        from studio.runs.engine_thread import EngineParts, EngineThread
        from studio.sqlite.checkpoints import Checkpointer
        from studio.teams.models import Team
        from tests.benchmarks.workloads import BenchMaker

        self.workload = workload
        self.maker = BenchMaker("inline" if setting.executor == "none" else setting.executor)
        workload.build(self.maker)
        self.plan = self.maker.plan()
        self.artifacts = SettlingArtifacts(FolderArtifacts(folder / "artifacts"))
        self.team = Team.objects.create(slug="bench", title="Bench")
        self.times: list[float] = []
        self._given = 0
        self._ended: dict[str, str] = {}
        self._awaited: set[str] = set()
        self._news = threading.Condition()
        self._setting = setting
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
        self._checkpointer = None
        if setting.database == "sqlite":
            self._checkpointer = Checkpointer(folder / "lamina.sqlite3")
            self._checkpointer.start()

    def _make_port(self) -> Any:
        if self._setting.executor == "none":
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
                self._awaited.discard(run)
                if not self._awaited:
                    self._news.notify()

    def carry_out(self) -> float:
        """Admit the runs and wait for their ends; seconds."""
        started = time.perf_counter()
        if self.workload.is_sequential:
            for _ in range(self.workload.runs):
                begun = time.perf_counter()
                self._wait(self._admit(1))
                self.times.append(time.perf_counter() - begun)
        else:
            self._wait(self._admit(self.workload.runs))
        return time.perf_counter() - started

    def _admit(self, count: int) -> list[str]:
        """As `start_run` admits one, and `start_runs` several: in one transaction."""
        from studio.runs.admission import Admission, Own, admit_runs

        admission = Admission(
            team=self.team, plan=self.plan, title="Bench", actor="system:bench", actor_name="Bench"
        )
        runs, _ = admit_runs(admission, [Own(self._envelopes(), {}) for _ in range(count)])
        return [str(run.id) for run in runs]

    def _envelopes(self) -> dict[str, Any]:
        from studio.runs.admission import envelopes_of

        """No two runs are given the same text or binary: what is kept already would be kept for nothing."""
        self._given += 1
        given = {
            name: value + str(self._given).encode()
            if isinstance(value, bytes)
            else value + str(self._given)
            if isinstance(value, str)
            else value
            for name, value in self.workload.inputs.items()
        }
        blobs = {name: value for name, value in given.items() if isinstance(value, bytes)}
        envelopes = envelopes_of({name: given[name] for name in given.keys() - blobs.keys()}, self.artifacts)
        for name, data in blobs.items():
            digest, size = self.artifacts.put(data)
            described = {"media": "binary", "bytes": size, "artifact": digest}
            envelopes[name] = {**described, "type": "application/octet-stream"}
        return envelopes

    def _wait(self, runs: list[str]) -> None:
        with self._news:
            self._awaited = {run for run in runs if run not in self._ended}
            while self._awaited:
                if not self._news.wait(PATIENCE_SECONDS):
                    sys.exit(f"a run did not end within {PATIENCE_SECONDS} s")
        failed = [run for run in runs if self._ended[run] != "succeeded"]
        if failed:
            from studio.runs.models import Run

            sys.exit(f"a run ended {self._ended[failed[0]]}: {Run.objects.get(pk=failed[0]).error}")

    def stop(self) -> None:
        self.engine.stop()
        if self._checkpointer is not None:
            self._checkpointer.stop()


async def _nothing() -> None:
    """Nothing to close."""
