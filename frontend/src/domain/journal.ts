/**
 * A run's view as a fold of its journal.
 *
 * Owns:     how frames and events become what the browser shows of a run.
 * Promises: the same events give the same view as the server's projection.
 * Never:    reads a clock, asks a server, or guesses at an event it does not know.
 */

import { isObject, type JsonObject, listAt, numberAt, textAt } from "./json";
import type { NodeState, RunStatus } from "./status";

export interface RunError {
  readonly name: string;
  readonly message: string;
  readonly data?: JsonObject;
  readonly retryable?: boolean;
}

export interface NodeView {
  readonly state: NodeState;
  readonly total?: number;
  readonly done?: number;
  readonly failed?: number;
  readonly started_at?: string;
  /** Microseconds of work before its first event, where that event tells of an end. */
  readonly lead_us?: number;
  readonly finished_at?: string;
  readonly attempt?: number;
  readonly error?: RunError;
}

export interface Wait {
  readonly node: string;
  readonly index?: readonly number[];
  readonly kind: string;
  readonly due_at: string;
}

export interface RunView {
  readonly run: string;
  readonly seq: number;
  readonly status: RunStatus;
  readonly plan: string;
  readonly created_at: string;
  readonly nodes: Readonly<Record<string, NodeView>>;
  readonly waits?: readonly Wait[];
  readonly finished_at?: string;
  readonly outputs?: JsonObject;
  readonly error?: RunError;
}

export interface RunEvent {
  readonly seq: number;
  readonly type: string;
  readonly v: number;
  readonly at: string;
  readonly data: JsonObject;
}

export type Frame = {
  readonly from: number;
  readonly to: number;
  readonly head: number;
  readonly at: string;
} & (
  | { readonly kind: "SNAPSHOT"; readonly snapshot: RunView }
  | { readonly kind: "EVENTS"; readonly events: readonly RunEvent[] }
  | { readonly kind: "IDLE" }
);

/** Where a reader of one run stands. */
export interface RunState {
  readonly view: RunView | undefined;
  readonly cursor: number;
  readonly head: number;
  /** When the server last read the journal. */
  readonly at: string | undefined;
}

export const START: RunState = { view: undefined, cursor: 0, head: 0, at: undefined };

export type Applied =
  | { readonly kind: "applied"; readonly state: RunState }
  /** Events are missing between the cursor and this frame: subscribe again from the cursor. */
  | { readonly kind: "gap" }
  | { readonly kind: "unknown_event"; readonly type: string; readonly v: number };

export class UnknownEventError extends Error {
  constructor(
    readonly type: string,
    readonly v: number,
  ) {
    super(`Event ${type} v${v} is not known to this page. Reload it to get the current one.`);
  }
}

export function applyFrame(state: RunState, frame: Frame): Applied {
  const heard = { head: Math.max(frame.head, frame.to), at: frame.at };
  if (frame.kind === "IDLE") return { kind: "applied", state: { ...state, ...heard } };
  if (frame.kind === "SNAPSHOT") {
    return { kind: "applied", state: { ...heard, view: frame.snapshot, cursor: frame.to } };
  }
  if (frame.from > state.cursor + 1) return { kind: "gap" };
  const fresh = frame.events.filter((event) => event.seq > state.cursor);
  try {
    const view = fold(state.view, fresh);
    return { kind: "applied", state: { ...heard, view, cursor: Math.max(state.cursor, frame.to) } };
  } catch (error) {
    if (!(error instanceof UnknownEventError)) throw error;
    return { kind: "unknown_event", type: error.type, v: error.v };
  }
}

type Draft = { -readonly [Key in keyof RunView]: RunView[Key] };
type Nodes = Record<string, NodeView>;

/** Fold events into a view. Raises `UnknownEventError`; the view handed in is left as it is. */
export function fold(view: RunView | undefined, events: readonly RunEvent[]): RunView | undefined {
  if (events.length === 0) return view;
  const nodes: Nodes = { ...view?.nodes };
  const draft: Draft = { ...(view ?? BEFORE), nodes };
  for (const event of events) {
    if (event.v !== 1) throw new UnknownEventError(event.type, event.v);
    const step = STEPS[event.type];
    if (step === undefined) throw new UnknownEventError(event.type, event.v);
    step(draft, nodes, event);
    draft.seq = event.seq;
  }
  return draft;
}

