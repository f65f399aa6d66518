/** Scenes that keep the identity of what did not change, so that only the rest is drawn again. */

import type { Port } from "./ports";
import type { Scene, SceneNode } from "./scene";

function samePorts(a: readonly Port[], b: readonly Port[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((port, place) => {
      const other = b[place];
      return (
        other !== undefined &&
        port.name === other.name &&
        port.kind === other.kind &&
        port.type === other.type &&
        port.required === other.required
      );
    })
  );
}

function sameNode(a: SceneNode, b: SceneNode): boolean {
  return (
    a.kind === b.kind &&
    a.title === b.title &&
    a.reference === b.reference &&
    a.problem === b.problem &&
    a.isPinned === b.isPinned &&
    a.at[0] === b.at[0] &&
    a.at[1] === b.at[1] &&
    a.modifiers.join() === b.modifiers.join() &&
    samePorts(a.inputs, b.inputs) &&
    samePorts(a.outputs, b.outputs)
  );
}

export function keepIdentity(before: Scene | undefined, next: Scene): Scene {
  if (before === undefined) return next;
  const known = new Map(before.nodes.map((node) => [node.id, node]));
  const nodes = next.nodes.map((node) => {
    const old = known.get(node.id);
    return old !== undefined && sameNode(old, node) ? old : node;
  });
  return { ...next, nodes };
}
