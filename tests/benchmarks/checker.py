"""What judging a graph of 1,000 nodes costs: one connection before it is drawn, and the graph as a whole."""

import time
from itertools import pairwise
from statistics import median
from typing import Any

from contracts.canonical import JSON
from contracts.graph import GraphDocument, Wire, check_graph, judge_connection, parse_graph
from contracts.module import ModuleContract, parse_contract

NODES = 1_000
ROW: JSON = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "name": {"type": "string", "maxLength": 200},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 20},
    },
    "required": ["id", "name"],
}
WANTED: JSON = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["id"],
}


class OneModule:
    """A library in which every name is the same module."""

    def __init__(self) -> None:
        ports = {
            "in": {"row": {"media": "json", "schema": WANTED}},
            "out": {"row": {"media": "json", "schema": ROW}},
        }
        self.contract = parse_contract(
            {"format": "lamina/contract@1", "ports": ports, "effects": {"kind": "pure"}}
        )

    def contract_of(self, module: str, pin: str, bundle: str | None, /) -> ModuleContract | None:
        return self.contract

    def layer_contract(self, layer: str, /) -> ModuleContract | None:
        return None

    def graph_of(self, module: str, pin: str, /) -> GraphDocument | None:
        return None


def large_graph() -> GraphDocument:
    """A chain from an input to an output."""
    names = [f"n{place}" for place in range(NODES)]
    nodes: dict[str, Any] = {name: {"kind": "module", "module": "t/row", "pin": "1.0.0"} for name in names}
    nodes["start"] = {"kind": "input", "name": "start", "port": {"media": "json", "schema": ROW}}
    nodes["end"] = {"kind": "output", "name": "end"}
    edges: dict[str, JSON] = {f"{a}:row>{b}:row": {} for a, b in pairwise(names)}
    edges |= {f"start:value>{names[0]}:row": {}, f"{names[-1]}:row>end:value": {}}
    return parse_graph({"format": "lamina/graph@1", "title": "Large", "nodes": nodes, "edges": edges})


def measure_checker() -> tuple[float, float]:
    """Milliseconds: one connection, the whole graph."""
    graph, library = large_graph(), OneModule()
    wire = Wire(source=f"n{NODES // 2}", output="row", target=f"n{NODES // 2 + 1}", input="row")
    checks, verdicts = [], []
    for _ in range(3):
        began = time.perf_counter()
        check = check_graph(graph, library)
        checks.append((time.perf_counter() - began) * 1e3)
        assert not check.problems, check.problems[:3]
    for _ in range(50):
        began = time.perf_counter()
        assert judge_connection(graph, library, wire).answer == "yes"
        verdicts.append((time.perf_counter() - began) * 1e3)
    return median(verdicts), median(checks)


if __name__ == "__main__":
    connection, whole = measure_checker()
    print(f"one connection of {NODES} nodes {connection:.2f} ms; the whole graph {whole:.0f} ms")
