import { expect, it } from "vitest";
import { validator } from "@/design/form/validator";

const SCHEMA = {
  type: "object",
  properties: { note: { type: "string", minLength: 3 } },
  additionalProperties: false,
} as const;

function messages(value: unknown): readonly string[] {
  return validator
    .validateFormData(value as never, SCHEMA as never)
    .errors.map(({ message }) => message ?? "");
}

it("tells of a field once, where nothing but the fields is allowed", () => {
  expect(messages({ note: "x" })).toHaveLength(1);
  expect(messages({ note: "x" })[0]).toContain("too short");
});

it("tells of what is not allowed at all", () => {
  expect(messages({ note: "xyz", more: 1 })).not.toHaveLength(0);
});
