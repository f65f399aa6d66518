/** Whom a change of a contract breaks, and how its witness reads. */

import { stepsOf, valueAt } from "@/domain/pointer";

export interface Change {
  readonly level: string;
  readonly path: string;
  readonly message: string;
  readonly verdict: string;
  readonly witness?: unknown;
  readonly hasWitness: boolean;
}

export type Side = "callers" | "readers" | "operators";

/** Callers send inputs and settings; readers take outputs and errors; the rest is for who runs it. */
export function sideOf(path: string): Side {
  const [first, second] = stepsOf(path);
  if (first === "config" || (first === "ports" && second === "in")) return "callers";
  if (first === "errors" || first === "errors_open" || (first === "ports" && second === "out"))
    return "readers";
  return "operators";
}

export function witnessLabel({ path, verdict }: Pick<Change, "path" | "verdict">): string {
  const isProven = verdict === "no";
  switch (sideOf(path)) {
    case "callers":
      return isProven
        ? "A caller may send this today; it would be refused"
        : "The value that could not be decided";
    case "readers":
      return isProven ? "It may now emit this; no reader expects it" : "The value that could not be decided";
    case "operators":
      return "The value that shows it";
  }
}

export type Verdict = "proven" | "breaks" | "unknown";

export function verdictOf({ level, verdict }: Pick<Change, "level" | "verdict">): Verdict {
  if (verdict === "unknown") return "unknown";
  return verdict === "no" || level === "major" ? "breaks" : "proven";
}

export type Fragment = { readonly before: unknown; readonly after: unknown };

/** What stands at a change's place in both contracts; undefined where a side has nothing. */
export function fragmentAt(path: string, before: unknown, after: unknown): Fragment {
  return { before: valueAt(before, path)?.value, after: valueAt(after, path)?.value };
}
