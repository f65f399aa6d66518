/** What surrounds the call of a node, in the order in which it takes effect. */

import type { GraphNode } from "./graph";

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
