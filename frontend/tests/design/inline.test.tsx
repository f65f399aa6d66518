// @vitest-environment jsdom
import "../setup";
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Inline } from "@/design/Inline";

it("what stands in backticks is code, and a lone backtick stays what it is", () => {
  render(
    <p>
      <Inline text="Wins over `url`, unless `a < b`; 5` long" />
    </p>,
  );
  expect(screen.getByText("url").tagName).toBe("CODE");
  expect(screen.getByText("a < b").tagName).toBe("CODE");
  expect(screen.getByRole("paragraph")).toHaveTextContent("Wins over url, unless a < b; 5` long");
});
