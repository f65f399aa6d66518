/** What people put around the nodes of a graph: groups and notes. A run knows nothing of either. */

import type { Position } from "./graph";
import { isObject, listAt, objectAt, textAt } from "./json";
import type { Box, SceneNode } from "./scene";

export const TINTS = ["grey", "blue", "green", "amber", "red", "violet"] as const;
export type Tint = (typeof TINTS)[number];

export interface Group {
  readonly id: string;
  readonly title: string;
  /** Nodes and other groups. */
  readonly members: readonly string[];
  readonly isFolded: boolean;
  readonly tint: Tint;
}

export interface Note {
  readonly id: string;
  readonly text: string;
  readonly at: Position;
  readonly size: Position;
  readonly anchor: string;
  readonly tint: Tint;
}

/** A group that is open, as it is drawn behind its nodes. */
export interface Frame extends Group, Box {
  readonly nodes: readonly string[];
}

export const NOTE_SIZE: Position = [200, 88];
export const FRAME_TOP = 32;
export const FRAME_SIDE = 16;

const KEY = /^(group|note)~(.+)$/;

export function groupKey(id: string): string {
  return `group~${id}`;
}

export function noteKey(id: string): string {
  return `note~${id}`;
}

/** What a name on the canvas stands for, where it is no node; node ids hold no `~`. */
export function parseKey(key: string): { readonly kind: "group" | "note"; readonly id: string } | undefined {
  const match = KEY.exec(key);
  return match === null ? undefined : { kind: match[1] as "group" | "note", id: match[2] ?? "" };
}

function tintOf(value: unknown, otherwise: Tint): Tint {
  const name = textAt(value, "colour");
  return TINTS.find((tint) => tint === name) ?? otherwise;
}

function pair(value: unknown): Position | undefined {
  return Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "number"
    ? [value[0], value[1]]
    : undefined;
}

export function parseGroups(groups: unknown): readonly Group[] {
  return Object.entries(isObject(groups) ? groups : {}).map(([id, group]) => ({
    id,
    title: textAt(group, "title") ?? "",
    members: listAt(group, "members").map(String),
    isFolded: isObject(group) && group["collapsed"] === true,
    tint: tintOf(group, "grey"),
  }));
}

export function parseNotes(notes: unknown): readonly Note[] {
  return Object.entries(isObject(notes) ? notes : {}).map(([id, note]) => ({
    id,
    text: textAt(note, "text") ?? "",
    at: pair(isObject(note) ? note["at"] : undefined) ?? [0, 0],
    size: pair(isObject(note) ? note["size"] : undefined) ?? NOTE_SIZE,
    anchor: textAt(note, "anchor") ?? "",
    tint: tintOf(note, "amber"),
  }));
}

export function layoutParts(document: unknown): {
  readonly groups: readonly Group[];
  readonly notes: readonly Note[];
} {
  const layout = objectAt(document, "layout");
  return { groups: parseGroups(layout["groups"]), notes: parseNotes(layout["notes"]) };
}

/** Notes are held by the scope of their node; those without one belong to the outermost. */
export function notesIn(
  notes: readonly Note[],
  nodes: Readonly<Record<string, unknown>>,
  isOutermost: boolean,
): readonly Note[] {
  return notes.filter(({ anchor }) => anchor in nodes || (isOutermost && anchor === ""));
}

/** The nodes of a group at every depth. A group that holds itself ends the search. */
export function nodesIn(groups: readonly Group[], id: string): readonly string[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const seen = new Set<string>();
  const visit = (each: string): string[] => {
    const group = byId.get(each);
    if (group === undefined) return [each];
    if (seen.has(each)) return [];
    seen.add(each);
    return group.members.flatMap(visit);
  };
  return [...new Set(visit(id))].filter((each) => !byId.has(each));
}

/** The innermost group around a node or group. */
export function groupOf(groups: readonly Group[], member: string): Group | undefined {
  return groups.find(({ members }) => members.includes(member));
}

type Standing = Pick<SceneNode, "id" | "at" | "width" | "height">;

/** Groups as boxes behind their nodes, outer ones first. Groups without a node here are left out. */
export function framesOf(groups: readonly Group[], nodes: readonly Standing[]): readonly Frame[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const known = new Map(groups.map((group) => [group.id, group]));
  const boxes = new Map<string, Box | undefined>();
  const boxOf = (group: Group): Box | undefined => {
    if (boxes.has(group.id)) return boxes.get(group.id);
    boxes.set(group.id, undefined);
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const member of group.members) {
      const node = byId.get(member);
      const inner = known.get(member);
      const box =
        node !== undefined
          ? { x: node.at[0], y: node.at[1], width: node.width, height: node.height }
          : inner && boxOf(inner);
      if (box === undefined) continue;
      left = Math.min(left, box.x);
      top = Math.min(top, box.y);
      right = Math.max(right, box.x + box.width);
      bottom = Math.max(bottom, box.y + box.height);
    }
    if (left > right) return undefined;
    const box = {
      x: left - FRAME_SIDE,
      y: top - FRAME_TOP,
      width: right - left + FRAME_SIDE * 2,
      height: bottom - top + FRAME_TOP + FRAME_SIDE,
    };
    boxes.set(group.id, box);
    return box;
  };
  return groups
    .flatMap((group): Frame[] => {
      const box = boxOf(group);
      return box === undefined ? [] : [{ ...group, ...box, nodes: nodesIn(groups, group.id) }];
    })
    .sort((a, b) => b.width * b.height - a.width * a.height);
}

const GAP = 16;

/** Where a new note stands at a node: above, below or beside it, wherever it covers nothing. */
export function spotBeside(
  { at: [x, y], width, height }: Standing,
  { nodes, notes }: { readonly nodes: readonly Standing[]; readonly notes: readonly Note[] },
): Position {
  const [w, h] = NOTE_SIZE;
  const taken = [...nodes, ...notes.map(({ at, size }) => ({ at, width: size[0], height: size[1] }))];
  const isFree = ([left, top]: Position) =>
    taken.every(
      (each) =>
        left >= each.at[0] + each.width ||
        left + w <= each.at[0] ||
        top >= each.at[1] + each.height ||
        top + h <= each.at[1],
    );
  const spots: readonly Position[] = [
    [x, y - h - GAP],
    [x, y + height + GAP],
    [x + width + GAP, y],
    [x - w - GAP, y],
  ];
  return spots.find(isFree) ?? [x, y + height + GAP];
}
