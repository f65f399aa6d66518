import { expect, it } from "vitest";
import { keySectionsAt } from "@/app/keySections";

const titles = (path: string) => keySectionsAt(path).map(({ title }) => title);

it("tells the keys that work at an address, and those that work everywhere", () => {
  expect(titles("/")).toEqual(["Everywhere"]);
  expect(titles("/explorer")).toEqual(["API explorer", "Everywhere"]);
  expect(titles("/reviews/abc")).toEqual(["Source of a review", "Tabs of a page", "Everywhere"]);
  expect(titles("/reviews")).toEqual(["Tabs of a page", "Everywhere"]);
});
