import { useEffect, useState } from "react";
import { useConnection } from "@/api/socket";
import type { Position } from "@/domain/graph";
import { isObject, listAt, textAt } from "@/domain/json";
import type { Room } from "./room";

export interface Present {
  readonly client: number;
  readonly name: string;
  readonly tint: string;
  readonly selected: readonly string[];
  /** Where their pointer is, and the sub-graph they are in. */
  readonly cursor: { readonly at: Position; readonly scope: string } | undefined;
}

const NOBODY: readonly Present[] = [];

/** Everybody else who has this graph open, one entry a page; nobody while the server is not heard. */
export function usePeople(room: Room): readonly Present[] {
  const connection = useConnection();
  const [people, setPeople] = useState<readonly Present[]>(NOBODY);
  useEffect(() => {
    const { awareness } = room;
    const read = () => {
      const own = awareness.clientID;
      setPeople(
        [...awareness.getStates()].flatMap(([client, state]): Present[] => {
          const person = isObject(state) ? state["person"] : undefined;
          const name = textAt(person, "name");
          if (client === own || name === undefined) return [];
          const selected = Array.isArray(state["selected"]) ? state["selected"].map(String) : [];
          return [{ client, name, tint: textAt(person, "tint") ?? "", selected, cursor: cursorOf(state) }];
        }),
      );
    };
    awareness.on("change", read);
    read();
    return () => awareness.off("change", read);
  }, [room]);
  return connection.kind === "stale" ? NOBODY : people;
}

function cursorOf(state: unknown): Present["cursor"] {
  const cursor = isObject(state) ? state["cursor"] : undefined;
  const [x, y] = listAt(cursor, "at");
  return typeof x === "number" && typeof y === "number"
    ? { at: [x, y], scope: textAt(cursor, "scope") ?? "" }
    : undefined;
}
