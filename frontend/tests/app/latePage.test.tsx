// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { latePage } from "@/app/latePage";

function shown(page: ReturnType<typeof latePage>) {
  const Page = page;
  return render(
    <MantineProvider env="test">
      <nav>Rail</nav>
      <Page />
    </MantineProvider>,
  );
}

const press = () => userEvent.click(screen.getByRole("button", { name: "Try again" }));

it("a page that does not come says so in its place, and comes when it is asked for again", async () => {
  let isAway = true;
  const around = { isServerThere: async () => !isAway, reload: vi.fn() };
  const page = latePage(async () => {
    if (isAway) throw new TypeError("Failed to fetch dynamically imported module");
    return () => <h1>Catalog</h1>;
  }, around);
  shown(page);
  expect(await screen.findByRole("heading", { name: "This page could not be loaded" })).toBeInTheDocument();
  expect(screen.getByText("Rail")).toBeInTheDocument();
  await press();
  expect(await screen.findByRole("alert")).toHaveTextContent("could not be loaded");
  isAway = false;
  await press();
  expect(await screen.findByRole("heading", { name: "Catalog" })).toBeInTheDocument();
  expect(around.reload).not.toHaveBeenCalled();
});

it("reloads only on a press, where the server answers without having the page any more", async () => {
  const around = { isServerThere: async () => true, reload: vi.fn() };
  shown(
    latePage(async () => {
      throw new Error("404");
    }, around),
  );
  await screen.findByRole("alert");
  expect(around.reload).not.toHaveBeenCalled();
  await press();
  await vi.waitFor(() => expect(around.reload).toHaveBeenCalledOnce());
});

it("leaves another page alone that was gone to meanwhile", async () => {
  let answer: (isThere: boolean) => void = () => undefined;
  const asked = vi.fn();
  const isServerThere = () => {
    asked();
    return new Promise<boolean>((resolve) => {
      answer = resolve;
    });
  };
  const around = { isServerThere, reload: vi.fn() };
  const page = latePage(async () => {
    throw new Error("404");
  }, around);
  const { unmount } = shown(page);
  await screen.findByRole("alert");
  await press();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
  unmount();
  answer(true);
  await new Promise((resolve) => setTimeout(resolve));
  expect(around.reload).not.toHaveBeenCalled();
});

it("what was fetched before stands there at once, and fetching ahead never fails", async () => {
  const load = vi.fn(async () => () => <h1>Runs</h1>);
  const page = latePage(load);
  await page.preload();
  shown(page);
  expect(screen.getByRole("heading", { name: "Runs" })).toBeInTheDocument();
  expect(load).toHaveBeenCalledOnce();
  await latePage(async () => {
    throw new Error("away");
  }).preload();
});
