/** What was run before in this browser, newest first. */

import type { Draft } from "./examples";

export interface Past extends Draft {
  readonly name: string;
  readonly at: number;
}

const KEY = "lamina-explorer-past";
const KEPT = 30;

/** With one more in front; an equal one moves up, the oldest drop out. */
export function remembered(list: readonly Past[], past: Past): Past[] {
  const others = list.filter(({ query, variables }) => query !== past.query || variables !== past.variables);
  return [past, ...others].slice(0, KEPT);
}

export function readPast(): readonly Past[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? (list as readonly Past[]) : [];
  } catch {
    return [];
  }
}

export function keepPast(list: readonly Past[]): void {
  localStorage.setItem(KEY, JSON.stringify(list));
}
