import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { freeze, thaw } from "@/domain/draft";
import type { GraphNode } from "@/domain/graph";
import { clip, clippingText, parseClipping } from "@/features/studio/clipping";
import { createEditor } from "@/features/studio/editor";
import { vector } from "../vectors";

const MODULE = { kind: "module", module: "text/word-count", pin: "^1.2.0" } as GraphNode;

function opened() {
  const doc = new Y.Doc();
  thaw(doc, vector("graph.json"));
  return { doc, editor: createEditor(doc) };
}

describe("editing", () => {
  it("lets an input port have one wire, the newest", () => {
    const { doc, editor } = opened();
    const id = editor.addNode(MODULE, [0, 200], undefined);
    editor.connect({ source: id, output: "counts", target: "rank", input: "counts" });
    const edges = Object.keys(freeze(doc).edges).filter((key) => key.endsWith(">rank:counts"));
    expect(edges).toEqual([`${id}:counts>rank:counts`]);
  });

  it("lays a wire into a node that runs for each item by one step", () => {
    const { doc, editor } = opened();
    const before = freeze(doc);
    const ends = { source: "texts", output: "value", target: "rank", input: "counts" };
    editor.connectEach(ends);
    expect(freeze(doc).nodes["rank"]).toMatchObject({ map: { over: "counts" } });
    expect(freeze(doc).edges).toHaveProperty("texts:value>rank:counts");
    editor.undo.undo();
    expect(freeze(doc)).toEqual(before);
  });

  it("takes wires away with their node, and brings both back on undo", () => {
    const { doc, editor } = opened();
    const before = freeze(doc);
    editor.remove(new Set(["count"]));
    expect(Object.keys(freeze(doc).edges)).not.toContain("texts:value>count:text");
    editor.undo.undo();
    expect(freeze(doc)).toEqual(before);
  });

  it("undoes one gesture at a time, and only this page's", () => {
    const { doc, editor } = opened();
    editor.addNode(MODULE, [0, 0], undefined);
    doc.getMap("meta").set("title", "By somebody else");
    editor.move(new Map([["count", [8, 8]]]));
    editor.undo.undo();
    expect(freeze(doc).layout?.positions?.["count"]).toEqual([240, 0]);
    editor.undo.undo();
    expect(Object.keys(freeze(doc).nodes)).toHaveLength(6);
    expect(freeze(doc).title).toBe("By somebody else");
  });

  it("keeps nodes without a place where they were drawn, from the first gesture on", () => {
    const { doc, editor } = opened();
    editor.setSpare(new Map([["rank", [480, 8]]]));
    editor.setTitle("count", "Counting");
    expect(freeze(doc).layout?.positions).not.toHaveProperty("rank");
    editor.move(new Map([["count", [248, 0]]]));
    expect(freeze(doc).layout?.positions).toMatchObject({ count: [248, 0], rank: [480, 8] });
    editor.undo.undo();
    expect(freeze(doc).layout?.positions).not.toHaveProperty("rank");
  });

  it("puts a node into a wire", () => {
    const { doc, editor } = opened();
    const id = editor.addNode(MODULE, [0, 0], undefined);
    editor.insertOn("count:counts>rank:counts", id, "text", "counts");
    const edges = Object.keys(freeze(doc).edges);
    expect(edges).toContain(`count:counts>${id}:text`);
    expect(edges).toContain(`${id}:counts>rank:counts`);
    expect(edges).not.toContain("count:counts>rank:counts");
  });

  it("removes a sub-graph with all that is inside", () => {
    const { doc, editor } = opened();
    editor.remove(new Set(["gate"]));
    expect([...doc.getMap("nodes").keys()].sort()).toEqual(["count", "ok", "out", "rank", "texts"]);
  });

  it("changes settings key by key", () => {
    const { doc, editor } = opened();
    editor.setConfig("count", { min_length: 3, other: true });
    expect(freeze(doc).nodes["count"]?.["config"]).toEqual({ min_length: 3, other: true });
    editor.setConfig("count", { other: true });
    expect(freeze(doc).nodes["count"]?.["config"]).toEqual({ other: true });
  });

  it("adds and removes modifiers", () => {
    const { doc, editor } = opened();
    editor.setModifier("count", "map", undefined);
    editor.setModifier("count", "when", "inputs.text != ''");
    const node = freeze(doc).nodes["count"];
    expect(node).not.toHaveProperty("map");
    expect(node).toMatchObject({ when: "inputs.text != ''" });
  });
});

describe("the clipboard", () => {
  it("carries nodes and the wires between them into another graph, under new ids", () => {
    const { doc } = opened();
    const frozen = freeze(doc);
    const clipping = clip(frozen, frozen.layout?.positions ?? {}, new Set(["count", "rank", "gate"]));
    const read = parseClipping(clippingText(clipping ?? { nodes: {}, edges: {}, positions: {} }));
    const other = new Y.Doc();
    const ids = createEditor(other).paste(
      read ?? { nodes: {}, edges: {}, positions: {} },
      [80, 80],
      undefined,
    );
    const pasted = freeze(other);
    expect(ids).toHaveLength(3);
    expect(Object.keys(pasted.nodes).sort()).toEqual([...ids].sort());
    expect(Object.keys(pasted.nodes)).not.toContain("count");
    expect(Object.keys(pasted.edges)).toHaveLength(2);
  });

  it("brings a sub-graph along with its inside", () => {
    const { doc } = opened();
    const frozen = freeze(doc);
    const clipping = clip(frozen, {}, new Set(["gate"]));
    const other = new Y.Doc();
    const [id = ""] = createEditor(other).paste(
      clipping ?? { nodes: {}, edges: {}, positions: {} },
      [0, 0],
      undefined,
    );
    const body = freeze(other).nodes[id]?.["body"] as { nodes: object; edges: object };
    expect(Object.keys(body.nodes)).toHaveLength(3);
    expect(Object.keys(body.edges)).toHaveLength(1);
  });

  it("leaves the names of secrets behind", () => {
    const body = { nodes: { a: { ...MODULE, secrets: { key: "PROD_KEY" } } as GraphNode }, edges: {} };
    expect(clip(body, {}, new Set(["a"]))?.nodes["a"]).not.toHaveProperty("secrets");
  });

  it("ignores text that is something else", () => {
    expect(parseClipping("hello")).toBeUndefined();
    expect(parseClipping('{"format": "lamina/graph@1"}')).toBeUndefined();
  });
});
