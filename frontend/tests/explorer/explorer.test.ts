import { readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { EXAMPLES } from "@/features/explorer/examples";
import { operationAt, readVariables } from "@/features/explorer/operations";
import { type Past, remembered } from "@/features/explorer/past";
import { describeType, findInSchema, rootNames } from "@/features/explorer/schemaWords";

const schema = buildSchema(
  readFileSync(new URL("../../../studio/api/schema.graphql", import.meta.url), "utf8"),
);

describe("the operation that is meant", () => {
  const TEXT = "query A { viewer { id } }\n\nsubscription B { changes { id } }\n";

  it("is the one at the cursor, else the first", () => {
    expect(operationAt(TEXT, TEXT.indexOf("changes"))).toMatchObject({ name: "B", does: "subscription" });
    expect(operationAt(TEXT, 3)).toMatchObject({ name: "A", does: "query" });
    expect(operationAt("{ viewer { id } }", 99)).toMatchObject({ name: null, does: "query" });
  });

  it("is asked for where there is none", () => {
    expect(operationAt("fragment F on User { id }", 0).kind).toBe("problem");
    expect(operationAt("query {", 0).kind).toBe("problem");
    expect(operationAt("", 0).kind).toBe("problem");
  });
});

describe("variables", () => {
  it("are one object, or none", () => {
    expect(readVariables(" ")).toEqual({ kind: "variables", value: {} });
    expect(readVariables('{"first": 5}')).toEqual({ kind: "variables", value: { first: 5 } });
  });

  it.each(["[1]", "null", "{first: 5}"])("are not %s", (text) => {
    expect(readVariables(text).kind).toBe("problem");
  });
});

describe("the examples", () => {
  it.each(EXAMPLES.map((example) => [example.id, example] as const))("%s fits the schema", (_id, example) => {
    expect(validate(schema, parse(example.query))).toEqual([]);
    expect(readVariables(example.variables).kind).toBe("variables");
  });
});

describe("what was run before", () => {
  const past = (query: string, at: number): Past => ({ query, variables: "", name: query, at });

  it("keeps the newest thirty, each once", () => {
    let list: Past[] = [];
    for (let at = 0; at < 40; at += 1) list = remembered(list, past(`q${at}`, at));
    expect(list.length).toBe(30);
    list = remembered(list, past("q39", 99));
    expect(list.filter(({ query }) => query === "q39").map(({ at }) => at)).toEqual([99]);
  });
});

describe("the schema in words", () => {
  it("tells fields with their arguments, values and options", () => {
    const review = describeType(schema, "Review");
    const files = review?.fields.find(({ name }) => name === "files");
    expect([files?.type, files?.target, files?.args[0]?.name]).toEqual(["[FileDiff!]!", "FileDiff", "path"]);
    expect(describeType(schema, "Role")?.values.map(({ name }) => name)).toContain("ADMIN");
    expect(describeType(schema, "SubmitVersionResult")?.options).toContain("SubmitVersionDone");
    expect(describeType(schema, "Nothing")).toBeUndefined();
    expect(rootNames(schema)).toEqual(["Query", "Mutation", "Subscription"]);
  });

  it("is searched by name, beginnings first", () => {
    const hits = findInSchema(schema, "bundle");
    expect(hits[0]?.field ?? hits[0]?.type.toLowerCase()).toMatch(/^bundle/);
    expect(hits).toContainEqual({ type: "ApproveVersionInput", field: "expectedBundle" });
    expect(findInSchema(schema, "  ")).toEqual([]);
  });
});
