/**
 * The edited document: one Yjs document per graph, and the two ways between it and `lamina/graph@1`.
 *
 * Owns:     the shape `nodes`, `pos`, `edges`, `notes`, `groups`, `pins`, `meta`, flat with `parent`.
 * Promises: freezing what was thawed gives the same graph; pinned values stay in the draft.
 * Never:    holds selection, sizes or run states.
 */

import * as Y from "yjs";
import {
  bodyAt,
  type GraphBody,
  type GraphDocument,
  type GraphNode,
  type Position,
  parseEdge,
  parseGraph,
  positionsOf,
} from "./graph";
import { isObject, type JsonObject, listAt } from "./json";
import { MODIFIERS } from "./modifiers";

const MODIFIER_NAMES: ReadonlySet<string> = new Set(MODIFIERS);
const APART: ReadonlySet<string> = new Set(["title", "config", "body"]);

export type DraftNode = Y.Map<unknown>;

export function nodesOf(doc: Y.Doc): Y.Map<DraftNode> {
  return doc.getMap("nodes");
}

export function edgesIn(doc: Y.Doc): Y.Map<JsonObject> {
  return doc.getMap("edges");
}

export function placesOf(doc: Y.Doc): Y.Map<Position> {
  return doc.getMap("pos");
}

export function metaOf(doc: Y.Doc): Y.Map<unknown> {
  return doc.getMap("meta");
}

export function notesOf(doc: Y.Doc): Y.Map<JsonObject> {
  return doc.getMap("notes");
}

export function groupsOf(doc: Y.Doc): Y.Map<JsonObject> {
  return doc.getMap("groups");
}

/** Outputs that stand in for a call while the graph is tried, by node and port. */
export function pinsOf(doc: Y.Doc): Y.Map<JsonObject> {
  return doc.getMap("pins");
}

/** Make one node of the draft out of a node of a graph document. */
export function draftNode(node: GraphNode, parent?: string): DraftNode {
  const map: DraftNode = new Y.Map();
  const ref: Record<string, unknown> = {};
  const modifiers: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (MODIFIER_NAMES.has(key)) modifiers[key] = value;
    else if (!APART.has(key)) ref[key] = value;
  }
  map.set("ref", ref);
  map.set("title", typeof node["title"] === "string" ? node["title"] : "");
  map.set("config", new Y.Map(Object.entries(isObject(node["config"]) ? node["config"] : {})));
  map.set("modifiers", new Y.Map(Object.entries(modifiers)));
  if (isObject(node["body"])) map.set("parameters", (node["body"] as JsonObject)["parameters"] ?? null);
  if (parent !== undefined) map.set("parent", parent);
  return map;
}

/** Fill an empty document from a graph document. */
export function thaw(doc: Y.Doc, document: unknown): void {
  const graph = parseGraph(document);
  doc.transact(() => {
    const meta = metaOf(doc);
    meta.set("title", graph.title);
    meta.set("doc", graph.doc ?? "");
    meta.set("parameters", graph.parameters ?? {});
    pour(doc, graph);
    for (const [id, at] of Object.entries(positionsOf(document))) placesOf(doc).set(id, at);
    for (const [id, note] of Object.entries(graph.layout?.notes ?? {})) notesOf(doc).set(id, note);
    for (const [id, group] of Object.entries(graph.layout?.groups ?? {})) groupsOf(doc).set(id, group);
  });
}

function pour(doc: Y.Doc, body: GraphBody, parent?: string): void {
  for (const [id, node] of Object.entries(body.nodes)) {
    nodesOf(doc).set(id, draftNode(node, parent));
    if (isObject(node["body"])) pour(doc, bodyAt(body, [id]), id);
  }
  for (const [key, edge] of Object.entries(body.edges)) edgesIn(doc).set(key, edge);
}

/** One node as the graph document writes it, without its inside. */
export function plainNode(map: DraftNode): GraphNode | undefined {
  const ref = map.get("ref");
  if (!isObject(ref)) return undefined;
  const config = map.get("config");
  const modifiers = map.get("modifiers");
  const title = map.get("title");
  const settings = config instanceof Y.Map ? (config.toJSON() as JsonObject) : {};
  return {
    ...ref,
    ...(typeof title === "string" && title !== "" ? { title } : {}),
    ...(Object.keys(settings).length > 0 ? { config: settings } : {}),
    ...(modifiers instanceof Y.Map ? (modifiers.toJSON() as JsonObject) : {}),
  } as GraphNode;
}

function parentOf(map: DraftNode | undefined): string | undefined {
  const parent = map?.get("parent");
  return typeof parent === "string" ? parent : undefined;
}

/** The body of one scope: the nodes whose parent it is, and the wires between them. Dangling wires are left out. */
export function scopeBody(doc: Y.Doc, parent: string | undefined): GraphBody {
  const nodes: Record<string, GraphNode> = {};
  const all = nodesOf(doc);
  for (const [id, map] of all.entries()) {
    if (parentOf(map) !== parent) continue;
    const node = plainNode(map);
    if (node === undefined) continue;
    const isHolder = node.kind === "graph" && node["module"] === undefined;
    nodes[id] = isHolder ? { ...node, body: innerBody(doc, id, map) } : node;
  }
  const edges: Record<string, JsonObject> = {};
  for (const [key, edge] of edgesIn(doc).entries()) {
    const ends = parseEdge(key);
    if (ends !== undefined && ends.source in nodes && ends.target in nodes) edges[key] = edge;
  }
  return { nodes, edges };
}

function innerBody(doc: Y.Doc, id: string, map: DraftNode): JsonObject {
  const parameters = map.get("parameters");
  return { ...scopeBody(doc, id), ...(isObject(parameters) ? { parameters } : {}) };
}

/** The whole draft as a graph document. */
export function freeze(doc: Y.Doc): GraphDocument {
  const meta = metaOf(doc);
  const text = (key: string) => {
    const value = meta.get(key);
    return typeof value === "string" ? value : "";
  };
  const parameters = meta.get("parameters");
  const kept = nodesOf(doc);
  const positions: Record<string, Position> = {};
  for (const [id, at] of placesOf(doc).entries()) if (kept.has(id)) positions[id] = at;
  const notes = notesOf(doc).toJSON() as Readonly<Record<string, JsonObject>>;
  const groups = peopled(groupsOf(doc).toJSON(), kept);
  const layout = {
    ...(Object.keys(positions).length > 0 ? { positions } : {}),
    ...(Object.keys(notes).length > 0 ? { notes } : {}),
    ...(Object.keys(groups).length > 0 ? { groups } : {}),
  };
  return {
    format: "lamina/graph@1",
    title: text("title") || "Untitled",
    ...(text("doc") === "" ? {} : { doc: text("doc") }),
    ...(isObject(parameters) && Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...scopeBody(doc, undefined),
    ...(Object.keys(layout).length > 0 ? { layout } : {}),
  };
}

/** The groups that still hold something, without members that are gone. */
function peopled(
  groups: Readonly<Record<string, JsonObject>>,
  nodes: { readonly has: (id: string) => boolean },
): Readonly<Record<string, JsonObject>> {
  const kept = Object.fromEntries(
    Object.entries(groups).flatMap(([id, group]) => {
      const members = listAt(group, "members").filter(
        (each) => nodes.has(String(each)) || String(each) in groups,
      );
      return members.length === 0 ? [] : [[id, { ...group, members }]];
    }),
  );
  return Object.keys(kept).length === Object.keys(groups).length ? kept : peopled(kept, nodes);
}
