import { describe, expect, it } from "vitest";
import { edgeOfPointer, titled } from "@/domain/problems";

const READ = "48bb07cc-2fd3-4685-b3cd-ac517f7789e6";
const HELLO = "82d35379-88cf-43c7-ae5e-2577e8890828";
const BODY = {
  nodes: {
    [READ]: { kind: "module", module: "lamina/csv-read" },
    inner: { kind: "graph", body: { nodes: { [HELLO]: { kind: "module", title: "Greet them" } } } },
  },
};

describe("a problem", () => {
  it("names nodes as the canvas does, in sub-graphs too", () => {
    expect(titled(`What ${READ}:rows gives does not fit ${HELLO}:names.`, BODY)).toBe(
      "What Csv read:rows gives does not fit Greet them:names.",
    );
  });

  it("keeps the id of a node that is gone", () => {
    expect(titled(`${HELLO} is not there.`, { nodes: {} })).toBe(`${HELLO} is not there.`);
  });

  it("leads to its wire", () => {
    expect(edgeOfPointer("/edges/a:b>c:d")).toBe("a:b>c:d");
    expect(edgeOfPointer("/nodes/s/body/edges/a:b>c:d/select")).toBe("a:b>c:d");
    expect(edgeOfPointer("/nodes/count/config/x")).toBeUndefined();
  });
});
