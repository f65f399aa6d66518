/** The calls of one node: one for each item of a map around it, or for each round of a repeat. */

import type { NodeView } from "./journal";
import { errorText } from "./run";
import { isNodeState, type NodeState } from "./status";

export type Index = readonly number[];

export interface Item {
  readonly index: Index;
  readonly state: NodeState;
  readonly attempt: number;
  readonly error: string | undefined;
}

interface ItemRow {
  readonly index: readonly number[];
  readonly state: string;
  readonly attempt: number;
  readonly error?: unknown;
}

export function itemOf({ index, state, attempt, error }: ItemRow): Item {
  return { index, attempt, state: isNodeState(state) ? state : "queued", error: errorText(error) };
}

/** As people count, from one; deeper ones by the way down: `3`, `3.1`. */
export function itemName(index: Index): string {
  return index.map((place) => place + 1).join(".");
}

/** An index as it stands in an address, counted from nought. */
export function indexText(index: Index | undefined): string {
  return (index ?? []).join(".");
}

export function parseIndex(text: string | undefined): Index | undefined {
  if (text === undefined || !/^\d+(\.\d+)*$/.test(text)) return undefined;
  return text.split(".").map(Number);
}

/** What became of all items together; undefined for a node that is no map. */
export function itemsText({ total, done = 0, failed = 0, state }: NodeView): string | undefined {
  if (total === undefined) return undefined;
  if (total === 0) return "none: the list is empty";
  const ok = done - failed;
  const lost = state === "failed" && failed === 0 ? "stopped by a failure" : "";
  return [
    done < total ? `${done} of ${total} done` : `${total} done`,
    failed > 0 ? `${ok} succeeded, ${failed} failed` : "",
    lost,
  ]
    .filter((part) => part !== "")
    .join(", ");
}
