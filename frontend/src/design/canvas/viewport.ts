import { type Box, boundsOf, type SceneNode } from "@/domain/scene";

const MARGIN = 32;
const MAX_FIT_ZOOM = 1;
const MIN_FIT_ZOOM = 0.05;

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The viewport that shows a box in a window of this size, never larger than life. */
export function viewportFor(
  box: Box,
  width: number,
  height: number,
  { margin = MARGIN, least = MIN_FIT_ZOOM } = {},
): Viewport {
  const zoom = Math.max(
    least,
    Math.min(
      MAX_FIT_ZOOM,
      (width - margin * 2) / Math.max(1, box.width),
      (height - margin * 2) / Math.max(1, box.height),
    ),
  );
  return {
    x: (width - box.width * zoom) / 2 - box.x * zoom,
    y: (height - box.height * zoom) / 2 - box.y * zoom,
    zoom,
  };
}

/** Below this zoom names of nodes cannot be read. */
const READABLE_ZOOM = 0.6;

type Placed = Pick<SceneNode, "at" | "width" | "height">;

/** What is shown of a graph at first: all of it where that can be read, or else where it begins. */
export function openingFor(box: Box, nodes: readonly Placed[], width: number, height: number): Viewport {
  const whole = viewportFor(box, width, height);
  if (whole.zoom >= READABLE_ZOOM) return whole;
  const zoom = READABLE_ZOOM;
  const left = Math.min(...nodes.map(({ at }) => at[0]));
  const start = boundsOf(nodes.filter(({ at }) => at[0] === left));
  const isTall = box.height * zoom > height - MARGIN * 2;
  const middle = isTall ? start.y + start.height / 2 : box.y + box.height / 2;
  const y = height / 2 - middle * zoom;
  return {
    x: MARGIN - box.x * zoom,
    // Nothing is gained by showing what lies above or below all of it.
    y: isTall ? between(height - MARGIN - (box.y + box.height) * zoom, y, MARGIN - box.y * zoom) : y,
    zoom,
  };
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** The view moved as little as it takes to show a node; the same one where it is shown already. */
export function revealing(view: Viewport, node: Placed, width: number, height: number): Viewport {
  const { zoom } = view;
  const shift = (from: number, size: number, room: number) => {
    const margin = Math.max(0, Math.min(MARGIN, (room - size) / 2));
    if (from < margin) return margin - from;
    return from + size > room - margin ? Math.max(margin, room - margin - size) - from : 0;
  };
  const dx = shift(node.at[0] * zoom + view.x, node.width * zoom, width);
  const dy = shift(node.at[1] * zoom + view.y, node.height * zoom, height);
  return dx === 0 && dy === 0 ? view : { x: view.x + dx, y: view.y + dy, zoom };
}

/** Whether any part of a node is in the window. */
export function isSeen({ x, y, zoom }: Viewport, node: Placed, width: number, height: number): boolean {
  const [left, top] = [node.at[0] * zoom + x, node.at[1] * zoom + y];
  return left < width && top < height && left + node.width * zoom > 0 && top + node.height * zoom > 0;
}

export function isSameView(a: Viewport, b: Viewport): boolean {
  return Math.abs(a.x - b.x) < 0.5 && Math.abs(a.y - b.y) < 0.5 && Math.abs(a.zoom - b.zoom) < 0.001;
}
