import { useEffect, useState } from "react";
import { isObject, textAt } from "@/domain/json";
import type { Room } from "./room";

export interface Present {
  readonly client: number;
  readonly name: string;
  readonly tint: string;
  readonly selected: readonly string[];
}

/** Everybody else who has this graph open, one entry a page. */
export function usePeople(room: Room): readonly Present[] {
  const [people, setPeople] = useState<readonly Present[]>([]);
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
          return [{ client, name, tint: textAt(person, "tint") ?? "", selected }];
        }),
      );
    };
    awareness.on("change", read);
    read();
    return () => awareness.off("change", read);
  }, [room]);
  return people;
}
