import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import type { NodeView } from "@/domain/journal";

const SETTLE_MS = 600;

/** Reads again what is shown of a node once it has moved on. */
export function useAgain(view: NodeView | undefined, again: (() => void) | undefined): void {
  const [now] = useDebouncedValue(`${view?.state} ${view?.attempt} ${view?.done}`, SETTLE_MS);
  const read = useRef(now);
  useEffect(() => {
    if (again === undefined || read.current === now) return;
    read.current = now;
    again();
  }, [now, again]);
}
