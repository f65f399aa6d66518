import { describe, expect, it } from "vitest";
import { isMappable, modifierText, withMap } from "@/domain/modifiers";

const INNER = { nodes: { each: { kind: "module", module: "a/b" } }, edges: {} };
const GRAPH = {
  nodes: { one: { kind: "module", module: "a/b" }, part: { kind: "graph", body: INNER } },
  edges: {},
};
const MAP = { over: "text", concurrency: 16 };

describe("running once for each item", () => {
  it("is asked of a node, and leaves the document that was given as it is", () => {
    expect(withMap(GRAPH, "one", "text")).toEqual({
      ...GRAPH,
      nodes: { ...GRAPH.nodes, one: { ...GRAPH.nodes.one, map: MAP } },
    });
    expect(GRAPH.nodes.one).not.toHaveProperty("map");
  });

  it("is asked of a node inside a sub-graph", () => {
    expect(withMap(GRAPH, "part/each", "text")).toMatchObject({
      nodes: { part: { body: { nodes: { each: { map: MAP } } } } },
    });
  });

  it("changes nothing where there is no such node", () => expect(withMap(GRAPH, "gone", "x")).toBe(GRAPH));

  it("is for what is called, once", () => {
    expect(isMappable({ kind: "module" })).toBe(true);
    expect(isMappable({ kind: "output" })).toBe(false);
    expect(isMappable({ kind: "module", map: MAP })).toBe(false);
    expect(isMappable({ kind: "module", repeat: { until: "true" } })).toBe(false);
  });
});

it.each([
  ["when", "inputs.total > 3", "only when inputs.total > 3"],
  ["map", MAP, "for each item of text"],
  ["repeat", { until: "outputs.done", max: 5 }, "until outputs.done, 5 times at most"],
  ["retry", { attempts: 4 }, "4 attempts"],
  ["timeout_seconds", 90, "1 min 30 s at most"],
  ["placement", { strategy: "wasm", queue: "local" }, "wasm, local"],
  ["cache", true, "results are reused"],
  ["on_error", "port", "errors go to the port error"],
] as const)("tells %s in words", (name, value, words) => expect(modifierText(name, value)).toBe(words));
