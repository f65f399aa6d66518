/** A graph body laid out for drawing: nodes with ports and sizes, edges with verdicts. */

import { type Frame, framesOf, type Group, type Note } from "./annotations";
import type { Change } from "./comparison";
import {
  type EdgeEnds,
  type GraphBody,
  type GraphNode,
  type NodeKind,
  nodeReference,
  nodeTitle,
  type Position,
  parseEdge,
  topologicalOrder,
} from "./graph";
import { objectAt } from "./json";
import { type Modifier, modifiersOf } from "./modifiers";
import { type Port, portsOf } from "./ports";

export const NODE_WIDTH = 216;
export const HEAD_HEIGHT = 44;
export const PORT_HEIGHT = 20;
export const FOOT_HEIGHT = 8;
export const GRID = 8;

export type Verdict = "yes" | "no" | "unknown";

export interface SceneNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly title: string;
  readonly reference: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly modifiers: readonly Modifier[];
  readonly at: Position;
  readonly width: number;
  readonly height: number;
  readonly problem: string | undefined;
  /** Values stand in for its call. */
  readonly isPinned: boolean;
  /** What became of it, where two graphs are compared. */
  readonly change?: Change;
  /** A folded group stands for these nodes. */
  readonly folds?: readonly string[];
}

export interface SceneEdge extends EdgeEnds {
  readonly id: string;
  readonly verdict: Verdict | undefined;
  readonly reason: string;
  readonly kind: Port["kind"];
  readonly change?: Change;
}

export interface Scene {
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
  /** Open groups, outer ones first. */
  readonly frames: readonly Frame[];
  readonly notes: readonly Note[];
}

export interface NodePorts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface Judged {
  readonly verdict: Verdict;
  readonly reason: string;
}

interface SceneParts {
  readonly body: GraphBody;
  readonly positions: Readonly<Record<string, Position>>;
  readonly ports: ReadonlyMap<string, NodePorts>;
  readonly verdicts?: ReadonlyMap<string, Judged>;
  readonly problems?: ReadonlyMap<string, string>;
  readonly pins?: Readonly<Record<string, unknown>>;
  readonly groups?: readonly Group[];
  readonly notes?: readonly Note[];
}

export function nodeHeight(ports: NodePorts): number {
  const rows = Math.max(ports.inputs.length, ports.outputs.length);
  return HEAD_HEIGHT + (rows > 0 ? rows * PORT_HEIGHT + FOOT_HEIGHT : 0);
}

/** Ports that a node has by its kind alone, before anybody asked the server. */
export function ownPorts(node: GraphNode): NodePorts {
  const value = { value: objectAt(node, "port") };
  switch (node.kind) {
    case "input":
      return { inputs: [], outputs: portsOf(value) };
    case "output":
      return { inputs: portsOf(value), outputs: [] };
    case "constant":
      return { inputs: [], outputs: portsOf({ value: { media: "json", schema: { const: node["value"] } } }) };
    case "approval":
      return {
        inputs: portsOf({ value: {} }),
        outputs: portsOf({ decision: { media: "json", schema: { type: "object" } } }),
      };
    case "wait":
    case "signal":
      return { inputs: portsOf({ value: {} }), outputs: portsOf({ value: {} }) };
    default:
      return { inputs: [], outputs: [] };
  }
}

/** Ports known for a node, completed with those that its edges name. */
export function wiredPorts(id: string, known: NodePorts, edges: Iterable<EdgeEnds>): NodePorts {
  const inputs = [...known.inputs];
  const outputs = [...known.outputs];
  const add = (list: Port[], name: string) => {
    if (!list.some((port) => port.name === name)) {
      list.push({ name, kind: "any", type: "not known", required: false, doc: "", spec: {} });
    }
  };
  for (const ends of edges) {
    if (ends.target === id) add(inputs, ends.input);
    if (ends.source === id) add(outputs, ends.output);
  }
  return inputs.length === known.inputs.length && outputs.length === known.outputs.length
    ? known
    : { inputs, outputs };
}

