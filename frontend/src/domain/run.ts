/** What lists show of a run. */

import { isObject, textAt } from "./json";
import { lower, type RunStatus } from "./status";

export interface RunSummary {
  readonly id: string;
  readonly title: string;
  readonly status: RunStatus;
  readonly environment: string;
  readonly actorName: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly nodeCount: number;
  readonly counts: unknown;
  readonly error: string | undefined;
  readonly revision: number | undefined;
}

interface RunRow {
  readonly id: string;
  readonly title: string;
  readonly status: Uppercase<RunStatus>;
  readonly environment: string;
  readonly actorName: string;
  readonly createdAt: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly nodeCount: number;
  readonly counts: unknown;
  readonly error?: unknown;
  readonly revision?: { readonly number: number } | null;
}

export function runSummary(row: RunRow): RunSummary {
  return {
    id: row.id,
    title: row.title,
    status: lower(row.status),
    environment: row.environment,
    actorName: row.actorName,
    createdAt: row.createdAt,
    startedAt: row.startedAt ?? null,
    finishedAt: row.finishedAt ?? null,
    nodeCount: row.nodeCount,
    counts: row.counts,
    error: errorText(row.error),
    revision: row.revision?.number,
  };
}

export function errorText(error: unknown): string | undefined {
  if (!isObject(error)) return undefined;
  return textAt(error, "message") ?? textAt(error, "name");
}

interface ConcurrencyGroup {
  readonly key: string;
  readonly limit: number;
}

/** Where a queued run stands, and what lets it begin; nothing for one that has begun. */
export function standingText(
  place: number | null | undefined,
  group: ConcurrencyGroup | null | undefined,
): string {
  if (place === null || place === undefined) return "";
  if (group === null || group === undefined) return `, place ${place}`;
  return `, place ${place} in the group ${group.key}, of which ${group.limit} may run at a time`;
}
