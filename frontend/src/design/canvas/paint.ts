/** Drawing a whole graph on one canvas element, for views in which its text cannot be read anyway. */

import type { Scene, SceneNode } from "@/domain/scene";
import type { NodeState } from "@/domain/status";

export interface Ink {
  readonly node: string;
  readonly border: string;
  readonly edge: string;
  readonly accent: string;
  readonly states: Readonly<Partial<Record<NodeState, string>>>;
}

const STATE_TOKENS: Readonly<Record<NodeState, string>> = {
  queued: "--status-queued",
  running: "--status-running",
  retrying: "--status-retrying",
  waiting: "--status-waiting",
  uncertain: "--status-failed",
  succeeded: "--status-succeeded",
  reused: "--status-cached",
  failed: "--status-failed",
  skipped: "--status-skipped",
  cancelled: "--status-skipped",
};

const FRAMED = 8;

export function readInk(element: Element): Ink {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    node: token("--node"),
    border: token("--faint"),
    edge: token("--border"),
    accent: token("--accent"),
    states: Object.fromEntries(Object.entries(STATE_TOKENS).map(([state, name]) => [state, token(name)])),
  };
}

interface Paint {
  readonly scene: Scene;
  readonly ink: Ink;
  readonly stateOf: (id: string) => NodeState | undefined;
  readonly selected: ReadonlySet<string>;
  readonly transform: readonly [number, number, number];
  readonly width: number;
  readonly height: number;
}

export function paint(
  context: CanvasRenderingContext2D,
  { scene, ink, stateOf, selected, transform, width, height }: Paint,
): void {
  const [x, y, zoom] = transform;
  const byId = new Map<string, SceneNode>(scene.nodes.map((node) => [node.id, node]));
  const isSeen = (node: SceneNode) =>
    node.at[0] * zoom + x < width &&
    (node.at[0] + node.width) * zoom + x > 0 &&
    node.at[1] * zoom + y < height &&
    (node.at[1] + node.height) * zoom + y > 0;
  context.clearRect(0, 0, width, height);
  context.strokeStyle = ink.edge;
  context.lineWidth = 1;
  for (const frame of scene.frames)
    context.strokeRect(frame.x * zoom + x, frame.y * zoom + y, frame.width * zoom, frame.height * zoom);
  context.beginPath();
  for (const { source, target } of scene.edges) {
    const [from, to] = [byId.get(source), byId.get(target)];
    if (from === undefined || to === undefined || !(isSeen(from) || isSeen(to))) continue;
    context.moveTo((from.at[0] + from.width) * zoom + x, (from.at[1] + from.height / 2) * zoom + y);
    context.lineTo(to.at[0] * zoom + x, (to.at[1] + to.height / 2) * zoom + y);
  }
  context.stroke();
  for (const node of scene.nodes) {
    if (!isSeen(node)) continue;
    const state = stateOf(node.id);
    const colour = state === undefined ? undefined : ink.states[state];
    context.fillStyle = colour ?? ink.node;
    context.strokeStyle = selected.has(node.id) ? ink.accent : (colour ?? ink.border);
    context.lineWidth = selected.has(node.id) ? 2 : 1;
    const box = [
      node.at[0] * zoom + x,
      node.at[1] * zoom + y,
      node.width * zoom,
      node.height * zoom,
    ] as const;
    context.fillRect(...box);
    // A frame around what is smaller than it would hide the gaps between the nodes.
    if (box[2] >= FRAMED) context.strokeRect(...box);
  }
}
