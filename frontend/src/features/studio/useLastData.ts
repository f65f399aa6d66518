import { RunNodeDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import type { LiveRun } from "@/api/useRunFeed";
import type { Index } from "@/domain/items";
import { useStudio } from "./studioContext";

/**
 * What a call of a node took and gave in the run on show: its only one, or the item at an index.
 * Undefined while there is nothing to tell, and for all items of a map together.
 */
export function useLastData(id: string, live: LiveRun, index?: Index) {
  const { run, prefix } = useStudio();
  const node = prefix + id;
  const view = live.view?.nodes[node];
  const isOver = view !== undefined && view.state !== "queued" && view.state !== "running";
  const isThere = run !== undefined && isOver && (view.total === undefined || index !== undefined);
  const place = index === undefined ? null : [...index];
  const reading = useReading(
    RunNodeDocument,
    { id: run ?? "", node, index: place, first: 1, after: null },
    { changes: ["run"], pause: !isThere },
  );
  if (!isThere || reading.kind !== "ready") return undefined;
  const found = reading.data.run?.invocations.edges[0]?.node;
  // While another item is read the last one is still there; one call among many is not the whole.
  return found?.node === node && found.index.join() === (index ?? []).join() ? found : undefined;
}
