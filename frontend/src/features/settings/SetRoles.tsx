import { useState } from "react";
import { type Role, SetRolesDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import { RolesField } from "./RolesField";
import type { Member } from "./SettingsPage";
import { troubleOf } from "./trouble";

interface SetRolesProps {
  readonly team: { readonly id: string; readonly title: string };
  readonly member: Member;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function SetRoles({ team, member, onChanged, onClose }: SetRolesProps) {
  const [roles, setRoles] = useState<readonly Role[]>(member.roles);
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(SetRolesDocument);
  const set = async () => {
    const came = await run(
      { input: { team: team.id, user: member.user.id, roles: [...roles] } },
      { quiet: true },
    );
    setTrouble(troubleOf(came));
    if (came.kind !== "done") return;
    onChanged();
    onClose();
  };
  return (
    <VerbDialog
      title={`Roles of ${member.user.name} in ${team.title}`}
      action="Set roles"
      busy={busy}
      isReady={roles.length > 0}
      trouble={trouble}
      onAct={() => void set()}
      onClose={onClose}
    >
      <RolesField label="Roles" value={roles} onChange={setRoles} />
    </VerbDialog>
  );
}
