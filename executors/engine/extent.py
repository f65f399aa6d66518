"""How much of a graph a run carries out: up to some nodes, or afresh from some nodes on.

Owns:      the closures over wires, up and down, through graph nodes.
Promises:  paths that are excluded are final from the start and are waited for by nobody.
Never:     looks at a run.
"""

from collections.abc import Container, Iterable

from executors.engine.program import Node, Program


def outside_of(program: Program, upto: Iterable[str], pinned: Container[str] = ()) -> frozenset[str]:
    """Paths that nothing in `upto` needs; none when `upto` is empty. A pinned node needs nothing."""
    needed: set[str] = set()
    pending = [path for path in upto if path in program.places]
    if not pending:
        return frozenset()
    for path in pending.copy():
        pending.extend(_everything_in(program, path))
    while pending:
        path = pending.pop()
        if path in needed:
            continue
        needed.add(path)
        node = program.node(path)
        if node.plan.scope:
            pending.append(node.plan.scope)
        if path in pinned:
            continue
        pending.extend(source.path for source in node.plan.inputs.values())
        for source in node.plan.inputs.values():
            pending.extend(_everything_in(program, source.path))
    return frozenset(program.places.keys() - needed)


def downstream_of(program: Program, start: Iterable[str]) -> frozenset[str]:
    """The paths that must not take over earlier outputs, because they come after `start` (included)."""
    found: set[str] = set()
    pending = [path for path in start if path in program.places]
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found.add(path)
        node = program.node(path)
        scope = program.scopes[node.scope]
        pending.extend(scope.nodes[local].path for local in node.consumers)
        pending.extend(_everything_in(program, path))
        if scope.path:
            pending.append(scope.path)
    return frozenset(found)


def _everything_in(program: Program, path: str) -> list[str]:
    """What is inside a graph node, at every depth."""
    inside: list[str] = []
    pending: list[Node] = [program.node(path)]
    while pending:
        node = pending.pop()
        if node.inner >= 0:
            inner = program.scopes[node.inner].nodes
            inside.extend(child.path for child in inner)
            pending.extend(inner)
    return inside
