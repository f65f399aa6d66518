/** JSON pointers (RFC 6901). */

import { isObject } from "./json";

export type Found = { readonly value: unknown } | undefined;

/** What stands at a pointer, or undefined where nothing does. */
export function valueAt(document: unknown, pointer: string): Found {
  let value = document;
  for (const step of stepsOf(pointer)) {
    if (Array.isArray(value)) {
      const place = Number(step);
      if (!Number.isInteger(place) || place < 0 || place >= value.length) return undefined;
      value = value[place];
    } else if (isObject(value) && Object.hasOwn(value, step)) {
      value = value[step];
    } else {
      return undefined;
    }
  }
  return { value };
}

export function stepsOf(pointer: string): readonly string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A pointer as people write it: `/numbers/0/name` is `numbers[0].name`. */
export function placeText(pointer: string): string {
  return stepsOf(pointer)
    .map((step, place) => (/^\d+$/.test(step) ? `[${step}]` : place === 0 ? step : `.${step}`))
    .join("");
}
