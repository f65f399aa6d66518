import { expect, it } from "vitest";
import { rankOf } from "@/domain/search";

const CSV = { name: "lamina/csv-read", summary: "Reads text into rows" };

it("finds the beginning of a name before its parts, and those before the summary", () => {
  expect(rankOf(CSV, "CSV")).toBe(0);
  expect(rankOf(CSV, "lamina/c")).toBe(0);
  expect(rankOf(CSV, "read")).toBe(1);
  expect(rankOf(CSV, " rows ")).toBe(2);
  expect(rankOf(CSV, "json")).toBeUndefined();
  expect(rankOf(CSV, "")).toBe(0);
});
