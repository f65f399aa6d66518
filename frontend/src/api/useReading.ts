import { useCallback, useEffect, useRef } from "react";
import { type AnyVariables, type TypedDocumentNode, useQuery } from "urql";
import { type ChangeKind, useChanges } from "./changes";
import { failureText, isSignedOut } from "./outcome";
import { onReturn } from "./socket";

export type Reading<Data> =
  | { readonly kind: "loading" }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly again: () => void;
      readonly signedOut: boolean;
    }
  /** `trouble` says why the data may be old, when the last read failed. */
  | { readonly kind: "ready"; readonly data: Data; readonly again: () => void; readonly trouble?: string };

interface ReadingOptions {
  readonly changes?: readonly ChangeKind[];
  readonly pause?: boolean;
}

const NOTHING: readonly ChangeKind[] = [];

/** A query that reads again when what it shows has changed, or the server was away. Keeps showing the last data while it does. */
export function useReading<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { changes = NOTHING, pause = false }: ReadingOptions = {},
): Reading<Data> {
  const [{ data, error, operation }, execute] = useQuery<Data, Variables>({
    query,
    variables,
    pause,
  } as never);
  const again = useCallback(() => execute({ requestPolicy: "network-only" }), [execute]);
  useChanges(changes, again);
  useEffect(() => (pause ? undefined : onReturn(again)), [pause, again]);
  // The data of the operation before stays until the next one has come.
  const answered = JSON.stringify(operation?.variables);
  const last = useRef<{ readonly data: Data; readonly answered: string }>(undefined);
  if (data !== undefined) last.current = { data, answered };
  // An old answer stands in while a new one comes; where none came, it would pass for the answer to another question.
  const shown =
    data ??
    (error === undefined || last.current?.answered === JSON.stringify(variables)
      ? last.current?.data
      : undefined);
  if (shown !== undefined) {
    return {
      kind: "ready",
      data: shown,
      again,
      ...(error === undefined ? {} : { trouble: failureText(error) }),
    };
  }
  if (error !== undefined)
    return { kind: "failed", message: failureText(error), again, signedOut: isSignedOut(error) };
  return { kind: "loading" };
}
