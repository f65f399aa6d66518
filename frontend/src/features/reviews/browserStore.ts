/** Small things that one person keeps in one browser; every part of the page sees a change at once. */

import { useSyncExternalStore } from "react";

export interface BrowserStore<Value> {
  readonly use: (key: string) => Value;
  readonly change: (key: string, next: (before: Value) => Value) => void;
}

export function browserStore<Value>(prefix: string, none: Value): BrowserStore<Value> {
  const known = new Map<string, { readonly text: string | null; readonly value: Value }>();
  const listeners = new Set<() => void>();

  const read = (key: string): Value => {
    const text = localStorage.getItem(prefix + key);
    const last = known.get(key);
    if (last !== undefined && last.text === text) return last.value;
    const value = parsed(text, none);
    known.set(key, { text, value });
    return value;
  };

  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    window.addEventListener("storage", listener);
    return () => {
      listeners.delete(listener);
      window.removeEventListener("storage", listener);
    };
  };

  return {
    use: (key) => useSyncExternalStore(subscribe, () => read(key)),
    change: (key, next) => {
      localStorage.setItem(prefix + key, JSON.stringify(next(read(key))));
      for (const listener of listeners) listener();
    },
  };
}

function parsed<Value>(text: string | null, none: Value): Value {
  if (text === null) return none;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return none;
  }
}
