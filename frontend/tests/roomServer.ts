/** One co-edited document over real sockets: the server's side of the sync protocol, for tests of the browser's. */

import type { AddressInfo } from "node:net";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { type WebSocket, WebSocketServer } from "ws";
import { readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";

export interface RoomServer {
  readonly doc: Y.Doc;
  readonly address: string;
  /** Hold every answer back, as a slow server does. */
  readonly hold: () => void;
  readonly release: () => void;
  /** Cut every connection, as a restart does. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export async function serveRoom(): Promise<RoomServer> {
  const doc = new Y.Doc();
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  let held: (() => void)[] | undefined;
  const later = (act: () => void) => (held === undefined ? act() : held.push(act));
  server.on("connection", (socket) => join(socket, doc, server, later));
  return {
    doc,
    address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => {
      held = [];
    },
    release: () => {
      const waiting = held ?? [];
      held = undefined;
      for (const act of waiting) act();
    },
    cut: () => {
      for (const socket of server.clients) socket.terminate();
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function message(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function join(
  socket: WebSocket,
  doc: Y.Doc,
  server: WebSocketServer,
  later: (act: () => void) => void,
): void {
  const onUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin !== socket) socket.send(message((encoder) => writeUpdate(encoder, update)));
  };
  doc.on("update", onUpdate);
  socket.on("message", (data: Buffer) => {
    const bytes = new Uint8Array(data);
    const decoder = decoding.createDecoder(bytes);
    if (decoding.readVarUint(decoder) === 0) {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, 0);
      readSyncMessage(decoder, encoder, doc, socket);
      if (encoding.length(encoder) > 1) later(() => socket.send(encoding.toUint8Array(encoder)));
    } else {
      for (const other of server.clients) if (other !== socket) other.send(bytes);
    }
  });
  socket.on("close", () => doc.off("update", onUpdate));
  socket.send(message((encoder) => writeSyncStep1(encoder, doc)));
}
