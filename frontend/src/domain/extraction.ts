/**
 * A part of a graph as a sub-graph of its own: which ports it needs, and how the wires then run.
 *
 * Owns:     what may be taken out, the ports that follow from the wires, the parameters that go along.
 * Promises: the graph means the same as before; inlining what was taken out gives it back.
 */

import { type EdgeEnds, edgeKey, type GraphBody, type GraphNode, type Position, parseEdge } from "./graph";
import { type JsonObject, objectAt, textAt } from "./json";
import { parametersUsedBy } from "./parameters";
import type { Port } from "./ports";
import type { NodePorts } from "./scene";

/** How nodes change house: all of it is one gesture. */
export interface Rehousing {
  readonly kind: "rehousing";
  /** Nodes that move, and the graph node that holds them from now on. */
  readonly moved: readonly string[];
  readonly parent: string | undefined;
  /** New or changed nodes by id, with the parent each has. */
  readonly nodes: readonly (readonly [id: string, node: GraphNode, parent: string | undefined])[];
  readonly gone: readonly string[];
  readonly positions: Readonly<Record<string, Position>>;
  readonly removedEdges: readonly string[];
  readonly edges: Readonly<Record<string, JsonObject>>;
  /** What to show as chosen afterwards. */
  readonly chosen: readonly string[];
}

export interface Refusal {
  readonly kind: "refusal";
  readonly reason: string;
}

interface Extraction {
  readonly body: GraphBody;
  readonly selected: ReadonlySet<string>;
  readonly positions: Readonly<Record<string, Position>>;
  readonly ports: ReadonlyMap<string, NodePorts>;
  /** The settings that expressions of this scope may use. */
  readonly parameters: JsonObject;
  readonly parent: string | undefined;
  readonly newId: () => string;
}

const ANY = { media: "json", schema: true };
const BESIDE = 280;
const LINE = 104;

export function extraction(parts: Extraction): Rehousing | Refusal {
  const { body, positions, newId } = parts;
  const ids = [...parts.selected].filter((id) => {
    const kind = body.nodes[id]?.kind;
    return kind !== undefined && kind !== "input" && kind !== "output";
  });
  const inside = new Set(ids);
  if (ids.length === 0) return refusal("Choose nodes that do something: inputs and outputs stay outside.");
  const between = nodeBetween(body, inside);
  if (between !== undefined)
    return refusal(
      "Between the chosen nodes lies one that is not chosen, so they cannot be one node. Choose it too.",
    );
  const holder = newId();
  const frame = boundary(parts, inside, holder);
  const placed = ids.flatMap((id) => (positions[id] === undefined ? [] : [positions[id]]));
  const at: readonly Position[] = placed.length > 0 ? placed : [[0, 0]];
  const [left, top] = [Math.min(...at.map(([x]) => x)), Math.min(...at.map(([, y]) => y))];
  const right = Math.max(...at.map(([x]) => x));
  const places = Object.fromEntries([
    [holder, [left, top] as const],
    ...frame.inputs.map((id, place) => [id, [left - BESIDE, top + place * LINE] as const]),
    ...frame.outputs.map((id, place) => [id, [right + BESIDE, top + place * LINE] as const]),
  ]);
  return {
    kind: "rehousing",
    moved: ids,
    parent: holder,
    nodes: [[holder, holderNode(parts, ids), parts.parent], ...frame.nodes],
    gone: [],
    positions: places,
    removedEdges: frame.removed,
    edges: frame.edges,
    chosen: [holder],
  };
}

export function refusal(reason: string): Refusal {
  return { kind: "refusal", reason };
}

/** A node outside that comes after one inside and before another: the part would wait for itself. */
function nodeBetween(body: GraphBody, inside: ReadonlySet<string>): string | undefined {
  const edges = Object.keys(body.edges).flatMap((key) => parseEdge(key) ?? []);
  const reach = (from: (edge: EdgeEnds) => string, to: (edge: EdgeEnds) => string) => {
    const found = new Set<string>();
    const pending = [...inside];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      for (const edge of edges) {
        if (from(edge) !== id || inside.has(to(edge)) || found.has(to(edge))) continue;
        found.add(to(edge));
        pending.push(to(edge));
      }
    }
    return found;
  };
  const after = reach(
    ({ source }) => source,
    ({ target }) => target,
  );
  const before = reach(
    ({ target }) => target,
    ({ source }) => source,
  );
  return [...after].find((id) => before.has(id));
}

