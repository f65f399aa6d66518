import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { LiveRun } from "@/api/useRunFeed";
import { Facts } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { itemsText } from "@/domain/items";
import type { NodeView } from "@/domain/journal";
import type { NodeState } from "@/domain/status";
import { tookOf } from "@/domain/timeline";
import { durationText } from "@/domain/words";
import type { Invocation } from "./RunInspector";
import { useRunNow } from "./useRunNow";

interface NodeFactsProps {
  readonly view: NodeView | undefined;
  readonly live: LiveRun;
  readonly version: string | undefined;
  readonly invocation?: Invocation | undefined;
  /** The state of the one item that is on show. */
  readonly item?: NodeState;
}

export function NodeFacts({ view, live, version, invocation, item }: NodeFactsProps) {
  const facts: [string, ReactNode][] = [
    ["State", <StatusMark key="state" status={item ?? view?.state ?? "queued"} />],
  ];
  if (item === undefined) facts.push(["Took", <Took key="took" view={view} live={live} />]);
  const items = view === undefined || item !== undefined ? undefined : itemsText(view);
  if (items !== undefined) facts.push(["Items", items]);
  if (version !== undefined) {
    facts.push([
      "Version",
      <span key="v" className="mono">
        {version}
      </span>,
    ]);
  }
  if (invocation?.why) facts.push(["Why", <Reason key="why" why={invocation.why} />]);
  return <Facts facts={facts} />;
}

function Took({ view, live }: Pick<NodeFactsProps, "view" | "live">) {
  const now = useRunNow(live);
  const took = view === undefined ? undefined : tookOf(view, now);
  if (took === undefined) return <span className="muted">–</span>;
  return <span className="mono">{durationText(took)}</span>;
}

function Reason({ why }: { readonly why: NonNullable<Invocation["why"]> }) {
  return (
    <span>
      {why.message}
      {why.run && (
        <>
          {" "}
          <Link to="/runs/$runId" params={{ runId: why.run.id }}>
            That run
          </Link>
        </>
      )}
    </span>
  );
}
