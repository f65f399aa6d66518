// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Pager, usePages } from "@/design/Pager";

const PAGES: Readonly<Record<string, { hasNextPage: boolean; endCursor: string | null }>> = {
  first: { hasNextPage: true, endCursor: "second" },
  second: { hasNextPage: true, endCursor: "third" },
  third: { hasNextPage: false, endCursor: null },
};

function List({ name }: { readonly name: string }) {
  const pages = usePages(name);
  const at = pages.after ?? "first";
  return (
    <MantineProvider env="test">
      <p>{`${name} ${at}`}</p>
      <Pager pages={pages} info={PAGES[at] ?? { hasNextPage: false }} />
    </MantineProvider>
  );
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

it("every page of a list can be reached, and another list begins at its first", async () => {
  const { rerender } = render(<List name="a" />);
  await press("Next");
  await press("Next");
  expect(screen.getByText("a third")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Next" })).toBeDisabled();
  await press("Previous");
  expect(screen.getByText("a second")).toBeInTheDocument();
  rerender(<List name="b" />);
  expect(screen.getByText("b first")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Previous" })).toBeDisabled();
});
