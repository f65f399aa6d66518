// @vitest-environment jsdom
import "../setup";
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type Client, Provider } from "urql";
import { describe, expect, it } from "vitest";
import { MemberRow } from "@/features/settings/MemberRow";
import type { Member } from "@/features/settings/SettingsPage";
import { slugOf } from "@/features/settings/slug";

const TEAM = { id: "t", title: "Text" };
const MEMBER = {
  roles: ["AUTHOR"],
  user: { id: "u", name: "Alan Author", email: "a@example.org" },
} as Member;

function row(mayChange: boolean, client: Partial<Client> = {}) {
  return render(
    <MantineProvider env="test">
      <Provider value={client as Client}>
        <table>
          <tbody>
            <MemberRow
              team={TEAM}
              member={MEMBER}
              mayChange={mayChange}
              isViewer={false}
              onChanged={() => undefined}
            />
          </tbody>
        </table>
      </Provider>
    </MantineProvider>,
  );
}

describe("a member", () => {
  it("is changed by admins alone", async () => {
    row(false);
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("is removed only after one more question", async () => {
    const asked: unknown[] = [];
    const mutation = (_document: unknown, variables: unknown) => {
      asked.push(variables);
      return { toPromise: async () => ({ data: { removeMember: { __typename: "RemoveMemberDone" } } }) };
    };
    row(true, { mutation } as unknown as Partial<Client>);
    await userEvent.click(screen.getByRole("button", { name: "More about Alan Author" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Remove…" }));
    expect(asked).toEqual([]);
    await userEvent.click(await screen.findByRole("button", { name: "Remove" }));
    expect(asked).toEqual([{ input: { team: "t", user: "u" } }]);
  });
});

describe("the name that a title suggests", () => {
  it.each([
    ["Text tools", "text-tools"],
    ["Größen & Maße", "grossen-masse"],
    ["  42 squares!", "squares"],
    ["…", ""],
    ["a".repeat(80), "a".repeat(63)],
  ])("of %j is %j", (title, slug) => expect(slugOf(title)).toBe(slug));
});
