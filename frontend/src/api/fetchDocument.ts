import { csrfToken } from "./client";
import { socket } from "./socket";

interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | null | undefined;
}

const SUBSCRIPTION = /^\s*(?:#[^\n]*\n\s*)*subscription\b/;

/** Carry out an operation that somebody wrote by hand: over the socket when it subscribes. */
export function fetchDocument(operation: Operation): Promise<never> | AsyncIterable<never> {
  if (SUBSCRIPTION.test(operation.query)) {
    return socket.iterate({
      query: operation.query,
      variables: { ...operation.variables },
    }) as AsyncIterable<never>;
  }
  return fetch("/graphql", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(operation),
  }).then((answer) => answer.json() as Promise<never>);
}
