import type { LiveRun } from "@/api/useRunFeed";
import { useNow } from "@/design/useNow";

/** The clock of a run on show: it stands still with what is known of it. */
export function useRunNow({ freshness }: LiveRun): number {
  const now = useNow();
  return freshness.kind === "stale" ? freshness.since : now;
}
