import { expect, it } from "vitest";
import { portMarks } from "@/features/catalog/portMarks";

const json = (type: string) => ({ media: "json", schema: { type } });
const before = { ports: { in: { number: json("integer"), old: json("string") }, out: {} } };
const after = { ports: { in: { number: json("number"), factor: json("integer") }, out: {} } };

it("each side says what became of its ports", () => {
  expect([...portMarks(after, before, "in", "added")]).toEqual([
    ["number", "changed"],
    ["factor", "added"],
  ]);
  expect([...portMarks(before, after, "in", "removed")]).toEqual([
    ["number", "changed"],
    ["old", "removed"],
  ]);
});
