import { describe, expect, it } from "vitest";
import { indexText, itemName, itemOf, itemsText, parseIndex } from "@/domain/items";

describe("the items of a mapped node", () => {
  it("are named from one on, and by the way down", () => {
    expect(itemName([0])).toBe("1");
    expect(itemName([2, 0])).toBe("3.1");
  });

  it("stand in an address from nought on", () => {
    expect(parseIndex("2.0")).toEqual([2, 0]);
    expect(indexText([2, 0])).toBe("2.0");
    expect(indexText(undefined)).toBe("");
  });

  it.each(["", "x", "1.", "-1", undefined])("are not found by %s", (text) => {
    expect(parseIndex(text)).toBeUndefined();
  });

  it("are told together", () => {
    expect(itemsText({ state: "succeeded", total: 10, done: 10 })).toBe("10 done");
    expect(itemsText({ state: "running", total: 10, done: 4 })).toBe("4 of 10 done");
    expect(itemsText({ state: "succeeded", total: 10, done: 10, failed: 2 })).toBe(
      "10 done, 8 succeeded, 2 failed",
    );
    expect(itemsText({ state: "failed", total: 30, done: 0 })).toBe("0 of 30 done, stopped by a failure");
    expect(itemsText({ state: "succeeded", total: 0 })).toBe("none: the list is empty");
    expect(itemsText({ state: "succeeded" })).toBeUndefined();
  });

  it("keep what went wrong", () => {
    const row = { index: [1], state: "failed", attempt: 2, error: { name: "odd", message: "It is odd." } };
    expect(itemOf(row)).toEqual({ index: [1], state: "failed", attempt: 2, error: "It is odd." });
  });
});
