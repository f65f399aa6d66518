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

export type Whom = "callers" | "readers" | "operators";

type Place = "input" | "output" | "error" | "other";

function placeOf(path: string): Place {
  const [first, second] = stepsOf(path);
  if (first === "config" || (first === "ports" && second === "in")) return "input";
  if (first === "ports" && second === "out") return "output";
  return first === "errors" || first === "errors_open" ? "error" : "other";
}

/** Callers send inputs and settings and handle errors; readers take outputs; the rest is for who runs it. */
export function whomOf(path: string): Whom {
  const place = placeOf(path);
  if (place === "other") return "operators";
  return place === "output" ? "readers" : "callers";
}

const PROVEN: Readonly<Record<Place, string>> = {
  input: "A caller may send this today; it would be refused",
  output: "It may now emit this; no reader expects it",
  error: "It may now fail with this; no caller expects it",
  other: "The value that shows it",
};

export function witnessLabel({ path, verdict }: Pick<Change, "path" | "verdict">): string {
  return verdict === "no" ? PROVEN[placeOf(path)] : "The value that could not be decided";
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
