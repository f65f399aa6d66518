/** Folded groups: one card in place of their nodes, with the wires that cross their edge. */

import { framesOf, type Group, groupKey, nodesIn } from "./annotations";
import type { Port } from "./ports";
import { boundsOf, NODE_WIDTH, nodeHeight, type Scene, type SceneEdge, type SceneNode } from "./scene";
import { countText } from "./words";

/** The scene as it is seen with the outermost folded groups closed. */
export function foldGroups(scene: Scene, groups: readonly Group[]): Scene {
  const folded = groups.filter(({ isFolded }) => isFolded);
  if (folded.length === 0) return scene;
  const here = new Map(scene.nodes.map((node) => [node.id, node]));
  const inside = new Map<string, string>();
  const held = folded
    .map((group) => ({ group, ids: nodesIn(groups, group.id).filter((id) => here.has(id)) }))
    .filter(({ ids }) => ids.length > 0)
    .sort((a, b) => b.ids.length - a.ids.length)
    .filter(({ group, ids }) => {
      if (ids.some((id) => inside.has(id))) return false;
      for (const id of ids) inside.set(id, groupKey(group.id));
      return true;
    });
  const name = namer(here);
  const edges = scene.edges.flatMap((edge): SceneEdge[] => {
    const source = inside.get(edge.source);
    const target = inside.get(edge.target);
    if (source !== undefined && source === target) return [];
    return [
      {
        ...edge,
        ...(source === undefined ? {} : { source, output: name(edge.source, edge.output) }),
        ...(target === undefined ? {} : { target, input: name(edge.target, edge.input) }),
      },
    ];
  });
  const cards = held.map(({ group, ids }) => card(group, ids, here, edges));
  const nodes = [...scene.nodes.filter(({ id }) => !inside.has(id)), ...cards];
  const closed = new Set(held.map(({ group }) => group.id));
  const open = groups
    .filter(({ id }) => !closed.has(id))
    .map((group) => ({
      ...group,
      members: group.members.map((each) => (closed.has(each) ? groupKey(each) : each)),
    }));
  return { ...scene, nodes, edges, frames: framesOf(open, nodes) };
}

/** Ports of the card are called as inside; where two nodes use one name, the second says whose it is. */
function namer(here: ReadonlyMap<string, SceneNode>): (id: string, port: string) => string {
  const owners = new Map<string, string>();
  return (id, port) => {
    const owner = owners.get(port) ?? id;
    owners.set(port, owner);
    return owner === id ? port : `${here.get(id)?.title ?? id} · ${port}`;
  };
}

function card(
  group: Group,
  ids: readonly string[],
  here: ReadonlyMap<string, SceneNode>,
  edges: readonly SceneEdge[],
): SceneNode {
  const id = groupKey(group.id);
  const port = (name: string, kind: Port["kind"]): Port => ({
    name,
    kind,
    type: "a wire of a folded group",
    required: false,
    doc: "",
    spec: {},
  });
  const once = (ports: readonly Port[]) => [...new Map(ports.map((each) => [each.name, each])).values()];
  const ports = {
    inputs: once(edges.filter(({ target }) => target === id).map(({ input, kind }) => port(input, kind))),
    outputs: once(edges.filter(({ source }) => source === id).map(({ output, kind }) => port(output, kind))),
  };
  const members = ids.flatMap((each) => here.get(each) ?? []);
  const box = boundsOf(members);
  return {
    id,
    kind: "graph",
    title: group.title || "Group",
    reference: `${countText(ids.length, "node")}, folded`,
    ...ports,
    modifiers: [],
    at: [box.x, box.y],
    width: NODE_WIDTH,
    height: nodeHeight(ports),
    problem: members.find(({ problem }) => problem !== undefined)?.problem,
    isPinned: false,
    folds: ids,
  };
}
