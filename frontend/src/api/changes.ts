/** News that something changed: it names the thing, and the reader asks again. */

import { useEffect } from "react";
import { client } from "./client";
import { ChangesDocument } from "./generated/graphql";

export type ChangeKind = "run" | "graph" | "version" | "review" | "team" | "environment";

interface Change {
  readonly kind: string;
  readonly id: string;
}

const listeners = new Set<(change: Change) => void>();

/** Start listening for as long as somebody is signed in. Returns how to stop. */
export function followChanges(): () => void {
  const { unsubscribe } = client.subscription(ChangesDocument, {}).subscribe((result) => {
    const change = result.data?.changes;
    if (change) for (const listener of listeners) listener(change);
  });
  return unsubscribe;
}

const SETTLE_MS = 150;

/** Call `read` soon after something of these kinds changed; several changes make one call. */
export function useChanges(kinds: readonly ChangeKind[], read: () => void): void {
  const key = kinds.join();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = ({ kind }: Change) => {
      if (!key.split(",").includes(kind) || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        read();
      }, SETTLE_MS);
    };
    listeners.add(listener);
    return () => {
      clearTimeout(timer);
      listeners.delete(listener);
    };
  }, [key, read]);
}
