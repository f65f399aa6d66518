import { useEffect, useState } from "react";
import { useClient } from "urql";
import { RunFeedPollDocument } from "@/api/generated/graphql";
import { failureText } from "@/api/outcome";
import type { RunEvent } from "@/domain/journal";

export type Journal =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly message: string }
  /** Too long to be read as a whole. */
  | { readonly kind: "long" }
  | { readonly kind: "ready"; readonly events: readonly RunEvent[] };

/** Longer journals are sent as their outcome alone. */
const MOST_EVENTS = 5000;
/** The first event tells of the run itself; from there on events come, however many there are. */
const AFTER_FIRST = 1;

/** The events of a run as far as they have come, read once. */
export function useJournal(run: string): Journal {
  const client = useClient();
  const [journal, setJournal] = useState<Journal>({ kind: "loading" });
  useEffect(() => {
    let isWanted = true;
    const read = async (): Promise<Journal> => {
      const events: RunEvent[] = [];
      for (let after = AFTER_FIRST; ; ) {
        const { data, error } = await client
          .query(RunFeedPollDocument, { run, after }, { requestPolicy: "network-only" })
          .toPromise();
        const frame = data?.run?.feed;
        if (frame === undefined) return { kind: "failed", message: failureText(error) };
        if (frame.kind === "SNAPSHOT" || frame.head > MOST_EVENTS) return { kind: "long" };
        events.push(...(frame.events as readonly RunEvent[]));
        if (frame.kind === "IDLE" || frame.to >= frame.head || !isWanted) return { kind: "ready", events };
        after = frame.to;
      }
    };
    setJournal({ kind: "loading" });
    void read().then((found) => isWanted && setJournal(found));
    return () => {
      isWanted = false;
    };
  }, [client, run]);
  return journal;
}
