import { Button } from "@mantine/core";
import { useState } from "react";

type Start = string | null;
const FIRST: readonly Start[] = [null];

export interface Pages {
  /** The cursor that the page on show begins after. */
  readonly after: Start;
  readonly isFirst: boolean;
  readonly back: () => void;
  readonly on: (cursor: string) => void;
}

/** A walk through the pages of a list; another list, by its `name`, begins at its first page. */
export function usePages(name = ""): Pages {
  const [walk, setWalk] = useState({ name, starts: FIRST });
  const starts = walk.name === name ? walk.starts : FIRST;
  return {
    after: starts.at(-1) ?? null,
    isFirst: starts.length < 2,
    back: () => setWalk({ name, starts: starts.slice(0, -1) }),
    on: (cursor) => setWalk({ name, starts: [...starts, cursor] }),
  };
}

interface PagerProps {
  readonly pages: Pages;
  readonly info: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
  readonly labels?: readonly [string, string];
}

/** The way to the other pages, where there are any. */
export function Pager({ pages, info, labels = ["Previous", "Next"] }: PagerProps) {
  const { hasNextPage, endCursor } = info;
  if (pages.isFirst && !hasNextPage) return null;
  return (
    <div className="row">
      <Button variant="default" disabled={pages.isFirst} onClick={pages.back}>
        {labels[0]}
      </Button>
      <Button
        variant="default"
        disabled={!hasNextPage || !endCursor}
        onClick={() => endCursor && pages.on(endCursor)}
      >
        {labels[1]}
      </Button>
    </div>
  );
}