const BEFORE: RunView = { run: "", seq: 0, status: "queued", plan: "", created_at: "", nodes: {} };

const HALTED: ReadonlySet<RunStatus> = new Set(["paused", "cancelling", "quarantined"]);
const LEFT_OPEN: ReadonlySet<NodeState> = new Set(["running", "retrying", "waiting"]);

type Step = (run: Draft, nodes: Nodes, event: RunEvent) => void;

const STEPS: Readonly<Record<string, Step>> = {
  run_created: (run, _nodes, { data }) => {
    run.run = textAt(data, "run") ?? "";
    run.plan = textAt(data, "plan") ?? "";
    run.created_at = textAt(data, "admitted_at") ?? "";
  },
  run_claimed: (run) => {
    if (!HALTED.has(run.status)) run.status = "running";
  },
  run_waiting: (run) => setStatus(run, "waiting"),
  run_paused: (run) => setStatus(run, "paused"),
  run_resumed: (run) => setStatus(run, "running"),
  run_cancel_requested: (run) => setStatus(run, "cancelling"),
  run_attention_raised: (run) => setStatus(run, "attention"),
  run_quarantined: (run) => setStatus(run, "quarantined"),
  run_finished: (run, nodes, { at, data }) => {
    run.status = (textAt(data, "status") ?? "failed") as RunStatus;
    run.finished_at = at;
    delete run.waits;
    const error = errorOf(data);
    if (error !== undefined) run.error = error;
    if (isObject(data["outputs"])) run.outputs = data["outputs"];
    for (const [path, node] of Object.entries(nodes)) {
      if (!LEFT_OPEN.has(node.state)) continue;
      const state = leftOver(node, run.status);
      finish(nodes, path, state, at);
      if (state === "succeeded" && node.total !== undefined)
        nodes[path] = { ...(nodes[path] as NodeView), done: node.total };
    }
  },
  map_opened: (_run, nodes, { at, data }) => {
    const path = pathOf(data);
    const total = (nodes[path]?.total ?? 0) + (numberAt(data, "count") ?? 0);
    nodes[path] = { ...begun(nodes[path], at), state: "running", total, done: nodes[path]?.done ?? 0 };
    if (total === 0) finish(nodes, path, "succeeded", at);
  },
  map_chunk_completed: (_run, nodes, { at, data }) => {
    const failed = numberAt(data, "failed_count") ?? 0;
    advance(nodes, pathOf(data), numberAt(data, "count") ?? 0, failed, at);
  },
  invocation_scheduled: (_run, nodes, { at, data }) => runs(nodes, data, at),
  invocation_started: (_run, nodes, { at, data }) => runs(nodes, data, at),
  invocation_completed: (_run, nodes, { at, data }) => {
    const path = pathOf(data);
    if (isPart(nodes[path], data)) return advance(nodes, path, 1, 0, at);
    lead(nodes, data);
    finish(nodes, path, isObject(data["reused"]) ? "reused" : "succeeded", at);
  },
  invocation_attempt_failed: (_run, nodes, { at, data }) => {
    const path = pathOf(data);
    const error = errorOf(data);
    lead(nodes, data);
    nodes[path] = {
      ...begun(nodes[path], at),
      state: "retrying",
      attempt: (numberAt(data, "attempt") ?? 1) + 1,
      ...(error === undefined ? {} : { error }),
    };
  },
  invocation_exhausted: (_run, nodes, { at, data }) => {
    const path = pathOf(data);
    const error = errorOf(data);
    if (isPart(nodes[path], data) && data["handled"] === "port") return advance(nodes, path, 1, 1, at);
    lead(nodes, data);
    finish(nodes, path, "failed", at);
    const attempt = numberAt(data, "attempt");
    nodes[path] = {
      ...(nodes[path] as NodeView),
      ...(attempt === undefined ? {} : { attempt }),
      ...(error === undefined ? {} : { error }),
    };
  },
  invocation_skipped: (run, nodes, { at, data }) => endAll(run, nodes, data, "skipped", at),
  invocation_cancelled: (run, nodes, { at, data }) => endAll(run, nodes, data, "cancelled", at),
  invocation_uncertain: (_run, nodes, { at, data }) => {
    nodes[pathOf(data)] = { ...begun(nodes[pathOf(data)], at), state: "uncertain" };
  },
  invocation_resolved: (_run, nodes, { at, data }) => {
    if (data["decision"] === "not_applied") runs(nodes, data, at);
    else finish(nodes, pathOf(data), data["decision"] === "done" ? "succeeded" : "failed", at);
  },
  wait_opened: (run, nodes, { at, data }) => {
    const node = pathOf(data);
    nodes[node] = { ...begun(nodes[node], at), state: "waiting" };
    const index = indexOf(data);
    run.waits = [
      ...(run.waits ?? []),
      {
        node,
        kind: textAt(data, "kind") ?? "",
        due_at: textAt(data, "due_at") ?? "",
        ...(index.length > 0 ? { index } : {}),
      },
    ];
  },
  wait_closed: (run, nodes, { at, data }) => {
    closeWaits(run, pathOf(data), data);
    finish(nodes, pathOf(data), "succeeded", at);
  },
  breaker_opened: () => undefined,
  breaker_closed: () => undefined,
};

