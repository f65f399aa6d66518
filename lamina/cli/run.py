"""`lamina run GRAPH`: start a run, and with --follow show it until it ends; with --each one for each of a list."""

import json
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from contracts.canonical import JSON, parse_json
from contracts.problems import ProblemsError
from lamina.cli.client import Client
from lamina.cli.credentials import read_login
from lamina.cli.each import read_items, told_by_place
from lamina.cli.failure import DONE, RUN_CANCELLED, RUN_FAILED, RUN_TIMED_OUT, Failure, bad_input
from lamina.cli.follow import follow
from lamina.cli.graphs import find_graph
from lamina.cli.show import JSONLines, Shown, Tree

EXIT_CODES: Final = {
    "SUCCEEDED": DONE,
    "FAILED": RUN_FAILED,
    "CANCELLED": RUN_CANCELLED,
    "TIMED_OUT": RUN_TIMED_OUT,
}


def run(options: Namespace) -> int:
    client = Client(read_login())
    graph = find_graph(client, options.graph)
    number = options.revision or (graph["head"] or {}).get("number")
    revision = None if options.draft else number
    inputs = _inputs(client, graph["id"], revision, options.input)
    asked = {
        "graph": graph["id"],
        "revision": revision,
        "parameters": named_values(options.param, "--param"),
        "environment": options.environment,
        "reuse": options.reuse or None,
        "upTo": options.up_to,
        "concurrencyGroup": _group(options),
        "from": options.start,
    }
    if options.each is not None:
        return _run_each(client, options, graph["title"], {**asked, "inputs": inputs})
    started = client.do("startRun", "run { id title }", inputs=inputs, **asked)["run"]
    if not options.follow:
        print(json.dumps(started) if options.json else f"Started {started['id']} ({graph['title']}).")
        return DONE
    shown: Shown = JSONLines() if options.json else Tree(graph["title"])
    with shown:
        follow(client.login, started["id"], shown)
    ended = client.ask("query($id: ID!) { run(id: $id) { status outputs error } }", id=started["id"])["run"]
    shown.end(ended)
    return EXIT_CODES.get(ended["status"], RUN_FAILED)


def _run_each(client: Client, options: Namespace, title: str, asked: dict[str, Any]) -> int:
    """What is given for all of them counts where an item does not say otherwise."""
    if options.follow:
        raise bad_input("--follow shows one run. Leave it out with --each, and look at the list of runs.")
    items, shared = read_items(Path(options.each)), asked.pop("inputs")
    each = [{**shared, **item.inputs} for item in items]
    try:
        started = client.do("startRuns", "runs { id title }", each=each, **asked)["runs"]
    except Failure as failure:
        raise told_by_place(failure, items) from None
    for run in started:
        print(json.dumps(run) if options.json else run["id"])
    if not options.json:
        print(f"Started {len(started)} runs of {title}.")
    return DONE


def _group(options: Namespace) -> JSON:
    if options.group is None:
        if options.limit is not None:
            raise bad_input("--limit is of a group. Name it: --group KEY.")
        return None
    return {"key": options.group, "limit": 1 if options.limit is None else options.limit}


def _inputs(client: Client, graph: str, revision: int | None, texts: Sequence[str]) -> dict[str, JSON]:
    """As `named_values`; a file for a table or binary input is uploaded."""
    named = [text.partition("=") for text in texts]
    files = {name: Path(value[1:]) for name, _, value in named if value.startswith("@")}
    uploaded = {}
    if files:
        team, media = _input_media(client, graph, revision)
        uploaded = {
            name: {"artifact": client.upload(path, team)}
            for name, path in files.items()
            if media.get(name, "json") != "json"
        }
    rest = [text for text, (name, _, _) in zip(texts, named, strict=True) if name not in uploaded]
    return {**named_values(rest, "--input"), **uploaded}


def _input_media(client: Client, graph: str, revision: int | None) -> tuple[str, dict[str, str]]:
    """The team of a graph, and the media of its inputs that name one."""
    source = "draft { document }" if revision is None else f"revision(number: {revision}) {{ document }}"
    found = client.ask(f"query($id: ID!) {{ graph(id: $id) {{ team {{ slug }} {source} }} }}", id=graph)[
        "graph"
    ]
    document = (found.get("draft") or found.get("revision") or {"document": {}})["document"]
    nodes = [node for node in document.get("nodes", {}).values() if node.get("kind") == "input"]
    return found["team"]["slug"], {node["name"]: node["port"]["media"] for node in nodes if "port" in node}


def named_values(texts: Sequence[str], option: str) -> dict[str, JSON]:
    """`name=JSON` and `name=@file`; what is no JSON is taken as text, so that `--param city=Paris` works."""
    values: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise bad_input(f"{option} {text!r} has no name. Write {option} name=value.")
        values[name] = _value(value)
    return values


def _value(text: str) -> JSON:
    if text.startswith("@"):
        return _read(Path(text[1:]))
    try:
        return parse_json(text.encode())
    except ProblemsError:
        return text


def _read(path: Path) -> JSON:
    data = path.read_bytes()
    try:
        return parse_json(data)
    except ProblemsError as error:
        if path.suffix == ".json":
            raise bad_input(f"{path} cannot be read.", error.problems) from None
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise bad_input(f"{path} is neither JSON nor text, as the input wants.") from None
