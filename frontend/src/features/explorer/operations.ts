/** What stands in the editor: which operation is meant, and its variables. */

import { type OperationDefinitionNode, parse } from "graphql";
import { isObject, type JsonObject, parseJson } from "@/domain/json";

export type OperationKind = "query" | "mutation" | "subscription";

export type Chosen =
  | { readonly kind: "operation"; readonly name: string | null; readonly does: OperationKind }
  | { readonly kind: "problem"; readonly message: string };

/** The operation at the cursor, or the only one, or else the first. */
export function operationAt(text: string, cursor: number): Chosen {
  let found: readonly OperationDefinitionNode[];
  try {
    found = parse(text).definitions.filter((each) => each.kind === "OperationDefinition");
  } catch (error) {
    return { kind: "problem", message: error instanceof Error ? error.message : "This is no GraphQL." };
  }
  const within = found.find(({ loc }) => loc !== undefined && loc.start <= cursor && cursor <= loc.end);
  const operation = within ?? found[0];
  if (operation === undefined)
    return { kind: "problem", message: "Write a query, a mutation or a subscription." };
  return { kind: "operation", name: operation.name?.value ?? null, does: operation.operation };
}

export type Variables =
  | { readonly kind: "variables"; readonly value: JsonObject }
  | { readonly kind: "problem"; readonly message: string };

export function readVariables(text: string): Variables {
  if (text.trim() === "") return { kind: "variables", value: {} };
  try {
    const value: unknown = parseJson(text);
    if (isObject(value)) return { kind: "variables", value };
  } catch (error) {
    return {
      kind: "problem",
      message: `The variables are no JSON: ${error instanceof Error ? error.message : ""}`,
    };
  }
  return { kind: "problem", message: 'Variables are one JSON object, such as {"first": 5}.' };
}
