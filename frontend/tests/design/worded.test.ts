import { expect, it } from "vitest";
import { worded } from "@/design/form/worded";

it("reads a schema well and leaves its values alone", () => {
  const schema = {
    properties: {
      top: { type: "integer", description: "How many words `ranking` lists.", default: "`as it is`" },
      items: { type: "boolean" },
      words: { type: "array", items: { type: "string" } },
    },
  };
  expect(worded(schema)).toEqual({
    properties: {
      top: { type: "integer", description: "How many words “ranking” lists.", default: "`as it is`" },
      items: { type: "boolean" },
      words: { type: "array", items: { title: "Item", type: "string" } },
    },
  });
});
