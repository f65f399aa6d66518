// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
import { readRunList } from "@/domain/runList";
import { ListPart } from "@/features/studio/ListPart";

function Part({ first }: { readonly first: string }) {
  const [text, setText] = useState(first);
  const { items, faults } = readRunList(text, []);
  return (
    <MantineProvider env="test">
      <ListPart text={text} onChange={setText} count={items.length} faults={faults}>
        nothing
      </ListPart>
    </MantineProvider>
  );
}

function choose(file: File): Promise<void> {
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  if (input === null) throw new Error("There is no file to choose.");
  return userEvent.upload(input, file);
}

it("says how many runs a list starts", () => {
  render(<Part first={"{}\n{}"} />);
  expect(screen.getByText("Starts 2 runs: all of them, or none.")).toBeVisible();
});

it("says that an empty list starts none", () => {
  render(<Part first="" />);
  expect(screen.getByText(/^The list is empty/)).toBeVisible();
});

it("names the first lines that do not fit, and how many more there are", () => {
  render(<Part first={"{}\n".concat("7\n".repeat(9))} />);
  const faults = screen.getByRole("list", { name: "What does not fit" });
  expect(faults.children).toHaveLength(6);
  expect(faults).toHaveTextContent("and 4 more problems");
  expect(screen.getByRole("button", { name: "Line 2" })).toBeVisible();
  expect(screen.getByText(/^Nothing is started/)).toBeVisible();
});

it("names no line where none is known", () => {
  render(<Part first="[" />);
  expect(screen.getByRole("list", { name: "What does not fit" })).toHaveTextContent(/^This is not JSON/);
  expect(screen.queryByRole("button", { name: /^Line/ })).toBeNull();
});

it("takes a list from a file", async () => {
  render(<Part first="" />);
  await choose(new File(['[{}, {}, {"no": 1}]'], "list.json", { type: "application/json" }));
  expect(await screen.findByText(/There is no input no/)).toBeVisible();
});

it("says why a file is not taken", async () => {
  render(<Part first="{}" />);
  await choose(new File(["x".repeat(6_000_000)], "large.json"));
  expect(await screen.findByRole("alert")).toHaveTextContent("large.json has 6.0 MB; 4.0 MB may be sent");
  expect(screen.getByText("Starts 1 run.")).toBeVisible();
});
