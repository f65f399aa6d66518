/** The adapter between scenes and the drawing library: the only file that knows both shapes. */

import { type Edge, type Node, Position } from "@xyflow/react";
import { portCentre, type Scene, type SceneEdge, type SceneNode } from "@/domain/scene";

export type FlowNode = Node<{ readonly scene: SceneNode }, "card">;
export type FlowEdge = Edge<{ readonly scene: SceneEdge }>;

const DOT = 12;

function flowNode(scene: SceneNode, before: FlowNode | undefined, selected: boolean): FlowNode {
  const same =
    before !== undefined &&
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

/** Nodes for drawing; those that did not change keep their identity. */
export function flowNodes(
  scene: Scene,
  before: readonly FlowNode[],
  selected: ReadonlySet<string>,
): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  return scene.nodes.map((node) => flowNode(node, known.get(node.id), selected.has(node.id)));
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
    className: `wire wire-${edge.verdict ?? "unjudged"}`,
    style: { "--wire": `var(--port-${edge.kind})` } as never,
    interactionWidth: 16,
  }));
}
