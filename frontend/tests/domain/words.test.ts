import { describe, expect, it } from "vitest";
import { freshness } from "@/domain/connection";
import { kindOfPort, neverFits, portsOf, schemaText } from "@/domain/ports";
import { sampleInputs, sampleOf } from "@/domain/sample";
import { orderedCounts } from "@/domain/status";
import { bars, rootFailure, ticks } from "@/domain/timeline";
import { isSvg, parseEnvelope, tableColumns } from "@/domain/values";
import { agoText, bytesText, durationText, initials } from "@/domain/words";

describe("words", () => {
  it.each([
    [0.25, "250 µs"],
    [950, "950 ms"],
    [1500, "1.50 s"],
    [75_000, "1 min 15 s"],
    [7_500_000, "2 h 5 min"],
  ])("say %d ms as %s", (ms, text) => expect(durationText(ms)).toBe(text));

  it("say sizes and times ago", () => {
    expect(bytesText(999)).toBe("999 B");
    expect(bytesText(16_777_216)).toBe("16.8 MB");
    expect(agoText("2026-01-01T00:00:00Z", Date.parse("2026-01-01T00:02:00Z"))).toBe("2 min ago");
    expect(initials("ada.osei@example.org")).toBe("AO");
  });
});

describe("ports", () => {
  const json = (schema: unknown) => ({ media: "json", schema });

  it.each([
    [json({ type: "string" }), "string"],
    [json({ type: "integer" }), "number"],
    [json({ enum: [1, 2] }), "number"],
    [json({ type: ["string", "null"] }), "string"],
    [json({ anyOf: [{ type: "array" }, { type: "array", minItems: 1 }] }), "list"],
    [json({ properties: { a: true } }), "object"],
    [json(true), "any"],
    [{ media: "table", columns: [] }, "table"],
    [{ media: "binary", type: "image/png" }, "bytes"],
  ])("of %j are of kind %s", (spec, kind) => expect(kindOfPort(spec)).toBe(kind));

  it("follow references from the root of the contract, also in circles", () => {
    const root = { $defs: { Row: { type: "object" }, Loop: { $ref: "#/$defs/Loop" } } };
    expect(kindOfPort(json({ $ref: "#/$defs/Row" }), root)).toBe("object");
    expect(kindOfPort(json({ $ref: "#/$defs/Loop" }), root)).toBe("any");
  });

  it("are required unless they have a default or are optional", () => {
    const ports = portsOf({
      a: json({}),
      b: { ...json({}), default: 1 },
      c: { ...json({}), cardinality: "optional" },
    });
    expect(ports.map(({ required }) => required)).toEqual([true, false, false]);
  });

  it("are described in a few words", () => {
    expect(schemaText({ type: "array", items: { type: "string" } })).toBe("list of string");
    expect(schemaText({ type: "integer", minimum: 1 })).toBe("integer ≥ 1");
    expect(schemaText({ enum: ["a", "b"] })).toBe('"a" | "b"');
  });

  it("are never refused where anything may come", () => {
    expect(neverFits({ kind: "any", type: "any" }, { kind: "number", type: "integer" })).toBe(false);
    expect(neverFits({ kind: "string", type: "string" }, { kind: "number", type: "integer" })).toBe(true);
  });

  it("are compared as deep as their lists go, and where a name stands by nothing", () => {
    const list = (type: string) => ({ kind: "list" as const, type: `list of ${type}` });
    expect(neverFits(list("list of Ranked"), list("object"))).toBe(true);
    expect(neverFits(list("string"), list("integer ≥ 1"))).toBe(true);
    expect(neverFits(list("integer ≥ 1"), list("number"))).toBe(false);
    expect(neverFits(list("Ranked"), list("object"))).toBe(false);
    expect(neverFits(list("string | null"), list("integer"))).toBe(false);
    expect(neverFits(list("object"), list("any"))).toBe(false);
    expect(neverFits(list("object"), { kind: "any", type: "" })).toBe(false);
    expect(neverFits({ kind: "string", type: "string" }, list("string"))).toBe(true);
  });
});

