"""Making and calling modules in tests, through the real choke point."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executors.artifacts import ArtifactStore, FolderArtifacts
from executors.execution import Execution
from executors.protocol import Call, Failed, LogLine, Outcome, Returned
from executors.trial import MemoryBundles, Packed, pack_files, trial_call
from executors.trust import Trust, TrustPolicy

ANY = {"media": "json", "schema": True}


def json_port(schema: Any, **more: Any) -> dict[str, Any]:
    return {"media": "json", "schema": schema, **more}


def manifest(**fields: Any) -> bytes:
    known = {
        "format": "lamina/module@1",
        "name": "test/subject",
        "version": "1.0.0",
        "summary": "A test.",
        "owner": "test",
        "runtime": "python",
        "entry": "run.py:run",
        "licence": "Apache-2.0",
        "effects": {"kind": "pure"},
        "min_rung": 0,
        "strategies": ["process", "inline"],
        **fields,
    }
    return "\n".join(f"{key} = {_toml(value)}" for key, value in known.items()).encode()


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)


def module(
    source: str | bytes,
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    contract: Mapping[str, Any] | None = None,
    files: Mapping[str, bytes] | None = None,
    entry_file: str = "run.py",
    **fields: Any,
) -> Packed:
    """A module of one source; ports are `x` and `y` of any JSON unless said otherwise."""
    document = {
        "format": "lamina/contract@1",
        "ports": {"in": inputs or {"x": ANY}, "out": outputs or {"y": ANY}},
        **(contract or {}),
    }
    text = source if isinstance(source, bytes) else source.encode()
    return pack_files(
        {
            "module.toml": manifest(**fields),
            "contract.json": json.dumps(document).encode(),
            "README.md": b"# Test\n",
            entry_file: text,
            **(files or {}),
        }
    )


@dataclass
class Workshop:
    """An execution and what it logged. Every module is of the given trust unless `trusts` says otherwise."""

    folder: Path
    trust: Trust = "shipped"
    trusts: dict[str, Trust] = field(default_factory=dict)
    lines: list[LogLine] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    store: ArtifactStore | None = None

    def __post_init__(self) -> None:
        self.bundles = MemoryBundles()
        self.artifacts = self.store or FolderArtifacts(self.folder / "artifacts")
        self.execution = Execution(
            bundles=self.bundles,
            artifacts=self.artifacts,
            policy=TrustPolicy(trust_of=lambda bundle: self.trusts.get(bundle, self.trust)),
            folder=self.folder / "sandbox",
            logs=self.lines.append,
            **self.options,
        )

    async def run(self, packed: Packed, inputs: Mapping[str, Any], **options: Any) -> Outcome:
        return (await self.run_all(packed, [inputs], **options))[0]

    async def run_all(
        self, packed: Packed, inputs: Sequence[Mapping[str, Any]], **options: Any
    ) -> list[Outcome]:
        calls = [self.call(packed, each, **options) for each in inputs]
        return await self.execute(calls)

    def call(self, packed: Packed, inputs: Mapping[str, Any], **options: Any) -> Call:
        self.bundles.put(packed.files)
        return trial_call(packed, inputs, **options)

    async def execute(self, calls: Sequence[Call]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}

        def deliver(position: int, outcome: Outcome) -> None:
            assert position not in outcomes, "one call, one outcome"
            outcomes[position] = outcome

        await self.execution.execute(calls, deliver)
        return [outcomes[position] for position in range(len(calls))]

    def processes(self) -> list[int]:
        """Of the sandboxed workers that live."""
        workers = [worker for lane in self.execution._pool._lanes.values() for worker in lane.workers]
        return [worker.zygote.pid_of(worker.fork_number) or 0 for worker in workers]

    async def close(self) -> None:
        await self.execution.close()


def given(outcome: Outcome, port: str = "y") -> Any:
    """The JSON value of an output."""
    assert isinstance(outcome, Returned), outcome
    value = outcome.outputs[port]
    assert value.data is not None
    return json.loads(value.data)


def failure(outcome: Outcome) -> tuple[str, str | None]:
    """The error's name and the limit."""
    assert isinstance(outcome, Failed), outcome
    return outcome.error.name, outcome.limit


def parent_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("PPid:")[1].split()[0])
