/** Comments with the same anchor are one thread. */

import { type Anchor, anchorKey, parseAnchor } from "./anchors";

export interface Remark {
  readonly id: string;
  readonly anchor?: unknown;
  readonly createdAt: string;
  readonly resolvedAt?: string | null | undefined;
}

export interface Thread<Comment extends Remark> {
  readonly key: string;
  readonly anchor: Anchor;
  readonly comments: readonly Comment[];
  readonly isResolved: boolean;
}

/** Threads in the order of their first comment. A resolved thread opens again when somebody adds to it. */
export function threadsOf<Comment extends Remark>(comments: readonly Comment[]): Thread<Comment>[] {
  const found = new Map<string, { anchor: Anchor; comments: Comment[] }>();
  for (const comment of comments) {
    const anchor = parseAnchor(comment.anchor);
    const key = anchorKey(anchor);
    const thread = found.get(key) ?? { anchor, comments: [] };
    thread.comments.push(comment);
    found.set(key, thread);
  }
  return [...found].map(([key, thread]) => ({
    key,
    anchor: thread.anchor,
    comments: thread.comments,
    isResolved: thread.comments.every(({ resolvedAt }) => resolvedAt !== null && resolvedAt !== undefined),
  }));
}

/** Threads about lines of one file, by line. */
export function threadsByLine<Comment extends Remark>(
  threads: readonly Thread<Comment>[],
  file: string,
): ReadonlyMap<number, Thread<Comment>> {
  const found = new Map<number, Thread<Comment>>();
  for (const thread of threads) {
    if (thread.anchor.kind === "line" && thread.anchor.file === file) found.set(thread.anchor.line, thread);
  }
  return found;
}

export function unresolvedCount(threads: readonly Thread<Remark>[]): number {
  return threads.filter(({ isResolved }) => !isResolved).length;
}
