/** What a mutation or a query came to: done, refused with problems, or not answered. */

import type { CombinedError } from "urql";

export interface Problem {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

export type Outcome<Done> =
  | { readonly kind: "done"; readonly done: Done }
  | { readonly kind: "refused"; readonly reason: string; readonly problems: readonly Problem[] }
  | { readonly kind: "failed"; readonly message: string };

interface Answer {
  readonly __typename?: string;
}

type DoneOf<A> = A extends { readonly __typename?: `${string}Done` } ? A : never;

interface Result<Data> {
  readonly data?: Data | null | undefined;
  readonly error?: CombinedError | undefined;
}

/** Read the single field of a mutation's answer. */
export function outcome<A extends Answer>(
  result: Result<Readonly<Record<string, unknown>>>,
  answer: A | undefined,
): Outcome<DoneOf<A>> {
  if (answer === undefined || answer === null) {
    return { kind: "failed", message: failureText(result.error) };
  }
  if (answer.__typename?.endsWith("Done") === true) return { kind: "done", done: answer as DoneOf<A> };
  const problems = (answer as { readonly problems?: readonly Problem[] }).problems ?? [];
  return { kind: "refused", reason: answer.__typename ?? "Refused", problems };
}

export function failureText(error: CombinedError | undefined): string {
  if (error === undefined) return "The server gave no answer.";
  if (error.networkError) return "The server cannot be reached. Check that it is running, then try again.";
  const first = error.graphQLErrors[0];
  const id = first?.extensions["id"];
  return `${first?.message ?? error.message}${typeof id === "string" ? ` (reference ${id})` : ""}`;
}

export function isSignedOut(error: CombinedError | undefined): boolean {
  return error?.graphQLErrors.some((each) => each.extensions["code"] === "UNAUTHENTICATED") ?? false;
}

export function problemText(problems: readonly Problem[]): string {
  return problems.map((problem) => problem.message).join(" ");
}
