/**
 * The edits people make to a draft.
 *
 * Owns:     every change to the shared document, one transaction each, and their undoing.
 * Promises: undo takes back only what was done on this page.
 * Never:    touches selection or run states.
 */

import * as Y from "yjs";
import { draftNode, edgesIn, groupsOf, metaOf, nodesOf, notesOf, pinsOf, placesOf } from "@/domain/draft";
import type { Rehousing } from "@/domain/extraction";
import {
  type EdgeEnds,
  edgeKey,
  type GraphBody,
  type GraphNode,
  type Position,
  parseBody,
  parseEdge,
} from "@/domain/graph";
import { isObject, type JsonObject } from "@/domain/json";
import { type Modifier, mapOver } from "@/domain/modifiers";
import { type Annotating, createAnnotating } from "./annotating";
import type { Clipping } from "./clipping";

const LOCAL = Symbol("made on this page");

export interface Editor extends Annotating {
  readonly doc: Y.Doc;
  readonly undo: Y.UndoManager;
  readonly addNode: (
    node: GraphNode,
    at: Position,
    parent: string | undefined,
    wire?: (id: string) => EdgeEnds,
  ) => string;
  readonly connect: (ends: EdgeEnds) => void;
  /** Lay a wire, and let its target run once for each item that comes. */
  readonly connectEach: (ends: EdgeEnds) => void;
  readonly insertOn: (edge: string, id: string, input: string, output: string) => void;
  readonly remove: (ids: ReadonlySet<string>) => void;
  readonly move: (positions: ReadonlyMap<string, Position>) => void;
  readonly setTitle: (id: string, title: string) => void;
  readonly setConfig: (id: string, config: JsonObject) => void;
  readonly setRef: (id: string, change: JsonObject) => void;
  readonly setModifier: (id: string, name: Modifier, value: unknown) => void;
  readonly setEdge: (key: string, edge: JsonObject) => void;
  readonly setMeta: (key: "title" | "doc", value: unknown) => void;
  /** The schema of the settings of the graph, or of a sub-graph. */
  readonly setParameters: (parent: string | undefined, schema: JsonObject) => void;
  /** Where nodes without a place are drawn: the next gesture keeps it, so that they do not jump. */
  readonly setSpare: (positions: ReadonlyMap<string, Position>) => void;
  /** Outputs that stand in for the node's call in runs of the draft. */
  readonly setPin: (id: string, outputs: JsonObject | undefined) => void;
  readonly paste: (clipping: Clipping, at: Position, parent: string | undefined) => readonly string[];
  /** Make a part of the graph a sub-graph, or the other way round. */
  readonly rehouse: (plan: Rehousing) => void;
  readonly replaceAll: (fill: () => void) => void;
}

