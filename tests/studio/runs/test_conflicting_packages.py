"""Two versions of a module that need two versions of one package, in one run."""

import pytest

from modules_catalog.bundle import write_bundle
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.store_bundle import store_bundle
from studio.graphs.actions.create_graph import create_graph
from studio.runs.actions.start_run import start_run
from tests.studio.cast import Person
from tests.support.studio import running_engine, settled

LOCKS = {
    "1.0.0": "six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n",
    "2.0.0": "six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n",
}
SOURCE = "import six\n\n\ndef run(inputs, context):\n    return {'version': six.__version__}\n"
CONTRACT = """{"format": "lamina/contract@1",
 "ports": {"in": {}, "out": {"version": {"media": "json", "schema": {"type": "string"}}}}}"""


def published(author: Person, number: str) -> str:
    manifest = f"""
format = "lamina/module@1"
name = "text/which-six"
version = "{number}"
summary = "Tells which package it sees."
owner = "text"
runtime = "python"
entry = "run.py:run"
licence = "Apache-2.0"
effects = {{ kind = "pure" }}
dependencies = "requirements.lock"
"""
    files = {
        "module.toml": manifest,
        "contract.json": CONTRACT,
        "README.md": "# which-six\n",
        "run.py": SOURCE,
        "requirements.lock": LOCKS[number],
    }
    bundle = write_bundle({name: text.encode() for name, text in files.items()})
    digest = store_bundle(author.viewer, bundle).candidate.bundle.digest
    publish_version(author.viewer, digest=digest)
    return digest


@pytest.mark.django_db(transaction=True)
def test_each_version_sees_its_own_packages(author: Person) -> None:
    nodes = {
        f"n{number[0]}": {
            "kind": "module",
            "module": "text/which-six",
            "pin": number,
            "bundle": published(author, number),
        }
        for number in LOCKS
    }
    outputs = {f"out{number[0]}": {"kind": "output", "name": f"v{number[0]}"} for number in LOCKS}
    edges = {f"n{number[0]}:version>out{number[0]}:value": {} for number in LOCKS}
    document = {"format": "lamina/graph@1", "title": "Six", "nodes": {**nodes, **outputs}, "edges": edges}
    graph = create_graph(author.viewer, team="text", title="Six", document=document).graph

    with running_engine():
        run = settled(start_run(author.viewer, graph=graph.pk, inputs={}), seconds=120)

    assert run.status == "succeeded", list(run.events.values_list("type", "data"))
    assert {name: value["value"] for name, value in run.outputs.items()} == {"v1": "1.16.0", "v2": "1.17.0"}
