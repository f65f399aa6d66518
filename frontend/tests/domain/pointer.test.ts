import { describe, expect, it } from "vitest";
import { placeText, valueAt } from "@/domain/pointer";

const DOCUMENT = { ports: { in: { "a/b": { list: [1, null] } } }, "": 3 };

describe("a JSON pointer", () => {
  it("finds values, null among them", () => {
    expect(valueAt(DOCUMENT, "/ports/in/a~1b/list/0")).toEqual({ value: 1 });
    expect(valueAt(DOCUMENT, "/ports/in/a~1b/list/1")).toEqual({ value: null });
    expect(valueAt(DOCUMENT, "")).toEqual({ value: DOCUMENT });
    expect(valueAt(DOCUMENT, "/")).toEqual({ value: 3 });
  });

  it("finds nothing where there is nothing", () => {
    for (const pointer of ["/ports/out", "/ports/in/a~1b/list/2", "/ports/in/a~1b/list/x", "/toString"]) {
      expect(valueAt(DOCUMENT, pointer)).toBeUndefined();
    }
  });
});

it("reads as people write a place", () => {
  expect(placeText("/numbers/0/name")).toBe("numbers[0].name");
  expect(placeText("/a~1b")).toBe("a/b");
});
