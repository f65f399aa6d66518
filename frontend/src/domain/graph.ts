/** Graph documents (`lamina/graph@1`): reading them, scope by scope, as the canvas and the outline need them. */

import { isObject, type JsonObject, listAt, objectAt, textAt } from "./json";

export const NODE_KINDS = [
  "module",
  "layer",
  "graph",
  "input",
  "output",
  "constant",
  "wait",
  "signal",
  "approval",
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export interface GraphNode extends JsonObject {
  readonly kind: NodeKind;
}

export interface GraphBody {
  readonly nodes: Readonly<Record<string, GraphNode>>;
  readonly edges: Readonly<Record<string, JsonObject>>;
}

export interface GraphDocument extends GraphBody {
  readonly format: "lamina/graph@1";
  readonly title: string;
  readonly doc?: string;
  readonly parameters?: JsonObject;
  readonly layout?: Layout;
}

export type Position = readonly [number, number];

export interface Layout {
  readonly positions?: Readonly<Record<string, Position>>;
  readonly notes?: Readonly<Record<string, JsonObject>>;
  readonly groups?: Readonly<Record<string, JsonObject>>;
}

export interface EdgeEnds {
  readonly source: string;
  readonly output: string;
  readonly target: string;
  readonly input: string;
}

const EDGE = /^([A-Za-z0-9_-]+):([a-z][a-z0-9_]*)>([A-Za-z0-9_-]+):([a-z][a-z0-9_]*)$/;

export function parseEdge(key: string): EdgeEnds | undefined {
  const match = EDGE.exec(key);
  if (match === null) return undefined;
  const [, source = "", output = "", target = "", input = ""] = match;
  return { source, output, target, input };
}

export function edgeKey({ source, output, target, input }: EdgeEnds): string {
  return `${source}:${output}>${target}:${input}`;
}

function isNodeKind(text: unknown): text is NodeKind {
  return (NODE_KINDS as readonly unknown[]).includes(text);
}

/** Read a body leniently: what cannot be drawn is left out, the server's problems tell why. */
export function parseBody(document: unknown): GraphBody {
  const nodes: Record<string, GraphNode> = {};
  for (const [id, node] of Object.entries(objectAt(document, "nodes"))) {
    if (isObject(node) && isNodeKind(node["kind"])) nodes[id] = node as GraphNode;
  }
  const edges: Record<string, JsonObject> = {};
  for (const [key, edge] of Object.entries(objectAt(document, "edges"))) {
    const ends = parseEdge(key);
    if (ends !== undefined && ends.source in nodes && ends.target in nodes)
      edges[key] = isObject(edge) ? edge : {};
  }
  return { nodes, edges };
}

export function parseGraph(document: unknown): GraphDocument {
  const layout = objectAt(document, "layout") as Layout;
  return {
    format: "lamina/graph@1",
    title: textAt(document, "title") ?? "Untitled",
    doc: textAt(document, "doc") ?? "",
    parameters: objectAt(document, "parameters"),
    ...parseBody(document),
    layout,
  };
}

/** The body seen when the graph nodes of `scope` are entered one after the other. */
export function bodyAt(graph: GraphBody, scope: readonly string[]): GraphBody {
  let body = graph;
  for (const id of scope) body = parseBody(body.nodes[id]?.["body"]);
  return body;
}

export function positionsOf(document: unknown): Readonly<Record<string, Position>> {
  const positions: Record<string, Position> = {};
  for (const [id, at] of Object.entries(objectAt(objectAt(document, "layout"), "positions"))) {
    if (Array.isArray(at) && typeof at[0] === "number" && typeof at[1] === "number")
      positions[id] = [at[0], at[1]];
  }
  return positions;
}

export function nodeTitle(id: string, node: GraphNode): string {
  const title = textAt(node, "title");
  if (title !== undefined && title !== "") return title;
  switch (node.kind) {
    case "module":
      return humanise(textAt(node, "module")?.split("/").at(-1) ?? id);
    case "layer":
      return humanise(textAt(node, "layer")?.split("/").at(-1)?.split("@")[0] ?? id);
    case "input":
    case "output":
    case "signal":
      return textAt(node, "name") ?? id;
    case "constant":
      return "Constant";
    case "wait":
      return "Wait";
    case "approval":
      return "Approval";
    case "graph":
      return textAt(node, "module") ?? "Sub-graph";
  }
}

/** The title of the node at a path such as `gate/r`. */
export function titleAt(graph: GraphBody, path: string): string {
  const ids = path.split("/");
  const id = ids.at(-1) ?? path;
  const node = bodyAt(graph, ids.slice(0, -1)).nodes[id];
  return node === undefined ? id : nodeTitle(id, node);
}

/** What a node points at, for the small line below its title. */
export function nodeReference(node: GraphNode): string {
  switch (node.kind) {
    case "module":
    case "graph": {
      const name = textAt(node, "module");
      return name === undefined ? "sub-graph" : `${name} ${textAt(node, "pin") ?? ""}`.trim();
    }
    case "layer":
      return textAt(node, "layer") ?? "";
    default:
      return node.kind;
  }
}

export function humanise(slug: string): string {
  const words = slug.replaceAll(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Nodes in an order in which every edge points forward where that is possible; ties by id. */
export function topologicalOrder(body: GraphBody): readonly string[] {
  const waiting = new Map(Object.keys(body.nodes).map((id) => [id, 0]));
  const targets = new Map<string, string[]>();
  for (const key of Object.keys(body.edges)) {
    const ends = parseEdge(key);
    if (ends === undefined) continue;
    waiting.set(ends.target, (waiting.get(ends.target) ?? 0) + 1);
    targets.set(ends.source, [...(targets.get(ends.source) ?? []), ends.target]);
  }
  const order: string[] = [];
  const ready = [...waiting]
    .filter(([, count]) => count === 0)
    .map(([id]) => id)
    .sort();
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    order.push(id);
    waiting.delete(id);
    for (const target of targets.get(id) ?? []) {
      const left = (waiting.get(target) ?? 1) - 1;
      waiting.set(target, left);
      if (left === 0) ready.push(target);
    }
  }
  return [...order, ...[...waiting.keys()].sort()];
}

/** Graph inputs that a run needs, with their ports. */
export function graphInputs(graph: GraphBody): readonly (readonly [string, JsonObject])[] {
  return Object.values(graph.nodes)
    .filter((node) => node.kind === "input")
    .map((node) => [textAt(node, "name") ?? "", objectAt(node, "port")] as const)
    .filter(([name]) => name !== "");
}

export function referencedModules(graph: GraphBody): readonly string[] {
  const found = new Set<string>();
  const visit = (body: GraphBody) => {
    for (const node of Object.values(body.nodes)) {
      const name = textAt(node, "module");
      if (name !== undefined) found.add(name);
      if (node.kind === "graph" && node["body"] !== undefined) visit(parseBody(node["body"]));
    }
  };
  visit(graph);
  return [...found];
}

export function problemsAt<P extends { readonly path: string }>(
  problems: readonly P[],
  id: string,
): readonly P[] {
  return problems.filter(({ path }) => nodeOfPointer(path) === id);
}

/** The top-level node that a problem's pointer leads to: `/nodes/count/config/x` or `/edges/a:b>c:d`. */
export function nodeOfPointer(pointer: string): string | undefined {
  const parts = pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (parts[1] === "nodes") return parts[2];
  if (parts[1] === "edges" && parts[2] !== undefined) return parseEdge(parts[2])?.target;
  return undefined;
}

export function edgesOf(document: unknown): readonly string[] {
  return Object.keys(objectAt(document, "edges"));
}

export function whoText(node: GraphNode): string {
  const who = objectAt(node, "who");
  return [...listAt(who, "teams"), ...listAt(who, "roles")].map(String).join(", ");
}
