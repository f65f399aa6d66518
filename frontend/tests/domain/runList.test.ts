import { describe, expect, it } from "vitest";
import { portsOf } from "@/domain/ports";
import { MOST_RUNS, readRunList, refusedAt } from "@/domain/runList";

const PORTS = portsOf({
  n: { media: "json", schema: { type: "integer" } },
  text: { media: "json", schema: { type: "string" }, default: "" },
  file: { media: "binary", cardinality: "optional" },
});

function read(text: string) {
  return readRunList(text, PORTS);
}

describe("the inputs of many runs", () => {
  it("stand one object to a line", () => {
    const { items, faults } = read('{"n": 1}\n\n  {"n": 2, "text": "a"}\n');
    expect(items).toEqual([
      { line: 1, inputs: { n: 1 } },
      { line: 3, inputs: { n: 2, text: "a" } },
    ]);
    expect(faults).toEqual([]);
  });

  it("or in an array, whose items have their lines too", () => {
    const text = '[\n  {"n": 1},\n  {\n    "n": 2,\n    "text": "a\\"],[{"\n  }, {"n": 3}\n,{"n": 4}]';
    expect(read(text).items.map(({ line, inputs }) => [line, inputs["n"]])).toEqual([
      [2, 1],
      [3, 2],
      [6, 3],
      [7, 4],
    ]);
  });

  it("may be none", () => {
    expect(read(" \n")).toEqual({ items: [], faults: [] });
    expect(read("[]")).toEqual({ items: [], faults: [] });
  });

  it("are told by line what does not fit", () => {
    const { items, faults } = read('{"n": 1}\n{"n": }\n7\n{"text": 3, "more": 1}\n{"n": "x"}');
    expect(items).toHaveLength(3);
    expect(faults.map(({ line }) => line)).toEqual([2, 3, 4, 4, 4, 5]);
    expect(faults[0]?.message).toMatch(/^This is not JSON: .*\.$/);
    expect(faults[1]?.message).toBe("Write an object: names and values in braces.");
    expect(faults.slice(2).map(({ message }) => message)).toEqual([
      "There is no input more. There are: n, text, file.",
      "n is missing.",
      "text takes string, not number.",
      "n takes integer, not string.",
    ]);
  });

  it("are told where an array cannot be read", () => {
    const { items, faults } = read('[\n{"n": 1}\n{"n": 2}]');
    expect(items).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toMatch(/^This is not JSON/);
    expect(faults[0]?.message).not.toContain("column");
    expect(read('[{"n": 1}, 2]').faults[0]?.message).toMatch(/^Write an object/);
  });

  // Some reasons carry a position, some nothing at all.
  it.each([
    ['[\n {"n": 1},\n {"n": x},\n {"n": 2}\n]', 3],
    ['[\n {"n": 1},\n {"n": 1 "text"},\n]', 3],
    ['[\n {"n": 1},\n {"n": 1}\n {"n": 2}\n]', 4],
    ['[\n {"n": 1},\n {"n":\n', 3],
    ['[\n {"n": 1},\n {"n": 2},\n]', 4],
    ['[\n {"n": 1},,\n {"n": 2}]', 2],
    ['[\n {"n": 1},\n {\n "n": 1e400},\n {"n": 2}]', 3],
    ["[\n", undefined],
  ])("are told the line where %j cannot be read", (text, line) => {
    expect(read(text).faults.map((fault) => fault.line)).toEqual([line]);
  });

  it("keep to numbers that can be sent", () => {
    expect(read(`{"n": 1e3, "text": "1e400"}\n{"n": -1e400}\n{"n": 1${"0".repeat(309)}}`).faults).toEqual([
      { line: 2, message: "The number at n is too large to be sent." },
      { line: 3, message: "The number at n is too large to be sent." },
    ]);
  });

  it("are not more than may be started at once", () => {
    const { faults } = read('{"n": 1}\n'.repeat(MOST_RUNS + 2));
    expect(faults).toEqual([
      { line: MOST_RUNS + 1, message: "Here begins run 1001 of 1002; 1000 may be started at once." },
    ]);
  });
});

it("shows a refusal of the server at the line that it is about", () => {
  const list = read('\n{"n": 1}\n\n{"n": 2}');
  const { faults, others } = refusedAt(
    [
      { path: "/each/1/n", message: "Too large." },
      { path: "/each/0", message: "No." },
      { path: "/each/7/n", message: "Where?" },
      { path: "/environment", message: "There is none." },
    ],
    list,
  );
  expect(faults).toEqual([
    { line: 4, message: "n: Too large." },
    { line: 2, message: "No." },
  ]);
  expect(others.map(({ path }) => path)).toEqual(["/each/7/n", "/environment"]);
});
