"""The workloads of the performance page, as plans over trivial modules."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.canonical import JSON
from executors.trial import MemoryBundles, Packed, pack_files
from tests.support.plans import PlanMaker

TEXT: JSON = {"media": "json", "schema": True, "max_bytes": 16 << 20}
BYTES: JSON = {"media": "binary", "type": "application/octet-stream", "max_bytes": 16 << 20}
LARGE = 10_000_000
WIDE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """`build(maker)` adds nodes; `inputs` of each of `runs` runs; `nodes` counts calls of all runs."""

    build: Callable[[PlanMaker], None]
    inputs: Mapping[str, JSON | bytes]
    nodes: int
    runs: int = 1
    is_sequential: bool = False


class BenchMaker(PlanMaker):
    """Plans over real bundles, run by one strategy."""

    def __init__(self, strategy: str) -> None:
        super().__init__()
        self.bundles = MemoryBundles()
        self.strategy = strategy

    def real(self, name: str, inputs: Mapping[str, JSON], code: str, output: JSON = TEXT) -> None:
        """Publish a module in memory under `t/<name>@1.0.0`."""
        packed = packed_module(name, inputs, code, output)
        self.bundles.put(packed.files)
        self.contracts[packed.version.contract] = packed.contract
        version = json.loads(json.dumps(_version_document(packed)))
        version["strategies"] = [self.strategy]
        self.versions[f"t/{name}@1.0.0"] = version


def packed_module(name: str, inputs: Mapping[str, JSON], code: str, output: JSON) -> Packed:
    manifest = f"""format = "lamina/module@1"
name = "t/{name}"
version = "1.0.0"
summary = "A trivial module."
owner = "t"
runtime = "python"
entry = "run.py:run"
licence = "Apache-2.0"
min_rung = 0
strategies = ["inline", "process"]
effects = {{ kind = "pure", deterministic = true }}
"""
    ports = {"in": dict(inputs), "out": {"value": output}}
    files = {
        "module.toml": manifest.encode(),
        "contract.json": json.dumps({"format": "lamina/contract@1", "ports": ports}).encode(),
        "README.md": b"# Bench\n",
        "run.py": code.encode(),
    }
    return pack_files(files)


def _version_document(packed: Packed) -> Any:
    version = packed.version
    return {
        "bundle": version.bundle,
        "contract": version.contract,
        "runtime": "python",
        "strategies": list(version.strategies),
        "min_rung": 0,
        "effects": {"kind": "pure", "deterministic": True},
        "limits": {
            "wall_seconds": version.limits.wall_seconds,
            "cpu_seconds": version.limits.cpu_seconds,
            "memory_bytes": version.limits.memory_bytes,
            "output_bytes": version.limits.output_bytes,
        },
    }


def _pass(maker: Any) -> None:
    maker.real("pass", {"value": TEXT}, 'def run(inputs, context):\n    return {"value": inputs["value"]}\n')


def chain(length: int) -> Callable[[PlanMaker], None]:
    def build(maker: PlanMaker) -> None:
        _pass(maker)
        maker.input("start", max_bytes=16 << 20)
        source = "start:value"
        for place in range(length):
            maker.call(f"n{place}", "pass", {"value": source})
            source = f"n{place}:value"
        maker.output("out", source)

    return build


def fan(maker: Any) -> None:
    _pass(maker)
    ports = {f"i{place}": TEXT for place in range(WIDE)}
    maker.real("gather", ports, 'def run(inputs, context):\n    return {"value": len(inputs)}\n')
    maker.input("start")
    maker.call("first", "pass", {"value": "start:value"})
    for place in range(WIDE):
        maker.call(f"n{place}", "pass", {"value": "first:value"})
    maker.call("last", "gather", {f"i{place}": f"n{place}:value" for place in range(WIDE)})
    maker.output("out", "last:value")


def grid(width: int, depth: int) -> Callable[[Any], None]:
    def build(maker: Any) -> None:
        code = 'def run(inputs, context):\n    return {"value": inputs["a"]}\n'
        maker.real("pair", {"a": TEXT, "b": TEXT}, code)
        maker.input("start")
        before = ["start:value"] * width
        for layer in range(depth):
            for place in range(width):
                wires = {"a": before[place], "b": before[(place + 1) % width]}
                maker.call(f"n{layer}x{place}", "pair", wires)
            before = [f"n{layer}x{place}:value" for place in range(width)]
        maker.output("out", before[0])

    return build


def copied(maker: Any) -> None:
    """Each node reads its binary and writes another: the same and one byte more."""
    code = (
        "def run(inputs, context):\n    with context.writer('value') as file:\n"
        "        file.write(inputs['value'].buffer)\n        file.write(b'+')\n"
        "    return {'value': file}\n"
    )
    maker.real("copy", {"value": BYTES}, code, BYTES)
    port = {"cardinality": "one", "unknown": "strip", **BYTES}
    maker.node("start", "input", name="start", port=port)
    source = "start:value"
    for place in range(10):
        maker.call(f"n{place}", "copy", {"value": source})
        source = f"n{place}:value"
    maker.output("out", source)


def mapped(maker: Any) -> None:
    _pass(maker)
    maker.input("start", max_bytes=16 << 20)
    maker.call("each", "pass", {"value": "start:value"}, map={"over": "value"})
    maker.output("out", "each:value")


WORKLOADS: dict[str, Workload] = {
    "W1": Workload(build=chain(100), inputs={"start": 1}, nodes=100),
    "W2": Workload(build=fan, inputs={"start": 1}, nodes=WIDE + 2),
    "W3": Workload(build=grid(20, 50), inputs={"start": 1}, nodes=1_000),
    "W4": Workload(build=chain(5), inputs={"start": 1}, nodes=1_000, runs=200),
    "W5": Workload(build=chain(1), inputs={"start": 1}, nodes=100, runs=100, is_sequential=True),
    "W6": Workload(build=chain(10), inputs={"start": "x" * LARGE}, nodes=10),
    "W6-binary": Workload(build=copied, inputs={"start": b"x" * LARGE}, nodes=10),
    "W7": Workload(build=mapped, inputs={"start": list(range(100_000))}, nodes=100_000),
    "W8": Workload(build=grid(50, 100), inputs={"start": 1}, nodes=5_000),
}
