/** What is copied: a part of a graph as `lamina/clipboard@1`, so that it can go to any other graph. */

import {
  type GraphBody,
  type GraphNode,
  type Position,
  parseBody,
  parseEdge,
  positionsOf,
} from "@/domain/graph";
import { isObject, type JsonObject } from "@/domain/json";

export interface Clipping {
  readonly nodes: Readonly<Record<string, GraphNode>>;
  readonly edges: Readonly<Record<string, JsonObject>>;
  /** Relative to the upper left corner of the part. */
  readonly positions: Readonly<Record<string, Position>>;
}

const FORMAT = "lamina/clipboard@1";

export function clip(
  body: GraphBody,
  positions: Readonly<Record<string, Position>>,
  selected: ReadonlySet<string>,
): Clipping | undefined {
  const ids = Object.keys(body.nodes).filter((id) => selected.has(id));
  if (ids.length === 0) return undefined;
  const at = (id: string): Position => positions[id] ?? [0, 0];
  const left = Math.min(...ids.map((id) => at(id)[0]));
  const top = Math.min(...ids.map((id) => at(id)[1]));
  const kept = new Set(ids);
  return {
    nodes: Object.fromEntries(
      Object.entries(body.nodes)
        .filter(([id]) => kept.has(id))
        .map(([id, node]) => [id, bare(node)]),
    ),
    edges: Object.fromEntries(
      Object.entries(body.edges).filter(([key]) => {
        const ends = parseEdge(key);
        return ends !== undefined && kept.has(ends.source) && kept.has(ends.target);
      }),
    ),
    positions: Object.fromEntries(ids.map((id) => [id, [at(id)[0] - left, at(id)[1] - top] as const])),
  };
}

/** Names of secrets belong to the environment of one graph and are left behind. */
function bare(node: GraphNode): GraphNode {
  const { secrets: _secrets, ...rest } = node;
  return rest as GraphNode;
}

export function clippingText({ nodes, edges, positions }: Clipping): string {
  return JSON.stringify({ format: FORMAT, nodes, edges, layout: { positions } });
}

export function parseClipping(text: string): Clipping | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (!isObject(document) || document["format"] !== FORMAT) return undefined;
    return { ...parseBody(document), positions: positionsOf(document) };
  } catch {
    return undefined;
  }
}