describe("samples", () => {
  it("respect what a schema asks for", () => {
    expect(sampleOf({ type: "integer", minimum: 3 })).toBe(3);
    expect(sampleOf({ type: "string", maxLength: 5 })).toHaveLength(5);
    expect(
      sampleOf({ type: "object", properties: { a: { type: "array", items: { type: "boolean" } } } }),
    ).toEqual({ a: [true] });
  });

  it("leave out what has a default or needs a file", () => {
    const ports = {
      a: { media: "json", schema: { type: "number" } },
      b: { media: "json", schema: {}, default: 2 },
      c: { media: "binary" },
    };
    expect(sampleInputs(Object.entries(ports))).toEqual({ a: 1 });
  });
});

describe("values", () => {
  it("are read from their envelopes", () => {
    expect(parseEnvelope({ media: "json", bytes: 1, value: null })).toMatchObject({
      kind: "value",
      value: null,
    });
    expect(parseEnvelope({ media: "table", bytes: 9, rows: 2, artifact: "sha256:1" })).toMatchObject({
      kind: "artifact",
      rows: 2,
    });
    expect(parseEnvelope({ media: "json", bytes: 1, withheld: true })).toMatchObject({ kind: "withheld" });
    expect(parseEnvelope("nonsense")).toBeUndefined();
  });

  it("that are rows become tables, and SVG text a picture", () => {
    expect(tableColumns([{ a: 1 }, { b: 2 }])).toEqual(["a", "b"]);
    expect(tableColumns([1, 2])).toBeUndefined();
    expect(isSvg('<svg xmlns="x"></svg>')).toBe(true);
    expect(isSvg("<svgx>")).toBe(false);
  });
});

describe("freshness", () => {
  it("is live only while something is heard", () => {
    expect(freshness({ heardAt: 10_000, openedAt: 0 }, 12_000).kind).toBe("live");
    expect(freshness({ heardAt: 10_000, openedAt: 0 }, 13_001)).toEqual({ kind: "stale", since: 10_000 });
    expect(freshness({ heardAt: 10_000, openedAt: 0, behind: 4 }, 10_001)).toEqual({
      kind: "catching_up",
      behind: 4,
    });
    expect(freshness({ heardAt: undefined, openedAt: 10_000 }, 10_500).kind).toBe("connecting");
  });
});

describe("the timeline", () => {
  const view = {
    run: "r",
    seq: 9,
    status: "failed",
    plan: "p",
    created_at: "2026-01-01T00:00:00.000Z",
    nodes: {
      a: {
        state: "succeeded",
        started_at: "2026-01-01T00:00:00.100Z",
        finished_at: "2026-01-01T00:00:00.300Z",
      },
      "g/x": {
        state: "failed",
        started_at: "2026-01-01T00:00:00.400Z",
        finished_at: "2026-01-01T00:00:00.500Z",
        error: { name: "e", message: "m" },
      },
      g: { state: "failed", started_at: "2026-01-01T00:00:00.300Z", finished_at: "2026-01-01T00:00:00.500Z" },
      b: { state: "running", started_at: "2026-01-01T00:00:00.600Z" },
      c: { state: "skipped", finished_at: "2026-01-01T00:00:00.500Z" },
    },
  } as const;

  it("has a bar for whatever started, open while it runs", () => {
    const rows = bars(view, { zero: Date.parse(view.created_at) }, Date.parse("2026-01-01T00:00:01.000Z"));
    expect(rows.map(({ node }) => node)).toEqual(["a", "g", "g/x", "b"]);
    expect(rows.at(-1)).toMatchObject({ from: 600, to: 1000, isOpen: true });
  });

  it("tells the root failure from what it caused", () => {
    expect(rootFailure(view)).toMatchObject({ node: "g/x", skipped: 1 });
  });

  it("has round ticks", () => expect(ticks(1000, 5)).toEqual([0, 200, 400, 600, 800, 1000]));

  it("counts states with what is wrong first", () => {
    expect(orderedCounts({ succeeded: 2, failed: 1, odd: 3 })).toEqual([
      ["failed", 1],
      ["succeeded", 2],
    ]);
  });
});
