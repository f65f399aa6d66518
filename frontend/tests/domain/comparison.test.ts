import { describe, expect, it } from "vitest";
import { changesIn, fieldText, mergedBody, partTitle, wireText, withChanges } from "@/domain/comparison";
import { parseGraph } from "@/domain/graph";
import { pinOf, pinsByPath, samplePin } from "@/domain/pins";
import { portsOf } from "@/domain/ports";
import { buildScene } from "@/domain/scene";
import { vector } from "../vectors";

const old = vector("graph.json") as { nodes: Record<string, object>; edges: Record<string, object> };
const { rank: _rank, ...left } = old.nodes;
const fresh = {
  ...old,
  nodes: { ...left, more: { kind: "constant", value: 1 } },
  edges: { "count:counts>out:value": {} },
};
const graphs = [parseGraph(fresh), parseGraph(old)];

describe("two graphs compared", () => {
  it("are one picture that holds the nodes and wires of both", () => {
    const body = mergedBody(old, fresh, []);
    expect(Object.keys(body.nodes)).toEqual(expect.arrayContaining(["rank", "more", "count"]));
    expect(Object.keys(body.edges)).toEqual(
      expect.arrayContaining(["count:counts>rank:counts", "count:counts>out:value"]),
    );
  });

  it("mark what was added, removed and changed, and a sub-graph by its inside", () => {
    const parts = [
      { path: "rank", change: "removed" },
      { path: "more", change: "added" },
      { path: "gate/r", change: "added" },
    ] as const;
    const changes = changesIn(parts, "");
    expect(Object.fromEntries(changes)).toEqual({ rank: "removed", more: "added", gate: "changed" });
    expect(Object.fromEntries(changesIn(parts, "gate/"))).toEqual({ r: "added" });
    const scene = withChanges(
      buildScene({ body: mergedBody(old, fresh, []), positions: {}, ports: new Map() }),
      changes,
    );
    expect(scene.nodes.find(({ id }) => id === "rank")?.change).toBe("removed");
    expect(scene.nodes.find(({ id }) => id === "count")).not.toHaveProperty("change");
  });

  it("are told in the words of the graph", () => {
    expect(partTitle(graphs, "rank")).toBe("Rank");
    expect(partTitle(graphs, "gate/r")).toBe("ranking");
    expect(wireText(graphs, "gate/r:value>o:value")).toBe("ranking · value → ranking · value");
    expect(wireText(graphs, "count:counts>rank:counts")).toBe("Word count · counts → Rank · counts");
    expect(fieldText("/config/min_length")).toBe("setting min_length");
    expect(fieldText("/retry/attempts")).toBe("Retry attempts");
    expect(fieldText("/pin")).toBe("version");
  });
});

describe("pinned values", () => {
  const node = { kind: "module", module: "t/m", pin: "1.0.0" } as const;

  it("go to a run by the paths of their nodes, where they can stand in for a call", () => {
    const body = { nodes: { b: node, m: { ...node, map: { over: "x" } } }, edges: {} };
    const graph = parseGraph({ nodes: { a: node, s: { kind: "graph", body } }, edges: {} });
    const pin = { out: { value: 1 }, rows: { artifact: "sha256:0" } };
    const taken = { out: 1, rows: { artifact: "sha256:0" } };
    expect(pinsByPath(graph, { a: pin, b: pin, m: pin, gone: pin })).toEqual({ a: taken, "s/b": taken });
  });

  it("are taken from a run, tables and binaries by reference", () => {
    const artifact = "sha256:0";
    expect(
      pinOf({
        text: { media: "json", bytes: 4, value: "to" },
        rows: { media: "table", bytes: 650, rows: 2, artifact },
      }),
    ).toEqual({ text: { value: "to" }, rows: { artifact } });
    expect(pinOf({ text: { media: "json", bytes: 4, withheld: true } })).toBeUndefined();
    expect(pinOf({})).toBeUndefined();
  });

  it("begin as samples of their types", () => {
    const outputs = portsOf({ n: { media: "json", schema: { type: "integer", minimum: 3 } }, error: {} });
    expect(samplePin(outputs)).toEqual({ n: { value: 3 } });
    expect(samplePin(portsOf({ t: { media: "table", columns: [] } }))).toBeUndefined();
  });
});
