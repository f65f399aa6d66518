import { RunNodeDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import type { LiveRun } from "@/api/useRunFeed";
import { useStudio } from "./studioContext";

/** What a node took and gave in the run on show; undefined while there is nothing to tell. */
export function useLastData(id: string, live: LiveRun) {
  const { run, prefix } = useStudio();
  const node = prefix + id;
  const state = live.view?.nodes[node]?.state;
  const isThere = run !== undefined && state !== undefined && state !== "queued" && state !== "running";
  const reading = useReading(
    RunNodeDocument,
    { id: run ?? "", node, index: null, first: 1, after: null },
    { changes: ["run"], pause: !isThere },
  );
  if (!isThere || reading.kind !== "ready") return undefined;
  return reading.data.run?.invocations.edges[0]?.node;
}
