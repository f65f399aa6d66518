/**
 * The shared document of one graph over its socket.
 *
 * Owns:     the sync protocol, reconnection, and how many of this page's edits the server has not kept yet.
 * Promises: an edit counts as saved only after the server answered to something sent after it.
 * Never:    drops an edit: what was made without a connection is sent with the next one.
 */

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import {
  Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from "y-protocols/awareness";
import { messageYjsSyncStep2, readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import type * as Y from "yjs";

const SYNC = 0;
const AWARENESS = 1;
const REFUSED = new Set([4401, 4403, 4404, 4413]);

export interface RoomState {
  readonly connection: "connecting" | "open" | "lost" | "refused";
  /** Whether the document has been received at least once. */
  readonly synced: boolean;
  readonly unsaved: number;
  /** When the connection broke, by the clock of this browser; undefined while there is one. */
  readonly lostAt: number | undefined;
  /** The server's reason for closing the door for good. */
  readonly refusal?: string;
}

export interface Room {
  /** Who else is here. */
  readonly awareness: Awareness;
  readonly state: () => RoomState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly leave: () => void;
}

export function enterRoom(address: string, doc: Y.Doc): Room {
  const awareness = new Awareness(doc);
  const listeners = new Set<() => void>();
  let state: RoomState = { connection: "connecting", synced: false, unsaved: 0, lostAt: undefined };
  let socket: WebSocket | undefined;
  let left = false;
  let tries = 0;
  let made = 0;
  let kept = 0;
  let asked: number | undefined;

  const set = (change: Partial<RoomState>) => {
    state = { ...state, ...change, unsaved: made - kept };
    for (const listener of listeners) listener();
  };
  const send = (kind: number, write: (encoder: encoding.Encoder) => void) => {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    socket.send(encoding.toUint8Array(encoder));
    return true;
  };
  /** The answer to this question comes after everything sent before it has been taken in. */
  const askWhatIsKept = () => {
    if (asked !== undefined || made === kept) return;
    const upTo = made;
    if (send(SYNC, (encoder) => writeSyncStep1(encoder, doc))) asked = upTo;
  };

  const onUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin === room) return;
    made += 1;
    send(SYNC, (encoder) => writeUpdate(encoder, update));
    askWhatIsKept();
    set({});
  };
  const onAwareness = (
    { added, updated, removed }: Record<"added" | "updated" | "removed", number[]>,
    origin: unknown,
  ) => {
    if (origin === room) return;
    const changed = [...added, ...updated, ...removed];
    send(AWARENESS, (encoder) =>
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, changed)),
    );
  };

  const receive = (data: ArrayBuffer) => {
    const decoder = decoding.createDecoder(new Uint8Array(data));
    const kind = decoding.readVarUint(decoder);
    if (kind === AWARENESS) applyAwarenessUpdate(awareness, decoding.readVarUint8Array(decoder), room);
    if (kind !== SYNC) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    const step = readSyncMessage(decoder, encoder, doc, room);
    if (encoding.length(encoder) > 1) socket?.send(encoding.toUint8Array(encoder));
    if (step === messageYjsSyncStep2) {
      if (asked !== undefined) kept = asked;
      asked = undefined;
      set({ synced: true });
    }
    askWhatIsKept();
  };

  const connect = () => {
    if (left) return;
    const next = new WebSocket(address);
    next.binaryType = "arraybuffer";
    socket = next;
    next.onopen = () => {
      tries = 0;
      asked = undefined;
      set({ connection: "open", lostAt: undefined });
      send(SYNC, (encoder) => writeSyncStep1(encoder, doc));
      if (awareness.getLocalState() !== null)
        onAwareness({ added: [doc.clientID], updated: [], removed: [] }, undefined);
    };
    next.onmessage = (event) => receive(event.data as ArrayBuffer);
    // What went wrong is told by the closing that follows.
    next.onerror = () => undefined;
    next.onclose = (event) => {
      const others = [...awareness.getStates().keys()].filter((id) => id !== doc.clientID);
      removeAwarenessStates(awareness, others, room);
      if (left) return;
      if (REFUSED.has(event.code)) return set({ connection: "refused", refusal: event.reason });
      set({ connection: "lost", lostAt: state.lostAt ?? Date.now() });
      tries += 1;
      setTimeout(connect, Math.min(8000, 250 * 2 ** tries) * (0.5 + Math.random() / 2));
    };
  };

  const room: Room = {
    awareness,
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    leave: () => {
      left = true;
      doc.off("update", onUpdate);
      removeAwarenessStates(awareness, [doc.clientID], "leaving");
      awareness.destroy();
      socket?.close();
    },
  };
  doc.on("update", onUpdate);
  awareness.on("update", onAwareness);
  connect();
  return room;
}
