/** Where a comment stands: a line of a file, a place in the contract, or the review as a whole. */

import { numberAt, textAt } from "@/domain/json";

export type Anchor =
  | { readonly kind: "line"; readonly file: string; readonly line: number }
  | { readonly kind: "pointer"; readonly pointer: string }
  | { readonly kind: "review" };

export const WHOLE: Anchor = { kind: "review" };

export function parseAnchor(document: unknown): Anchor {
  const file = textAt(document, "file");
  if (file !== undefined) return { kind: "line", file, line: numberAt(document, "line") ?? 1 };
  const pointer = textAt(document, "pointer");
  return pointer === undefined ? WHOLE : { kind: "pointer", pointer };
}

export function anchorDocument(anchor: Anchor): unknown {
  switch (anchor.kind) {
    case "line":
      return { file: anchor.file, line: anchor.line };
    case "pointer":
      return { pointer: anchor.pointer };
    case "review":
      return null;
  }
}

export function anchorKey(anchor: Anchor): string {
  return JSON.stringify(anchorDocument(anchor));
}

export function anchorText(anchor: Anchor): string {
  switch (anchor.kind) {
    case "line":
      return `${anchor.file}, line ${anchor.line}`;
    case "pointer":
      return anchor.pointer === "" ? "the whole contract" : anchor.pointer;
    case "review":
      return "the whole review";
  }
}
