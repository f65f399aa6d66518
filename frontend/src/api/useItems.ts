import { useState } from "react";
import { type Item, itemOf } from "@/domain/items";
import { RunItemsDocument } from "./generated/graphql";
import { useReading } from "./useReading";

export interface ItemsPage {
  readonly items: readonly Item[];
  readonly version: string | undefined;
  readonly isLoading: boolean;
  readonly failed: string | undefined;
  readonly again: () => void;
  /** Absent at either end. */
  readonly earlier: (() => void) | undefined;
  readonly later: (() => void) | undefined;
}

/** The calls of a node without their values, a page at a time. */
export function useItems(run: string, node: string): ItemsPage {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const variables = { id: run, node, after: cursors.at(-1) ?? null };
  const reading = useReading(RunItemsDocument, variables, { changes: ["run"] });
  const page = reading.kind === "ready" ? reading.data.run?.invocations : undefined;
  const rows = page?.edges.map((edge) => edge.node).filter((each) => each.node === node) ?? [];
  const next = page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : undefined;
  return {
    items: rows.map(itemOf),
    version: rows[0]?.version ?? undefined,
    isLoading: reading.kind === "loading",
    failed: reading.kind === "failed" ? reading.message : undefined,
    again: reading.kind === "loading" ? () => undefined : reading.again,
    earlier: cursors.length === 0 ? undefined : () => setCursors(cursors.slice(0, -1)),
    later: next === null || next === undefined ? undefined : () => setCursors([...cursors, next]),
  };
}
