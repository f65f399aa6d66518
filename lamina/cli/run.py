"""`lamina run GRAPH`: start a run, and with --follow show it until it ends."""

import json
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from contracts.canonical import JSON, parse_json
from contracts.problems import ProblemsError
from lamina.cli.client import Client
from lamina.cli.credentials import read_login
from lamina.cli.failure import DONE, RUN_CANCELLED, RUN_FAILED, RUN_TIMED_OUT, bad_input
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
    started = client.do(
        "startRun",
        "run { id title }",
        graph=graph["id"],
        revision=None if options.draft else number,
        inputs=named_values(options.input, "--input"),
        parameters=named_values(options.param, "--param"),
        environment=options.environment,
        reuse=options.reuse or None,
        upTo=options.up_to,
        **{"from": options.start},
    )["run"]
    if not options.follow:
        print(json.dumps(started) if options.json else f"Started {started['id']} ({graph['title']}).")
        return DONE
    shown: Shown = JSONLines() if options.json else Tree(graph["title"])
    with shown:
        follow(client.login, started["id"], shown)
    ended = client.ask("query($id: ID!) { run(id: $id) { status outputs error } }", id=started["id"])["run"]
    shown.end(ended)
    return EXIT_CODES.get(ended["status"], RUN_FAILED)


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
        path = Path(text[1:])
        data = path.read_bytes()
        try:
            return parse_json(data)
        except ProblemsError as error:
            if path.suffix == ".json":
                raise bad_input(f"{path} cannot be read.", error.problems) from None
            return data.decode()
    try:
        return parse_json(text.encode())
    except ProblemsError:
        return text
