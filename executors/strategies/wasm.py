"""The wasm strategy: WebAssembly in wasmtime, inside the process sandbox.

Owns:      which worker serves it: the process strategy's, with a loader for wasm files.
Promises:  each call has a store of its own, so that one worker may serve calls of any trust.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from executors.strategies.process import ProcessStrategy
from executors.strategies.registry import Job, PreparedVersion, Stopped
from executors.workers.lane import WORKERS_A_LANE

_LOADER: Final = "executors.sandbox.wasm:load"


class WasmStrategy:
    at_once = WORKERS_A_LANE

    def __init__(self, process: ProcessStrategy) -> None:
        self._process = process

    async def carry_out(self, version: PreparedVersion, jobs: Sequence[Job]) -> None:
        package = _package()
        if package is None:
            message = "The package wasmtime is not installed on this host. Install it to run wasm modules."
            for job in jobs:
                job.answer(job, Stopped(name="system.capability", message=message))
            return
        prepared = replace(version, packages=(str(package),))
        await self._process.carry_out(prepared, jobs, loader=_LOADER)

    async def close(self) -> None:
        """The workers belong to the process strategy."""


def _package() -> Path | None:
    spec = importlib.util.find_spec("wasmtime")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent.resolve()
