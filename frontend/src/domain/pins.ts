/** Pinned values: outputs that stand in for the call of a node while a draft is tried. */

import { type GraphBody, parseBody } from "./graph";
import { isObject, type JsonObject } from "./json";
import { parseEnvelope } from "./values";

/** The pins of a draft by the paths of their nodes. Those of nodes that are gone are left out. */
export function pinsByPath(
  graph: GraphBody,
  pins: Readonly<Record<string, JsonObject>>,
  prefix = "",
): Readonly<Record<string, JsonObject>> {
  const found: Record<string, JsonObject> = {};
  for (const [id, node] of Object.entries(graph.nodes)) {
    const pin = pins[id];
    if (pin !== undefined && node["map"] === undefined) found[prefix + id] = pin;
    if (isObject(node["body"]))
      Object.assign(found, pinsByPath(parseBody(node["body"]), pins, `${prefix}${id}/`));
  }
  return found;
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