function setStatus(run: Draft, status: RunStatus): void {
  run.status = status;
}

function pathOf(data: JsonObject): string {
  return textAt(data, "node") ?? "";
}

function errorOf(data: JsonObject): RunError | undefined {
  const error = data["error"];
  return isObject(error) ? (error as unknown as RunError) : undefined;
}

function begun(node: NodeView | undefined, at: string): Partial<NodeView> {
  return { ...node, started_at: node?.started_at ?? at };
}

/** A quick call leaves its end alone: what it cost lies before the instant of that first event. */
function lead(nodes: Nodes, data: JsonObject): void {
  const path = pathOf(data);
  const cost = listAt(data, "cost_us") as readonly number[];
  if (cost.length === 0 || nodes[path]?.started_at !== undefined) return;
  nodes[path] = { ...(nodes[path] as NodeView), lead_us: cost.reduce((sum, each) => sum + each, 0) };
}

function runs(nodes: Nodes, data: JsonObject, at: string): void {
  const path = pathOf(data);
  const attempt = numberAt(data, "attempt");
  nodes[path] = {
    ...begun(nodes[path], at),
    state: "running",
    ...(attempt === undefined ? {} : { attempt }),
  };
}

/** Whether an event speaks of one item of a map that has been opened. */
function isPart(node: NodeView | undefined, data: JsonObject): boolean {
  return node?.total !== undefined && indexOf(data).length > 0;
}

function advance(nodes: Nodes, path: string, count: number, failed: number, at: string): void {
  const before = nodes[path];
  const done = (before?.done ?? 0) + count;
  const failures = (before?.failed ?? 0) + failed;
  nodes[path] = {
    ...begun(before, at),
    state: "running",
    done,
    ...(failures > 0 ? { failed: failures } : {}),
  };
  if (before?.total !== undefined && done >= before.total) finish(nodes, path, "succeeded", at);
}

function finish(nodes: Nodes, path: string, state: NodeState, at: string): void {
  const { error: _error, ...before } = nodes[path] ?? {};
  nodes[path] = { ...begun(before as NodeView, at), state, finished_at: at };
}

function endAll(run: Draft, nodes: Nodes, data: JsonObject, state: NodeState, at: string): void {
  const paths = Array.isArray(data["nodes"]) ? (data["nodes"] as string[]) : [];
  for (const path of paths) {
    nodes[path] = { ...nodes[path], state, finished_at: at };
    closeWaits(run, path, data);
  }
}

function closeWaits(run: Draft, node: string, data: JsonObject): void {
  const index = indexOf(data).join();
  const rest = (run.waits ?? []).filter((wait) => wait.node !== node || (wait.index ?? []).join() !== index);
  if (rest.length > 0) run.waits = rest;
  else delete run.waits;
}

function indexOf(data: JsonObject): readonly number[] {
  return Array.isArray(data["index"]) ? (data["index"] as number[]) : [];
}

/** What no event has ended ends with the run: the call of a sub-graph, and a map that gave up. */
function leftOver(node: NodeView, status: RunStatus): NodeState {
  if (node.failed !== undefined) return "failed";
  return status === "succeeded" ? "succeeded" : "cancelled";
}
