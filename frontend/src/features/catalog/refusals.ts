/** Which refusals of a try belong beside which field. */

import { placeText } from "@/domain/pointer";

export interface Refusal {
  readonly path: string;
  readonly message: string;
}

export interface NamedRefusal {
  /** The place inside the field as a person writes it, or nothing for the whole of it. */
  readonly place: string;
  readonly message: string;
}

export const FIELDS = ["inputs", "config"] as const;
export type Field = (typeof FIELDS)[number];

function isOf(field: Field, path: string): boolean {
  return path === `/${field}` || path.startsWith(`/${field}/`);
}

export function refusalsOf(field: Field, refusals: readonly Refusal[]): NamedRefusal[] {
  return refusals
    .filter(({ path }) => isOf(field, path))
    .map(({ path, message }) => ({ place: placeText(path.slice(field.length + 1)), message }));
}

/** What is about neither field. */
export function otherRefusals(refusals: readonly Refusal[]): Refusal[] {
  return refusals.filter(({ path }) => !FIELDS.some((field) => isOf(field, path)));
}
