/** Where the expressions of a node use the parameters of the graph around it. */

import type { GraphNode } from "./graph";
import { isObject, textAt } from "./json";

const USE = /(?<![\w.])parameters\.([A-Za-z_]\w*)/g;
const WHOLE = /(?<![\w.])parameters\b(?!\.[A-Za-z_])/;

/** Expressions inside a body mean the settings of that body. */
function outside(node: GraphNode | undefined): unknown {
  if (node === undefined) return undefined;
  const { body: _body, ...rest } = node;
  return rest;
}

function* texts(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const item of value) yield* texts(item);
  else if (isObject(value)) for (const item of Object.values(value)) yield* texts(item);
}

/** The names that are used, or `all` where an expression takes them as one. */
export function parametersUsedBy(nodes: readonly (GraphNode | undefined)[]): ReadonlySet<string> | "all" {
  const found = new Set<string>();
  for (const text of texts(nodes.map(outside))) {
    if (WHOLE.test(text)) return "all";
    for (const [, name = ""] of text.matchAll(USE)) found.add(name);
  }
  return found;
}

/** How a setting is written in place of its parameter: as it is, or inside an expression. */
function inExpression(value: unknown): string | undefined {
  const expression = textAt(value, "$cel");
  if (expression !== undefined) return /^[\w.]+$/.test(expression) ? expression : `(${expression})`;
  return ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : undefined;
}

/** The node with values in place of parameters; undefined where one cannot be written into an expression. */
export function withParameters(
  node: GraphNode,
  settings: Readonly<Record<string, unknown>>,
): GraphNode | undefined {
  let isPossible = true;
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (typeof value === "string") {
      return value.replaceAll(USE, (use, name: string) => {
        const text = inExpression(settings[name]);
        if (text === undefined) isPossible = false;
        return text ?? use;
      });
    }
    if (!isObject(value)) return value;
    const alone = /^parameters\.([A-Za-z_]\w*)$/.exec(textAt(value, "$cel") ?? "");
    if (alone !== null) return settings[alone[1] ?? ""] ?? null;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item)]));
  };
  const { body, ...rest } = node;
  const next = rewrite(rest) as GraphNode;
  if (!isPossible) return undefined;
  return body === undefined ? next : { ...next, body };
}
