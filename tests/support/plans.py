"""Small plans for tests: modules with permissive contracts, nodes as plain dicts."""

from collections.abc import Mapping
from typing import Any

from contracts.canonical import digest_of
from contracts.module import ModuleContract, contract_digest, contract_document, parse_contract
from contracts.plan import Plan, parse_plan

ANY = {"media": "json", "schema": True}


def port(**fields: Any) -> dict[str, Any]:
    return {**ANY, **fields}


class PlanMaker:
    """Collects modules and nodes; `plan()` gives the plan, `contracts` its contracts by digest."""

    def __init__(self, deadline_seconds: int = 86_400) -> None:
        self.contracts: dict[str, ModuleContract] = {}
        self.versions: dict[str, Any] = {}
        self.nodes: list[dict[str, Any]] = []
        self.deadline_seconds = deadline_seconds

    def module(
        self,
        name: str,
        *,
        inputs: Mapping[str, Any] | None = None,
        outputs: tuple[str, ...] = ("value",),
        effect: str = "pure",
        errors: Mapping[str, Any] | None = None,
        wall_seconds: float = 30,
        strategy: str = "inline",
        effects: Mapping[str, Any] | None = None,
        config: Any = None,
    ) -> str:
        """Declare `t/<name>@1.0.0`; returns its name."""
        declared: dict[str, Any] = {"kind": effect, **({"deterministic": True} if effect == "pure" else {})}
        if effect == "keyed":
            declared["key_seconds"] = 3600
        document = {
            "format": "lamina/contract@1",
            "ports": {"in": dict(inputs or {"value": ANY}), "out": dict.fromkeys(outputs, ANY)},
            "effects": {**declared, **(effects or {})},
            "errors": dict(errors or {}),
            **({} if config is None else {"config": config}),
        }
        contract = parse_contract(document)
        digest = contract_digest(contract)
        self.contracts[digest] = contract
        full = f"t/{name}@1.0.0"
        limits = {
            "wall_seconds": wall_seconds,
            "cpu_seconds": 30,
            "memory_bytes": 1 << 28,
            "output_bytes": 1 << 24,
        }
        self.versions[full] = {
            "bundle": digest_of({"bundle": name}),
            "contract": digest,
            "runtime": "python",
            "strategies": [strategy],
            "min_rung": 0,
            "effects": document["effects"],
            "limits": limits,
        }
        return full

    def node(self, path: str, kind: str, **fields: Any) -> None:
        """Add a node; `wires` becomes `in`, the scope follows from the path."""
        wires = fields.pop("wires", None)
        node: dict[str, Any] = {"path": path, "kind": kind, **fields}
        if wires:
            node["in"] = wires
        if "/" in path:
            node["scope"] = path.rpartition("/")[0]
        self.nodes.append(node)

    def input(self, path: str, **fields: Any) -> None:
        name = fields.pop("name", path.rpartition("/")[2])
        written = {"cardinality": "one", "unknown": "strip", "max_bytes": 1 << 20}
        self.node(path, "input", name=name, port={**ANY, **written, **fields})

    def output(self, path: str, source: Any, *, name: str = "") -> None:
        self.node(path, "output", name=name or path.rpartition("/")[2], wires={"value": source})

    def call(self, path: str, module: str, wires: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """A module node with the defaults that a compiler writes out."""
        version = self.versions[f"t/{module}@1.0.0"]
        attempts = 1 if version["effects"]["kind"] == "effectful" else 4
        retry = {"attempts": attempts, "first_seconds": 1, "factor": 2, "cap_seconds": 300}
        node = {
            "version": f"t/{module}@1.0.0",
            "config": {},
            "retry": {**retry, **fields.pop("retry", {})},
            "timeout_seconds": version["limits"]["wall_seconds"],
            "placement": {"strategy": version["strategies"][0], "queue": "local"},
            "on_error": "fail",
        }
        if "map" in fields:
            fields["map"] = {"concurrency": 16, "failures": "fail", **fields["map"]}
        self.node(path, "module", wires=wires, **{**node, **fields})

    def plan(self) -> Plan:
        return parse_plan(self.document())

    def document(self) -> dict[str, Any]:
        return {
            "format": "lamina/plan@1",
            "graph": digest_of({"graph": len(self.nodes)}),
            "lock": digest_of({"lock": len(self.nodes)}),
            "environment": "test",
            "deadline_seconds": self.deadline_seconds,
            "parameters": {"type": "object"},
            "layers": {},
            "versions": self.versions,
            "nodes": self.nodes,
        }

    def read_contract(self, digest: str) -> bytes:
        from contracts.canonical import canonical_bytes

        return canonical_bytes(contract_document(self.contracts[digest]))
