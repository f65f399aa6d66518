import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
} from "graphql";
import { useCallback, useEffect, useState } from "react";
import { ask } from "@/api/adHoc";
import { onReturn } from "@/api/socket";
import { isObject, listAt, textAt } from "@/domain/json";

export type SchemaReading =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly message: string; readonly again: () => void }
  | { readonly kind: "ready"; readonly schema: GraphQLSchema };

/** The schema as the server tells it. */
export function useSchema(): SchemaReading {
  const [state, setState] = useState<GraphQLSchema | string>();
  const [tries, setTries] = useState(0);
  const again = useCallback(() => {
    setState(undefined);
    setTries((before) => before + 1);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try reads again
  useEffect(() => {
    let isGone = false;
    void readSchema().then((found) => {
      if (!isGone) setState(found);
    });
    return () => {
      isGone = true;
    };
  }, [tries]);
  const isFailed = typeof state === "string";
  useEffect(() => (isFailed ? onReturn(again) : undefined), [isFailed, again]);
  if (state === undefined) return { kind: "loading" };
  if (typeof state === "string") return { kind: "failed", message: state, again };
  return { kind: "ready", schema: state };
}

async function readSchema(): Promise<GraphQLSchema | string> {
  const answer = await ask({ query: getIntrospectionQuery(), variables: {}, operationName: null });
  if (answer.kind === "failed") return answer.message;
  const data = isObject(answer.body) ? answer.body["data"] : undefined;
  if (!isObject(data))
    return textAt(listAt(answer.body, "errors")[0], "message") ?? "The server did not tell it.";
  return buildClientSchema(data as unknown as IntrospectionQuery);
}
