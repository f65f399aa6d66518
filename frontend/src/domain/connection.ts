/** How fresh what a page shows is. Never shows "live" when it does not know. */

export type Freshness =
  | { readonly kind: "live" }
  | { readonly kind: "catching_up"; readonly behind: number }
  | { readonly kind: "connecting" }
  | { readonly kind: "stale"; readonly since: number };

export const STALE_AFTER_MS = 3000;

interface Heard {
  /** When anything last arrived, by the clock of this browser; undefined before the first time. */
  readonly heardAt: number | undefined;
  readonly openedAt: number;
  readonly behind?: number;
}

export function freshness({ heardAt, openedAt, behind = 0 }: Heard, now: number): Freshness {
  const last = heardAt ?? openedAt;
  if (now - last > STALE_AFTER_MS) return { kind: "stale", since: last };
  if (heardAt === undefined) return { kind: "connecting" };
  return behind > 0 ? { kind: "catching_up", behind } : { kind: "live" };
}
