/** Envelopes of values between nodes (value, artifact or withheld). */

import { isObject, listAt, numberAt, textAt } from "./json";

export type Envelope =
  | { readonly kind: "value"; readonly media: string; readonly bytes: number; readonly value: unknown }
  | {
      readonly kind: "artifact";
      readonly media: string;
      readonly bytes: number;
      readonly artifact: string;
      readonly type: string;
      readonly rows?: number;
    }
  | { readonly kind: "withheld"; readonly media: string; readonly bytes: number };

export function parseEnvelope(document: unknown): Envelope | undefined {
  if (!isObject(document)) return undefined;
  const media = textAt(document, "media") ?? "json";
  const bytes = numberAt(document, "bytes") ?? 0;
  if (document["withheld"] === true) return { kind: "withheld", media, bytes };
  const artifact = textAt(document, "artifact");
  if (artifact !== undefined) {
    const rows = numberAt(document, "rows");
    const type =
      textAt(document, "type") ?? (media === "json" ? "application/json" : "application/octet-stream");
    return { kind: "artifact", media, bytes, artifact, type, ...(rows === undefined ? {} : { rows }) };
  }
  return "value" in document ? { kind: "value", media, bytes, value: document["value"] } : undefined;
}

/** Columns of a list that reads best as a table: a few rows of flat objects with shared keys. */
export function tableColumns(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const names = new Set<string>();
  for (const row of value.slice(0, 50)) {
    if (!isObject(row)) return undefined;
    for (const name of Object.keys(row)) names.add(name);
  }
  return names.size > 0 && names.size <= 40 ? [...names] : undefined;
}

export interface TablePage {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
}

/** A page of rows as the server writes it: cells in the order of the columns. */
export function pageOfTable(document: unknown): TablePage {
  const columns = listAt(document, "columns").map((column) => ({
    name: textAt(column, "name") ?? "",
    type: textAt(column, "type") ?? "",
  }));
  const rows = listAt(document, "rows").map((row) =>
    Object.fromEntries(columns.map(({ name }, place) => [name, Array.isArray(row) ? row[place] : undefined])),
  );
  return { columns, rows, total: numberAt(document, "total") ?? rows.length };
}

/** Text that is a picture. It is shown through an image element, which runs no scripts. */
export function isSvg(value: unknown): value is string {
  return typeof value === "string" && /^\s*(<\?xml[^>]*>\s*)?<svg[\s>]/.test(value);
}

/** Text of several lines, which reads badly between quotation marks. */
export function isLines(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}
