import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { layoutParts } from "@/domain/annotations";
import { freeze, thaw } from "@/domain/draft";
import { extraction } from "@/domain/extraction";
import { type GraphBody, type GraphNode, parseGraph, positionsOf } from "@/domain/graph";
import { inlining } from "@/domain/inlining";
import { objectAt } from "@/domain/json";
import { portsOf } from "@/domain/ports";
import { createEditor } from "@/features/studio/editor";
import { vector } from "../vectors";

const TEXT = { media: "json", schema: { type: "string" } };
const PORTS = new Map([
  [
    "count",
    {
      inputs: portsOf({ text: TEXT }),
      outputs: portsOf({ counts: { media: "json", schema: { type: "object" } } }),
    },
  ],
]);

function opened(document: unknown = vector("graph.json")) {
  const doc = new Y.Doc();
  thaw(doc, document);
  return { doc, editor: createEditor(doc) };
}

let made = 0;
function extract(doc: Y.Doc, ...ids: string[]) {
  const frozen = freeze(doc);
  return extraction({
    body: frozen,
    selected: new Set(ids),
    positions: positionsOf(frozen),
    ports: PORTS,
    parameters: frozen.parameters ?? {},
    parent: undefined,
    newId: () => `new-${made++}`,
  });
}

function inline(doc: Y.Doc, id: string) {
  const frozen = freeze(doc);
  return inlining({
    body: frozen,
    id,
    positions: positionsOf(frozen),
    parent: undefined,
    modifierNames: { when: "Only when" },
  });
}

function taken<T extends { readonly kind: string }>(plan: T): Extract<T, { kind: "rehousing" }> {
  expect(plan.kind).toBe("rehousing");
  return plan as Extract<T, { kind: "rehousing" }>;
}

describe("a part of a graph as a sub-graph", () => {
  it("has a port for each wire that crosses its edge, typed by what is inside", () => {
    const { doc, editor } = opened();
    const plan = taken(extract(doc, "count", "rank"));
    editor.rehouse(plan);
    const [holder = ""] = plan.chosen;
    const frozen = freeze(doc);
    const body = objectAt(frozen.nodes[holder], "body") as unknown as GraphBody;
    const inner = Object.values(body.nodes);
    expect(inner.find(({ kind }) => kind === "input")).toMatchObject({ name: "text", port: TEXT });
    expect(inner.filter(({ kind }) => kind === "output")).toEqual([{ kind: "output", name: "ranking" }]);
    expect(Object.keys(frozen.edges).sort()).toEqual(
      [
        `${holder}:ranking>gate:ranking`,
        `${holder}:ranking>ok:value`,
        "gate:ranking>out:value",
        "ok:decision>gate:ok",
        `texts:value>${holder}:text`,
      ].sort(),
    );
    expect(body.edges).toHaveProperty("count:counts>rank:counts");
  });

  it("takes the parameters along that its expressions use", () => {
    const { doc, editor } = opened();
    const plan = taken(extract(doc, "count"));
    editor.rehouse(plan);
    const holder = freeze(doc).nodes[plan.chosen[0] ?? ""];
    expect(holder?.["config"]).toEqual({ min_length: { $cel: "parameters.min_length" } });
    expect(objectAt(holder, "body")["parameters"]).toMatchObject({
      properties: { min_length: { type: "integer" } },
    });
  });

  it("is given back by taking it apart, to the byte", () => {
    const { doc, editor } = opened();
    const before = freeze(doc);
    const plan = taken(extract(doc, "count", "rank"));
    editor.rehouse(plan);
    editor.rehouse(taken(inline(doc, plan.chosen[0] ?? "")));
    const after = freeze(doc);
    expect({ ...after, nodes: sorted(after.nodes), edges: sorted(after.edges) }).toEqual({
      ...before,
      nodes: sorted(before.nodes),
      edges: sorted(before.edges),
    });
  });

  it("is one step of undo", () => {
    const { doc, editor } = opened();
    const before = freeze(doc);
    editor.rehouse(taken(extract(doc, "count", "rank")));
    editor.undo.undo();
    expect(freeze(doc)).toEqual(before);
  });

  it("is refused around a node that is left out, and for ports of the graph alone", () => {
    const { doc } = opened();
    expect(extract(doc, "rank", "gate")).toMatchObject({
      kind: "refusal",
      reason: expect.stringMatching(/not chosen/),
    });
    expect(extract(doc, "texts", "out")).toMatchObject({
      kind: "refusal",
      reason: expect.stringMatching(/stay outside/),
    });
  });

  it("takes its place in the group of its nodes", () => {
    const { doc, editor } = opened();
    const whole = editor.group(["count"], "Goes along");
    const part = editor.group(["rank", "ok"], "Loses one");
    const plan = taken(extract(doc, "count", "rank"));
    editor.rehouse(plan);
    const members = Object.fromEntries(
      layoutParts(freeze(doc)).groups.map((each) => [each.id, each.members]),
    );
    expect(members).toEqual({ [whole]: ["count"], [part]: ["ok", plan.chosen[0]] });
    editor.rehouse(taken(inline(doc, plan.chosen[0] ?? "")));
    const after = layoutParts(freeze(doc)).groups.find(({ id }) => id === part);
    expect([...(after?.members ?? [])].sort()).toEqual([whole, "ok", "rank"].sort());
  });
});

