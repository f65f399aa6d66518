/** A run as bars over time, and what went wrong in it first. */

import type { NodeView, RunView } from "./journal";
import type { NodeState } from "./status";

export interface Bar {
  readonly node: string;
  readonly state: NodeState;
  /** Milliseconds since the run was started. */
  readonly from: number;
  readonly to: number;
  readonly isOpen: boolean;
}

const IN_MOTION: ReadonlySet<NodeState> = new Set(["running", "retrying", "waiting", "uncertain"]);

function isInMotion(node: NodeView): boolean {
  return node.finished_at === undefined && IN_MOTION.has(node.state);
}

/** When a node began; what a quick call did before its only event counts. */
function beginningOf(node: NodeView): number | undefined {
  return node.started_at === undefined ? undefined : Date.parse(node.started_at) - (node.lead_us ?? 0) / 1000;
}

/** How long a node took, or has taken so far, in milliseconds; undefined for what never began. */
export function tookOf(node: NodeView, now: number): number | undefined {
  if (node.started_at === undefined) return undefined;
  const end = node.finished_at === undefined ? now : Date.parse(node.finished_at);
  return Math.max(0, end - Date.parse(node.started_at)) + (node.lead_us ?? 0) / 1000;
}

/** The stretch of time that a run is drawn over, in milliseconds since it was started. */
export interface Axis {
  /** The instant from which everything is counted. */
  readonly zero: number;
  /** What it waited in the queue before; 0 where that could not be seen. */
  readonly queued: number;
  readonly end: number;
}

const SEEN_SHARE = 0.02;

/** The latest instant that the nodes know of: the clock on show ticks once a second, and they do not wait for it. */
function lastSeenIn(view: RunView): number {
  const ends = Object.values(view.nodes).map((node) => Date.parse(node.finished_at ?? node.started_at ?? ""));
  return Math.max(...ends.filter(Number.isFinite));
}

export function axisOf(view: RunView, startedAt: string | undefined, now: number): Axis {
  const created = Date.parse(view.created_at);
  const begun = Object.values(view.nodes).flatMap((node) => beginningOf(node) ?? []);
  const zero = startedAt === undefined ? Math.min(...begun, now) : Date.parse(startedAt);
  const until =
    view.finished_at === undefined ? Math.max(now, lastSeenIn(view)) : Date.parse(view.finished_at);
  const end = Math.max(1, until - zero);
  const queued = Math.max(0, zero - created);
  return { zero, queued: queued < (queued + end) * SEEN_SHARE ? 0 : queued, end };
}

export function bars(view: RunView, { zero }: Pick<Axis, "zero">, now: number): readonly Bar[] {
  return Object.entries(view.nodes)
    .flatMap(([node, each]): Bar[] => {
      const beginning = beginningOf(each);
      const took = tookOf(each, now);
      if (beginning === undefined || took === undefined) return [];
      const from = Math.max(0, beginning - zero);
      return [{ node, state: each.state, from, to: from + took, isOpen: isInMotion(each) }];
    })
    .sort((a, b) => a.from - b.from || a.to - b.to || a.node.localeCompare(b.node));
}

const STEPS = [1, 2, 5] as const;

/** Round instants for an axis: about `count` of them. */
export function ticks(span: number, count = 6): readonly number[] {
  const rough = span / count;
  const scale = 10 ** Math.floor(Math.log10(Math.max(rough, 0.001)));
  const step = scale * (STEPS.find((each) => each * scale >= rough) ?? 10);
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, place) => place * step);
}

export interface RootFailure {
  readonly node: string;
  readonly view: NodeView;
  /** Nodes that never ran because of it. */
  readonly skipped: number;
  readonly cancelled: number;
}

/** The first failure, told apart from what it kept from running. */
export function rootFailure(view: RunView): RootFailure | undefined {
  const all = Object.entries(view.nodes);
  const [first] = all
    .filter(([, node]) => node.state === "failed")
    .sort(
      ([a, left], [b, right]) =>
        (left.finished_at ?? "").localeCompare(right.finished_at ?? "") ||
        depth(b) - depth(a) ||
        a.localeCompare(b),
    );
  if (first === undefined) return undefined;
  const count = (state: NodeState) => all.filter(([, node]) => node.state === state).length;
  return { node: first[0], view: first[1], skipped: count("skipped"), cancelled: count("cancelled") };
}

/** A failure inside a sub-graph comes before the failure of the node that holds it. */
function depth(path: string): number {
  return path.split("/").length;
}

export function countStates(view: RunView): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of Object.values(view.nodes)) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
