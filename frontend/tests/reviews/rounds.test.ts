import { expect, it } from "vitest";
import { lastRound, sinceWhat } from "@/features/reviews/rounds";

const version = { bundle: "c" };
const [first, second, now] = [{ bundle: "a" }, { bundle: "b" }, { bundle: "c" }];

it("the last round is the latest bundle that was judged and is no more", () => {
  expect(lastRound({ version, verdicts: [first, second, now] })).toBe("b");
  expect(lastRound({ version, verdicts: [now] })).toBeUndefined();
});

it("a first version is compared with the last round, another one with its release", () => {
  expect(sinceWhat({ version, verdicts: [first] }, undefined)).toBe("round");
  expect(sinceWhat({ version, verdicts: [first], base: {} }, undefined)).toBe("base");
  expect(sinceWhat({ version, verdicts: [first], base: {} }, "round")).toBe("round");
  expect(sinceWhat({ version, verdicts: [] }, "round")).toBe("base");
});
