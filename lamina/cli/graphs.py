"""`lamina graph import | export | check`."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from contracts.problems import Problem
from lamina.cli.client import Client
from lamina.cli.credentials import read_login
from lamina.cli.failure import DONE, REFUSED, Failure, bad_input, print_notes
from lamina.cli.modules import read_document


def import_graph(options: Namespace) -> int:
    document = read_document(Path(options.file))
    client = Client(read_login())
    kind = document.get("format")
    if kind == "lamina/export@1":
        path = f"/graphs?team={options.team}"
        body = Path(options.file).read_bytes()
        done = json.loads(client.send("POST", path, body=body, content_type="application/json"))
        made, problems = done["graph"], done["problems"]
    elif kind == "lamina/graph@1":
        done = client.do(
            "createGraph",
            "graph { id } problems { code path message }",
            team=options.team,
            title=document.get("title"),
            document=document,
        )
        made, problems = done["graph"]["id"], done["problems"]
    else:
        raise bad_input(f"{options.file} is {kind!r}. Give lamina/graph@1 or lamina/export@1.")
    print(made)
    print_notes(problems)
    return DONE


def export_graph(options: Namespace) -> int:
    client = Client(read_login())
    graph = find_graph(client, options.graph)
    number = options.revision or (graph["head"] or {}).get("number")
    if number is None:
        raise Failure(f"{graph['title']} has no revision yet. Save one first.")
    data = client.send("GET", f"/graphs/{graph['id']}/revisions/{number}")
    if options.output:
        Path(options.output).write_bytes(data)
        print(f"Wrote revision {number} of {graph['title']} to {options.output}.", file=sys.stderr)
    else:
        sys.stdout.buffer.write(data)
    return DONE


def check_graph(options: Namespace) -> int:
    document = read_document(Path(options.file))
    answer = Client(read_login()).ask(
        "query($document: JSON!) { checkGraph(document: $document) { problems { code path message } } }",
        document=document,
    )
    problems = answer["checkGraph"]["problems"]
    if not problems:
        print(f"{options.file} has no problems.")
        return DONE
    raise Failure(
        f"{options.file} has {len(problems)} problem(s).",
        exit_code=REFUSED,
        problems=[Problem(**problem) for problem in problems],
    )


def find_graph(client: Client, text: str) -> dict[str, Any]:
    """A graph by its id or its exact title. Raises `Failure` for none and for several."""
    fields = "id title head { number }"
    by_id = client.ask(f"query($id: ID!) {{ graph(id: $id) {{ {fields} }} }}", id=text)["graph"]
    if by_id is not None:
        found: dict[str, Any] = by_id
        return found
    page = f"graphs(search: $search, first: 100) {{ edges {{ node {{ {fields} }} }} }}"
    answer = client.ask(f"query($search: String!) {{ {page} }}", search=text)
    graphs = [edge["node"] for edge in answer["graphs"]["edges"]]
    exact: list[dict[str, Any]] = [graph for graph in graphs if graph["title"] == text]
    if len(exact) == 1:
        return exact[0]
    if not exact:
        raise Failure(f"There is no graph with the id or title {text!r}, or you may not see it.")
    ids = ", ".join(graph["id"] for graph in exact)
    raise bad_input(f"{len(exact)} graphs have the title {text!r}. Give an id: {ids}")
