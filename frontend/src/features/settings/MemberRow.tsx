import { ActionIcon, Menu, MultiSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconLink, IconUserMinus } from "@tabler/icons-react";
import { useState } from "react";
import {
  CreateSignInLinkDocument,
  RemoveMemberDocument,
  type Role,
  SetRolesDocument,
} from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { ROLES, roleWord } from "./roles";
import { Secret } from "./Secret";

interface MemberRowProps {
  readonly team: string;
  readonly member: {
    readonly roles: readonly Role[];
    readonly user: { readonly id: string; readonly name: string; readonly email: string };
  };
  readonly mayChange: boolean;
  readonly isViewer: boolean;
  readonly onChanged: () => void;
}

export function MemberRow({ team, member, mayChange, isViewer, onChanged }: MemberRowProps) {
  const { user, roles } = member;
  const [link, setLink] = useState<string>();
  const setRoles = useVerb(SetRolesDocument);
  const remove = useVerb(RemoveMemberDocument);
  const invite = useVerb(CreateSignInLinkDocument);
  const change = async (next: readonly string[]) => {
    const came = await setRoles.run({ input: { team, user: user.id, roles: next as Role[] } });
    if (came.kind === "done") onChanged();
  };
  const leave = async () => {
    const came = await remove.run({ input: { team, user: user.id } });
    if (came.kind !== "done") return;
    notifications.show({ message: `${user.name} is no longer in the team.` });
    onChanged();
  };
  const makeLink = async () => {
    const came = await invite.run({ input: { user: user.id } });
    if (came.kind === "done") setLink(came.done.url);
  };
  return (
    <tr>
      <td>
        {user.name} {isViewer && <span className="muted">(you)</span>}
        <span className="muted"> {user.email}</span>
      </td>
      <td className="member-roles">
        {mayChange ? (
          <MultiSelect
            aria-label={`Roles of ${user.name}`}
            data={[...ROLES]}
            value={[...roles]}
            onChange={(next) => void change(next)}
            disabled={setRoles.busy}
            hidePickedOptions
          />
        ) : (
          roles.map(roleWord).join(", ")
        )}
      </td>
      <td className="end">
        {mayChange && (
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label={`More about ${user.name}`}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconLink size={14} />} onClick={() => void makeLink()}>
                Make a sign-in link
              </Menu.Item>
              <Menu.Item color="red" leftSection={<IconUserMinus size={14} />} onClick={() => void leave()}>
                Remove from the team
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        {link !== undefined && (
          <Secret
            title={`Sign-in link for ${user.name}`}
            hint="It works once. Send it to them in a way that you trust."
            text={new URL(link, window.location.href).href}
            onClose={() => setLink(undefined)}
          />
        )}
      </td>
    </tr>
  );
}
