/** Comments that wait in this browser until their author gives a verdict. */

import { useLocalStorage } from "@mantine/hooks";
import type { Anchor } from "./anchors";

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

const NONE: readonly Pending[] = [];

export function usePending(review: string): PendingList {
  const [list, setList] = useLocalStorage<readonly Pending[]>({
    key: `lamina-pending-${review}`,
    defaultValue: NONE,
    getInitialValueInEffect: false,
  });
  return {
    list,
    add: (anchor, body) => setList((before) => [...before, { id: crypto.randomUUID(), anchor, body }]),
    remove: (id) => setList((before) => before.filter((each) => each.id !== id)),
  };
}
