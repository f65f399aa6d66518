// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { later } from "@/design/later";

it("a part that does not come leaves the page as it is, and can be asked for again", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  let isAway = true;
  const Part = later<{ readonly name: string }>(async () => {
    if (isAway) throw new Error("the server is away");
    return ({ name }) => <p>Here is {name}</p>;
  });
  render(
    <MantineProvider env="test">
      <p>The graph</p>
      <Part name="Ada" />
    </MantineProvider>,
  );
  expect(await screen.findByRole("alert")).toHaveTextContent("could not be shown");
  expect(screen.getByText("The graph")).toBeInTheDocument();
  isAway = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Here is Ada")).toBeInTheDocument();
  vi.restoreAllMocks();
});
