import type { LiveRun } from "@/api/useRunFeed";
import { bodyAt, type NodeKind, parseGraph } from "@/domain/graph";
import { objectAt, textAt } from "@/domain/json";
import { isTerminal } from "@/domain/status";
import type { RunOnShow } from "./RunPage";
import { ValueList } from "./RunValues";

interface PassedProps {
  readonly run: RunOnShow;
  readonly node: string;
  readonly live: LiveRun;
}

/** Inputs and outputs of the graph are no calls: their values stand with the run. */
export function Passed({ run, node, live }: PassedProps) {
  const at = parseGraph(run.document).nodes[node];
  const values =
    at?.kind === "input" ? run.inputs : at?.kind === "output" ? (live.view?.outputs ?? run.outputs) : {};
  const name = textAt(at, "name") ?? "";
  const value = objectAt(values, name);
  if (!("media" in value)) return <p className="muted inspector-note">{absence({ run, node, live })}</p>;
  return (
    <ValueList
      title={at?.kind === "input" ? "What the run was given" : "What the run gave"}
      values={{ [name]: value }}
      run={run.id}
    />
  );
}

/** Why there is nothing to look at. */
export function absence({ run, node, live }: PassedProps): string {
  const kind = kindAt(run, node);
  if (kind === undefined) return "The graph of this run has no such node.";
  if (!isCalledAt(run, node)) return "It is no call: it has no data of its own.";
  const view = live.view?.nodes[node];
  const state = view?.state;
  if (view?.total !== undefined && view.finished_at === undefined) return "No item has ended yet.";
  if (state === "skipped") return "It was skipped, so it has neither inputs nor outputs.";
  if (state !== undefined && state !== "queued") return "It keeps no data of its own.";
  return isTerminal(live.view?.status ?? "queued")
    ? "The run ended before it was reached."
    : "It has not started yet.";
}

function kindAt(run: RunOnShow, node: string): NodeKind | undefined {
  const path = node.split("/");
  return bodyAt(parseGraph(run.document), path.slice(0, -1)).nodes[path.at(-1) ?? ""]?.kind;
}

/** Inputs, outputs and constants only hand values on. */
export function isCalledAt(run: RunOnShow, node: string): boolean {
  const kind = kindAt(run, node);
  return kind !== undefined && kind !== "input" && kind !== "output" && kind !== "constant";
}
