/** A schema in words that read well in a form. The schema itself belongs to its author and stays as it is. */

import { isObject, type JsonObject } from "@/domain/json";

/** Items of a list are called so, and what a description quotes as code is quoted as words are. */
export function worded(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(worded);
  if (!isObject(schema)) return schema;
  const next: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "const" || key === "enum" || key === "default" || key === "examples") next[key] = value;
    else if (key === "properties" && isObject(value)) next[key] = eachWorded(value);
    else if (key === "description" && typeof value === "string")
      next[key] = value.replaceAll(/`([^`]+)`/g, "“$1”");
    else if (key === "items" && isObject(value))
      next[key] = { title: "Item", ...(worded(value) as JsonObject) };
    else next[key] = worded(value);
  }
  return next;
}

/** Schemas by name, whatever the names are. */
export function eachWorded(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, worded(schema)]));
}
