/** Operations that somebody wrote by hand, carried out as the page's own are: same session, same limits. */

import { csrfToken } from "./client";
import { socket } from "./socket";

export interface AdHoc {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

export type Answer =
  | { readonly kind: "answer"; readonly body: unknown }
  | { readonly kind: "failed"; readonly message: string };

/** One answer over HTTP; an answer with errors is an answer. */
export async function ask(operation: AdHoc): Promise<Answer> {
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(operation),
    });
    return { kind: "answer", body: await response.json() };
  } catch {
    return {
      kind: "failed",
      message: "The server gave no answer. Check that it is running, then try again.",
    };
  }
}

interface Sink {
  readonly onFrame: (body: unknown) => void;
  /** With what went wrong, or nothing where it simply ended. */
  readonly onEnd: (trouble: unknown) => void;
}

/** Answers over the websocket until they end or are stopped by what this returns. */
export function follow({ query, variables, operationName }: AdHoc, { onFrame, onEnd }: Sink): () => void {
  return socket.subscribe(
    { query, variables: { ...variables }, operationName },
    { next: onFrame, error: onEnd, complete: () => onEnd(undefined) },
  );
}
