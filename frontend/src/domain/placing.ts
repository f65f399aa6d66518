/** Where a new node goes: never on top of another one. */

import type { Position } from "./graph";
import { boundsOf, NODE_WIDTH, type SceneNode, snap } from "./scene";

type Placed = Pick<SceneNode, "at" | "width" | "height">;

const GAP = 24;
const STEP = 32;
const RINGS = 80;

function overlaps(at: Position, height: number, other: Placed): boolean {
  return (
    at[0] < other.at[0] + other.width + GAP &&
    at[0] + NODE_WIDTH + GAP > other.at[0] &&
    at[1] < other.at[1] + other.height + GAP &&
    at[1] + height + GAP > other.at[1]
  );
}

/** The free place nearest to the one that is wanted; of two equally near the lower or the right one. */
export function freeSpot(wanted: Position, height: number, nodes: readonly Placed[]): Position {
  const isFree = (at: Position) => !nodes.some((node) => overlaps(at, height, node));
  for (let ring = 0; ring <= RINGS; ring += 1) {
    const found = ringAround(wanted, ring).filter(isFree);
    const [nearest] = found.sort((a, b) => distance(a, wanted) - distance(b, wanted));
    if (nearest !== undefined) return nearest;
  }
  const { x, y, height: tall } = boundsOf(nodes);
  return [snap(x), snap(y + tall + GAP)];
}

function distance(a: Position, b: Position): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
}

/** Places on the edge of a square around a point, lower and right ones first. */
function ringAround([x, y]: Position, ring: number): Position[] {
  if (ring === 0) return [[snap(x), snap(y)]];
  const places: Position[] = [];
  for (let along = -ring; along <= ring; along += 1) {
    for (const [dx, dy] of [
      [along, ring],
      [ring, along],
      [along, -ring],
      [-ring, along],
    ] as const)
      places.push([snap(x + dx * STEP), snap(y + dy * STEP)]);
  }
  return places;
}

/** Behind a node, or behind everything: where a list of nodes goes on. */
export function spotBehind(nodes: readonly Placed[], last: Placed | undefined): Position {
  if (last !== undefined) return [last.at[0] + last.width + 64, last.at[1]];
  if (nodes.length === 0) return [0, 0];
  const { x, y, width } = boundsOf(nodes);
  return [snap(x + width + 64), snap(y)];
}