export function createEditor(doc: Y.Doc): Editor {
  const nodes = nodesOf(doc);
  const edges = edgesIn(doc);
  const places = placesOf(doc);
  const pins = pinsOf(doc);
  const undo = new Y.UndoManager([nodes, edges, places, metaOf(doc), notesOf(doc), groupsOf(doc), pins], {
    trackedOrigins: new Set([LOCAL]),
    captureTimeout: 800,
  });
  let spare: ReadonlyMap<string, Position> = new Map();
  /** What people see as one act is one step of undo. */
  const gesture = (act: () => void) => {
    undo.stopCapturing();
    doc.transact(() => {
      for (const [id, at] of spare) if (nodes.has(id) && !places.has(id)) places.set(id, at);
      act();
    }, LOCAL);
    undo.stopCapturing();
  };
  /** Keystrokes that follow each other quickly are one step. */
  const typing = (act: () => void) => doc.transact(act, LOCAL);
  const annotating = createAnnotating(doc, { gesture, typing });

  /** An input port takes one edge: a new one replaces the old. */
  const wireUp = (ends: EdgeEnds) => {
    for (const key of [...edges.keys()]) {
      const other = parseEdge(key);
      if (other?.target === ends.target && other.input === ends.input) edges.delete(key);
    }
    edges.set(edgeKey(ends), {});
  };
  /** Copy a body in under new ids, sub-graphs with all they hold. Ids are unique in the whole document. */
  const lay = (body: GraphBody, parent: string | undefined): ReadonlyMap<string, string> => {
    const fresh = new Map(Object.keys(body.nodes).map((id) => [id, crypto.randomUUID() as string]));
    for (const [id, node] of Object.entries(body.nodes)) {
      const name = fresh.get(id) ?? id;
      nodes.set(name, draftNode(node, parent));
      if (isObject(node["body"])) lay(parseBody(node["body"]), name);
    }
    for (const [key, edge] of Object.entries(body.edges)) {
      const ends = parseEdge(key);
      const [source, target] = [fresh.get(ends?.source ?? ""), fresh.get(ends?.target ?? "")];
      if (ends !== undefined && source !== undefined && target !== undefined) {
        edges.set(edgeKey({ ...ends, source, target }), edge);
      }
    }
    return fresh;
  };
  const inside = (id: string): string[] =>
    [...nodes.entries()]
      .filter(([, map]) => map.get("parent") === id)
      .flatMap(([child]) => [child, ...inside(child)]);

  return {
    addNote: annotating.addNote,
    setNote: annotating.setNote,
    group: annotating.group,
    setGroup: annotating.setGroup,
    ungroup: annotating.ungroup,
    doc,
    undo,
    addNode: (node, at, parent, wire) => {
      const id = crypto.randomUUID();
      gesture(() => {
        nodes.set(id, draftNode(node, parent));
        places.set(id, at);
        if (wire !== undefined) wireUp(wire(id));
      });
      return id;
    },
    connect: (ends) => gesture(() => wireUp(ends)),
    connectEach: (ends) =>
      gesture(() => {
        wireUp(ends);
        const modifiers = nodes.get(ends.target)?.get("modifiers");
        if (modifiers instanceof Y.Map) modifiers.set("map", mapOver(ends.input));
      }),
    insertOn: (edge, id, input, output) => {
      const ends = parseEdge(edge);
      if (ends === undefined) return;
      gesture(() => {
        edges.delete(edge);
        wireUp({ source: ends.source, output: ends.output, target: id, input });
        wireUp({ source: id, output, target: ends.target, input: ends.input });
      });
    },
    remove: (ids) =>
      gesture(() => {
        const gone = new Set([...ids].flatMap((id) => (nodes.has(id) ? [id, ...inside(id)] : [])));
        for (const key of [...edges.keys()]) {
          const ends = parseEdge(key);
          if (ids.has(key) || (ends !== undefined && (gone.has(ends.source) || gone.has(ends.target))))
            edges.delete(key);
        }
        for (const id of gone) {
          nodes.delete(id);
          places.delete(id);
          pins.delete(id);
        }
        annotating.forget(ids, gone);
      }),
    move: (positions) =>
      gesture(() => {
        for (const [key, at] of positions) {
          if (nodes.has(key)) places.set(key, at);
          else annotating.place(key, at);
        }
      }),
    setTitle: (id, title) => typing(() => nodes.get(id)?.set("title", title)),
    setConfig: (id, config) =>
      typing(() => {
        const map = nodes.get(id)?.get("config");
        if (!(map instanceof Y.Map)) return;
        for (const key of [...map.keys()]) if (!(key in config)) map.delete(key);
        for (const [key, value] of Object.entries(config)) {
          if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
        }
      }),
    setRef: (id, change) =>
      typing(() => {
        const map = nodes.get(id);
        const ref = { ...(map?.get("ref") as JsonObject | undefined), ...change };
        map?.set("ref", Object.fromEntries(Object.entries(ref).filter(([, value]) => value !== undefined)));
      }),
    setModifier: (id, name, value) =>
      typing(() => {
        const map = nodes.get(id)?.get("modifiers");
        if (!(map instanceof Y.Map)) return;
        if (value === undefined) map.delete(name);
        else map.set(name, value);
      }),
    setEdge: (key, edge) => typing(() => edges.has(key) && edges.set(key, edge)),
    setParameters: (parent, schema) =>
      typing(() => (parent === undefined ? metaOf(doc) : nodes.get(parent))?.set("parameters", schema)),
    setMeta: (key, value) => typing(() => metaOf(doc).set(key, value)),
    paste: (clipping, [x, y], parent) => {
      let fresh: ReadonlyMap<string, string> = new Map();
      gesture(() => {
        fresh = lay(clipping, parent);
        for (const [id, name] of fresh) {
          const [dx, dy] = clipping.positions[id] ?? [0, 0];
          places.set(name, [x + dx, y + dy]);
        }
      });
      return [...fresh.values()];
    },
    setSpare: (positions) => {
      spare = positions;
    },
    setPin: (id, outputs) =>
      gesture(() => {
        if (outputs === undefined) pins.delete(id);
        else pins.set(id, outputs);
      }),
    rehouse: (plan) =>
      gesture(() => {
        annotating.rehouse(plan);
        for (const key of plan.removedEdges) edges.delete(key);
        for (const [id, node, parent] of plan.nodes) nodes.set(id, draftNode(node, parent));
        for (const id of plan.moved) {
          if (plan.parent === undefined) nodes.get(id)?.delete("parent");
          else nodes.get(id)?.set("parent", plan.parent);
        }
        for (const id of plan.gone) {
          nodes.delete(id);
          places.delete(id);
        }
        for (const [id, at] of Object.entries(plan.positions)) places.set(id, at);
        for (const [key, edge] of Object.entries(plan.edges)) edges.set(key, edge);
      }),
    replaceAll: (fill) =>
      gesture(() => {
        for (const map of [
          nodes,
          edges,
          places,
          notesOf(doc),
          groupsOf(doc),
          metaOf(doc),
        ] as Y.Map<unknown>[])
          map.clear();
        fill();
      }),
  };
}
