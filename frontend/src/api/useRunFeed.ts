import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Freshness } from "@/domain/connection";
import type { RunView } from "@/domain/journal";
import { followRun, type RunFeed } from "./runFeed";

export interface LiveRun {
  readonly view: RunView | undefined;
  readonly freshness: Freshness;
  readonly trouble: string | undefined;
  readonly feed: RunFeed | undefined;
}

const CONNECTING: Freshness = { kind: "connecting" };
const nothing = () => () => undefined;

/** Follow a run for as long as it is on show. */
export function useRunFeed(run: string | undefined): LiveRun {
  const [feed, setFeed] = useState<RunFeed>();
  useEffect(() => {
    if (run === undefined) return;
    const next = followRun(run);
    setFeed(next);
    return () => {
      next.stop();
      setFeed(undefined);
    };
  }, [run]);
  const subscribe = feed?.subscribe ?? nothing;
  const view = useSyncExternalStore(subscribe, () => feed?.state().view);
  const freshness = useSyncExternalStore(subscribe, () => feed?.freshness() ?? CONNECTING);
  const trouble = useSyncExternalStore(subscribe, () => feed?.trouble());
  return useMemo(() => ({ view, freshness, trouble, feed }), [view, freshness, trouble, feed]);
}
