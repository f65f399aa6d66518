/** A small value that a schema accepts, to start trying with. */

import { isObject, listAt, numberAt, objectAt, textAt } from "./json";

const MAX_DEPTH = 6;

export function sampleOf(schema: unknown, root: unknown = undefined, depth = 0): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  const ref = textAt(schema, "$ref");
  if (ref !== undefined) return sampleOf(referenced(ref, root), root, depth + 1);
  if ("default" in schema) return schema["default"];
  if ("const" in schema) return schema["const"];
  for (const key of ["examples", "enum"]) {
    const [first] = listAt(schema, key);
    if (first !== undefined) return first;
  }
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const [first] = listAt(schema, key);
    if (first !== undefined) return sampleOf(first, root, depth + 1);
  }
  return sampleOfType(schema, root, depth);
}

function sampleOfType(schema: Readonly<Record<string, unknown>>, root: unknown, depth: number): unknown {
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  switch (type) {
    case "string":
      return sampleText(schema);
    case "integer":
      return Math.ceil(sampleNumber(schema));
    case "number":
      return sampleNumber(schema);
    case "boolean":
      return true;
    case "array": {
      const count = Math.max(1, numberAt(schema, "minItems") ?? 1);
      return Array.from({ length: Math.min(count, 3) }, () =>
        sampleOf(schema["items"] ?? {}, root, depth + 1),
      );
    }
    case "null":
      return null;
    default:
      return type === "object" || "properties" in schema ? sampleObject(schema, root, depth) : null;
  }
}

function sampleObject(schema: Readonly<Record<string, unknown>>, root: unknown, depth: number): unknown {
  const properties = objectAt(schema, "properties");
  const entries = Object.entries(properties).map(
    ([name, inner]) => [name, sampleOf(inner, root, depth + 1)] as const,
  );
  if (entries.length > 0) return Object.fromEntries(entries);
  const values = schema["additionalProperties"];
  return isObject(values) ? { example: sampleOf(values, root, depth + 1) } : {};
}

function sampleText(schema: Readonly<Record<string, unknown>>): string {
  const text = "The quick brown fox";
  const most = numberAt(schema, "maxLength") ?? text.length;
  const least = numberAt(schema, "minLength") ?? 0;
  return text.slice(0, most).padEnd(least, "x");
}

function sampleNumber(schema: Readonly<Record<string, unknown>>): number {
  const least = numberAt(schema, "minimum") ?? numberAt(schema, "exclusiveMinimum");
  const most = numberAt(schema, "maximum") ?? numberAt(schema, "exclusiveMaximum");
  const above = "exclusiveMinimum" in schema ? 1 : 0;
  if (least !== undefined) return most === undefined ? least + above : Math.min(least + above, most);
  return most === undefined ? 1 : Math.min(1, most);
}

function referenced(ref: string, root: unknown): unknown {
  let target: unknown = root;
  for (const part of ref.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    target = isObject(target) ? target[part] : undefined;
  }
  return target;
}

/** A value for one input port; undefined for what has a default, and for what only a file can fill. */
export function samplePort(spec: unknown, root: unknown = undefined): unknown {
  if (!isObject(spec) || "default" in spec) return undefined;
  return spec["media"] === "json" ? sampleOf(spec["schema"], root) : undefined;
}

export function sampleInputs(
  ports: Iterable<readonly [string, unknown]>,
  root: unknown = undefined,
): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const [name, spec] of ports) {
    const value = samplePort(spec, root);
    if (value !== undefined) inputs[name] = value;
  }
  return inputs;
}
