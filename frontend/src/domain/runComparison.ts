/**
 * Two runs beside each other: what they were given, how they went, and where they parted.
 *
 * Owns:     what counts as a difference, and which one comes first in the order of the wires.
 * Promises: pure; a value that may not be seen is neither the same nor another.
 */

import { mergedBody } from "./comparison";
import { type GraphBody, parseBody, parseEdge, topologicalOrder } from "./graph";
import type { NodeView, RunView } from "./journal";
import { isObject, type JsonObject, objectAt, sameJson, textAt } from "./json";
import type { NodeOutputs } from "./nodeOutputs";
import { parametersUsedBy } from "./parameters";
import type { NodeState } from "./status";
import { tookOf } from "./timeline";
import { parseEnvelope } from "./values";

export interface RunSide {
  readonly document: unknown;
  readonly lock: unknown;
  readonly inputs: unknown;
  readonly parameters: unknown;
  readonly view: RunView;
  /** What each node gave; undefined where the journal is too long to be read for it. */
  readonly outputs: ReadonlyMap<string, NodeOutputs> | undefined;
}

export interface Pair<Value> {
  readonly a: Value | undefined;
  readonly b: Value | undefined;
}

export interface NamedPair extends Pair<unknown> {
  readonly name: string;
}

export interface NodePair {
  readonly node: string;
  readonly states: Pair<NodeState>;
  readonly versions: Pair<string>;
  /** Milliseconds. */
  readonly took: Pair<number>;
  /** Whether it gave the same; undefined where nobody can tell. */
  readonly isSame: boolean | undefined;
}

export type Cause =
  | { readonly kind: "version" }
  | { readonly kind: "settings" }
  | { readonly kind: "inputs"; readonly names: readonly string[] }
  | { readonly kind: "parameters"; readonly names: readonly string[] }
  | { readonly kind: "unknown" };

export interface Divergence {
  readonly node: string;
  readonly what: "absent" | "state" | "outputs";
  readonly causes: readonly Cause[];
}

export interface RunComparison {
  readonly inputs: readonly NamedPair[];
  readonly parameters: readonly NamedPair[];
  readonly versions: readonly (Pair<string> & { readonly node: string })[];
  readonly outputs: readonly NamedPair[];
  readonly nodes: readonly NodePair[];
  readonly first: Divergence | undefined;
}

/** By name, only those that differ; `same` tells what is the same. */
function differing(a: unknown, b: unknown, same: (a: unknown, b: unknown) => boolean): NamedPair[] {
  const [left, right] = [isObject(a) ? a : {}, isObject(b) ? b : {}];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .sort()
    .map((name) => ({ name, a: left[name], b: right[name] }))
    .filter((pair) => !same(pair.a, pair.b));
}

/** Values by what they hold; one that is withheld is the same as nothing but its like. */
export function isSameEnvelope(a: unknown, b: unknown): boolean {
  const [left, right] = [parseEnvelope(a), parseEnvelope(b)];
  if (left === undefined || right === undefined) return left === right;
  if (left.kind === "value" && right.kind === "value") return sameJson(left.value, right.value);
  if (left.kind === "artifact" && right.kind === "artifact") return left.artifact === right.artifact;
  return left.kind === "withheld" && right.kind === "withheld";
}

