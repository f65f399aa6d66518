// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { FormCheckbox } from "@/design/form/FormCheckbox";

const MEANS = "The first line names columns.";

it("a setting to tick says what it means below its name", async () => {
  const onChange = vi.fn();
  const asked = { id: "root_header", name: "header", label: "Header", options: {}, onChange };
  const props = { ...asked, schema: { type: "boolean", description: MEANS } } as unknown as WidgetProps;
  render(
    <MantineProvider env="test">
      <FormCheckbox {...props} />
    </MantineProvider>,
  );
  const box = screen.getByRole("checkbox", { name: "Header" });
  expect(box).toHaveAccessibleDescription(MEANS);
  const place = screen.getByText("Header").compareDocumentPosition(screen.getByText(MEANS));
  expect(place).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  await userEvent.click(box);
  expect(onChange).toHaveBeenCalledWith(true);
});
