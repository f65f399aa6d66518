import { useMemo, useSyncExternalStore } from "react";
import type * as Y from "yjs";
import { freeze, metaOf, placesOf, scopeBody } from "@/domain/draft";
import type { GraphBody, GraphDocument, Position } from "@/domain/graph";

export interface DraftView {
  readonly body: GraphBody;
  readonly positions: Readonly<Record<string, Position>>;
  readonly title: string;
  readonly doc: string;
}

/** A number that changes whenever the document does. */
function useRevision(doc: Y.Doc): number {
  const watch = useMemo(() => {
    let count = 0;
    return {
      subscribe: (listener: () => void) => {
        const onChange = (transaction: Y.Transaction) => {
          if (transaction.changed.size === 0) return;
          count += 1;
          listener();
        };
        doc.on("afterTransaction", onChange);
        return () => doc.off("afterTransaction", onChange);
      },
      read: () => count,
    };
  }, [doc]);
  return useSyncExternalStore(watch.subscribe, watch.read);
}

export function useDraft(doc: Y.Doc, parent: string | undefined): DraftView & { readonly revision: number } {
  const revision = useRevision(doc);
  return useMemo(() => {
    const meta = metaOf(doc);
    return {
      body: scopeBody(doc, parent),
      positions: placesOf(doc).toJSON() as Readonly<Record<string, Position>>,
      title: String(meta.get("title") ?? ""),
      doc: String(meta.get("doc") ?? ""),
      revision,
    };
  }, [doc, parent, revision]);
}

export function useFrozen(doc: Y.Doc, revision: number): GraphDocument {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the document changes in place; its revision says when.
  return useMemo(() => freeze(doc), [doc, revision]);
}
