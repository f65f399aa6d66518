import { useMemo, useSyncExternalStore } from "react";
import type * as Y from "yjs";
import { type Group, type Note, notesIn, parseGroups, parseNotes } from "@/domain/annotations";
import { freeze, groupsOf, metaOf, nodesOf, notesOf, pinsOf, placesOf, scopeBody } from "@/domain/draft";
import type { GraphBody, GraphDocument, Position } from "@/domain/graph";
import { isObject, type JsonObject } from "@/domain/json";

export interface DraftView {
  readonly body: GraphBody;
  readonly positions: Readonly<Record<string, Position>>;
  readonly title: string;
  readonly doc: string;
  /** Groups of the whole draft, and the notes of this scope. */
  readonly groups: readonly Group[];
  readonly notes: readonly Note[];
  readonly pins: Readonly<Record<string, JsonObject>>;
  /** The schema of the settings that expressions of this scope may use. */
  readonly parameters: JsonObject;
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
    const body = scopeBody(doc, parent);
    const parameters =
      parent === undefined ? meta.get("parameters") : nodesOf(doc).get(parent)?.get("parameters");
    return {
      body,
      groups: parseGroups(groupsOf(doc).toJSON()),
      notes: notesIn(parseNotes(notesOf(doc).toJSON()), body.nodes, parent === undefined),
      pins: pinsOf(doc).toJSON() as Readonly<Record<string, JsonObject>>,
      parameters: isObject(parameters) ? parameters : {},
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
