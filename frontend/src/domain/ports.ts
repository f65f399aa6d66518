/** What a port carries: the kind that gives it shape and colour, and its type in words. */

import { isObject, type JsonObject, listAt, objectAt, textAt } from "./json";

export const PORT_KINDS = ["any", "string", "number", "boolean", "object", "list", "bytes", "table"] as const;
export type PortKind = (typeof PORT_KINDS)[number];

export interface Port {
  readonly name: string;
  readonly kind: PortKind;
  readonly type: string;
  readonly required: boolean;
  readonly doc: string;
  readonly spec: JsonObject;
}

const KIND_OF_TYPE: Readonly<Record<string, PortKind>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  object: "object",
  array: "list",
};

const MAX_HOPS = 8;

/** What a local reference leads to; nothing where it leads nowhere. */
function targetOf(ref: string, root: unknown): unknown {
  let target: unknown = root;
  for (const part of ref.slice(1).split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    target = isObject(target) ? target[key] : undefined;
  }
  return target;
}

/** Follow local references, which count from the root of the contract. */
function resolve(schema: unknown, root: unknown): unknown {
  let current = schema;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const ref = textAt(current, "$ref");
    if (ref === undefined || !ref.startsWith("#")) return current;
    current = targetOf(ref, root);
  }
  return current;
}

/** Whether all that a schema refers to stands in the schema itself. */
export function isClosed(schema: unknown, root: unknown = schema): boolean {
  if (Array.isArray(schema)) return schema.every((part) => isClosed(part, root));
  if (!isObject(schema)) return true;
  const ref = schema["$ref"];
  if (typeof ref === "string" && targetOf(ref, root) === undefined) return false;
  return Object.values(schema).every((part) => isClosed(part, root));
}

export function kindOfSchema(schema: unknown, root: unknown = undefined): PortKind {
  const target = resolve(schema, root);
  if (!isObject(target)) return "any";
  const type = target["type"];
  if (typeof type === "string") return KIND_OF_TYPE[type] ?? "any";
  if (Array.isArray(type)) {
    const kinds = new Set(type.filter((each) => each !== "null").map((each) => KIND_OF_TYPE[String(each)]));
    const [only] = kinds;
    return kinds.size === 1 && only !== undefined ? only : "any";
  }
  const values = "const" in target ? [target["const"]] : listAt(target, "enum");
  if (values.length > 0) return kindOfValues(values);
  const options = [...listAt(target, "anyOf"), ...listAt(target, "oneOf")];
  const kinds = new Set(options.map((option) => kindOfSchema(option, root)));
  const [only] = kinds;
  if (options.length > 0) return kinds.size === 1 && only !== undefined ? only : "any";
  if ("properties" in target || "required" in target) return "object";
  return "items" in target || "prefixItems" in target ? "list" : "any";
}

function kindOfValues(values: readonly unknown[]): PortKind {
  const kinds = new Set(values.map(kindOfValue));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : "any";
}

export function kindOfValue(value: unknown): PortKind {
  if (Array.isArray(value)) return "list";
  if (value === null) return "any";
  return KIND_OF_TYPE[typeof value] ?? "any";
}

export function kindOfPort(spec: unknown, root: unknown = undefined): PortKind {
  const media = textAt(spec, "media");
  if (media === "table") return "table";
  if (media === "binary") return "bytes";
  const schema = isObject(spec) ? spec["schema"] : undefined;
  return kindOfSchema(schema, root ?? schema);
}

/** A type variable says less than what it stands for. */
const TYPE_VARIABLE = /^[A-Z]?$/;

