"""A library of contracts given as documents, and the golden cases in tests/vectors/graphs."""

import json
from pathlib import Path

import pytest

from contracts.graph import parse_graph
from contracts.module import parse_contract

CASES = Path(__file__).parents[2] / "vectors" / "graphs"


class Documents:
    """Contracts by module and layer name, graphs by module name; every pin selects the one there is."""

    def __init__(self, contracts=(), layers=(), graphs=()):
        self.contracts = {name: parse_contract(document) for name, document in dict(contracts).items()}
        self.layers = {name: parse_contract(document) for name, document in dict(layers).items()}
        self.graphs = {name: parse_graph(document) for name, document in dict(graphs).items()}

    def contract_of(self, module, pin, bundle):
        return self.contracts.get(module)

    def layer_contract(self, layer):
        return self.layers.get(layer)

    def graph_of(self, module, pin):
        return self.graphs.get(module)


@pytest.fixture(scope="session")
def library():
    return Documents


@pytest.fixture(scope="session")
def case():
    return lambda name: json.loads((CASES / f"{name}.json").read_text("utf-8"))
