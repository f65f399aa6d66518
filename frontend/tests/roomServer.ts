/** One co-edited document per graph, in memory: the sync protocol of Yjs. */

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { WebSocket } from "ws";
import { readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { thaw } from "@/domain/draft";

const rooms = new Map<string, { doc: Y.Doc; people: Set<WebSocket> }>();

export function serveRoom(socket: WebSocket, path: string, graphs: { id: string; draft: { document: unknown } }[]): void {
  const graph = decodeURIComponent(path.slice("/collab/".length));
  let room = rooms.get(graph);
  if (room === undefined) {
    const doc = new Y.Doc();
    const found = graphs.find(({ id }) => id === graph || Buffer.from(id, "base64").toString().endsWith(`:${graph}`));
    thaw(doc, found?.draft.document ?? {});
    room = { doc, people: new Set() };
    rooms.set(graph, room);
  }
  const { doc, people } = room;
  people.add(socket);
  const onUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin === socket) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    writeUpdate(encoder, update);
    socket.send(encoding.toUint8Array(encoder));
  };
  doc.on("update", onUpdate);
  socket.on("message", (data: Buffer) => {
    const bytes = new Uint8Array(data);
    const decoder = decoding.createDecoder(bytes);
    if (decoding.readVarUint(decoder) === 0) {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, 0);
      readSyncMessage(decoder, encoder, doc, socket);
      if (encoding.length(encoder) > 1) socket.send(encoding.toUint8Array(encoder));
    } else {
      for (const other of people) if (other !== socket) other.send(bytes);
    }
  });
  socket.on("close", () => {
    people.delete(socket);
    doc.off("update", onUpdate);
  });
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  writeSyncStep1(encoder, doc);
  socket.send(encoding.toUint8Array(encoder));
}
