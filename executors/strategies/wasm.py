"""The wasm strategy: WebAssembly in wasmtime, inside the process sandbox.

Owns:      which worker serves it (the process strategy's, with a loader for wasm files), and the compiled files.
Promises:  a file is compiled once per installation, in the sandbox, before its first call; each call has a
           store of its own, so that one worker may serve calls of any trust.
Never:     loads compiled code into this process, or code that was compiled from another file.
"""

import asyncio
import hashlib
import importlib.util
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version as version_of_package
from pathlib import Path
from typing import Final

from msgspec import convert

from contracts.module import Limits, ModuleContract, contract_digest
from contracts.plan import PlanVersion
from executors.artifacts import FolderArtifacts
from executors.environments import EnvironmentRefused
from executors.guards import ContractGuard
from executors.protocol import Call
from executors.sandbox.wasm import COMPILED_FILE
from executors.strategies.process import ProcessStrategy
from executors.strategies.registry import Answer, Job, PreparedVersion, Raised, Stopped
from executors.workers.lane import WORKERS_A_LANE

_LOADER: Final = "executors.sandbox.wasm:load"
_COMPILER: Final = "executors.sandbox.wasm:compiler"
_SETTINGS: Final = "2"  # raise it when `executors/sandbox/engines.py` configures the engine differently
_MISSING: Final = "The package wasmtime is not installed on this host. Install it to run wasm modules."
_LIMITS: Final = Limits(wall_seconds=120, cpu_seconds=120, memory_bytes=1 << 30, output_bytes=256 << 20)
_CONTRACT: Final = convert(
    {
        "format": "lamina/contract@1",
        "ports": {"in": {}, "out": {"compiled": {"media": "binary", "type": "application/octet-stream"}}},
        "effects": {"kind": "pure"},
        "errors_open": True,
    },
    ModuleContract,
)


class NotCompiled(Exception):
    """A file that cannot be compiled, or is no module, whenever it is tried; the text says why."""


class WasmStrategy:
    """`compiling` is a process strategy whose artifacts are `kept`; `folder` names them by what they are."""

    at_once = WORKERS_A_LANE
    takes_bytes = True

    def __init__(self, process: ProcessStrategy, compiling: ProcessStrategy, kept: FolderArtifacts) -> None:
        self._process = process
        self._compiling = compiling
        self._kept = kept

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job]) -> None:
        await self._process.carry_out(version, jobs, loader=_LOADER)

    async def make_ready(self, version: PreparedVersion) -> PreparedVersion:
        """Put the compiled file beside the others, compiling it if need be. Returns the version with what runs it.

        Raises `NotCompiled`, and `EnvironmentRefused` for what may pass.
        """
        package = _package()
        if package is None:
            raise EnvironmentRefused(_MISSING)
        ready = replace(version, packages=(str(package),))
        name = self._kept.folder / await asyncio.to_thread(_name, version.folder / version.entry)
        if not name.exists():
            await self._compile(ready, name)
        await asyncio.to_thread(_place, name, version.folder / COMPILED_FILE)
        return ready

    async def _compile(self, version: PreparedVersion, name: Path) -> None:
        answers: list[Answer] = []
        job = _job(version, answers)
        quiet = replace(version, guard=ContractGuard(_CONTRACT))
        await self._compiling.carry_out(quiet, [job], loader=_COMPILER)
        answer = answers[0]
        if isinstance(answer, Raised):
            raise NotCompiled(f"{version.entry}: {answer.message}")
        if isinstance(answer, Stopped):
            raise EnvironmentRefused(f"the compiler was stopped: {answer.message}")
        digest = answer.blobs["compiled"].artifact
        assert digest is not None
        await asyncio.to_thread(_keep, self._kept.path(digest), name)

    async def close(self) -> None:
        """The workers belong to the process strategy."""


def _job(version: PreparedVersion, answers: list[Answer]) -> Job:
    call = Call(
        run="compile",
        node="module",
        name=version.name,
        version=PlanVersion(
            bundle=version.bundle,
            contract=contract_digest(_CONTRACT),
            runtime="wasm",
            strategies=("wasm",),
            min_rung=0,
            effects=_CONTRACT.effects,
            limits=_LIMITS,
        ),
        contract=_CONTRACT,
        strategy="wasm",
        config=b"{}",
        inputs={},
        timeout_seconds=_LIMITS.wall_seconds,
    )
    return Job(
        call=call,
        version=version,
        inputs={},
        encoded={},
        blobs={},
        answer=lambda _, answer: answers.append(answer),
    )


@cache
def _compiled_for() -> str:
    return f"{version_of_package('wasmtime')} {sysconfig.get_platform()} {_SETTINGS}"


def _name(file: Path) -> str:
    """What stands for the compiled form of a file, on this machine, with this wasmtime."""
    return hashlib.sha256(file.read_bytes() + b"\0" + _compiled_for().encode()).hexdigest()


def _keep(compiled: Path, name: Path) -> None:
    """Give what was compiled its lasting name, whole or not at all."""
    try:
        compiled.rename(name)
    except FileNotFoundError:
        if not name.exists():  # another process was quicker with the same
            raise


def _place(compiled: Path, file: Path) -> None:
    """A copy that the workers may read; the kept one may lie where they may not look."""
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
        aside.write(compiled.read_bytes())
    Path(aside.name).chmod(0o444)
    Path(aside.name).rename(file)


@cache
def _package() -> Path | None:
    spec = importlib.util.find_spec("wasmtime")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent.resolve()
