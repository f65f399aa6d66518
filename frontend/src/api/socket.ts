/** The one websocket of the page, and how long ago it was last heard. */

import { type Client, createClient } from "graphql-ws";
import { useSyncExternalStore } from "react";
import { type Freshness, freshness } from "@/domain/connection";

const PING_MS = 1000;
const FATAL_CODES: ReadonlySet<number> = new Set([4400, 4401, 4403, 4406, 4409]);

let heardAt: number | undefined;
/** When the page first tried to connect: before that, silence means nothing. */
let openedAt: number | undefined;
let signedOut = false;
let shown: Freshness = { kind: "connecting" };
const listeners = new Set<() => void>();
const returns = new Set<() => void>();

function hear(): void {
  heardAt = Date.now();
  refresh();
}

function refresh(): void {
  const now = Date.now();
  const next = freshness({ heardAt, openedAt: openedAt ?? now }, now);
  if (
    next.kind === shown.kind &&
    (next.kind !== "stale" || shown.kind !== "stale" || next.since === shown.since)
  )
    return;
  const isBack = next.kind === "live" && shown.kind === "stale";
  shown = next;
  for (const listener of listeners) listener();
  if (isBack) for (const listener of returns) listener();
}

setInterval(refresh, 500);

export function socketAddress(path: string): string {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export const socket: Client = createClient({
  url: () => socketAddress("/graphql"),
  lazy: true,
  lazyCloseTimeout: 2000,
  keepAlive: PING_MS,
  retryAttempts: Number.POSITIVE_INFINITY,
  retryWait: async (retries) => {
    const ceiling = Math.min(10_000, 250 * 2 ** Math.min(retries, 6));
    await new Promise((resolve) => setTimeout(resolve, ceiling * (0.5 + Math.random() / 2)));
  },
  shouldRetry: () => !signedOut,
  on: {
    connecting: () => {
      openedAt ??= Date.now();
    },
    connected: hear,
    pong: hear,
    message: hear,
    closed: (event) => {
      const code = (event as CloseEvent).code;
      if (FATAL_CODES.has(code)) signedOut = true;
    },
  },
});

/** Hear when the server is back after it was away: what changed meanwhile was told to nobody. */
export function onReturn(listener: () => void): () => void {
  returns.add(listener);
  return () => returns.delete(listener);
}

export function useConnection(): Freshness {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}
