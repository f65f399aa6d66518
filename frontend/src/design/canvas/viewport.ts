import type { Box } from "@/domain/scene";

const MARGIN = 32;
const MAX_FIT_ZOOM = 1;
const MIN_FIT_ZOOM = 0.05;

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The viewport that shows a box in a window of this size, never larger than life. */
export function viewportFor(box: Box, width: number, height: number, margin = MARGIN): Viewport {
  const zoom = Math.max(
    MIN_FIT_ZOOM,
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
