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


ROW = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "region": {"type": "string"}, "amount": {"type": "number"}},
    "required": ["id", "region", "amount"],
    "additionalProperties": False,
}


def typed_graph():
    """Thirty nodes: generic modules one behind the other, two branches by `when`, a map, a merge, a select."""
    rows = {"media": "json", "schema": {"type": "array", "items": ROW}, "max_bytes": 16 << 20}
    nodes = {"in": {"kind": "input", "name": "rows", "port": rows}}
    edges = {}
    before = "in:value"
    steps = (
        ("filter-rows", {"conditions": [{"column": "amount", "operator": "greater", "value": 0}]}),
        ("sort-rows", {"by": [{"column": "amount"}]}),
        ("limit-rows", {"count": 10}),
    )
    for number in range(15):
        name = f"n{number}"
        module, config = steps[number % 3]
        nodes[name] = node(module, **config)
        edges[f"{before}>{name}:rows"] = {}
        before = f"{name}:rows"
    for branch, test in (("many", "size(inputs.rows) > 3"), ("few", "size(inputs.rows) <= 3")):
        nodes[branch] = {**node("limit-rows", count=2), "when": test}
        edges[f"{before}>{branch}:rows"] = {}
        for number, (module, config) in enumerate(steps):
            name = f"{branch}{number}"
            nodes[name] = node(module, **config)
            edges[f"{branch if number == 0 else f'{branch}{number - 1}'}:rows>{name}:rows"] = {}
    nodes["merge"] = node("merge")
    edges |= {"many2:rows>merge:first": {}, "few2:rows>merge:second": {}}
    nodes["last"] = node("limit-rows", count=1)
    edges["merge:items>last:rows"] = {}
    # What a map is given is one item: its text is read by a select, and its answers are a list of texts.
    nodes["say"] = {**node("template-text", template="{{value}}"), "map": {"over": "data"}}
    edges["last:rows>say:data"] = {"select": "value.map(row, {'value': row.region})"}
    for name, source in (("rows", "last:rows"), ("total", "last:total"), ("texts", "say:text")):
        nodes[f"out-{name}"] = output(name)
        edges[f"{source}>out-{name}:value"] = {}
    return {"format": "lamina/graph@1", "title": "Typed", "nodes": nodes, "edges": edges}


def test_types_reach_the_end_of_a_graph_of_thirty_nodes():
    document = typed_graph()
    check = check_graph(parse_graph(document), Shipped())
    assert (len(document["nodes"]), check.problems) == (30, ())
    assert {edge.answer for edge in check.edges.values()} == {"yes"}
    for name, declared in document["nodes"].items():
        if declared["kind"] == "module" and name != "say":
            for port, known in check.ports[name].outputs.items():
                if port in ("rows", "others", "items"):
                    assert known.schema["$defs"]["T"] == ROW, (name, port)
    assert check.ports["out-total"].inputs["value"].schema["type"] == "integer"
