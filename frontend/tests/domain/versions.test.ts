import { expect, it } from "vitest";
import { declaredStep } from "@/domain/versions";

it.each([
  ["1.2.3", "2.0.0", "major"],
  ["1.2.3", "1.3.0", "minor"],
  ["1.2.3", "1.2.4", "patch"],
  ["1.2.3", "1.2.3-beta.1", undefined],
  ["1.2.3", "soon", undefined],
])("%s to %s claims %s", (before, after, step) => {
  expect(declaredStep(before, after)).toBe(step);
});
