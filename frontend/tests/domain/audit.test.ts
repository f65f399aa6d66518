import { describe, expect, it } from "vitest";
import { actionText, factChanges, factText } from "@/domain/audit";

describe("an entry of the audit", () => {
  it("names only what differs, with both sides", () => {
    const before = { state: "in_review", bundle: "sha256:aa" };
    expect(factChanges(before, { state: "approved", bundle: "sha256:aa" })).toEqual([
      { name: "state", before: "in_review", after: "approved" },
    ]);
  });

  it("tells what came and what went", () => {
    expect(factChanges({ roles: ["author"] }, null)).toEqual([
      { name: "roles", before: ["author"], after: undefined },
    ]);
    expect(factChanges(null, { state: "draft" })).toEqual([
      { name: "state", before: undefined, after: "draft" },
    ]);
    expect(factChanges(null, undefined)).toEqual([]);
  });

  it("shortens digests and ids, and reads lists aloud", () => {
    expect(factText(`sha256:${"ab".repeat(32)}`)).toBe("ababababab");
    expect(factText("01a2052c-5bb1-7006-88be-14580beb99b3")).toBe("…0beb99b3");
    expect(factText(["author", "operator"])).toBe("author, operator");
    expect(factText([])).toBe("none");
    expect(factText([1, 2, 3, 4, 5, 6, 7])).toBe("1, 2, 3, 4, 5 and 2 more");
    expect(factText("in_review")).toBe("in review");
    expect(factText(30)).toBe("30");
  });

  it("reads an action that it does not know as it is stored", () => {
    expect(actionText("approve_version")).toBe("approved");
    expect(actionText("paint_wall")).toBe("paint wall");
  });
});
