/** Pinned values: outputs that stand in for the call of a node while a draft is tried. */

import { type GraphBody, type GraphNode, parseBody } from "./graph";
import { isObject, type JsonObject } from "./json";
import type { Port } from "./ports";
import { sampleOf } from "./sample";
import { parseEnvelope } from "./values";

/** Only a node that is called once; a mapped one gives a list that no single value stands in for. */
export function isPinnable(node: GraphNode): boolean {
  return (node.kind === "module" || node.kind === "layer") && node["map"] === undefined;
}

/** A first pin, made up from the types; undefined where an output is no JSON. */
export function samplePin(outputs: readonly Port[]): JsonObject | undefined {
  const own = outputs.filter(({ name }) => name !== "error");
  if (own.length === 0 || own.some(({ spec }) => !("schema" in spec))) return undefined;
  return Object.fromEntries(own.map(({ name, spec }) => [name, { value: sampleOf(spec["schema"]) ?? null }]));
}

/** The pins of a draft as a run takes them: path → port → value. Those of nodes that are gone are left out. */
export function pinsByPath(
  graph: GraphBody,
  pins: Readonly<Record<string, JsonObject>>,
  prefix = "",
): Readonly<Record<string, JsonObject>> {
  const found: Record<string, JsonObject> = {};
  for (const [id, node] of Object.entries(graph.nodes)) {
    const pin = pins[id];
    if (pin !== undefined && isPinnable(node)) found[prefix + id] = givenBy(pin);
    if (isObject(node["body"]))
      Object.assign(found, pinsByPath(parseBody(node["body"]), pins, `${prefix}${id}/`));
  }
  return found;
}

/** A table or a binary is given by its digest, anything else by itself. */
function givenBy(pin: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(pin).map(([port, kept]) => [
      port,
      isObject(kept) && "value" in kept ? kept["value"] : kept,
    ]),
  );
}

/** Outputs of a run as a pin; undefined where the viewer may not see one of them. */
export function pinOf(outputs: unknown): JsonObject | undefined {
  if (!isObject(outputs) || Object.keys(outputs).length === 0) return undefined;
  const pin: Record<string, JsonObject> = {};
  for (const [port, document] of Object.entries(outputs)) {
    const envelope = parseEnvelope(document);
    if (envelope?.kind === "value") pin[port] = { value: envelope.value };
    else if (envelope?.kind === "artifact" && envelope.media !== "json")
      pin[port] = { artifact: envelope.artifact };
    else return undefined;
  }
  return pin;
}
