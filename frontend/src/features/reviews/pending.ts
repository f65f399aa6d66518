/** Comments that wait in this browser until their author gives a verdict. */

import type { Anchor } from "./anchors";
import { browserStore } from "./browserStore";

export interface Pending {
  readonly id: string;
  readonly anchor: Anchor;
  readonly body: string;
}

interface PendingList {
  readonly list: readonly Pending[];
  readonly add: (anchor: Anchor, body: string) => void;
  readonly remove: (id: string) => void;
}

const kept = browserStore<readonly Pending[]>("lamina-pending-", []);

export function usePending(review: string): PendingList {
  return {
    list: kept.use(review),
    add: (anchor, body) =>
      kept.change(review, (before) => [...before, { id: `${Date.now()}-${before.length}`, anchor, body }]),
    remove: (id) => kept.change(review, (before) => before.filter((each) => each.id !== id)),
  };
}
