/**
 * The draft of a graph on a server that knows no co-editing: the whole document, saved as it changes.
 *
 * Owns:     reading it, saving it a moment after each edit, and noticing that somebody else saved.
 * Promises: never overwrites what somebody else saved meanwhile.
 * Never:    says that an edit is kept before the server said so.
 */

import type * as Y from "yjs";
import { client } from "@/api/client";
import { DraftDocument, SaveDraftDocument } from "@/api/generated/graphql";
import { problemText } from "@/api/outcome";
import { freeze, thaw } from "@/domain/draft";
import type { Room, RoomState } from "./room";

const SETTLE_MS = 500;
const AGAIN_MS = 2000;
const LOADING = Symbol("read from the server");

interface DraftOf {
  readonly graph: string;
  readonly doc: Y.Doc;
}

export function keepDraft({ graph, doc }: DraftOf): Room {
  const listeners = new Set<() => void>();
  let state: RoomState = { connection: "connecting", synced: false, unsaved: 0, heardAt: undefined };
  let made = 0;
  let kept = 0;
  let version = 0;
  let saving = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let left = false;

  const set = (change: Partial<RoomState>) => {
    state = { ...state, ...change, unsaved: made - kept };
    for (const listener of listeners) listener();
  };
  const later = (wait: number, act: () => Promise<void>) => {
    clearTimeout(timer);
    timer = setTimeout(() => void act(), wait);
  };

  const load = async (): Promise<void> => {
    const { data } = await client
      .query(DraftDocument, { id: graph }, { requestPolicy: "network-only" })
      .toPromise();
    if (left) return;
    if (data === undefined) {
      set({ connection: "lost" });
      return later(AGAIN_MS, load);
    }
    if (!data.graph) return set({ connection: "refused" });
    version = data.graph.draft.version;
    doc.transact(() => thaw(doc, data.graph?.draft.document), LOADING);
    set({ connection: "open", synced: true, heardAt: Date.now() });
  };

  const save = async (): Promise<void> => {
    if (saving || made === kept) return;
    saving = true;
    const upTo = made;
    const input = { graph, document: freeze(doc), expectedVersion: version };
    const { data } = await client.mutation(SaveDraftDocument, { input }).toPromise();
    saving = false;
    const answer = data?.saveDraft;
    if (answer === undefined) {
      set({ connection: "lost" });
    } else if (answer.__typename === "SaveDraftDone") {
      version = answer.draft.version;
      kept = upTo;
      set({ connection: "open", heardAt: Date.now(), complaint: undefined });
    } else if (answer.__typename === "Invalid") {
      return set({ complaint: problemText(answer.problems), connection: "open" });
    } else {
      const why =
        answer.__typename === "Conflict" ? "Somebody else changed this draft." : problemText(answer.problems);
      return set({ trouble: `${why} Reload the page to go on from what is kept.` });
    }
    if (!left && made > kept) later(answer === undefined ? AGAIN_MS : SETTLE_MS, save);
  };

  const onUpdate = (_update: Uint8Array, origin: unknown) => {
    if (origin === LOADING) return;
    made += 1;
    set({});
    if (!saving) later(SETTLE_MS, save);
  };
  doc.on("update", onUpdate);
  void load();
  return {
    awareness: undefined,
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    leave: () => {
      left = true;
      clearTimeout(timer);
      doc.off("update", onUpdate);
      if (made > kept && state.trouble === undefined) void save();
    },
  };
}
