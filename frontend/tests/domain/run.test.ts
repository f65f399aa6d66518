import { expect, test } from "vitest";
import { standingText } from "@/domain/run";

test("a queued run tells its place, and what its group lets run", () => {
  expect(standingText(3, null)).toBe(", place 3");
  expect(standingText(1, { key: "nightly", limit: 2 })).toBe(
    ", place 1 in the group nightly, of which 2 may run at a time",
  );
});

test("a run that has begun has no place", () => {
  expect(standingText(null, { key: "nightly", limit: 2 })).toBe("");
});
