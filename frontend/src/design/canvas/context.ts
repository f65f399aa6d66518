import { createContext, useContext, useSyncExternalStore } from "react";
import type { Position } from "@/domain/graph";
import type { NodeView } from "@/domain/journal";
import type { PortKind } from "@/domain/ports";
import { isWorse, type NodeState } from "@/domain/status";
import type { StatusStore } from "./statusStore";

/** The port from which a wire is being drawn. */
export interface Wire {
  readonly node: string;
  readonly port: string;
  readonly direction: "in" | "out";
  readonly kind: PortKind;
  readonly type: string;
}

export interface CanvasContext {
  readonly statuses: StatusStore | undefined;
  readonly prefix: string;
  readonly editable: boolean;
  readonly wire: Wire | undefined;
  /** Change a note where it stands; absent where nothing may be edited. */
  readonly onNote: OnNote | undefined;
}

export type OnNote = (id: string, change: { readonly text?: string; readonly size?: Position }) => void;

export const CanvasSurroundings = createContext<CanvasContext>({
  statuses: undefined,
  prefix: "",
  editable: false,
  wire: undefined,
  onNote: undefined,
});

const nothing = () => () => undefined;

export function useNodeView(id: string): NodeView | undefined {
  const { statuses, prefix } = useContext(CanvasSurroundings);
  return useSyncExternalStore(
    statuses === undefined ? nothing : (listener) => statuses.subscribe(prefix + id, listener),
    () => statuses?.get(prefix + id),
  );
}

/** The state that matters most among the nodes that a folded group stands for. */
export function useFoldedState(ids: readonly string[] | undefined): NodeState | undefined {
  const { statuses, prefix } = useContext(CanvasSurroundings);
  const follow = (listener: () => void) => {
    const stops = (ids ?? []).map((id) => statuses?.subscribe(prefix + id, listener));
    return () => {
      for (const stop of stops) stop?.();
    };
  };
  const read = () =>
    (ids ?? []).reduce<NodeState | undefined>((worst, id) => {
      const state = statuses?.get(prefix + id)?.state;
      return state !== undefined && (worst === undefined || isWorse(state, worst)) ? state : worst;
    }, undefined);
  return useSyncExternalStore(follow, read);
}
