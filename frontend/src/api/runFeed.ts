/**
 * The live view of one run.
 *
 * Owns:     the subscription to a run's frames, its restart after gaps, and the polling that stands in for it.
 * Promises: the view is a fold of every event up to the cursor, without gap or duplicate.
 * Never:    says that it is live when three seconds brought no frame.
 */

import { type Freshness, freshness } from "@/domain/connection";
import { applyFrame, type Frame, type RunState, type RunView, START } from "@/domain/journal";
import { isTerminal } from "@/domain/status";
import { client } from "./client";
import { type FrameFieldsFragment, RunFeedDocument, RunFeedPollDocument } from "./generated/graphql";

export interface RunFeed {
  readonly state: () => RunState;
  readonly freshness: () => Freshness;
  /** Why the page had to stop following, in words for its reader. */
  readonly trouble: () => string | undefined;
  readonly subscribe: (listener: () => void) => () => void;
  readonly stop: () => void;
}

const POLL_MS = 2000;
const CHECK_MS = 500;

function frameOf(fields: FrameFieldsFragment): Frame {
  const { kind, from, to, head, at } = fields;
  if (kind === "SNAPSHOT") return { kind, from, to, head, at, snapshot: fields.snapshot as RunView };
  if (kind === "IDLE") return { kind, from, to, head, at };
  return { kind, from, to, head, at, events: fields.events as never };
}

export function followRun(run: string): RunFeed {
  let state = START;
  let heardAt: number | undefined;
  let shown: Freshness = { kind: "connecting" };
  let trouble: string | undefined;
  let unsubscribe: () => void = () => undefined;
  let polling = false;
  let stopped = false;
  const openedAt = Date.now();
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const isOver = () => state.view !== undefined && isTerminal(state.view.status);

  const take = (fields: FrameFieldsFragment) => {
    heardAt = Date.now();
    const applied = applyFrame(state, frameOf(fields));
    if (applied.kind === "gap") return resubscribe();
    if (applied.kind === "unknown_event") {
      trouble = `This page does not know the event ${applied.type} v${applied.v}. Reload it to get the current one.`;
      stop();
    } else {
      state = applied.state;
    }
    refresh();
    tell();
  };

  const resubscribe = () => {
    unsubscribe();
    if (stopped) return;
    const variables = { run, after: state.cursor };
    unsubscribe = client.subscription(RunFeedDocument, variables).subscribe(({ data, error }) => {
      if (data?.runFeed) take(data.runFeed);
      if (error?.graphQLErrors[0]) {
        trouble = error.graphQLErrors[0].message;
        tell();
      }
    }).unsubscribe;
  };

  const poll = async () => {
    polling = true;
    const variables = { run, after: state.cursor };
    const answer = await client
      .query(RunFeedPollDocument, variables, { requestPolicy: "network-only" })
      .toPromise();
    if (!stopped && answer.data?.run) take(answer.data.run.feed);
    setTimeout(() => {
      polling = false;
    }, POLL_MS);
  };

  const refresh = () => {
    if (isOver()) {
      shown = { kind: "live" };
      return;
    }
    const behind = Math.max(0, state.head - state.cursor);
    const next = freshness({ heardAt, openedAt, behind }, Date.now());
    const same = next.kind === shown.kind && JSON.stringify(next) === JSON.stringify(shown);
    if (!same) {
      shown = next;
      tell();
    }
    if (next.kind === "stale" && !polling && !stopped) void poll();
  };

  const timer = setInterval(refresh, CHECK_MS);
  const stop = () => {
    stopped = true;
    clearInterval(timer);
    unsubscribe();
  };
  resubscribe();
  return {
    state: () => state,
    freshness: () => shown,
    trouble: () => trouble,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
  };
}
