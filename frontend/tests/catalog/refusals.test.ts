import { expect, it } from "vitest";
import { otherRefusals, refusalsOf } from "@/features/catalog/refusals";

const refusals = [
  { path: "/inputs/rows/0/a~1b", message: "is not a number" },
  { path: "/inputs", message: "is no object" },
  { path: "/config/pause", message: "is below 0" },
  { path: "/environment", message: "is no environment" },
  { path: "", message: "The server cannot be reached." },
];

it("a refusal stands beside the field that it is about, and names the place in it", () => {
  expect(refusalsOf("inputs", refusals)).toEqual([
    { place: "rows[0].a/b", message: "is not a number" },
    { place: "", message: "is no object" },
  ]);
  expect(refusalsOf("config", refusals)).toEqual([{ place: "pause", message: "is below 0" }]);
});

it("what is about neither field is not lost", () => {
  expect(otherRefusals(refusals).map(({ path }) => path)).toEqual(["/environment", ""]);
});
