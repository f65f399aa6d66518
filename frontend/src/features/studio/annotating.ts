/** Edits to the groups and notes of a draft. */

import type * as Y from "yjs";
import { nodesIn, parseGroups, parseKey } from "@/domain/annotations";
import { groupsOf, notesOf } from "@/domain/draft";
import type { Rehousing } from "@/domain/extraction";
import type { Position } from "@/domain/graph";
import { type JsonObject, listAt } from "@/domain/json";

export interface Annotating {
  readonly addNote: (at: Position, anchor: string) => string;
  readonly setNote: (id: string, change: JsonObject) => void;
  /** Put nodes and groups into a new group; they leave the one they were in. */
  readonly group: (members: readonly string[], title: string) => string;
  readonly setGroup: (id: string, change: JsonObject) => void;
  /** Take the group away and leave what it holds, in the group around it if there is one. */
  readonly ungroup: (id: string) => void;
}

interface Within {
  /** Parts of a greater gesture: they open no transaction of their own. */
  readonly forget: (keys: ReadonlySet<string>, gone: ReadonlySet<string>) => void;
  readonly place: (key: string, at: Position) => void;
  /** Groups that lose some of their nodes to a sub-graph get the sub-graph, and the other way round. */
  readonly rehouse: (plan: Rehousing) => void;
}

interface Acts {
  readonly gesture: (act: () => void) => void;
  readonly typing: (act: () => void) => void;
}

export function createAnnotating(doc: Y.Doc, { gesture, typing }: Acts): Annotating & Within {
  const notes = notesOf(doc);
  const groups = groupsOf(doc);
  const membersOf = (id: string) => listAt(groups.get(id), "members").map(String);
  const setMembers = (id: string, members: readonly string[]) => {
    const group = groups.get(id);
    if (group !== undefined) groups.set(id, { ...group, members: [...new Set(members)] });
  };
  /** A group without members is none. */
  const leaveGroups = (gone: ReadonlySet<string>, besides = "") => {
    for (const id of [...groups.keys()]) {
      const members = membersOf(id);
      const left = members.filter((each) => !gone.has(each));
      if (id === besides || left.length === members.length) continue;
      if (left.length > 0) setMembers(id, left);
      else {
        groups.delete(id);
        leaveGroups(new Set([id]));
      }
    }
  };
  const dissolve = (id: string) => {
    const members = membersOf(id);
    groups.delete(id);
    for (const outer of [...groups.keys()]) {
      const held = membersOf(outer);
      if (held.includes(id)) setMembers(outer, [...held.filter((each) => each !== id), ...members]);
    }
  };
  return {
    addNote: (at, anchor) => {
      const id = crypto.randomUUID();
      gesture(() => notes.set(id, { text: "", at, ...(anchor === "" ? {} : { anchor }) }));
      return id;
    },
    setNote: (id, change) =>
      typing(() => {
        const note = notes.get(id);
        if (note !== undefined) notes.set(id, { ...note, ...change });
      }),
    group: (members, title) => {
      const id = crypto.randomUUID();
      gesture(() => {
        const around = [...groups.keys()].find((each) => {
          const held = membersOf(each);
          return members.every((member) => held.includes(member));
        });
        if (around !== undefined) setMembers(around, [...membersOf(around), id]);
        groups.set(id, { title, members });
        leaveGroups(new Set(members), id);
      });
      return id;
    },
    setGroup: (id, change) =>
      typing(() => {
        const group = groups.get(id);
        if (group !== undefined) groups.set(id, { ...group, ...change });
      }),
    ungroup: (id) => gesture(() => dissolve(id)),
    forget: (keys, gone) => {
      leaveGroups(gone);
      for (const key of keys) {
        const part = parseKey(key);
        if (part?.kind === "note") notes.delete(part.id);
        if (part?.kind === "group") dissolve(part.id);
      }
      for (const [id, note] of [...notes.entries()])
        if (gone.has(String(note["anchor"] ?? ""))) notes.delete(id);
    },
    place: (key, at) => {
      const part = parseKey(key);
      const note = part?.kind === "note" ? notes.get(part.id) : undefined;
      if (part !== undefined && note !== undefined) notes.set(part.id, { ...note, at });
    },
    rehouse: ({ moved, gone, parent, chosen }) => {
      const leaving = new Set(gone);
      const taken = new Set(moved);
      const known = parseGroups(groups.toJSON());
      if (gone.length === 0) {
        for (const id of moved) leaving.add(id);
        for (const { id } of known) if (nodesIn(known, id).every((each) => taken.has(each))) leaving.add(id);
      }
      const isHeld = (id: string) => known.some(({ members }) => members.includes(id));
      const by =
        gone.length === 0
          ? chosen
          : [
              ...moved,
              ...known
                .filter(({ id }) => nodesIn(known, id).some((each) => taken.has(each)))
                .map(({ id }) => id),
            ].filter((id) => !isHeld(id));
      for (const { id, members } of known) {
        if (leaving.has(id) && parent !== undefined && gone.length === 0) continue;
        if (!members.some((each) => leaving.has(each))) continue;
        setMembers(id, [...members.filter((each) => !leaving.has(each)), ...by]);
      }
    },
  };
}
