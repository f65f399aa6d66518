"""Run one version by itself: a graph of one node is built around it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import UNSET

from contracts.canonical import JSON
from contracts.formats import plain
from contracts.graph import parse_graph
from contracts.module import ModuleContract, Port, parse_contract
from contracts.schema import localise
from studio.catalog.models import ModuleVersion
from studio.catalog.queries import visible_versions
from studio.graphs.judging import judge
from studio.refusals import Invalid, invalid, not_found, require
from studio.runs.models import Run
from studio.runs.ordering import checked_environment
from studio.runs.policies import may_try_module
from studio.runs.starting import Order, start
from studio.teams.models import Team
from studio.teams.viewer import Viewer

MODULE = "module"


def try_module(
    viewer: Viewer,
    *,
    version: UUID,
    inputs: Mapping[str, JSON],
    config: Mapping[str, JSON] | None = None,
    environment: str | None = None,
) -> Run:
    """`inputs` by port. The run belongs to the module's team, or to the viewer's where that is another.

    Raises `NotFound`, `Forbidden`, `Invalid` with paths into inputs or the settings.
    """
    found = visible_versions(viewer).select_related("module", "contract").filter(pk=version).first()
    if found is None:
        raise not_found("module version")
    team = _team(viewer, found)
    for name, value in (("inputs", inputs), ("config", config)):
        if value is not None and not isinstance(value, Mapping):
            raise invalid("not_an_object", f"/{name}", f"Give {name} as an object.")
    graph = parse_graph(_document(found, parse_contract(found.contract.document), inputs, config or {}))
    judged = judge(graph, [found.module.owner_id, team.pk])
    if judged.lock is None:
        raise Invalid([replace(problem, path=_asked_path(problem.path)) for problem in judged.problems])
    order = Order(
        team=team,
        title=graph.title,
        graph=graph,
        lock=judged.lock,
        inputs=inputs,
        environment=checked_environment(viewer, environment),
    )
    return start(viewer, order)


def _asked_path(path: str) -> str:
    """Whoever asked knows of inputs and config, not of the graph that is built around them."""
    return path.removeprefix(f"/nodes/{MODULE}")


def _team(viewer: Viewer, version: ModuleVersion) -> Team:
    candidates = [version.module.owner_id, *sorted(viewer.teams)]
    for team in candidates:
        if team in viewer.teams and may_try_module(viewer, team).is_allowed:
            return Team.objects.get(pk=team)
    require(may_try_module(viewer, version.module.owner_id))
    raise AssertionError("a policy that allows no team says so")


def _document(
    version: ModuleVersion, contract: ModuleContract, inputs: Mapping[str, JSON], config: Mapping[str, JSON]
) -> JSON:
    """Input and output nodes carry the names of the ports; what is given at start is typed as the port is."""
    given = {name: port for name, port in contract.ports.inputs.items() if port.is_required or name in inputs}
    node: dict[str, Any] = {
        "kind": "module",
        "module": version.module.name,
        "pin": version.number,
        "config": dict(config),
    }
    if not version.is_fixed:
        node["bundle"] = version.bundle_id
    nodes: dict[str, Any] = {MODULE: node}
    edges: dict[str, Any] = {}
    for place, (name, port) in enumerate(given.items()):
        nodes[f"in-{place}"] = {"kind": "input", "name": name, "port": _port(port, contract)}
        edges[f"in-{place}:value>{MODULE}:{name}"] = {}
    for place, name in enumerate(contract.ports.outputs):
        nodes[f"out-{place}"] = {"kind": "output", "name": name}
        edges[f"{MODULE}:{name}>out-{place}:value"] = {}
    return {"format": "lamina/graph@1", "title": f"Try {version}", "nodes": nodes, "edges": edges}


def _port(port: Port, contract: ModuleContract) -> JSON:
    """The port with a schema of its own: in the contract its references count from the contract's root."""
    document: dict[str, Any] = plain(port)
    document.pop("default", None)
    document.pop("cardinality", None)
    if port.schema is not UNSET:
        document["schema"] = localise(port.schema, contract.root)
    return document
