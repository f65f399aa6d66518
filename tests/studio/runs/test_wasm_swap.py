"""A wasm version in the place of the Python one: the same graph, the same results."""

import time
from pathlib import Path
from typing import Any

import pytest

from modules_catalog.bundle import read_folder, write_bundle
from studio.catalog.actions.install_library import install_library
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.store_bundle import store_bundle
from studio.deployment import deployment
from studio.graphs.actions.create_graph import create_graph
from studio.runs.actions.start_run import start_run
from tests.studio.cast import Person
from tests.support.paths import ROOT
from tests.support.studio import running_engine, settled

ROWS = [
    {"region": "north", "amount": 1.0, "note": 'a "b"\\'},
    {"region": "ünü", "amount": -0.5, "note": None},
]
SCHEMA = {"type": "array", "items": {"type": "object"}}
COMPILE_SECONDS = 60


def picking(suffix: str) -> dict[str, Any]:
    """rows → select-rename → limit-rows → rows."""
    select, limit = f"lamina/select-rename{suffix}", f"lamina/limit-rows{suffix}"
    config = {"keep": ["amount", "note"], "rename": {"amount": "euro"}}
    return {
        "format": "lamina/graph@1",
        "title": f"Pick{suffix}",
        "nodes": {
            "rows": {"kind": "input", "name": "rows", "port": {"media": "json", "schema": SCHEMA}},
            "select": {"kind": "module", "module": select, "pin": "^1.0.0", "config": config},
            "limit": {"kind": "module", "module": limit, "pin": "^1.0.0", "config": {"skip": 1, "count": 9}},
            "out": {"kind": "output", "name": "picked"},
            "total": {"kind": "output", "name": "total"},
        },
        "edges": {
            "rows:value>select:rows": {},
            "select:rows>limit:rows": {},
            "limit:rows>out:value": {},
            "limit:total>total:value": {},
        },
    }


@pytest.mark.django_db(transaction=True)
def test_wasm_takes_the_place_of_python_in_a_graph_with_equal_results(author: Person) -> None:
    install_library()
    outputs = {}
    with running_engine():
        for suffix in ("", "-wasm"):
            graph = create_graph(
                author.viewer, team=author.team.slug, title=f"Pick{suffix}", document=picking(suffix)
            ).graph
            run = start_run(author.viewer, graph=graph.pk, inputs={"rows": ROWS * 3})
            run = settled(run, seconds=COMPILE_SECONDS)
            assert run.status == "succeeded", run.outputs
            outputs[suffix] = run.outputs

    assert outputs["-wasm"] == outputs[""]
    assert outputs[""]["total"]["value"] == 6
    assert outputs[""]["picked"]["value"][0] == {"euro": -0.5, "note": None}


@pytest.mark.django_db(transaction=True)
def test_a_published_wasm_version_is_compiled_before_anybody_runs_it(author: Person) -> None:
    files = dict(read_folder(ROOT / "docs" / "examples" / "longest-line").files)
    for name in ("module.toml",):
        text = files[name].decode().replace("docs/", "text/").replace('owner = "docs"', 'owner = "text"')
        files[name] = text.encode()
    compiled = Path(deployment().data) / "sandbox" / "compiled"
    with running_engine():
        before = {path for path in compiled.glob("*") if path.is_file()}
        digest = store_bundle(author.viewer, write_bundle(files)).candidate.bundle.digest
        publish_version(author.viewer, digest=digest)
        deadline = time.monotonic() + COMPILE_SECONDS
        while {path for path in compiled.glob("*") if path.is_file()} == before:
            assert time.monotonic() < deadline, "nothing was compiled"
            time.sleep(0.02)
