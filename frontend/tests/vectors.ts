import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@/domain/journal";

/** The golden documents that the server's tests read too. */
const VECTORS = join(import.meta.dirname, "../../tests/vectors");

export function vector(name: string): unknown {
  return JSON.parse(readFileSync(join(VECTORS, name), "utf8"));
}

export function journal(name: string): RunEvent[] {
  const lines = readFileSync(join(VECTORS, name), "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

/** Journals with the view that they must give: `<name>.jsonl` beside `<name>.view.json`. */
export function goldenJournals(): string[] {
  const folder = join(VECTORS, "journals");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => join("journals", file));
}