export function buildScene(parts: SceneParts): Scene {
  const { body, positions, ports, verdicts, problems, pins = {}, groups = [], notes = [] } = parts;
  const ends = Object.keys(body.edges).flatMap((id) => {
    const parsed = parseEdge(id);
    return parsed === undefined ? [] : [{ id, ...parsed }];
  });
  const byNode = new Map<string, EdgeEnds[]>();
  for (const edge of ends) {
    for (const id of [edge.source, edge.target]) byNode.set(id, [...(byNode.get(id) ?? []), edge]);
  }
  const spare = sparePositions(body, positions);
  const known = new Map<string, NodePorts>();
  const nodes = Object.entries(body.nodes).map(([id, node]): SceneNode => {
    const nodePorts = wiredPorts(id, ports.get(id) ?? ownPorts(node), byNode.get(id) ?? []);
    known.set(id, nodePorts);
    return {
      id,
      kind: node.kind,
      title: nodeTitle(id, node),
      reference: nodeReference(node),
      ...nodePorts,
      modifiers: modifiersOf(node),
      at: positions[id] ?? spare.get(id) ?? [0, 0],
      width: NODE_WIDTH,
      height: nodeHeight(nodePorts),
      problem: problems?.get(id),
      isPinned: id in pins,
    };
  });
  const edges = ends.map((edge): SceneEdge => {
    const judged = verdicts?.get(edge.id);
    const port = known.get(edge.source)?.outputs.find(({ name }) => name === edge.output);
    return { ...edge, verdict: judged?.verdict, reason: judged?.reason ?? "", kind: port?.kind ?? "any" };
  });
  return { nodes, edges, frames: framesOf(groups, nodes), notes };
}

const COLUMN = NODE_WIDTH + 64;
const LINE = 128;

/** Places for nodes that have none yet: columns by depth, below everything that has one. */
function sparePositions(
  body: GraphBody,
  positions: Readonly<Record<string, Position>>,
): Map<string, Position> {
  const homeless = topologicalOrder(body).filter((id) => positions[id] === undefined);
  if (homeless.length === 0) return new Map();
  const taken = Object.values(positions);
  const top = taken.length === 0 ? 0 : Math.max(...taken.map(([, y]) => y)) + LINE;
  const depth = new Map<string, number>();
  const sources = new Map<string, string[]>();
  for (const key of Object.keys(body.edges)) {
    const ends = parseEdge(key);
    if (ends !== undefined) sources.set(ends.target, [...(sources.get(ends.target) ?? []), ends.source]);
  }
  const rows = new Map<number, number>();
  const spots = new Map<string, Position>();
  for (const id of homeless) {
    const column = Math.max(0, ...(sources.get(id) ?? []).map((source) => (depth.get(source) ?? -1) + 1));
    depth.set(id, column);
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    spots.set(id, [column * COLUMN, top + row * LINE]);
  }
  return spots;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function boundsOf(nodes: readonly Pick<SceneNode, "at" | "width" | "height">[]): Box {
  if (nodes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { at, width, height } of nodes) {
    left = Math.min(left, at[0]);
    top = Math.min(top, at[1]);
    right = Math.max(right, at[0] + width);
    bottom = Math.max(bottom, at[1] + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Everything that is drawn, groups and notes included. */
export function boundsOfScene({ nodes, frames, notes }: Scene): Box {
  return boundsOf([
    ...nodes,
    ...frames.map(({ x, y, width, height }) => ({ at: [x, y] as const, width, height })),
    ...notes.map(({ at, size: [width, height] }) => ({ at, width, height })),
  ]);
}

/** Where a port's dot stands, relative to its node. */
export function portCentre(place: number): number {
  return HEAD_HEIGHT + place * PORT_HEIGHT + PORT_HEIGHT / 2;
}

export function snap(value: number): number {
  return Math.round(value / GRID) * GRID;
}

/** The ports of every node as the server derived them, by node path. */
export function derivedPorts(
  answers: readonly { readonly node: string; readonly inputs: unknown; readonly outputs: unknown }[],
): Map<string, NodePorts> {
  return new Map(
    answers.map(({ node, inputs, outputs }) => [
      node,
      { inputs: portsOf(inputs), outputs: portsOf(outputs) },
    ]),
  );
}
