// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { Reasons } from "@/design/Bump";
import { ConnectionState } from "@/design/ConnectionState";
import { CountStrip } from "@/design/Counts";
import { HeardUntil, Span } from "@/design/Instant";
import { StatusMark } from "@/design/StatusMark";
import { Tabs } from "@/design/Tabs";
import { ValueView } from "@/design/ValueView";
import { durationText } from "@/domain/words";

function show(node: ReactNode) {
  return render(<MantineProvider env="test">{node}</MantineProvider>);
}

afterEach(() => vi.unstubAllGlobals());

it("a status is told in a word, also where only its icon is seen", () => {
  show(<StatusMark status="failed" iconOnly />);
  expect(screen.getByText("Failed")).toBeInTheDocument();
});

it("nodes that no count mentions are told as queued", () => {
  show(<CountStrip counts={{ succeeded: 2, failed: 1 }} total={5} />);
  expect(screen.getByRole("img")).toHaveAccessibleName("1 failed, 2 succeeded, 2 queued");
});

it("a page that heard nothing says since when", () => {
  show(<ConnectionState freshness={{ kind: "stale", since: new Date(2026, 0, 1, 9, 5, 3).getTime() }} />);
  expect(screen.getByRole("status")).toHaveTextContent("Stale since 09:05:03");
});

it("what still ran when the server was last heard stands still since then", () => {
  const from = "2026-01-01T09:00:00.000Z";
  const until = Date.parse(from) + 90_000;
  show(
    <HeardUntil value={until}>
      <Span from={from} to={null} />
    </HeardUntil>,
  );
  expect(screen.getByText(durationText(90_000))).toBeInTheDocument();
});

it("tabs are walked with the arrow keys", async () => {
  function Two() {
    const [current, setCurrent] = useState<"a" | "b">("a");
    const tabs = [
      { id: "a", label: "First" },
      { id: "b", label: "Second" },
    ] as const;
    return <Tabs label="Two" tabs={tabs} current={current} onChange={setCurrent} />;
  }
  show(<Two />);
  await userEvent.tab();
  await userEvent.keyboard("{ArrowRight}");
  expect(screen.getByRole("tab", { name: "Second" })).toHaveAttribute("aria-selected", "true");
  expect(screen.getByRole("tab", { name: "Second" })).toHaveFocus();
});

it("rows are shown as a table and can be seen as JSON", async () => {
  show(
    <ValueView name="rows" document={{ media: "json", bytes: 20, value: [{ a: 1 }] }} artifactBase="/x/" />,
  );
  expect(screen.getByRole("columnheader", { name: "a" })).toBeInTheDocument();
  await userEvent.click(screen.getByText("JSON"));
  expect(screen.queryByRole("columnheader")).toBeNull();
});

it("a withheld value is not shown as nothing", () => {
  show(
    <ValueView name="secret" document={{ media: "json", bytes: 20, withheld: true }} artifactBase="/x/" />,
  );
  expect(screen.getByText(/may not see/)).toBeInTheDocument();
});

it("a change is told with the value that proves it", () => {
  show(
    <Reasons
      reasons={[{ level: "MAJOR", path: "/ports/in/a", message: "It takes less.", witness: { a: 1 } }]}
    />,
  );
  expect(screen.getByText("major")).toBeInTheDocument();
  expect(screen.getByText('{"a":1}')).toBeInTheDocument();
});

it("a table is read page by page, with the types of its columns", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const offset = Number(new URL(address, "http://x").searchParams.get("offset"));
    const rows = Array.from({ length: 100 }, (_, place) => [`row ${offset + place}`, offset + place]);
    const columns = [
      { name: "name", type: "string" },
      { name: "sum", type: "int64" },
    ];
    return new Response(JSON.stringify({ columns, rows, offset, total: 250 }));
  });
  const document = { media: "table", bytes: 650, rows: 250, artifact: "sha256:1", type: "arrow" };
  show(<ValueView name="rows" document={document} artifactBase="/runs/1/artifacts/" />);
  expect(await screen.findByRole("columnheader", { name: /sum\s*int64/ })).toBeInTheDocument();
  expect(screen.getByText("Rows 0 to 99 of 250")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Later rows" }));
  expect(await screen.findByText("Rows 100 to 199 of 250")).toBeInTheDocument();
  expect(asked).toEqual([
    "/runs/1/artifacts/sha256:1/rows?offset=0&first=100",
    "/runs/1/artifacts/sha256:1/rows?offset=100&first=100",
  ]);
});

it("a value that is no longer kept says so", async () => {
  vi.stubGlobal("fetch", async () => new Response("", { status: 410 }));
  const document = { media: "json", bytes: 99_000, artifact: "sha256:1" };
  show(<ValueView name="list" document={document} artifactBase="/runs/1/artifacts/" />);
  expect(await screen.findByText("It is no longer kept.")).toBeInTheDocument();
});
