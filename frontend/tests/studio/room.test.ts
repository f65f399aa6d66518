import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { enterRoom, type Room } from "@/features/studio/room";
import { type RoomServer, serveRoom } from "../roomServer";

// The oldest supported Node has no WebSocket of its own.
vi.stubGlobal("WebSocket", WebSocket);

let server: RoomServer;
const open: Room[] = [];

function enter() {
  const doc = new Y.Doc();
  const room = enterRoom(server.address, doc);
  open.push(room);
  return { doc, room };
}

function until(check: () => void) {
  return vi.waitFor(check, { timeout: 5000, interval: 10 });
}

beforeEach(async () => {
  server = await serveRoom();
});

afterEach(async () => {
  for (const room of open.splice(0)) room.leave();
  await server.close();
});

it("brings what the server has", async () => {
  server.doc.getMap("meta").set("title", "Kept");
  const { doc, room } = enter();
  await until(() => expect(room.state().synced).toBe(true));
  expect(doc.getMap("meta").get("title")).toBe("Kept");
});

it("counts an edit as unsaved until the server has answered to it", async () => {
  const { doc, room } = enter();
  await until(() => expect(room.state().synced).toBe(true));
  server.hold();
  doc.getMap("meta").set("title", "New");
  doc.getMap("meta").set("title", "Newer");
  await until(() => expect(server.doc.getMap("meta").get("title")).toBe("Newer"));
  expect(room.state().unsaved).toBe(2);
  server.release();
  await until(() => expect(room.state().unsaved).toBe(0));
});

it("lets two people edit one graph", async () => {
  const [one, two] = [enter(), enter()];
  await until(() => expect(one.room.state().synced && two.room.state().synced).toBe(true));
  one.doc.getMap("meta").set("title", "By one");
  two.doc.getMap("meta").set("doc", "By two");
  await until(() => {
    expect(one.doc.getMap("meta").toJSON()).toEqual({ title: "By one", doc: "By two" });
    expect(two.doc.getMap("meta").toJSON()).toEqual({ title: "By one", doc: "By two" });
  });
});

it("tells who else is here, and when they have left", async () => {
  const [one, two] = [enter(), enter()];
  await until(() => expect(one.room.state().synced && two.room.state().synced).toBe(true));
  one.room.awareness.setLocalStateField("person", { name: "Ada" });
  await until(() =>
    expect([...two.room.awareness.getStates().values()]).toContainEqual({ person: { name: "Ada" } }),
  );
  one.room.leave();
  await until(() => expect(two.room.awareness.getStates().size).toBe(1));
});

it("sends what was edited without a connection once there is one again", async () => {
  const { doc, room } = enter();
  await until(() => expect(room.state().synced).toBe(true));
  server.cut();
  await until(() => expect(room.state().connection).toBe("lost"));
  expect(room.state().lostAt).toBeTypeOf("number");
  doc.getMap("meta").set("title", "Made offline");
  expect(room.state().unsaved).toBe(1);
  await until(() => expect(server.doc.getMap("meta").get("title")).toBe("Made offline"));
  await until(() => expect(room.state().unsaved).toBe(0));
  expect(room.state().lostAt).toBeUndefined();
});
