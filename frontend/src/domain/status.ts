/** States of runs, nodes, versions, reviews and checks, in the words of the glossary. */

export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "paused",
  "attention",
  "cancelling",
  "quarantined",
  "succeeded",
  "failed",
  "timed_out",
  "cancelled",
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const NODE_STATES = [
  "queued",
  "running",
  "retrying",
  "waiting",
  "uncertain",
  "succeeded",
  "reused",
  "failed",
  "skipped",
  "cancelled",
] as const;
export type NodeState = (typeof NODE_STATES)[number];

export type VersionState = "draft" | "in_review" | "approved" | "released" | "deprecated" | "yanked";
export type ReviewState = "open" | "approved" | "changes_requested" | "withdrawn";

export type Status = RunStatus | NodeState | VersionState | ReviewState | "passed" | "warned";

const TERMINAL: ReadonlySet<string> = new Set<RunStatus>(["succeeded", "failed", "timed_out", "cancelled"]);

export function isTerminal(status: RunStatus): boolean {
  return TERMINAL.has(status);
}

export const ACTIVE_STATUSES: readonly RunStatus[] = RUN_STATUSES.filter((status) => !isTerminal(status));

const NODE_STATE_SET: ReadonlySet<string> = new Set(NODE_STATES);

export function isNodeState(text: string): text is NodeState {
  return NODE_STATE_SET.has(text);
}

/** The API writes enums in upper case; the rest of the product in lower case. */
export function lower<const T extends string>(value: T): Lowercase<T> {
  return value.toLowerCase() as Lowercase<T>;
}

/** Counts by state in the order in which people read them: what is wrong first, then what moves. */
const COUNT_ORDER: readonly NodeState[] = [
  "failed",
  "uncertain",
  "retrying",
  "running",
  "waiting",
  "succeeded",
  "reused",
  "skipped",
  "cancelled",
  "queued",
];

/** Whether a state deserves attention before another. */
export function isWorse(a: NodeState, b: NodeState): boolean {
  return COUNT_ORDER.indexOf(a) < COUNT_ORDER.indexOf(b);
}

export function orderedCounts(counts: unknown): [NodeState, number][] {
  if (typeof counts !== "object" || counts === null) return [];
  const table = counts as Readonly<Record<string, unknown>>;
  return COUNT_ORDER.flatMap((state): [NodeState, number][] => {
    const count = table[state];
    return typeof count === "number" && count > 0 ? [[state, count]] : [];
  });
}