/** A schema in a few words, as a label: `list of string`, `"a" | "b"`, `integer ≥ 1`. */
export function schemaText(schema: unknown, root: unknown = undefined, depth = 0): string {
  const ref = textAt(schema, "$ref");
  const target = resolve(schema, root);
  const named = ref?.split("/").at(-1) ?? "";
  if (depth > 0 && !TYPE_VARIABLE.test(named) && isObject(target) && Object.keys(target).length > 0)
    return named;
  if (!isObject(target)) return target === false ? "nothing" : "any";
  if ("const" in target) return JSON.stringify(target["const"]);
  const values = listAt(target, "enum");
  if (values.length > 0) {
    const shown = values.slice(0, 4).map((value) => JSON.stringify(value));
    return `${shown.join(" | ")}${values.length > 4 ? " | …" : ""}`;
  }
  const options = [...listAt(target, "anyOf"), ...listAt(target, "oneOf")];
  if (options.length > 0) {
    return [...new Set(options.map((option) => schemaText(option, root, depth + 1)))].join(" | ");
  }
  const type = target["type"];
  if (Array.isArray(type)) return type.join(" | ");
  if (type === "array" || kindOfSchema(target, root) === "list") {
    return `list of ${schemaText(target["items"], root, depth + 1)}`;
  }
  if (type === "object" || kindOfSchema(target, root) === "object") return objectText(target, root, depth);
  return typeof type === "string" ? `${type}${boundsText(target)}` : "any";
}

function objectText(target: JsonObject, root: unknown, depth: number): string {
  const names = Object.keys(objectAt(target, "properties"));
  if (names.length === 0) {
    const values = target["additionalProperties"];
    return isObject(values) ? `map of ${schemaText(values, root, depth + 1)}` : "object";
  }
  if (depth > 0) return "object";
  return `{${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}}`;
}

function boundsText(target: JsonObject): string {
  const { minimum, maximum } = target;
  if (typeof minimum === "number" && typeof maximum === "number") return ` ${minimum}…${maximum}`;
  if (typeof minimum === "number") return ` ≥ ${minimum}`;
  if (typeof maximum === "number") return ` ≤ ${maximum}`;
  return "";
}

export function typeText(spec: unknown, root: unknown = undefined): string {
  const media = textAt(spec, "media");
  if (media === "binary") return textAt(spec, "type") ?? "binary";
  const schema = isObject(spec) ? spec["schema"] : undefined;
  if (media !== "table") return schemaText(schema, root ?? schema);
  const columns = listAt(spec, "columns").map((column) => textAt(column, "name") ?? "");
  if (columns.length === 0) return textAt(spec, "columns") ?? "table";
  return `table of ${columns.slice(0, 3).join(", ")}${columns.length > 3 ? ", …" : ""}`;
}

export type Direction = "in" | "out";

export function isRequired(spec: unknown): boolean {
  return isObject(spec) && !("default" in spec) && spec["cardinality"] !== "optional";
}

export function portsOf(specs: unknown, root: unknown = undefined): readonly Port[] {
  if (!isObject(specs)) return [];
  return Object.entries(specs).map(([name, spec]) => ({
    name,
    kind: kindOfPort(spec, root),
    type: typeText(spec, root),
    required: isRequired(spec),
    doc: textAt(spec, "doc") ?? "",
    spec: isObject(spec) ? spec : {},
  }));
}

export function contractPorts(contract: unknown, direction: Direction): readonly Port[] {
  return portsOf(objectAt(contract, "ports")[direction], contract);
}

/** What two ports are compared by while a wire is on its way. */
export type PortType = Pick<Port, "kind" | "type">;

const LIST_OF = "list of ";
const KIND_OF_WORD: Readonly<Record<string, PortKind>> = { ...KIND_OF_TYPE, map: "object", list: "list" };

/** `list of list of integer ≥ 1` is list, list, number; what a name stands for is not known here. */
function kindsOf({ kind, type }: PortType): readonly PortKind[] {
  const kinds: PortKind[] = [];
  let rest = type;
  while (rest.startsWith(LIST_OF)) {
    kinds.push("list");
    rest = rest.slice(LIST_OF.length);
  }
  if (kinds.length === 0) return [kind];
  const [word = ""] = rest.split(" ", 1);
  return [...kinds, (rest.includes(" | ") ? undefined : KIND_OF_WORD[word]) ?? "any"];
}

/**
 * Whether two types can never meet. It only dims ports while a wire is dragged;
 * the verdict on a wire is the server's.
 */
export function neverFits(output: PortType, input: PortType): boolean {
  const wanted = kindsOf(input);
  return kindsOf(output).some((kind, depth) => {
    const other = wanted[depth] ?? "any";
    return kind !== "any" && other !== "any" && kind !== other;
  });
}
