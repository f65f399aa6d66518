/** What can be added to a graph beside modules, with the least that each kind needs. */

import type { GraphNode, NodeKind } from "@/domain/graph";
import type { JsonObject } from "@/domain/json";
import { contractPorts, isClosed, type Port } from "@/domain/ports";
import { type NodePorts, ownPorts } from "@/domain/scene";

export interface Addition {
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly kind: NodeKind;
  readonly node: GraphNode;
  /** The contract's ports, when it has one. */
  readonly contract: unknown;
}

const TEXT = { media: "json", schema: { type: "string" } };

const BLOCKS: readonly (readonly [NodeKind, string, string, JsonObject])[] = [
  ["input", "Input", "A value that a run is started with", { name: "input", port: TEXT }],
  ["output", "Output", "A value that the graph gives", { name: "output" }],
  ["constant", "Constant", "A fixed value", { value: "" }],
  [
    "approval",
    "Approval",
    "Waits until people approve or refuse",
    { who: { roles: ["operator"] }, prompt: "Go on?", deadline_seconds: 86_400 },
  ],
  ["wait", "Wait", "Waits for a time", { seconds: 60 }],
  [
    "signal",
    "Signal",
    "Waits for a message from outside",
    { name: "signal", schema: true, deadline_seconds: 86_400 },
  ],
  ["graph", "Sub-graph", "A graph of its own inside this one", { body: { nodes: {}, edges: {} } }],
];

export const BLOCK_ADDITIONS: readonly Addition[] = BLOCKS.map(([kind, title, detail, fields]) => ({
  key: `block:${kind}`,
  title,
  detail,
  kind,
  node: { kind, ...fields } as GraphNode,
  contract: undefined,
}));

/** An input that gives what a port takes, where the port's type stands on its own. */
export function inputFor(addition: Addition, { name, spec }: Port): Addition {
  const port = ownType(spec);
  if (addition.kind !== "input" || port === undefined) return addition;
  return { ...addition, node: { ...addition.node, name, port } as GraphNode };
}

/** What a port carries, without its name's other facts; none where it leans on what stands elsewhere. */
function ownType({ media, schema, columns, type }: JsonObject): JsonObject | undefined {
  if (media === "table") return Array.isArray(columns) ? { media, columns } : undefined;
  if (media === "binary") return { media, type };
  return media === "json" && schema !== undefined && isClosed(schema) ? { media, schema } : undefined;
}

/** The ports that what is added will have, as far as they are known. */
export function portsOfAddition({ node, contract }: Addition): NodePorts {
  if (contract === undefined) return ownPorts(node);
  return { inputs: contractPorts(contract, "in"), outputs: contractPorts(contract, "out") };
}

interface ModuleOffer {
  readonly name: string;
  readonly summary: string;
  readonly latest?: {
    readonly version: string;
    readonly state: string;
    readonly bundle: string;
    readonly contract: unknown;
  } | null;
}

/** A released version is taken with its compatible successors; anything else exactly as it is. */
export function moduleAddition({ name, summary, latest }: ModuleOffer): Addition | undefined {
  if (latest === undefined || latest === null) return undefined;
  const isReleased = latest.state === "RELEASED" || latest.state === "DEPRECATED";
  const pin = isReleased ? { pin: `^${latest.version}` } : { pin: latest.version, bundle: latest.bundle };
  return {
    key: `module:${name}`,
    title: name,
    detail: summary,
    kind: "module",
    node: { kind: "module", module: name, ...pin } as GraphNode,
    contract: latest.contract,
  };
}
