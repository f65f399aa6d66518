import { describe, expect, it } from "vitest";
import { GROUPS, grouped } from "@/domain/preview";

describe("the nodes of a preview", () => {
  it("are grouped by what becomes of them, in their own order", () => {
    const nodes = [
      { node: "a", word: "REUSE" },
      { node: "b", word: "RUN" },
      { node: "c", word: "REUSE" },
    ] as const;
    const found = grouped(nodes);
    expect(found.get("REUSE")?.map(({ node }) => node)).toEqual(["a", "c"]);
    expect(found.get("WAIT")).toBeUndefined();
  });

  it("begin with what is carried out", () => {
    expect(GROUPS[0].word).toBe("RUN");
  });
});
