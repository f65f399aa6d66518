"""The shipped modules fit together: the graphs one would draw first are green on every edge."""

import pytest

from contracts.graph import parse_graph
from contracts.graph.check import check_graph
from modules_catalog.candidate import read_candidate
from modules_catalog.library import shipped_bundles

CONTRACTS = {one.manifest.name: one.contract for one in map(read_candidate, shipped_bundles())}
TEXT = {
    "kind": "input",
    "name": "text",
    "port": {"media": "json", "schema": {"type": "string"}, "max_bytes": 16 << 20},
}


class Shipped:
    """What every team has."""

    def contract_of(self, module, pin, bundle, /):
        return CONTRACTS.get(module)

    def layer_contract(self, layer, /):
        return None

    def graph_of(self, module, pin, /):
        return None


def node(module, **config):
    return {"kind": "module", "module": f"lamina/{module}", "pin": "^1.0.0", "config": config}


def output(name):
    return {"kind": "output", "name": name}


SALES = (
    {
        "text": TEXT,
        "read": node("csv-read"),
        "filter": node("filter-rows", conditions=[{"column": "amount", "operator": "greater", "value": 0}]),
        "sort": node("sort-rows", by=[{"column": "amount"}]),
        "convert": node("convert-values", conversions=[{"column": "amount", "to": "number"}]),
        "select": node("select-rename", keep=["region", "amount"]),
        "group": node("group-aggregate", by=["region"]),
        "join": node("join-rows", on=[{"left": "region"}]),
        "first": node("limit-rows", count=10),
        "chart": node("chart-svg", x="region", y=["count"]),
        "statistics": node("column-statistics"),
        "report": node("render-report", title="Sales"),
        "file": node("write-file", name="sales.csv", format="csv"),
        "page": output("page"),
        "saved": output("saved"),
    },
    [
        "text:value>read:text",
        "read:rows>filter:rows",
        "filter:rows>sort:rows",
        "sort:rows>convert:rows",
        "convert:rows>select:rows",
        "select:rows>group:rows",
        "group:rows>join:left",
        "filter:others>join:right",
        "join:rows>first:rows",
        "first:rows>chart:rows",
        "first:rows>statistics:rows",
        "chart:chart>report:chart",
        "statistics:statistics>report:rows",
        "report:page>page:value",
        "first:rows>file:rows",
        "file:file>saved:value",
    ],
)
WORDS = (
    {
        "text": TEXT,
        "split": node("split-text", by="sentences"),
        "extract": node("regex-extract", pattern="(?P<word>[a-z]+)"),
        "log": node("log-parse"),
        "count": node("word-count"),
        "merge": node("merge", distinct=True),
        "chart": node("chart-svg", x="word", y=["count"]),
        "fill": node("template-text", template="{{#parts}}{{.}}{{/parts}}"),
        "file": node("write-file", name="words.txt"),
        "picture": output("picture"),
        "saved": output("saved"),
        "parts": output("parts"),
    },
    [
        "text:value>split:text",
        "text:value>extract:text",
        "text:value>log:text",
        "text:value>count:text",
        "extract:rows>merge:first",
        "log:rows>merge:second",
        "count:ranking>chart:rows",
        "chart:chart>picture:value",
        "split:parts>fill:data",
        "fill:text>file:text",
        "file:file>saved:value",
        "merge:items>parts:value",
    ],
)


@pytest.mark.parametrize(("nodes", "edges"), [SALES, WORDS], ids=["sales", "words"])
def test_a_graph_of_shipped_modules_is_green(nodes, edges):
    document = {
        "format": "lamina/graph@1",
        "title": "T",
        "nodes": nodes,
        "edges": {edge: {} for edge in edges},
    }
    check = check_graph(parse_graph(document), Shipped())
    assert check.problems == ()
    verdicts = {key: edge.answer for key, edge in check.edges.items() if edge.answer != "yes"}
    assert verdicts == {}
