import { type PointerEvent, useCallback, useEffect, useRef } from "react";
import type { Position } from "@/domain/graph";
import type { Room } from "./room";

const PAUSE_MS = 60;

/** Tell the others where this pointer is on the canvas, and in which scope. */
export function useOwnCursor(
  room: Room,
  parent: string | undefined,
  place: (at: { clientX: number; clientY: number }) => Position,
) {
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef<{ clientX: number; clientY: number }>(undefined);
  const leave = useCallback(() => {
    clearTimeout(waiting.current);
    waiting.current = undefined;
    latest.current = undefined;
    room.awareness.setLocalStateField("cursor", null);
  }, [room]);
  useEffect(() => leave, [leave]);
  const move = useCallback(
    (event: PointerEvent) => {
      latest.current = { clientX: event.clientX, clientY: event.clientY };
      waiting.current ??= setTimeout(() => {
        waiting.current = undefined;
        if (latest.current !== undefined)
          room.awareness.setLocalStateField("cursor", { at: place(latest.current), scope: parent ?? "" });
      }, PAUSE_MS);
    },
    [room, parent, place],
  );
  return { onPointerMove: move, onPointerLeave: leave };
}
