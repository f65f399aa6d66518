import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { type AnyVariables, type TypedDocumentNode, useClient } from "urql";
import { type Outcome, outcome, problemText } from "./outcome";

type DoneOf<Data> = {
  [Field in keyof Data]: Data[Field] extends infer Answer
    ? Answer extends { readonly __typename?: `${string}Done` }
      ? Answer
      : never
    : never;
}[Exclude<keyof Data, "__typename">];

interface Verb<Data, Variables> {
  readonly busy: boolean;
  /** Carries the verb out. What went wrong is said in a notification unless the caller shows it itself. */
  readonly run: (
    variables: Variables,
    options?: { readonly quiet?: boolean },
  ) => Promise<Outcome<DoneOf<Data>>>;
}

const TITLES: Readonly<Record<string, string>> = {
  Forbidden: "Your role does not allow this",
  NotFound: "This is not here any more",
  Conflict: "Somebody was faster",
  Limited: "A limit was reached",
  Invalid: "This cannot be done as it stands",
};

/** One verb of a user: a mutation whose refusals are told in plain words. */
export function useVerb<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): Verb<Data, Variables> {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const run: Verb<Data, Variables>["run"] = async (variables, options) => {
    setBusy(true);
    const result = await client.mutation(document, variables).toPromise();
    setBusy(false);
    const fields = Object.entries(result.data ?? {}).filter(([name]) => name !== "__typename");
    const answer = fields[0]?.[1] as { readonly __typename?: string } | undefined;
    const came = outcome(result as never, answer) as Outcome<DoneOf<Data>>;
    if (came.kind !== "done" && options?.quiet !== true) announce(came);
    return came;
  };
  return { busy, run };
}

function announce(came: Exclude<Outcome<unknown>, { kind: "done" }>): void {
  const refused = came.kind === "refused";
  notifications.show({
    color: "red",
    title: refused ? (TITLES[came.reason] ?? "Refused") : "That did not work",
    message: refused ? problemText(came.problems) : came.message,
    autoClose: 8000,
  });
}
