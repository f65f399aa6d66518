import { createContext, useContext, useSyncExternalStore } from "react";
import type { NodeView } from "@/domain/journal";
import type { PortKind } from "@/domain/ports";
import type { StatusStore } from "./statusStore";

/** The port from which a wire is being drawn. */
export interface Wire {
  readonly node: string;
  readonly port: string;
  readonly direction: "in" | "out";
  readonly kind: PortKind;
}

export interface CanvasContext {
  readonly statuses: StatusStore | undefined;
  readonly prefix: string;
  readonly editable: boolean;
  readonly wire: Wire | undefined;
}

export const CanvasSurroundings = createContext<CanvasContext>({
  statuses: undefined,
  prefix: "",
  editable: false,
  wire: undefined,
});

const nothing = () => () => undefined;

export function useNodeView(id: string): NodeView | undefined {
  const { statuses, prefix } = useContext(CanvasSurroundings);
  return useSyncExternalStore(
    statuses === undefined ? nothing : (listener) => statuses.subscribe(prefix + id, listener),
    () => statuses?.get(prefix + id),
  );
}
