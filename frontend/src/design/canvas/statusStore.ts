/** States of nodes, kept outside the nodes themselves: an update draws one badge, not the graph. */

import type { NodeView } from "@/domain/journal";

type Listener = () => void;

export interface StatusStore {
  readonly get: (id: string) => NodeView | undefined;
  readonly all: () => ReadonlyMap<string, NodeView>;
  readonly subscribe: (id: string, listener: Listener) => () => void;
  /** Called once a frame when anything changed. */
  readonly subscribeAll: (listener: Listener) => () => void;
  readonly replace: (nodes: Readonly<Record<string, NodeView>>) => void;
}

export function createStatusStore(schedule: (work: () => void) => void = requestAnimationFrame): StatusStore {
  let current: ReadonlyMap<string, NodeView> = new Map();
  let pending: Readonly<Record<string, NodeView>> | undefined;
  const byNode = new Map<string, Set<Listener>>();
  const general = new Set<Listener>();

  const flush = () => {
    if (pending === undefined) return;
    const next = new Map(Object.entries(pending));
    pending = undefined;
    const before = current;
    current = next;
    const touched = new Set([...before.keys(), ...next.keys()]);
    for (const id of touched) {
      if (before.get(id) === next.get(id)) continue;
      for (const listener of byNode.get(id) ?? []) listener();
    }
    for (const listener of general) listener();
  };

  return {
    get: (id) => current.get(id),
    all: () => current,
    subscribe: (id, listener) => {
      const listeners = byNode.get(id) ?? new Set();
      byNode.set(id, listeners.add(listener));
      return () => listeners.delete(listener);
    },
    subscribeAll: (listener) => {
      general.add(listener);
      return () => general.delete(listener);
    },
    replace: (nodes) => {
      const scheduled = pending !== undefined;
      pending = nodes;
      if (!scheduled) schedule(flush);
    },
  };
}

/** The same store seen from inside a graph node: only what lies below it, by its inner path. */
export function pathPrefix(scope: readonly string[]): string {
  return scope.length === 0 ? "" : `${scope.join("/")}/`;
}
