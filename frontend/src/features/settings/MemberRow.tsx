import { ActionIcon, Avatar, Menu } from "@mantine/core";
import { IconDots, IconLink, IconUserMinus, IconUserShield } from "@tabler/icons-react";
import { useState } from "react";
import { CreateSignInLinkDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { roleWord } from "@/domain/roles";
import { initials } from "@/domain/words";
import { RemoveMember } from "./RemoveMember";
import { Secret } from "./Secret";
import { SetRoles } from "./SetRoles";
import type { Member } from "./SettingsPage";

interface MemberRowProps {
  readonly team: { readonly id: string; readonly title: string };
  readonly member: Member;
  readonly mayChange: boolean;
  readonly isViewer: boolean;
  readonly onChanged: () => void;
}

export function MemberRow({ team, member, mayChange, isViewer, onChanged }: MemberRowProps) {
  const { user, roles } = member;
  const [asking, setAsking] = useState<"roles" | "remove">();
  const [link, setLink] = useState<string>();
  const invite = useVerb(CreateSignInLinkDocument);
  const makeLink = async () => {
    const came = await invite.run({ input: { user: user.id } });
    if (came.kind === "done") setLink(came.done.url);
  };
  const close = () => setAsking(undefined);
  return (
    <tr>
      <td>
        <span className="row">
          <Avatar size={24} color="accent" name={user.name}>
            {initials(user.name)}
          </Avatar>
          {user.name}
          {isViewer && <span className="tag">you</span>}
        </span>
      </td>
      <td className="muted">{user.email}</td>
      <td>
        <span className="row tight wrap">
          {roles.map((role) => (
            <span key={role} className="tag">
              {roleWord(role)}
            </span>
          ))}
        </span>
      </td>
      <td className="end">
        {mayChange && (
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label={`More about ${user.name}`} loading={invite.busy}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconUserShield size={14} />} onClick={() => setAsking("roles")}>
                Set roles…
              </Menu.Item>
              <Menu.Item leftSection={<IconLink size={14} />} onClick={() => void makeLink()}>
                Make a sign-in link
              </Menu.Item>
              <Menu.Item
                color="red"
                leftSection={<IconUserMinus size={14} />}
                onClick={() => setAsking("remove")}
              >
                Remove…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        {asking === "roles" && <SetRoles team={team} member={member} onChanged={onChanged} onClose={close} />}
        {asking === "remove" && (
          <RemoveMember team={team} member={member} onChanged={onChanged} onClose={close} />
        )}
        {link !== undefined && (
          <Secret
            title={`Sign-in link for ${user.name}`}
            hint="It works once, within a day, and is not shown again. Give it to them in a way that you trust."
            lines={[new URL(link, window.location.href).href]}
            onClose={() => setLink(undefined)}
          />
        )}
      </td>
    </tr>
  );
}