/** The parameters that a run went with: those it was given, or else what its graph falls back on. */
function parametersOf({ document, parameters }: RunSide): JsonObject {
  const declared = Object.entries(objectAt(objectAt(document, "parameters"), "properties"));
  const defaults = declared.flatMap(([name, schema]) =>
    isObject(schema) && "default" in schema ? [[name, schema["default"]] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...(isObject(parameters) ? parameters : {}) };
}

/** Every node of both graphs by path, with what is inside graph nodes, in the order of the wires. */
function pathsOf(body: GraphBody, prefix = ""): string[] {
  return topologicalOrder(body).flatMap((id) => {
    const inner = body.nodes[id]?.["body"];
    return isObject(inner) ? [...pathsOf(parseBody(inner), `${prefix}${id}/`), prefix + id] : [prefix + id];
  });
}

function nodeAt(document: unknown, path: string): JsonObject | undefined {
  let node: unknown = { body: document };
  for (const id of path.split("/")) node = objectAt(objectAt(node, "body"), "nodes")[id];
  return isObject(node) ? node : undefined;
}

export function compareRuns(a: RunSide, b: RunSide): RunComparison {
  const inputs = differing(a.inputs, b.inputs, isSameEnvelope);
  const parameters = differing(parametersOf(a), parametersOf(b), sameJson);
  const versionsOf = (side: RunSide) => objectAt(side.lock, "nodes");
  const nodes = pathsOf(mergedBody(a.document, b.document, []))
    .filter((path) => path in a.view.nodes || path in b.view.nodes)
    .map((path) => nodePair(path, a, b));
  const outputs = differing(a.view.outputs, b.view.outputs, isSameEnvelope);
  const versions = differing(versionsOf(a), versionsOf(b), Object.is).map(({ name, a: one, b: other }) => ({
    node: name,
    a: typeof one === "string" ? one : undefined,
    b: typeof other === "string" ? other : undefined,
  }));
  const found = nodes.map((pair) => ({ pair, what: parting(pair) })).find(({ what }) => what !== undefined);
  const first =
    found?.what === undefined
      ? undefined
      : {
          node: found.pair.node,
          what: found.what,
          causes: causesOf(found.pair, [a, b], { inputs, parameters }),
        };
  return { inputs, parameters, versions, outputs, nodes, first };
}

function nodePair(node: string, a: RunSide, b: RunSide): NodePair {
  const one: NodeView | undefined = a.view.nodes[node];
  const other: NodeView | undefined = b.view.nodes[node];
  const took = (view: NodeView | undefined) =>
    view?.finished_at === undefined ? undefined : tookOf(view, Date.parse(view.finished_at));
  const version = (side: RunSide) => textAt(objectAt(side.lock, "nodes"), node);
  return {
    node,
    states: { a: one?.state, b: other?.state },
    versions: { a: version(a), b: version(b) },
    took: { a: took(one), b: took(other) },
    isSame: isSameOutput(a.outputs?.get(node), b.outputs?.get(node)),
  };
}

function isSameOutput(a: NodeOutputs | undefined, b: NodeOutputs | undefined): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  return a.isKnown && b.isKnown ? sameJson(a.ports, b.ports) : undefined;
}

const GIVEN: ReadonlySet<NodeState | undefined> = new Set(["succeeded", "reused"]);

/** Taken over or computed anew, what a node gave is what counts. */
function parting({ states, isSame }: NodePair): Divergence["what"] | undefined {
  if (states.a === undefined || states.b === undefined) return "absent";
  const isAlike = states.a === states.b || (GIVEN.has(states.a) && GIVEN.has(states.b));
  if (!isAlike) return "state";
  return isSame === false ? "outputs" : undefined;
}

interface Given {
  readonly inputs: readonly NamedPair[];
  readonly parameters: readonly NamedPair[];
}

/** What differs in what this node was made of and given. Before it, nothing has parted. */
function causesOf(pair: NodePair, [a, b]: readonly [RunSide, RunSide], given: Given): readonly Cause[] {
  const causes: Cause[] = [];
  const [one, other] = [nodeAt(a.document, pair.node), nodeAt(b.document, pair.node)];
  if (pair.versions.a !== pair.versions.b) causes.push({ kind: "version" });
  if (!sameJson(meant(one), meant(other))) causes.push({ kind: "settings" });
  const fed = new Set([...feeding(a.document, pair.node), ...feeding(b.document, pair.node)]);
  const inputs = given.inputs.map(({ name }) => name).filter((name) => fed.has(name));
  if (inputs.length > 0) causes.push({ kind: "inputs", names: inputs });
  const used = parametersUsedBy([one, other] as never);
  const parameters = given.parameters
    .map(({ name }) => name)
    .filter((name) => used === "all" || used.has(name));
  if (parameters.length > 0) causes.push({ kind: "parameters", names: parameters });
  return causes.length === 0 ? [{ kind: "unknown" }] : causes;
}

/** A node without what people call it, and without what it holds: that is compared by itself. */
function meant(node: JsonObject | undefined): unknown {
  if (node === undefined) return undefined;
  const { title: _title, body: _body, pin: _pin, bundle: _bundle, ...rest } = node;
  return rest;
}

/** The inputs of the graph that are wired into a node or into what holds it. */
function feeding(document: unknown, path: string): readonly string[] {
  const body = parseBody(document);
  const [top] = path.split("/");
  return Object.keys(body.edges).flatMap((key) => {
    const ends = parseEdge(key);
    const source = ends?.target === top ? body.nodes[ends?.source ?? ""] : undefined;
    return source?.kind === "input" ? [textAt(source, "name") ?? ""] : [];
  });
}
