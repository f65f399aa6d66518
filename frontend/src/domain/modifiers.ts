/** What surrounds the call of a node, in the order in which it takes effect. */

import type { GraphNode } from "./graph";
import { brief, isObject, type JsonObject, numberAt, objectAt, textAt } from "./json";
import { countText, durationText } from "./words";

export const MODIFIERS = [
  "when",
  "map",
  "repeat",
  "cache",
  "retry",
  "timeout_seconds",
  "placement",
  "on_error",
] as const;
export type Modifier = (typeof MODIFIERS)[number];

/** What people call them. */
export const MODIFIER_NAMES: Readonly<Record<Modifier, string>> = {
  when: "Only when",
  map: "For each item",
  repeat: "Repeat until",
  cache: "Reuse results",
  retry: "Retry",
  timeout_seconds: "Time limit",
  placement: "Placement",
  on_error: "On error",
};

export function modifiersOf(node: GraphNode): readonly Modifier[] {
  return MODIFIERS.filter((name) => node[name] !== undefined);
}

/** A first map: once for each item of an input. */
export function mapOver(input: string): JsonObject {
  return { over: input, concurrency: 16 };
}

/** Whether a node can be made to run once for each item. */
export function isMappable(node: GraphNode): boolean {
  const isCalled = node.kind === "module" || node.kind === "layer" || node.kind === "graph";
  return isCalled && node["map"] === undefined && node["repeat"] === undefined;
}

/** The document with the node at a path running once for each item of an input. */
export function withMap(document: JsonObject, path: string, input: string): JsonObject {
  const [id = "", ...inside] = path.split("/");
  const nodes = objectAt(document, "nodes");
  const node = nodes[id];
  if (!isObject(node)) return document;
  const next =
    inside.length === 0
      ? { ...node, map: mapOver(input) }
      : { ...node, body: withMap(objectAt(node, "body"), inside.join("/"), input) };
  return { ...document, nodes: { ...nodes, [id]: next } };
}

/** A modifier as it stands on a node, in a few words. */
export function modifierText(name: Modifier, value: unknown): string {
  const text = typeof value === "string" ? value : "";
  switch (name) {
    case "when":
      return `only when ${text}`;
    case "map":
      return `for each item of ${textAt(value, "over") || "…"}`;
    case "repeat":
      return `until ${textAt(value, "until") ?? "…"}, ${numberAt(value, "max") ?? "…"} times at most`;
    case "cache":
      return value === true ? "results are reused" : "results are never reused";
    case "retry":
      return countText(numberAt(value, "attempts") ?? 1, "attempt");
    case "timeout_seconds":
      return typeof value === "number" ? `${durationText(value * 1000)} at most` : "a time limit";
    case "placement":
      return [textAt(value, "strategy"), textAt(value, "queue")].filter(Boolean).join(", ") || "placement";
    case "on_error":
      if (text === "port") return "errors go to the port error";
      return text === "fail"
        ? "an error fails the graph"
        : `on an error ${brief(objectAt(value, "default"), 40)}`;
  }
}
