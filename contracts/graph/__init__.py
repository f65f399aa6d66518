"""Graphs: the document, and what is judged of it before anything runs."""

from contracts.graph.check import check_graph, judge_connection
from contracts.graph.derive import derive_contract
from contracts.graph.difference import GraphDifference, difference
from contracts.graph.document import (
    ApprovalNode,
    Body,
    ConstantNode,
    Edge,
    GraphDocument,
    GraphNode,
    InputNode,
    LayerNode,
    ModuleNode,
    Node,
    OutputNode,
    SignalNode,
    WaitNode,
    Wire,
    graph_digest,
    graph_document,
    layout_digest,
    parse_graph,
    wires,
)
from contracts.graph.findings import EdgeCheck, GraphCheck
from contracts.graph.flatten import flatten, nest, prune, with_unique_ids
from contracts.graph.library import Library
from contracts.graph.ports import NodePorts, ports_document

__all__ = [
    "ApprovalNode",
    "Body",
    "ConstantNode",
    "Edge",
    "EdgeCheck",
    "GraphCheck",
    "GraphDifference",
    "GraphDocument",
    "GraphNode",
    "InputNode",
    "LayerNode",
    "Library",
    "ModuleNode",
    "Node",
    "NodePorts",
    "OutputNode",
    "SignalNode",
    "WaitNode",
    "Wire",
    "check_graph",
    "derive_contract",
    "difference",
    "flatten",
    "graph_digest",
    "graph_document",
    "judge_connection",
    "layout_digest",
    "nest",
    "parse_graph",
    "ports_document",
    "prune",
    "wires",
    "with_unique_ids",
]
