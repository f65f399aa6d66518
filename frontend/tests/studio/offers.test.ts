import { expect, it } from "vitest";
import { neverFits, portsOf } from "@/domain/ports";
import { type Addition, BLOCK_ADDITIONS, inputFor, portsOfAddition } from "@/features/studio/templates";

const INPUT = BLOCK_ADDITIONS.find(({ kind }) => kind === "input") as (typeof BLOCK_ADDITIONS)[number];
const LIST = { type: "array", items: { type: "string" } };

function portOf(schema: unknown) {
  return portAs({ media: "json", schema });
}

function portAs(spec: object) {
  const [port] = portsOf({ names: { ...spec, doc: "Who is greeted.", cardinality: "optional" } });
  if (port === undefined) throw new Error("there is no port");
  return port;
}

function meets(addition: Addition): boolean {
  const [value] = portsOfAddition(addition).outputs;
  return value !== undefined && !neverFits(value, portOf(LIST));
}

it("makes an input that fits the port it is asked for, with its name and type", () => {
  expect(meets(INPUT)).toBe(false);
  const made = inputFor(INPUT, portOf(LIST));
  expect(made.node).toEqual({ kind: "input", name: "names", port: { media: "json", schema: LIST } });
  expect(meets(made)).toBe(true);
});

it.each([
  { media: "table", columns: [{ name: "city", type: "utf8" }] },
  { media: "binary", type: "image/*" },
  { media: "json", schema: { ...LIST, items: { $ref: "#/$defs/Row" }, $defs: { Row: { type: "object" } } } },
])("makes an input for $media that a port takes", (spec) => {
  const made = inputFor(INPUT, portAs(spec));
  expect(made.node).toEqual({ kind: "input", name: "names", port: spec });
  const [value] = portsOfAddition(made).outputs;
  expect(value !== undefined && !neverFits(value, portAs(spec))).toBe(true);
});

it("copies no type that leans on definitions elsewhere", () => {
  expect(inputFor(INPUT, portOf({ type: "array", items: { $ref: "#/$defs/Row" } }))).toBe(INPUT);
  expect(inputFor(INPUT, portAs({ media: "table", columns: "T" }))).toBe(INPUT);
});

it("changes nothing but inputs", () => {
  for (const each of BLOCK_ADDITIONS.filter(({ kind }) => kind !== "input"))
    expect(inputFor(each, portOf(LIST))).toBe(each);
});
