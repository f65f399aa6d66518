import { describe, expect, it } from "vitest";
import type { RunEvent, RunView } from "@/domain/journal";
import { nodeOutputs } from "@/domain/nodeOutputs";
import { compareRuns, isSameEnvelope, type RunSide } from "@/domain/runComparison";

const DOCUMENT = {
  nodes: {
    in: { kind: "input", name: "text" },
    read: { kind: "module", module: "a/read", config: { from: { $cel: "parameters.since" } } },
    sort: { kind: "module", module: "a/sort" },
    out: { kind: "output", name: "rows" },
  },
  edges: { "in:value>read:text": {}, "read:rows>sort:rows": {}, "sort:rows>out:value": {} },
};

function json(value: unknown) {
  return { media: "json", bytes: 1, value };
}

function gave(node: string, value: unknown, more = {}): RunEvent {
  const data = { node, outputs: { rows: json(value) }, ...more };
  return { seq: 1, type: "invocation_completed", v: 1, at: "", data };
}

function side(change: Partial<RunSide> = {}, read: unknown = 1, sort: unknown = 2): RunSide {
  const ended = {
    state: "succeeded",
    started_at: "2026-01-31T09:00:00.000Z",
    finished_at: "2026-01-31T09:00:00.040Z",
  } as const;
  return {
    document: DOCUMENT,
    lock: { nodes: { read: "a/read@1.0.0", sort: "a/sort@1.0.0" } },
    inputs: { text: json("x") },
    parameters: { since: "2001" },
    view: { nodes: { sort: ended, read: ended }, outputs: { rows: json(sort) } } as unknown as RunView,
    outputs: nodeOutputs([gave("read", read), gave("sort", sort)]),
    ...change,
  };
}

describe("two runs", () => {
  it("that went alike differ in nothing", () => {
    const found = compareRuns(side(), side());
    expect(found).toMatchObject({ inputs: [], parameters: [], versions: [], outputs: [], first: undefined });
    expect(found.nodes.map(({ node, isSame, took }) => [node, isSame, took.a])).toEqual([
      ["read", true, 40],
      ["sort", true, 40],
    ]);
  });

  it("part at the first node in the order of the wires, by what it was given", () => {
    const other = side({ inputs: { text: json("y") } }, 7, 8);
    const found = compareRuns(side(), other);
    expect(found.inputs).toEqual([{ name: "text", a: json("x"), b: json("y") }]);
    expect(found.outputs.map(({ name }) => name)).toEqual(["rows"]);
    expect(found.first).toEqual({
      node: "read",
      what: "outputs",
      causes: [{ kind: "inputs", names: ["text"] }],
    });
  });

  it("name the parameter that the node uses", () => {
    const other = side({ parameters: { since: "2010", unused: 1 } }, 7);
    expect(compareRuns(side(), other).first?.causes).toEqual([{ kind: "parameters", names: ["since"] }]);
  });

  it("differ in what they were given against what the graph falls back on, by its value", () => {
    const properties = { since: { default: "1999" }, top: { default: 3 } };
    const one = side({ document: { ...DOCUMENT, parameters: { properties } }, parameters: { top: 3 } });
    const found = compareRuns(one, { ...one, parameters: { since: "2010" } });
    expect(found.parameters).toEqual([{ name: "since", a: "1999", b: "2010" }]);
  });

  it("name the version, and where only that is another", () => {
    const other = side({ lock: { nodes: { read: "a/read@1.0.0", sort: "a/sort@1.1.0" } } }, 1, 9);
    const found = compareRuns(side(), other);
    expect(found.versions).toEqual([{ node: "sort", a: "a/sort@1.0.0", b: "a/sort@1.1.0" }]);
    expect(found.first).toEqual({ node: "sort", what: "outputs", causes: [{ kind: "version" }] });
  });

  it("say so where nothing that was given differs", () => {
    expect(compareRuns(side(), side({}, 5)).first).toMatchObject({ causes: [{ kind: "unknown" }] });
  });

  it("part where one failed or never came", () => {
    const failed = { state: "failed", finished_at: "2026-01-31T09:00:00.040Z" };
    const one = side({ view: { nodes: { read: failed } } as unknown as RunView });
    expect(compareRuns(side(), one).first).toMatchObject({ node: "read", what: "state" });
    const none = side({ view: { nodes: { read: side().view.nodes["read"] } } as unknown as RunView });
    expect(compareRuns(side(), none).first).toMatchObject({ node: "sort", what: "absent" });
  });

  it("are not told apart by what was taken over", () => {
    const reused = { ...side().view.nodes["read"], state: "reused" };
    const other = side({ view: { ...side().view, nodes: { ...side().view.nodes, read: reused } } as never });
    expect(compareRuns(side(), other).first).toBeUndefined();
  });

  it("are not judged by values that nobody may see", () => {
    const hidden = gave("read", 0);
    const data = { node: "read", outputs: { rows: { media: "json", bytes: 1, withheld: true } } };
    const other = side({ outputs: nodeOutputs([{ ...hidden, data }, gave("sort", 2)]) });
    expect(compareRuns(side(), other).nodes[0]?.isSame).toBeUndefined();
    expect(compareRuns(side(), other).first).toBeUndefined();
  });
});

describe("what a node gave", () => {
  it("is one list, however its items were called together", () => {
    const chunk = (first: number, values: readonly unknown[]): RunEvent => ({
      ...gave("each", values, { first, count: values.length }),
      type: "map_chunk_completed",
    });
    const [whole, parts] = [[chunk(0, [1, 2, 3])], [chunk(2, [3]), chunk(0, [1, 2])]].map(nodeOutputs);
    expect(whole?.get("each")).toEqual({ ports: { rows: [1, 2, 3] }, isKnown: true });
    expect(parts).toEqual(whole);
  });
});

it("compares values by what they hold", () => {
  expect(isSameEnvelope(json({ a: 1, b: 2 }), json({ b: 2, a: 1 }))).toBe(true);
  const kept = (artifact: string) => ({ media: "table", bytes: 1, artifact });
  expect(isSameEnvelope(kept("x"), kept("x"))).toBe(true);
  expect(isSameEnvelope(kept("x"), kept("y"))).toBe(false);
  expect(isSameEnvelope(json(1), undefined)).toBe(false);
});
