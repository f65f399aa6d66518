// @vitest-environment jsdom
import "../setup";
import { render, screen } from "@testing-library/react";
import { Client, fetchExchange, gql, Provider } from "urql";
import { expect, it } from "vitest";
import { useReading } from "@/api/useReading";

const QUERY = gql<{ readonly name: string }, { readonly of: string }>`
  query Name($of: String!) {
    name(of: $of)
  }
`;
let isAway = false;
const client = new Client({
  url: "http://server/graphql",
  preferGetMethod: false,
  exchanges: [fetchExchange],
  fetch: async (_url, options) => {
    if (isAway) throw new TypeError("Failed to fetch");
    const { variables } = JSON.parse(String(options?.body)) as { variables: { of: string } };
    return Response.json({ data: { name: `The answer for ${variables.of}` } });
  },
});

function Name({ of }: { readonly of: string }) {
  const reading = useReading(QUERY, { of });
  return <p>{reading.kind === "ready" ? reading.data.name : reading.kind}</p>;
}

const shown = (of: string) => (
  <Provider value={client}>
    <Name of={of} />
  </Provider>
);

it("an old answer never passes for the answer to another question", async () => {
  const { rerender } = render(shown("a"));
  expect(await screen.findByText("The answer for a")).toBeInTheDocument();
  isAway = true;
  rerender(shown("b"));
  expect(await screen.findByText("failed")).toBeInTheDocument();
});
