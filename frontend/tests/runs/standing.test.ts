import { expect, test } from "vitest";
import { standingText } from "@/features/runs/RunHead";

test("a queued run tells its place, and what its group lets run", () => {
  expect(standingText({ queuePosition: 3, concurrencyGroup: null })).toBe(", place 3");
  expect(standingText({ queuePosition: 1, concurrencyGroup: { key: "nightly", limit: 2 } })).toBe(
    ", place 1 in the group nightly, of which 2 may run at a time",
  );
});

test("a run that has begun has no place", () => {
  expect(standingText({ queuePosition: null, concurrencyGroup: { key: "nightly", limit: 2 } })).toBe("");
});
