/** The other way round: the nodes of a sub-graph in place of the node that holds them. */

import { type Refusal, type Rehousing, refusal } from "./extraction";
import { edgeKey, type GraphBody, type GraphNode, type Position, parseBody, parseEdge } from "./graph";
import { isObject, type JsonObject, objectAt, textAt } from "./json";
import { modifiersOf } from "./modifiers";
import { parametersUsedBy, withParameters } from "./parameters";

interface Inlining {
  readonly body: GraphBody;
  readonly id: string;
  readonly positions: Readonly<Record<string, Position>>;
  readonly parent: string | undefined;
  /** What people call the modifiers, for the reason of a refusal. */
  readonly modifierNames: Readonly<Record<string, string>>;
}

interface End {
  readonly node: string;
  readonly port: string;
  readonly select: string | undefined;
}

export function inlining({ body, id, positions, parent, modifierNames }: Inlining): Rehousing | Refusal {
  const holder = body.nodes[id];
  if (holder === undefined || !isObject(holder["body"]))
    return refusal("This sub-graph is a published module. Only a copy can be taken apart.");
  const modifiers = modifiersOf(holder);
  if (modifiers.length > 0) {
    const names = modifiers.map((name) => modifierNames[name] ?? name).join(", ");
    return refusal(`Modifiers hold for the sub-graph as a whole: ${names}. Remove them first.`);
  }
  const inner = parseBody(holder["body"]);
  const moved = Object.keys(inner.nodes).filter((each) => !isPort(inner.nodes[each]));
  const changed = substituted(holder, inner, moved);
  if (changed === undefined)
    return refusal(
      "A setting of the sub-graph is a list or an object inside an expression. Change it first.",
    );
  const edges = rewired(body, inner, id);
  if (edges === undefined)
    return refusal("Two expressions would meet on one wire. Take one of them away first.");
  const own = Object.keys(body.edges).filter((key) => touches(key, new Set([id])));
  return {
    kind: "rehousing",
    moved,
    parent,
    nodes: changed.map(([each, node]) => [each, node, parent]),
    gone: [id, ...Object.keys(inner.nodes).filter((each) => isPort(inner.nodes[each]))],
    positions: shifted(moved, positions, positions[id]),
    removedEdges: [...own, ...Object.keys(inner.edges).filter((key) => touchesPort(key, inner))],
    edges,
    chosen: moved,
  };
}

function isPort(node: GraphNode | undefined): boolean {
  return node?.kind === "input" || node?.kind === "output";
}

function touches(key: string, ids: ReadonlySet<string>): boolean {
  const ends = parseEdge(key);
  return ends !== undefined && (ids.has(ends.source) || ids.has(ends.target));
}

function touchesPort(key: string, inner: GraphBody): boolean {
  const ends = parseEdge(key);
  return ends !== undefined && (isPort(inner.nodes[ends.source]) || isPort(inner.nodes[ends.target]));
}

/** The upper left corner comes to where the sub-graph stood. */
function shifted(
  ids: readonly string[],
  positions: Readonly<Record<string, Position>>,
  to: Position | undefined,
): Readonly<Record<string, Position>> {
  const placed = ids.flatMap((id) => (positions[id] === undefined ? [] : [[id, positions[id]] as const]));
  if (to === undefined || placed.length === 0) return {};
  const left = Math.min(...placed.map(([, [x]]) => x));
  const top = Math.min(...placed.map(([, [, y]]) => y));
  return Object.fromEntries(placed.map(([id, [x, y]]) => [id, [x - left + to[0], y - top + to[1]] as const]));
}

/** The nodes whose expressions used the settings of the sub-graph. */
function substituted(
  holder: GraphNode,
  inner: GraphBody,
  ids: readonly string[],
): readonly (readonly [string, GraphNode])[] | undefined {
  const given = objectAt(holder, "config");
  const properties = objectAt(objectAt(holder["body"], "parameters"), "properties");
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties))
    settings[name] = name in given ? given[name] : isObject(schema) ? schema["default"] : undefined;
  const isSame = (name: string) => textAt(settings[name], "$cel") === `parameters.${name}`;
  const changed: [string, GraphNode][] = [];
  for (const id of ids) {
    const node = inner.nodes[id];
    const used = parametersUsedBy([node]);
    if (node === undefined || (used !== "all" && [...used].every(isSame))) continue;
    if (used === "all") {
      if (Object.keys(settings).every(isSame)) continue;
      return undefined;
    }
    const next = withParameters(node, settings);
    if (next === undefined) return undefined;
    changed.push([id, next]);
  }
  return changed;
}

/** Wires from what feeds the sub-graph to what it feeds; undefined where two expressions would meet. */
function rewired(
  body: GraphBody,
  inner: GraphBody,
  id: string,
): Readonly<Record<string, JsonObject>> | undefined {
  const feeding = new Map<string, End>();
  const fed = new Map<string, End[]>();
  for (const [key, edge] of Object.entries(body.edges)) {
    const ends = parseEdge(key);
    const select = textAt(edge, "select");
    if (ends?.target === id) feeding.set(ends.input, { node: ends.source, port: ends.output, select });
    if (ends?.source === id) {
      const end = { node: ends.target, port: ends.input, select };
      fed.set(ends.output, [...(fed.get(ends.output) ?? []), end]);
    }
  }
  const nameOf = (each: string) => textAt(inner.nodes[each], "name") ?? "";
  const edges: Record<string, JsonObject> = {};
  for (const [key, edge] of Object.entries(inner.edges)) {
    const ends = parseEdge(key);
    if (ends === undefined || !touchesPort(key, inner)) continue;
    const from =
      inner.nodes[ends.source]?.kind === "input"
        ? feeding.get(nameOf(ends.source))
        : { node: ends.source, port: ends.output, select: undefined };
    const to =
      inner.nodes[ends.target]?.kind === "output"
        ? (fed.get(nameOf(ends.target)) ?? [])
        : [{ node: ends.target, port: ends.input, select: undefined }];
    if (from === undefined) continue;
    for (const end of to) {
      const selects = [from.select, textAt(edge, "select"), end.select].filter((each) => each !== undefined);
      if (selects.length > 1) return undefined;
      const [select] = selects;
      edges[edgeKey({ source: from.node, output: from.port, target: end.node, input: end.port })] =
        select === undefined ? {} : { select };
    }
  }
  return edges;
}
