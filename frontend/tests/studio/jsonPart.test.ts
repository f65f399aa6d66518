import { describe, expect, it } from "vitest";
import { readJson } from "@/domain/json";
import { isWithin, objectTrouble } from "@/features/studio/JsonPart";

describe("what a run is given as text", () => {
  it("is fine as a JSON object", () => expect(objectTrouble('{"a": 1}')).toBeUndefined());

  it("has to be an object", () => expect(objectTrouble("[1]")).toMatch(/^Write a JSON object/));

  it("has no number that would arrive as nothing", () => {
    expect(objectTrouble('{"a": [2, 1e400]}')).toBe("The number at 1 is too large to be sent.");
    expect(readJson("-1e999")).toBeUndefined();
    expect(readJson("1e308")).toBe(1e308);
  });

  it("is told why it cannot be read, without being repeated", () => {
    const trouble = objectTrouble('{"a": }') ?? "";
    expect(trouble).toMatch(/^This is not JSON: .*\.$/);
    expect(trouble).not.toContain('{"a"');
  });
});

it("keeps to the problems of its own part", () => {
  expect(isWithin("/inputs/a/0", "/inputs")).toBe(true);
  expect(isWithin("/inputs", "/inputs")).toBe(true);
  expect(isWithin("/inputs_more", "/inputs")).toBe(false);
});
