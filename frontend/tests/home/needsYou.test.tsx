// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import { Client, fetchExchange, Provider } from "urql";
import { expect, it } from "vitest";
import { NeedsYou } from "@/features/home/NeedsYou";

const QUIET = /nothing waits for you/;

/** Home with nothing but the runs that wait; returns how these are answered. */
async function shown() {
  let answer: (runs: unknown) => void = () => undefined;
  const came = new Promise<unknown>((resolve) => {
    answer = resolve;
  });
  const client = new Client({
    url: "http://server/graphql",
    preferGetMethod: false,
    exchanges: [fetchExchange],
    fetch: async () => Response.json({ data: { runs: await came } }),
  });
  const router = createRouter({
    routeTree: createRootRoute({ component: () => <NeedsYou runs={[]} reviews={[]} hasMore={false} /> }),
    history: createMemoryHistory(),
  });
  render(
    <MantineProvider env="test">
      <Provider value={client}>
        <RouterProvider router={router as never} />
      </Provider>
    </MantineProvider>,
  );
  await screen.findByRole("heading", { name: "Needs you" });
  return (title: string | undefined, hasNextPage = false) =>
    answer({
      pageInfo: { hasNextPage },
      edges: title === undefined ? [] : [{ node: run(title) }],
    });
}

const run = (title: string) => ({
  id: title,
  title,
  createdAt: "2026-01-01T00:00:00Z",
  openWaits: [{ node: "ok", kind: "APPROVAL", prompt: "Publish?", viewerMayNot: null }],
});

it("says that nothing waits once that is known", async () => {
  const answer = await shown();
  expect(screen.queryByText(QUIET)).toBeNull();
  answer(undefined);
  expect(await screen.findByText(QUIET)).toBeVisible();
});

it("shows what is asked, and that there is more", async () => {
  const answer = await shown();
  answer("Ask people", true);
  expect(await screen.findByText(/Publish\?/)).toBeVisible();
  expect(screen.getByText("1, and more")).toBeVisible();
});

it("does not say that nothing waits where not all was looked at", async () => {
  const answer = await shown();
  answer(undefined, true);
  expect(await screen.findByRole("link", { name: "See all that wait" })).toBeVisible();
  expect(screen.queryByText(QUIET)).toBeNull();
});
