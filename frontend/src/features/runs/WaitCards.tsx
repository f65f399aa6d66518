import { useEffect } from "react";
import { RunWaitsDocument, type RunWaitsQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import type { RunView, Wait } from "@/domain/journal";
import type { RunOnShow } from "./RunPage";
import { WaitCard } from "./WaitCard";

export type OpenWait = NonNullable<RunWaitsQuery["run"]>["openWaits"][number];

const NONE: readonly Wait[] = [];

interface WaitCardsProps {
  readonly run: RunOnShow;
  readonly view: RunView;
}

export function WaitCards({ run, view }: WaitCardsProps) {
  const waits = view.waits ?? NONE;
  return waits.length === 0 ? null : <Waiting run={run} waits={waits} />;
}

function placeOf({ node, index }: Pick<Wait, "node" | "index">): string {
  return `${node}[${index?.join() ?? ""}]`;
}

/** The journal tells at once that something waits; who may answer, and who has, is read beside it. */
function Waiting({ run, waits }: { readonly run: RunOnShow; readonly waits: readonly Wait[] }) {
  const reading = useReading(RunWaitsDocument, { id: run.id }, { changes: ["run"] });
  const places = waits.map(placeOf).join(" ");
  const again = reading.kind === "ready" ? reading.again : undefined;
  const told = reading.kind === "ready" ? (reading.data.run?.openWaits ?? []) : [];
  const known = new Map(told.map((wait) => [placeOf(wait), wait]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when another wait has opened.
  useEffect(() => {
    if (waits.some((wait) => !known.has(placeOf(wait)))) again?.();
  }, [places]);
  return waits.map((wait) => (
    <WaitCard
      key={placeOf(wait)}
      run={run.id}
      wait={wait}
      open={known.get(placeOf(wait))}
      trouble={reading.kind === "failed" ? reading.message : undefined}
    />
  ));
}
