import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { groupKey, layoutParts, nodesIn, noteKey, notesIn, spotBeside } from "@/domain/annotations";
import { freeze, thaw } from "@/domain/draft";
import { foldGroups } from "@/domain/folding";
import { buildScene } from "@/domain/scene";
import { createEditor } from "@/features/studio/editor";
import { vector } from "../vectors";

function opened() {
  const doc = new Y.Doc();
  thaw(doc, vector("graph.json"));
  return { doc, editor: createEditor(doc) };
}

function sceneOf(doc: Y.Doc) {
  const frozen = freeze(doc);
  const positions = frozen.layout?.positions ?? {};
  return buildScene({ body: frozen, positions, ports: new Map(), ...layoutParts(frozen) });
}

describe("groups", () => {
  it("stand around their nodes and survive the way into a graph document and back", () => {
    const { doc, editor } = opened();
    const id = editor.group(["count", "rank"], "Counting");
    const other = new Y.Doc();
    thaw(other, freeze(doc));
    const [frame] = sceneOf(other).frames;
    const rank = sceneOf(other).nodes.find((node) => node.id === "rank");
    expect(frame).toMatchObject({ id, title: "Counting", nodes: ["count", "rank"] });
    expect((frame?.x ?? 0) + (frame?.width ?? 0)).toBeGreaterThan((rank?.at[0] ?? 0) + (rank?.width ?? 0));
  });

  it("hold other groups, and give a member to one group only", () => {
    const { doc, editor } = opened();
    const inner = editor.group(["count", "rank"], "Inner");
    const outer = editor.group([inner, "ok"], "Outer");
    const deeper = editor.group(["rank"], "Deeper");
    const { groups } = layoutParts(freeze(doc));
    expect(groups.find(({ id }) => id === inner)?.members).toEqual(["count", deeper]);
    expect([...nodesIn(groups, outer)].sort()).toEqual(["count", "ok", "rank"]);
    expect(sceneOf(doc).frames.map(({ id }) => id)[0]).toBe(outer);
  });

  it("leave their members where the group was when they are taken away", () => {
    const { doc, editor } = opened();
    const inner = editor.group(["count"], "Inner");
    const outer = editor.group([inner, "ok"], "Outer");
    editor.remove(new Set([groupKey(inner)]));
    const { groups } = layoutParts(freeze(doc));
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ id: outer, members: ["ok", "count"] });
    expect(freeze(doc).nodes).toHaveProperty("count");
  });

  it("go with their last node, and come back on undo", () => {
    const { doc, editor } = opened();
    editor.group([editor.group(["count"], "Inner")], "Outer");
    editor.remove(new Set(["count"]));
    expect(layoutParts(freeze(doc)).groups).toEqual([]);
    editor.undo.undo();
    expect(layoutParts(freeze(doc)).groups).toHaveLength(2);
  });

  it("fold into one card that keeps the wires across its edge", () => {
    const { doc, editor } = opened();
    const id = editor.group(["count", "rank"], "Counting");
    editor.setGroup(id, { collapsed: true, colour: "blue" });
    const scene = foldGroups(sceneOf(doc), layoutParts(freeze(doc)).groups);
    const card = scene.nodes.find((node) => node.folds !== undefined);
    expect(card).toMatchObject({ id: groupKey(id), title: "Counting", folds: ["count", "rank"] });
    expect(scene.nodes.map((node) => node.id)).not.toContain("count");
    expect(scene.frames).toEqual([]);
    const crossing = scene.edges.filter(({ source, target }) => [source, target].includes(groupKey(id)));
    expect(crossing.map((edge) => edge.id).sort()).toEqual([
      "rank:ranking>gate:ranking",
      "rank:ranking>ok:value",
      "texts:value>count:text",
    ]);
    for (const { input, target } of crossing)
      if (target === groupKey(id)) expect(card?.inputs.map(({ name }) => name)).toContain(input);
  });
});

describe("notes", () => {
  it("are written, moved, and go with the node they stand at", () => {
    const { doc, editor } = opened();
    const id = editor.addNote([8, 16], "rank");
    editor.setNote(id, { text: "Why by sum?" });
    editor.move(new Map([[noteKey(id), [24, 32]]]));
    const note = layoutParts(freeze(doc)).notes.find((each) => each.id === id);
    expect(note).toMatchObject({ text: "Why by sum?", at: [24, 32], anchor: "rank", tint: "amber" });
    editor.remove(new Set(["rank"]));
    expect(layoutParts(freeze(doc)).notes.map((each) => each.id)).toEqual(["n1"]);
  });

  it("stand beside their node where they cover nothing", () => {
    const node = { id: "a", at: [0, 200], width: 216, height: 80 } as const;
    const above = { id: "b", at: [0, 100], width: 216, height: 80 } as const;
    expect(spotBeside(node, { nodes: [node], notes: [] })).toEqual([0, 96]);
    expect(spotBeside(node, { nodes: [node, above], notes: [] })).toEqual([0, 296]);
  });

  it("belong to the scope of their node, or to the outermost", () => {
    const { doc, editor } = opened();
    editor.addNote([0, 0], "r");
    editor.addNote([0, 0], "");
    const { notes } = layoutParts(freeze(doc));
    expect(notesIn(notes, freeze(doc).nodes, true)).toHaveLength(2);
    expect(notesIn(notes, { r: {} }, false)).toHaveLength(1);
  });
});
