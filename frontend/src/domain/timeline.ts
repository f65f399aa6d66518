/** A run as bars over time, and what went wrong in it first. */

import type { NodeView, RunView } from "./journal";
import type { NodeState } from "./status";

export interface Bar {
  readonly node: string;
  readonly state: NodeState;
  /** Milliseconds since the run was created. */
  readonly from: number;
  readonly to: number;
  readonly isOpen: boolean;
  /** It left one event only, at its end: it took less than what the journal tells apart. */
  readonly isInstant: boolean;
}

const IN_MOTION: ReadonlySet<NodeState> = new Set(["running", "retrying", "waiting", "uncertain"]);

export function bars(view: RunView, now: number): readonly Bar[] {
  const zero = Date.parse(view.created_at);
  return Object.entries(view.nodes)
    .flatMap(([node, each]): Bar[] => {
      if (each.started_at === undefined) return [];
      const isOpen = each.finished_at === undefined && IN_MOTION.has(each.state);
      const from = Date.parse(each.started_at) - zero;
      const to = (each.finished_at === undefined ? now : Date.parse(each.finished_at)) - zero;
      return [
        { node, state: each.state, from, to: Math.max(from, to), isOpen, isInstant: !isOpen && to <= from },
      ];
    })
    .sort((a, b) => a.from - b.from || a.to - b.to || a.node.localeCompare(b.node));
}

/** How much time the bars are drawn over, in milliseconds. */
export function spanOf(view: RunView, now: number): number {
  const end = view.finished_at === undefined ? now : Date.parse(view.finished_at);
  return Math.max(1, end - Date.parse(view.created_at));
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
