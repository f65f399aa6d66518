"""Segments: pure neighbours that may be carried out in one hop.

Owns:      which module nodes share a segment.
Promises:  the nodes of a segment are of one scope and placement, and whatever leaves it never comes back into
           it, so that it can be carried out as a whole.
"""

from collections.abc import Mapping, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from contracts.plan import PlanNode, PlanVersion

_GIVEN = ("input", "constant")


def with_segments(nodes: Sequence[PlanNode], versions: Mapping[str, PlanVersion]) -> tuple[PlanNode, ...]:
    """`nodes` in topological order; every module node gets a number, pure neighbours the same."""
    kinds = {node.path: node.kind for node in nodes}
    segments: dict[str, int] = {}
    firsts: list[PlanNode] = []
    joinable: set[int] = set()
    result = []
    for node in nodes:
        if node.kind != "module":
            result.append(node)
            continue
        is_plain = _is_plain(node, versions)
        segment = _before(node, kinds, segments) if is_plain else None
        if segment not in joinable or not _belongs(node, firsts[segment]):
            segment = len(firsts)
            firsts.append(node)
            if is_plain:
                joinable.add(segment)
        segments[node.path] = segment
        result.append(replace(node, segment=segment))
    return tuple(result)


def _is_plain(node: PlanNode, versions: Mapping[str, PlanVersion]) -> bool:
    """Pure, once, and without a decision of the engine between it and its inputs."""
    assert isinstance(node.version, str)
    is_once = node.map is UNSET and node.repeat is UNSET and node.when is UNSET
    is_direct = all(source.select is UNSET for source in node.inputs.values())
    return versions[node.version].effects.kind == "pure" and is_once and is_direct


def _belongs(node: PlanNode, first: PlanNode) -> bool:
    return node.scope == first.scope and node.placement == first.placement


def _before(node: PlanNode, kinds: Mapping[str, str], segments: Mapping[str, int]) -> int | None:
    """The one segment that feeds a node, beside what is given from the start."""
    fed = {segments.get(source.path) for source in node.inputs.values() if kinds[source.path] not in _GIVEN}
    return fed.pop() if len(fed) == 1 else None
