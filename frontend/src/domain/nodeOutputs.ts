/** What each node of a run gave, gathered from its events. */

import type { RunEvent } from "./journal";
import { isObject, listAt, numberAt, textAt } from "./json";
import { parseEnvelope } from "./values";

export interface NodeOutputs {
  /** Values by port, in the order of their items; what is kept apart stands by its digest. */
  readonly ports: Readonly<Record<string, readonly unknown[]>>;
  /** Whether all of it may be seen. */
  readonly isKnown: boolean;
}

interface Piece {
  readonly place: readonly number[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly isList: boolean;
}

export function nodeOutputs(events: readonly RunEvent[]): ReadonlyMap<string, NodeOutputs> {
  const pieces = new Map<string, Piece[]>();
  for (const { type, data } of events) {
    const isChunk = type === "map_chunk_completed";
    if (!isChunk && type !== "invocation_completed" && type !== "wait_closed") continue;
    const outputs = data["outputs"];
    const node = textAt(data, "node");
    if (node === undefined || !isObject(outputs)) continue;
    const around = listAt(data, "index") as readonly number[];
    const place = isChunk ? [...around, numberAt(data, "first") ?? 0] : around;
    pieces.set(node, [...(pieces.get(node) ?? []), { place, outputs, isList: isChunk }]);
  }
  return new Map([...pieces].map(([node, found]) => [node, joined(found)]));
}

function joined(pieces: readonly Piece[]): NodeOutputs {
  const ports: Record<string, unknown[]> = {};
  let isKnown = true;
  for (const { outputs, isList } of [...pieces].sort((a, b) => inOrder(a.place, b.place))) {
    for (const [port, document] of Object.entries(outputs)) {
      const envelope = parseEnvelope(document);
      const kept = ports[port] ?? [];
      ports[port] = kept;
      if (envelope?.kind === "value" && isList && Array.isArray(envelope.value)) kept.push(...envelope.value);
      else if (envelope?.kind === "value") kept.push(envelope.value);
      else if (envelope?.kind === "artifact") kept.push({ artifact: envelope.artifact });
      else isKnown = false;
    }
  }
  return { ports, isKnown };
}

function inOrder(a: readonly number[], b: readonly number[]): number {
  for (const [place, one] of a.entries()) {
    const other = b[place] ?? -1;
    if (one !== other) return one - other;
  }
  return a.length - b.length;
}
