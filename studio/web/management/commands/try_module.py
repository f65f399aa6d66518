"""`manage.py try_module PATH --input JSON`: run a module once, through the choke point, without a database."""

import asyncio
import json
import re
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand

from contracts.canonical import parse_json
from contracts.module import Strategy
from contracts.problems import Problem, ProblemsError
from executors.artifacts import FolderArtifacts
from executors.egress import Egress
from executors.execution import Execution
from executors.protocol import Call, LogLine, Outcome, Returned
from executors.sandbox.ladder import Rung
from executors.trial import MemoryBundles, Packed, pack_file, pack_files, trial_call, trial_outputs
from executors.trust import Trust, TrustPolicy
from modules_catalog.bundle import read_folder
from modules_catalog.candidate import read_candidate

MAX_SECONDS = 86_400
_RARE: Final = re.compile(r"[^ -~]")
_EXIT_FAILED = 1
_EXIT_BAD_INPUT = 2
_COSTS = ("queue", "serialise", "transport", "validate", "execute")


class Command(BaseCommand):
    help = (
        "Runs a module's folder, or one .py file with run(inputs, context), in its sandbox. Exits 0, 1 or 2."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--input", default="{}", help="inputs by port, as a JSON object")
        parser.add_argument("--config", default="{}", help="the settings, as a JSON object")
        parser.add_argument("--strategy", choices=("inline", "process", "wasm"), default=None)
        parser.add_argument(
            "--trust", choices=("shipped", "released", "reviewed", "unreviewed"), default="unreviewed"
        )
        parser.add_argument("--timeout", type=float, default=None, help="seconds")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            inputs = _read_object(options["input"], "--input")
            config = _read_object(options["config"], "--config")
            packed = _packed(options["path"], inputs)
            strategy = _strategy(packed, options["strategy"])
            _check_timeout(options["timeout"])
            call = trial_call(
                packed, inputs, strategy=strategy, config=config, timeout_seconds=options["timeout"]
            )
        except ProblemsError as error:
            self._print({"status": "bad_input", "problems": [_shown(p) for p in error.problems]}, options)
            raise SystemExit(_EXIT_BAD_INPUT) from error
        with tempfile.TemporaryDirectory(prefix="lamina-trial-") as folder:
            report = asyncio.run(_try(packed, call, options["trust"], Path(folder)))
        self._print(report, options)
        if report["status"] != "returned":
            raise SystemExit(_EXIT_FAILED)

    def _print(self, report: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(_visible(json.dumps(report, ensure_ascii=False)))
            return
        for key, value in report.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            self.stdout.write(f"{key}: {_visible(text)}")


def _packed(path: Path, inputs: dict[str, Any]) -> Packed:
    """A folder is read as an upload is."""
    try:
        if path.is_dir():
            return pack_files(read_candidate(read_folder(path)).bundle.files)
        return pack_file(path, inputs)
    except OSError as error:
        raise ProblemsError([_bad(str(path), f"Cannot be read: {error.strerror}.")]) from error


def _read_object(text: str, option: str) -> dict[str, Any]:
    try:
        value = parse_json(text.encode("utf-8", "surrogateescape"))
    except ProblemsError as error:
        bad = [
            _bad(f"{option}#{problem.path}" if problem.path else option, problem.message)
            for problem in error.problems
        ]
        raise ProblemsError(bad) from error
    if not isinstance(value, dict):
        raise ProblemsError([_bad(option, "Not an object. Give one, such as {}.")])
    return value


def _visible(text: str) -> str:
    """JSON that says the same without what could move a cursor, turn a line around or have no form in UTF-8."""
    return _RARE.sub(lambda found: found[0] if found[0].isprintable() else _escaped(found[0]), text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1] if character > "\x7f" else f"\\u{ord(character):04x}"


def _strategy(packed: Packed, wanted: Strategy | None) -> Strategy:
    offered = packed.version.strategies
    if not offered:
        raise ProblemsError(
            [_bad("module.toml#/runtime", "A sub-graph is tried as a graph, not as a module.")]
        )
    if wanted is not None and wanted not in offered:
        message = f"{packed.name} does not offer {wanted}. Choose {' or '.join(offered)}."
        raise ProblemsError([_bad("--strategy", message)])
    return wanted or ("process" if "process" in offered else offered[0])


def _check_timeout(seconds: float | None) -> None:
    if seconds is not None and not 0 < seconds < MAX_SECONDS:
        raise ProblemsError([_bad("--timeout", f"Give more than 0 and less than {MAX_SECONDS} seconds.")])


def _bad(path: str, message: str) -> Problem:
    return Problem(code="bad_input", path=path, message=message)


def _shown(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "path": problem.path, "message": problem.message}


async def _try(packed: Packed, call: Call, trust: Trust, folder: Path) -> dict[str, Any]:
    lines: list[LogLine] = []
    bundles = MemoryBundles()
    bundles.put(packed.files)
    execution = Execution(
        bundles=bundles,
        artifacts=FolderArtifacts(folder / "artifacts"),
        policy=TrustPolicy(trust_of=lambda _: trust),
        folder=folder / "sandbox",
        logs=lines.append,
        egress=Egress(),
    )
    outcomes: list[Outcome] = []
    try:
        rung = await execution.rung()
        await execution.execute([call], lambda _, outcome: outcomes.append(outcome))
    finally:
        await execution.close()
    return _report(packed, outcomes[0], rung, lines, call.strategy)


def _report(
    packed: Packed, outcome: Outcome, rung: Rung, lines: list[LogLine], strategy: str
) -> dict[str, Any]:
    report: dict[str, Any] = {"module": packed.name, "strategy": strategy}
    if isinstance(outcome, Returned):
        report |= {"status": "returned", "outputs": trial_outputs(packed, outcome.outputs)}
    else:
        error = outcome.error
        report |= {
            "status": "failed" if outcome.limit is None else "stopped",
            "error": {"name": error.name, "message": error.message, "data": error.data},
            "retryable": error.retryable,
            "limit": outcome.limit,
        }
    report["rung"] = {"number": rung.number, "name": rung.name, "how_to_improve": rung.how_to_improve}
    report["cost_us"] = {name: getattr(outcome.cost, name) for name in _COSTS}
    report["log"] = [{"level": line.level, "message": line.message, "fields": line.fields} for line in lines]
    return report
