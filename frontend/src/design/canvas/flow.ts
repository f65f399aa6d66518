/** The adapter between scenes and the drawing library: the only file that knows both shapes. */

import { type Edge, type Node, Position } from "@xyflow/react";
import { type Frame, framesOf, groupKey, type Note, noteKey } from "@/domain/annotations";
import type { Position as Place } from "@/domain/graph";
import { portCentre, type Scene, type SceneEdge, type SceneNode } from "@/domain/scene";

export type CardNode = Node<{ readonly scene: SceneNode }, "card">;
export type FrameNode = Node<{ readonly frame: Frame }, "frame">;
export type NoteNode = Node<{ readonly note: Note }, "note">;
export type FlowNode = CardNode | FrameNode | NoteNode;
export type FlowEdge = Edge<{ readonly scene: SceneEdge }>;

const DOT = 12;

function cardNode(scene: SceneNode, before: FlowNode | undefined, selected: boolean): CardNode {
  const same =
    before?.type === "card" &&
    before.data.scene === scene &&
    before.selected === selected &&
    before.position.x === scene.at[0] &&
    before.position.y === scene.at[1];
  if (same) return before;
  const { width, height } = scene;
  const dot = (name: string, place: number, type: "source" | "target") => ({
    id: name,
    type,
    position: type === "target" ? Position.Left : Position.Right,
    x: type === "target" ? -DOT / 2 : width - DOT / 2,
    y: portCentre(place) - DOT / 2,
    width: DOT,
    height: DOT,
  });
  return {
    id: scene.id,
    type: "card",
    position: { x: scene.at[0], y: scene.at[1] },
    data: { scene },
    selected,
    width,
    height,
    measured: { width, height },
    handles: [
      ...scene.inputs.map((port, place) => dot(port.name, place, "target")),
      ...scene.outputs.map((port, place) => dot(port.name, place, "source")),
    ],
    ariaLabel: `${scene.title}, ${scene.reference}`,
  };
}

function sized(width: number, height: number) {
  return { width, height, measured: { width, height }, handles: [] };
}

function frameNode(frame: Frame, place: number, selected: boolean): FrameNode {
  return {
    id: groupKey(frame.id),
    type: "frame",
    position: { x: frame.x, y: frame.y },
    data: { frame },
    selected,
    ...sized(frame.width, frame.height),
    zIndex: place - 1000,
    dragHandle: ".frame-head",
    ariaLabel: `Group ${frame.title}`,
  };
}

function noteNode(note: Note, selected: boolean): NoteNode {
  return {
    id: noteKey(note.id),
    type: "note",
    position: { x: note.at[0], y: note.at[1] },
    data: { note },
    selected,
    ...sized(note.size[0], note.size[1]),
    dragHandle: ".note-grip",
    ariaLabel: `Note: ${note.text.slice(0, 80)}`,
  };
}

/** Nodes for drawing; cards that did not change keep their identity. */
export function flowNodes(
  scene: Scene,
  before: readonly FlowNode[],
  selected: ReadonlySet<string>,
): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  return [
    ...scene.frames.map((frame, place) => frameNode(frame, place, selected.has(groupKey(frame.id)))),
    ...scene.nodes.map((node) => cardNode(node, known.get(node.id), selected.has(node.id))),
    ...scene.notes.map((note) => noteNode(note, selected.has(noteKey(note.id)))),
  ];
}

/** What moves along: the nodes of a group, and the notes of a node. */
function companions(scene: Scene, ids: ReadonlySet<string>): ReadonlyMap<string, string> {
  const led = new Map<string, string>();
  for (const frame of scene.frames) {
    const key = groupKey(frame.id);
    if (ids.has(key)) for (const id of frame.nodes) if (!ids.has(id)) led.set(id, key);
  }
  for (const note of scene.notes) {
    const key = noteKey(note.id);
    const leader = ids.has(note.anchor) ? note.anchor : led.get(note.anchor);
    if (leader !== undefined && !ids.has(key)) led.set(key, leader);
  }
  return led;
}

/** The drawing while something is dragged: companions follow, and frames stay around their nodes. */
export function dragged(
  scene: Scene,
  before: readonly FlowNode[],
  moves: ReadonlyMap<string, { readonly x: number; readonly y: number }>,
): FlowNode[] {
  const byId = new Map(before.map((node) => [node.id, node]));
  const led = companions(scene, new Set(moves.keys()));
  const moved = before.map((node): FlowNode => {
    const own = moves.get(node.id);
    if (own !== undefined) return { ...node, position: own, dragging: true };
    const leader = led.get(node.id);
    const from = leader === undefined ? undefined : byId.get(leader)?.position;
    const to = leader === undefined ? undefined : moves.get(leader);
    if (from === undefined || to === undefined) return node;
    return { ...node, position: { x: node.position.x + to.x - from.x, y: node.position.y + to.y - from.y } };
  });
  const standing = moved.flatMap((node) =>
    node.type === "card" ? [{ ...node.data.scene, at: [node.position.x, node.position.y] as const }] : [],
  );
  const frames = new Map(framesOf(scene.frames, standing).map((frame) => [groupKey(frame.id), frame]));
  return moved.map((node) => {
    const frame = frames.get(node.id);
    return node.type !== "frame" || frame === undefined
      ? node
      : { ...node, position: { x: frame.x, y: frame.y }, ...sized(frame.width, frame.height) };
  });
}

/** Where everything that a drag has moved stands now. Frames follow from their nodes. */
export function landed(
  scene: Scene,
  nodes: readonly FlowNode[],
  ids: ReadonlySet<string>,
): ReadonlyMap<string, Place> {
  const led = companions(scene, ids);
  return new Map(
    nodes.flatMap((node): [string, Place][] =>
      node.type !== "frame" && (ids.has(node.id) || led.has(node.id))
        ? [[node.id, [node.position.x, node.position.y]]]
        : [],
    ),
  );
}

export function flowEdges(scene: Scene, selected: ReadonlySet<string>): FlowEdge[] {
  return scene.edges.map((edge) => ({
    id: edge.id,
    source: edge.source,
    sourceHandle: edge.output,
    target: edge.target,
    targetHandle: edge.input,
    data: { scene: edge },
    selected: selected.has(edge.id),
    className: `wire wire-${edge.change ?? edge.verdict ?? "unjudged"}`,
    style: { "--wire": `var(--port-${edge.kind})` } as never,
    interactionWidth: 16,
  }));
}
