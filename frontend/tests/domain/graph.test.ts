import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { freeze, thaw } from "@/domain/draft";
import { bodyAt, edgeKey, nodeOfPointer, parseEdge, parseGraph, topologicalOrder } from "@/domain/graph";
import { boundsOf, buildScene, nodeHeight } from "@/domain/scene";
import { keepIdentity } from "@/domain/stable";
import { vector } from "../vectors";

const document = vector("graph.json");
const graph = parseGraph(document);

describe("graph documents", () => {
  it("read edges and write them back", () => {
    const ends = parseEdge("texts:value>count:text");
    expect(ends).toEqual({ source: "texts", output: "value", target: "count", input: "text" });
    expect(ends && edgeKey(ends)).toBe("texts:value>count:text");
    expect(parseEdge("no edge")).toBeUndefined();
  });

  it("order nodes so that wires point forward", () => {
    const order = topologicalOrder(graph);
    for (const key of Object.keys(graph.edges)) {
      const ends = parseEdge(key);
      expect(order.indexOf(ends?.source ?? "")).toBeLessThan(order.indexOf(ends?.target ?? ""));
    }
  });

  it("order even a circle without losing a node", () => {
    const circle = parseGraph({
      nodes: { a: { kind: "module", module: "t/a" }, b: { kind: "module", module: "t/b" } },
      edges: { "a:x>b:x": {}, "b:x>a:x": {} },
    });
    expect([...topologicalOrder(circle)].sort()).toEqual(["a", "b"]);
  });

  it("open sub-graphs", () => {
    expect(Object.keys(bodyAt(graph, ["gate"]).nodes).sort()).toEqual(["k", "o", "r"]);
  });

  it("lead a problem to its node", () => {
    expect(nodeOfPointer("/nodes/count/config/min_length")).toBe("count");
    expect(nodeOfPointer("/edges/texts:value>count:text")).toBe("count");
    expect(nodeOfPointer("/title")).toBeUndefined();
  });
});

describe("the draft", () => {
  it("gives back the graph that was put in", () => {
    const doc = new Y.Doc();
    thaw(doc, document);
    const frozen = freeze(doc);
    const { layout: _a, ...meant } = document as Record<string, unknown>;
    const { layout: _b, ...got } = frozen;
    expect(got).toEqual(meant);
    expect(frozen.layout?.positions).toEqual({ texts: [0, 0], count: [240, 0] });
  });

  it("leaves dangling wires out of the graph but keeps them for whoever undoes", () => {
    const doc = new Y.Doc();
    thaw(doc, document);
    doc.getMap("nodes").delete("rank");
    expect(Object.keys(freeze(doc).edges)).not.toContain("rank:ranking>ok:value");
    expect(doc.getMap("edges").has("rank:ranking>ok:value")).toBe(true);
  });
});

describe("scenes", () => {
  const scene = () =>
    buildScene({ body: graph, positions: { texts: [0, 0], count: [240, 0] }, ports: new Map() });

  it("give every node a place and a size, and every wire its two ports", () => {
    const { nodes, edges } = scene();
    expect(nodes).toHaveLength(Object.keys(graph.nodes).length);
    expect(new Set(nodes.map(({ at }) => at.join())).size).toBe(nodes.length);
    for (const edge of edges) {
      const source = nodes.find(({ id }) => id === edge.source);
      expect(source?.outputs.map(({ name }) => name)).toContain(edge.output);
      expect(source?.height).toBe(source && nodeHeight(source));
    }
  });

  it("keep the identity of what did not change", () => {
    const before = scene();
    const after = keepIdentity(before, scene());
    expect(after.nodes.every((node, place) => node === before.nodes[place])).toBe(true);
  });

  it("span all nodes", () => {
    const { nodes } = scene();
    const box = boundsOf(nodes);
    expect(nodes.every(({ at, width }) => at[0] + width <= box.x + box.width)).toBe(true);
  });
});
