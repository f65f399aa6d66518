/** What the server found wrong with a graph, for people: with the titles of nodes, and each thing once. */

import { type GraphNode, nodeTitle } from "./graph";
import { isObject, objectAt } from "./json";

const MADE_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The message with titles where it names nodes by the ids that the studio made for them. */
export function titled(message: string, body: unknown): string {
  return message.replaceAll(MADE_ID, (id) => titleWithin(body, id) ?? id);
}

function titleWithin(body: unknown, id: string): string | undefined {
  const nodes = objectAt(body, "nodes");
  const node = nodes[id];
  if (isObject(node)) return nodeTitle(id, node as unknown as GraphNode);
  for (const each of Object.values(nodes)) {
    const inner = isObject(each) && isObject(each["body"]) ? titleWithin(each["body"], id) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The wire that a pointer leads to, in whichever scope: `/edges/a:b>c:d`, `/nodes/s/body/edges/a:b>c:d`. */
export function edgeOfPointer(pointer: string): string | undefined {
  const parts = pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const place = parts.lastIndexOf("edges");
  return place < 0 ? undefined : parts[place + 1];
}