describe("taking a sub-graph apart", () => {
  const graph = (holder: object, edges: object = { "a:value>s:x": {}, "s:y>b:value": {} }) => ({
    title: "t",
    nodes: {
      a: { kind: "input", name: "a", port: TEXT },
      b: { kind: "output", name: "b" },
      s: {
        kind: "graph",
        body: {
          nodes: {
            i: { kind: "input", name: "x", port: TEXT },
            m: {
              kind: "module",
              module: "t/m",
              pin: "1.0.0",
              config: { n: { $cel: "parameters.n" }, t: "at" },
              when: "inputs.x != '' && parameters.n > 1",
            },
            o: { kind: "output", name: "y" },
          },
          edges: { "i:value>m:x": { select: "value.part" }, "m:y>o:value": {} },
          parameters: { type: "object", properties: { n: { type: "integer", default: 2 } } },
        },
        ...holder,
      },
    },
    edges,
  });

  it("puts its settings into the expressions inside, and keeps the expression on a wire", () => {
    const { doc, editor } = opened(graph({ config: { n: 7 } }));
    editor.rehouse(taken(inline(doc, "s")));
    const { nodes, edges } = freeze(doc);
    expect(nodes["m"] as GraphNode).toMatchObject({
      config: { n: 7, t: "at" },
      when: "inputs.x != '' && 7 > 1",
    });
    expect(edges).toEqual({ "a:value>m:x": { select: "value.part" }, "m:y>b:value": {} });
    expect(Object.keys(nodes).sort()).toEqual(["a", "b", "m"]);
  });

  it("uses the default of a setting that was not given, and a calculated one as it is", () => {
    const first = opened(graph({}));
    first.editor.rehouse(taken(inline(first.doc, "s")));
    expect(freeze(first.doc).nodes["m"]).toMatchObject({ config: { n: 2 } });
    const second = opened(graph({ config: { n: { $cel: "parameters.a + 1" } } }));
    second.editor.rehouse(taken(inline(second.doc, "s")));
    expect(freeze(second.doc).nodes["m"]).toMatchObject({
      config: { n: { $cel: "parameters.a + 1" } },
      when: "inputs.x != '' && (parameters.a + 1) > 1",
    });
  });

  it("is refused where the meaning would be lost", () => {
    expect(inline(opened(graph({ when: "true" })).doc, "s")).toMatchObject({
      kind: "refusal",
      reason: expect.stringMatching(/Only when/),
    });
    const meeting = graph({}, { "a:value>s:x": { select: "value.other" }, "s:y>b:value": {} });
    expect(inline(opened(meeting).doc, "s")).toMatchObject({
      kind: "refusal",
      reason: expect.stringMatching(/one wire/),
    });
    const linked = { title: "t", nodes: { s: { kind: "graph", module: "t/g", pin: "1.0.0" } }, edges: {} };
    expect(inline(opened(linked).doc, "s")).toMatchObject({
      kind: "refusal",
      reason: expect.stringMatching(/published/),
    });
  });
});

function sorted<T>(object: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(object).sort(([a], [b]) => a.localeCompare(b));
}

describe("a graph document", () => {
  it("keeps its groups on the way through the draft", () => {
    const layout = { groups: { g: { title: "G", members: ["count", "gone"], collapsed: true } } };
    const { doc } = opened({ ...(vector("graph.json") as object), layout });
    expect(freeze(doc).layout?.groups).toEqual({ g: { title: "G", members: ["count"], collapsed: true } });
    expect(parseGraph(freeze(doc)).layout?.groups).toHaveProperty("g");
  });
});