function holderNode({ body, parameters }: Extraction, ids: readonly string[]): GraphNode {
  const used = parametersUsedBy(ids.map((id) => body.nodes[id]));
  const known = objectAt(parameters, "properties");
  const names = Object.keys(known).filter((name) => used === "all" || used.has(name));
  if (names.length === 0) return { kind: "graph", title: "Sub-graph", body: { nodes: {}, edges: {} } };
  return {
    kind: "graph",
    title: "Sub-graph",
    config: Object.fromEntries(names.map((name) => [name, { $cel: `parameters.${name}` }])),
    body: {
      nodes: {},
      edges: {},
      parameters: {
        type: "object",
        properties: Object.fromEntries(names.map((name) => [name, known[name]])),
        additionalProperties: false,
      },
    },
  };
}

interface Boundary {
  readonly nodes: readonly (readonly [string, GraphNode, string])[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly removed: readonly string[];
  readonly edges: Readonly<Record<string, JsonObject>>;
}

/** One input for each port outside that feeds the part, one output for each port inside that feeds others. */
function boundary(parts: Extraction, inside: ReadonlySet<string>, holder: string): Boundary {
  const nodes: [string, GraphNode, string][] = [];
  const edges: Record<string, JsonObject> = {};
  const removed: string[] = [];
  const inward = new Map<string, { readonly ends: EdgeEnds; readonly edge: JsonObject }[]>();
  const outward: typeof inward = new Map();
  for (const [key, edge] of Object.entries(parts.body.edges)) {
    const ends = parseEdge(key);
    if (ends === undefined || inside.has(ends.source) === inside.has(ends.target)) continue;
    removed.push(key);
    const side = inside.has(ends.target) ? inward : outward;
    const source = `${ends.source}:${ends.output}`;
    side.set(source, [...(side.get(source) ?? []), { ends, edge }]);
  }
  const name = namer();
  const inputs = [...inward.values()].map((wires) => {
    const [first] = wires;
    const id = parts.newId();
    const called = name(wires.length === 1 ? (first?.ends.input ?? "") : (first?.ends.output ?? ""));
    nodes.push([id, { kind: "input", name: called, port: portInto(parts, wires) }, holder]);
    if (first) edges[edgeKey({ ...first.ends, target: holder, input: called })] = {};
    for (const { ends, edge } of wires) edges[edgeKey({ ...ends, source: id, output: "value" })] = edge;
    return id;
  });
  const nameOut = namer();
  const outputs = [...outward.values()].map((wires) => {
    const [first] = wires;
    const id = parts.newId();
    const called = nameOut(first?.ends.output ?? "");
    nodes.push([id, { kind: "output", name: called }, holder]);
    if (first) edges[edgeKey({ ...first.ends, target: id, input: "value" })] = {};
    for (const { ends, edge } of wires) edges[edgeKey({ ...ends, source: holder, output: called })] = edge;
    return id;
  });
  return { nodes, inputs, outputs, removed, edges };
}

/** What the part asks for where one port takes the value as it is, else what comes. */
function portInto(
  { ports }: Extraction,
  wires: readonly { readonly ends: EdgeEnds; readonly edge: JsonObject }[],
): JsonObject {
  const spec = (list: readonly Port[] | undefined, name: string) =>
    list?.find((port) => port.name === name)?.spec;
  const [first] = wires;
  if (first === undefined) return ANY;
  const { ends, edge } = first;
  const asked = spec(ports.get(ends.target)?.inputs, ends.input);
  const given = spec(ports.get(ends.source)?.outputs, ends.output);
  const chosen = wires.length === 1 && textAt(edge, "select") === undefined ? asked : given;
  return chosen === undefined || Object.keys(chosen).length === 0 ? ANY : chosen;
}

/** Names for ports: none twice, and none called `error`, which every node may have. */
function namer(): (wish: string) => string {
  const taken = new Set(["error"]);
  return (wish) => {
    let name = wish === "error" ? "failure" : wish;
    for (let count = 2; taken.has(name); count += 1) name = `${wish}_${count}`;
    taken.add(name);
    return name;
  };
}
