import { useEffect, useState, useSyncExternalStore } from "react";
import * as Y from "yjs";
import { socketAddress } from "@/api/socket";
import { plainId } from "@/domain/ids";
import { createEditor, type Editor } from "./editor";
import { enterRoom, type Room, type RoomState } from "./room";

const TINTS = ["#e69f00", "#56b4e9", "#00b386", "#e58fbf", "#7c8cff", "#e8652b"] as const;
const OUTSIDE: RoomState = { connection: "connecting", synced: false, unsaved: 0, lostAt: undefined };

interface Person {
  readonly id: string;
  readonly name: string;
}

function tintOf(id: string): string {
  let sum = 0;
  for (const char of id) sum += char.charCodeAt(0);
  return TINTS[sum % TINTS.length] ?? TINTS[0];
}

interface InRoom {
  readonly room: Room | undefined;
  readonly editor: Editor | undefined;
  readonly state: RoomState;
}

const nothing = () => () => undefined;

/** Be in the room of a graph for as long as its page is open. */
export function useRoom(graph: string, person: Person | undefined): InRoom {
  const [held, setHeld] = useState<{ readonly room: Room; readonly editor: Editor }>();
  useEffect(() => {
    const doc = new Y.Doc();
    const editor = createEditor(doc);
    const room = enterRoom(socketAddress(`/collab/${plainId(graph)}`), doc);
    setHeld({ room, editor });
    return () => {
      room.leave();
      editor.undo.destroy();
      doc.destroy();
      setHeld(undefined);
    };
  }, [graph]);
  const room = held?.room;
  const state = useSyncExternalStore(room?.subscribe ?? nothing, () => room?.state() ?? OUTSIDE);
  const { id, name } = person ?? {};
  useEffect(() => {
    if (id !== undefined) room?.awareness.setLocalStateField("person", { id, name, tint: tintOf(id) });
  }, [room, id, name]);
  return { room, editor: held?.editor, state };
}
