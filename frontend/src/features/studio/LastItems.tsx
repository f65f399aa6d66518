import { useItems } from "@/api/useItems";
import { ItemList } from "@/design/Items";
import { Failure, Loading } from "@/design/Message";
import type { Index } from "@/domain/items";

interface LastItemsProps {
  readonly run: string;
  readonly node: string;
  readonly onOpen: (index: Index) => void;
}

/** All calls of a mapped node in the run on show. */
export function LastItems({ run, node, onOpen }: LastItemsProps) {
  const page = useItems(run, node);
  if (page.isLoading) return <Loading rows={3} />;
  if (page.failed !== undefined) {
    return (
      <Failure title="The items could not be read" onRetry={page.again}>
        {page.failed}
      </Failure>
    );
  }
  return <ItemList {...page} onOpen={onOpen} />;
}
