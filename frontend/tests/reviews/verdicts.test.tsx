// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type Client, Provider } from "urql";
import { beforeEach, describe, expect, it } from "vitest";
import { CommentForm } from "@/features/reviews/CommentForm";
import type { ReviewOnShow } from "@/features/reviews/review";
import { Verdicts } from "@/features/reviews/Verdicts";

const BUNDLE = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;

function review(viewerMay: readonly string[], bundle = BUNDLE): ReviewOnShow {
  const version = {
    id: "v",
    version: "1.2.0",
    bundle,
    contractDigest: BUNDLE,
    module: { name: "text/count" },
  };
  return { id: "r", viewerMay, version, comments: [], verdicts: [] } as unknown as ReviewOnShow;
}

interface Sent {
  readonly input: Readonly<Record<string, unknown>>;
}

/** A server of one answer, which remembers what it was asked. */
function server(answer: unknown) {
  const asked: Sent[] = [];
  const client = {
    mutation: (_document: unknown, variables: Sent) => {
      asked.push(variables);
      return { toPromise: async () => ({ data: { verb: answer } }) };
    },
  } as unknown as Client;
  return { asked, client };
}

const DONE = { __typename: "ApproveVersionDone" };

function shown(element: React.ReactNode, client: Client = server(DONE).client) {
  return (
    <MantineProvider env="test">
      <Provider value={client}>{element}</Provider>
    </MantineProvider>
  );
}

const nothing = () => undefined;

beforeEach(() => localStorage.clear());

describe("the verbs of a review", () => {
  it.each([
    [[], []],
    [["comment"], []],
    [
      ["approve", "request_changes", "comment"],
      ["Request changes", "Approve"],
    ],
    [["comment", "withdraw"], ["Withdraw"]],
    [
      ["withdraw", "submit"],
      ["Withdraw", "Submit again"],
    ],
    [
      ["release", "request_changes"],
      ["Request changes", "Release"],
    ],
  ])("that %j may use are %j", (may, labels) => {
    render(shown(<Verdicts review={review(may)} onChanged={nothing} />));
    expect(screen.queryAllByRole("button").map((button) => button.textContent)).toEqual(labels);
  });

  it("name the whole digest and send exactly that", async () => {
    const { asked, client } = server(DONE);
    render(shown(<Verdicts review={review(["approve"])} onChanged={nothing} />, client));
    await userEvent.click(screen.getByRole("button", { name: "Approve" }));
    expect(screen.getByText(BUNDLE)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Approve this bundle" }));
    expect(asked).toEqual([{ input: { review: "r", expectedBundle: BUNDLE, message: null } }]);
  });

  it("record nothing when the bundle changes while the dialog is open, until it is chosen", async () => {
    const { asked, client } = server(DONE);
    const page = (bundle: string) =>
      shown(<Verdicts review={review(["approve"], bundle)} onChanged={nothing} />, client);
    const { rerender } = render(page(BUNDLE));
    await userEvent.click(screen.getByRole("button", { name: "Approve" }));
    rerender(page(OTHER));
    expect(screen.getByRole("alert")).toHaveTextContent("Nothing was recorded");
    await userEvent.click(screen.getByRole("button", { name: "Use the new bundle" }));
    expect(asked).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Approve this bundle" }));
    expect(asked[0]?.input["expectedBundle"]).toBe(OTHER);
  });

  it("stay open and say why the server refused", async () => {
    const message = "text/count@1.2.0 now carries another bundle than the one you looked at.";
    const { client } = server({
      __typename: "Conflict",
      problems: [{ code: "bundle_changed", path: "", message }],
    });
    render(shown(<Verdicts review={review(["approve"])} onChanged={nothing} />, client));
    await userEvent.click(screen.getByRole("button", { name: "Approve" }));
    await userEvent.click(screen.getByRole("button", { name: "Approve this bundle" }));
    await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent(message));
  });

  it("want words before they send a version back", async () => {
    render(shown(<Verdicts review={review(["request_changes"])} onChanged={nothing} />));
    await userEvent.click(screen.getByRole("button", { name: "Request changes" }));
    const send = screen.getAllByRole("button", { name: "Request changes" }).at(-1);
    expect(send).toBeDisabled();
    await userEvent.type(screen.getByRole("textbox"), "Shorter.");
    expect(send).toBeEnabled();
  });
});

describe("a comment", () => {
  const whole = { kind: "review" } as const;

  it("is not offered to who may not comment", () => {
    render(shown(<CommentForm review={review([])} anchor={whole} onChanged={nothing} />));
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  it("can wait for the verdict of who may judge, and goes out after it", async () => {
    const { asked, client } = server(DONE);
    const may = review(["comment", "approve"]);
    render(
      shown(
        <>
          <Verdicts review={may} onChanged={nothing} />
          <CommentForm review={may} anchor={whole} onChanged={nothing} />
        </>,
        client,
      ),
    );
    await userEvent.type(screen.getByRole("textbox"), "Nice.");
    await userEvent.click(screen.getByRole("button", { name: "Keep for my verdict" }));
    expect(asked).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Approve" }));
    expect(screen.getByText(/1 comment that you kept/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Approve this bundle" }));
    await waitFor(() => expect(asked.length).toBe(2));
    expect(asked[1]).toEqual({ input: { review: "r", body: "Nice.", anchor: null } });
  });

  it("cannot wait for who has no verdict to give", () => {
    render(shown(<CommentForm review={review(["comment"])} anchor={whole} onChanged={nothing} />));
    expect(screen.queryByRole("button", { name: "Keep for my verdict" })).toBeNull();
  });
});
