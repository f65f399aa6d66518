/** Two graphs as one picture: what was added, removed and changed, scope by scope. */

import { bodyAt, type GraphBody, type Position, parseGraph, positionsOf, titleAt } from "./graph";
import { MODIFIER_NAMES } from "./modifiers";
import type { Scene } from "./scene";

export type Change = "added" | "removed" | "changed";

export interface FieldChange {
  readonly field: string;
  readonly had: boolean;
  readonly has: boolean;
  readonly old?: unknown;
  readonly new?: unknown;
}

export interface PartChange {
  readonly path: string;
  readonly change: Change;
  readonly fields: readonly FieldChange[];
}

/** Nodes and wires of both graphs in one scope; where both have a node, the new one is shown. */
export function mergedBody(old: unknown, fresh: unknown, scope: readonly string[]): GraphBody {
  const before = bodyAt(parseGraph(old), scope);
  const after = bodyAt(parseGraph(fresh), scope);
  return { nodes: { ...before.nodes, ...after.nodes }, edges: { ...before.edges, ...after.edges } };
}

export function mergedPositions(old: unknown, fresh: unknown): Readonly<Record<string, Position>> {
  return { ...positionsOf(old), ...positionsOf(fresh) };
}

/** The change of each node or wire of a scope. A graph node has changed when something inside has. */
export function changesIn(
  parts: readonly Pick<PartChange, "path" | "change">[],
  prefix: string,
): ReadonlyMap<string, Change> {
  const found = new Map<string, Change>();
  for (const { path, change } of parts) {
    if (!path.startsWith(prefix)) continue;
    const [id = "", ...inside] = path.slice(prefix.length).split("/");
    if (inside.length === 0) found.set(id, change);
    else if (!found.has(id)) found.set(id, "changed");
  }
  return found;
}

export function withChanges(scene: Scene, changes: ReadonlyMap<string, Change>): Scene {
  const marked = <Part extends { readonly id: string }>(part: Part): Part => {
    const change = changes.get(part.id);
    return change === undefined ? part : { ...part, change };
  };
  return { ...scene, nodes: scene.nodes.map(marked), edges: scene.edges.map(marked) };
}

/** Where a part stands: the ids of the graph nodes around it. */
export function scopeOf(path: string): readonly string[] {
  return path.split("/").slice(0, -1);
}

/** A wire by the titles of its ends, such as `Count · counts → Rank · counts`. */
export function wireText(graphs: readonly GraphBody[], path: string): string {
  const around = scopeOf(path)
    .map((id) => `${id}/`)
    .join("");
  const ends = path
    .slice(around.length)
    .split(">")
    .map((end) => {
      const [id = "", port = ""] = end.split(":");
      return `${partTitle(graphs, around + id)} · ${port}`;
    });
  return ends.join(" → ");
}

/** The title of a node in the first graph that has it. */
export function partTitle(graphs: readonly GraphBody[], path: string): string {
  const id = path.split("/").at(-1) ?? path;
  const home = graphs.find((graph) => id in bodyAt(graph, scopeOf(path)).nodes);
  return home === undefined ? id : titleAt(home, path);
}

const FIELD_WORDS: Readonly<Record<string, string>> = {
  ...MODIFIER_NAMES,
  config: "setting",
  pin: "version",
  doc: "description",
  deadline_seconds: "longest wait",
  copy_of: "copied from",
  who: "who may answer",
};

/** `/config/min_length` as people say it: `setting min_length`. */
export function fieldText(pointer: string): string {
  const [name = "", ...rest] = pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return [FIELD_WORDS[name] ?? name.replaceAll("_", " "), ...rest].join(" ");
}
